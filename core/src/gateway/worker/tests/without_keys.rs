//! A worker of a host without the card processor's keys asks by way of hosts that have them.

use super::fenced::{Host, Told};
use super::*;
use crate::domain::testing::{BUYER, SELLER, market, order, pay};
use crate::gateway::remote::wire::{self, Answer, Question};
use crate::gateway::remote::{Carried, Carrying, Courier, not_asked};
use crate::testing::ManualClock;

/// Engine's time when the charge was decided.
const DECIDED: u64 = 5_000;

/// Epoch in which this host writes.
const EPOCH: u64 = 7;

/// A question: its name, its card processor, its epoch.
type Asked = (&'static str, Arc<str>, Option<u64>);

/// The way to other hosts. None of them has the keys until the test says so.
#[derive(Debug, Default)]
struct Way {
    is_open: AtomicBool,
    /// `true` if answers get lost.
    loses: AtomicBool,
    /// `true` if the hosts refuse.
    refuses: AtomicBool,
    /// Questions, with the card processor and the epoch in which they were asked.
    asked: Mutex<Vec<Asked>>,
}

impl Way {
    fn names(&self) -> Vec<&'static str> {
        self.asked.lock().unwrap().iter().map(|(name, ..)| *name).collect()
    }
}

impl Courier for Way {
    fn processor(&self) -> Option<Arc<str>> {
        self.is_open.load(Ordering::Relaxed).then(|| "sandbox".into())
    }

    fn unreachable(&self, processor: &str) -> Option<String> {
        (!self.is_open.load(Ordering::Relaxed)).then(|| format!("no host has the keys of {processor}"))
    }

    fn ask(&self, Carried { processor, epoch, question, .. }: Carried) -> Carrying<'_> {
        let (name, answer) = match wire::decode_question(&question).unwrap() {
            Question::Charge(_) => ("charge", Answer::Charge(ChargeAnswer::Charged { reference: None })),
            Question::Lookup(_) => ("lookup", Answer::Charge(ChargeAnswer::Unknown)),
            Question::Refund(_) => ("refund", Answer::Refund(RefundAnswer::Refunded { reference: None })),
            other => panic!("nobody asks {other:?}"),
        };
        self.asked.lock().unwrap().push((name, processor, epoch));
        let (is_lost, is_refused) = (self.loses.load(Ordering::Relaxed), self.refuses.load(Ordering::Relaxed));
        Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if is_refused {
                Err(not_asked("they are not ready"))
            } else if is_lost {
                Err(GatewayError("lost".into()))
            } else {
                wire::encode_answer(&answer)
            }
        })
    }
}

struct World {
    way: Arc<Way>,
    host: Arc<Host>,
    told: Arc<Told>,
    clock: Arc<ManualClock>,
    failures: Arc<Failures>,
    worker: Arc<Worker>,
    order: Arc<Order>,
}

impl World {
    /// Creates a world in which this host writes, and no host that has the keys is there.
    fn new() -> Self {
        let (way, host, told) = (Arc::new(Way::default()), Arc::new(Host::default()), Arc::new(Told::default()));
        host.writes(EPOCH, DECIDED - 1);
        host.is_sure.store(true, Ordering::Relaxed);
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(DECIDED)));
        let time = Arc::new(EngineTime::new(clock.clone(), Timestamp::default()));
        let (failures, policy) = (Failures::new(clock.clone()), RetryPolicy::default());
        let remote = RemoteGateway::new(way.clone());
        let worker = Worker::remote(remote, told.clone(), time, Arc::clone(&failures), policy, host.clone());
        let paying = market().on_sale(SELLER, [7]).by(BUYER).at(DECIDED).has(order(1, [7])).has(pay(1));
        let order = Arc::new(paying.order(1).clone());
        Self { way, host, told, clock, failures, worker, order }
    }

    /// Begins to charge on a task of its own.
    fn charge(&self) -> tokio::task::JoinHandle<()> {
        let worker = Arc::clone(&self.worker);
        let work = Work::Charge(Arc::clone(&self.order), "tok_visa".parse().unwrap());
        let busy = worker.busy.begin();
        tokio::spawn(async move { worker.attend(work, busy).await })
    }

    fn open(&self) {
        self.way.is_open.store(true, Ordering::Relaxed);
    }

    fn told(&self) -> Vec<ChargeOutcome> {
        self.told.0.lock().unwrap().clone()
    }
}

async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

#[tokio::test(start_paused = true)]
async fn a_charge_waits_until_a_host_with_the_keys_is_there() {
    let world = World::new();
    assert_eq!(world.worker.gateway_name(), None);
    let task = world.charge();
    pass(Duration::from_secs(40)).await;
    assert!(world.way.names().is_empty() && !task.is_finished());
    let why = world.failures.last().unwrap().message;
    assert!(why.contains("a charge waits") && why.contains("no host has the keys of sandbox"), "{why}");
    world.open();
    task.await.unwrap();
    let sandbox: Arc<str> = "sandbox".into();
    assert_eq!(*world.way.asked.lock().unwrap(), [("charge", sandbox, Some(EPOCH))]);
    assert!(matches!(world.told()[..], [ChargeOutcome::Charged { .. }]));
    assert_eq!(world.worker.gateway_name().as_deref(), Some("sandbox"));
}

#[tokio::test(start_paused = true)]
async fn a_charge_that_has_waited_too_long_is_not_made_any_more() {
    let world = World::new();
    let task = world.charge();
    pass(Duration::from_secs(40)).await;
    world.clock.set(Timestamp::from_millis(DECIDED + 60_000));
    world.open();
    pass(Duration::from_secs(10)).await;
    assert_eq!(world.way.names().first(), Some(&"lookup"));
    assert!(matches!(world.told()[..], [ChargeOutcome::NotCharged { .. }]));
    assert!(!world.way.names().contains(&"charge"));
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_charge_whose_answer_is_lost_is_looked_up_and_not_made_again() {
    let world = World::new();
    world.open();
    world.way.loses.store(true, Ordering::Relaxed);
    let task = world.charge();
    pass(Duration::from_secs(10)).await;
    world.way.loses.store(false, Ordering::Relaxed);
    pass(Duration::from_mins(1)).await;
    let names = world.way.names();
    assert_eq!(names.iter().filter(|name| **name == "charge").count(), 1, "{names:?}");
    assert!(names.iter().filter(|name| **name == "lookup").count() > 1, "{names:?}");
    // It is believed that nothing was taken only a minute after the intent.
    assert_eq!(world.told(), []);
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_charge_that_nobody_has_asked_for_is_made_again() {
    let world = World::new();
    world.open();
    world.way.refuses.store(true, Ordering::Relaxed);
    let task = world.charge();
    pass(Duration::from_millis(4_500)).await;
    assert_eq!(world.way.names(), ["charge"; 5]);
    world.way.refuses.store(false, Ordering::Relaxed);
    task.await.unwrap();
    assert!(!world.way.names().contains(&"lookup"));
    assert!(matches!(world.told()[..], [ChargeOutcome::Charged { .. }]));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_writes_no_more_stops_waiting() {
    let world = World::new();
    let task = world.charge();
    pass(Duration::from_secs(1)).await;
    assert!(world.worker.writes());
    world.host.is_deposed();
    task.await.unwrap();
    assert!(!world.worker.writes() && world.way.names().is_empty() && world.told().is_empty());
}
