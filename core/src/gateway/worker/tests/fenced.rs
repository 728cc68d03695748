//! A worker in a cluster asks the card processor only in the term in which its task began.

use super::*;
use crate::domain::testing::{BUYER, SELLER, market, order, pay};
use crate::testing::ManualClock;

/// Engine's time when the charge was decided.
const DECIDED: u64 = 5_000;

/// Epoch in which this host writes.
const EPOCH: u64 = 7;

/// A processor that is asked, and knows of nothing.
#[derive(Debug, Default)]
struct Asked {
    calls: Mutex<Vec<&'static str>>,
    /// `true` if it knows the charge, but not yet its outcome.
    is_pending: AtomicBool,
    /// How long a call takes.
    takes: Mutex<Duration>,
}

impl Asked {
    fn note<T: Send + 'static>(&self, call: &'static str, answer: T) -> GatewayFuture<'static, T> {
        self.calls.lock().unwrap().push(call);
        let takes = *self.takes.lock().unwrap();
        Box::pin(async move {
            tokio::time::sleep(takes).await;
            Ok(answer)
        })
    }

    fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }

    fn answer(&self) -> ChargeAnswer {
        if self.is_pending.load(Ordering::Relaxed) { ChargeAnswer::Pending } else { ChargeAnswer::Unknown }
    }
}

impl PaymentGateway for Asked {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn charge(&self, _: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.note("charge", ChargeAnswer::Charged { reference: None })
    }

    fn lookup(&self, _: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.note("lookup", self.answer())
    }

    fn refund(&self, _: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        self.note("refund", RefundAnswer::Pending)
    }
}

/// A host that writes or doesn't, as the test says.
#[derive(Debug, Default)]
pub(super) struct Host {
    term: Mutex<Option<Term>>,
    pub(super) is_sure: AtomicBool,
}

impl Host {
    pub(super) fn writes(&self, epoch: u64, began_at: u64) {
        *self.term.lock().unwrap() = Some(Term { epoch, began_at: Timestamp::from_millis(began_at) });
    }

    pub(super) fn is_deposed(&self) {
        *self.term.lock().unwrap() = None;
    }
}

impl Fence for Host {
    fn term(&self) -> Option<Term> {
        *self.term.lock().unwrap()
    }

    fn permission(&self, epoch: u64) -> Permission {
        match self.term() {
            Some(term) if term.epoch == epoch && self.is_sure.load(Ordering::Relaxed) => Permission::Granted,
            Some(term) if term.epoch == epoch => Permission::NotNow,
            Some(_) | None => Permission::Ended,
        }
    }
}

/// Keeps what the engine is told.
#[derive(Debug, Default)]
pub(super) struct Told(pub(super) Mutex<Vec<ChargeOutcome>>);

impl Settle for Told {
    fn charge<'a>(&'a self, _: &'a Charge, outcome: ChargeOutcome) -> Settling<'a> {
        self.0.lock().unwrap().push(outcome);
        Box::pin(std::future::ready(Ok(())))
    }

    fn refund<'a>(&'a self, _: &'a Charge, _: RefundId, _: RefundOutcome) -> Settling<'a> {
        Box::pin(std::future::ready(Ok(())))
    }
}

struct World {
    gateway: Arc<Asked>,
    host: Arc<Host>,
    told: Arc<Told>,
    clock: Arc<ManualClock>,
    worker: Arc<Worker>,
    order: Arc<Order>,
}

impl World {
    /// Creates a world in which the host writes, and is sure of it, since before the charge was decided.
    fn new() -> Self {
        let (gateway, host, told) = (Arc::new(Asked::default()), Arc::new(Host::default()), Arc::new(Told::default()));
        host.writes(EPOCH, DECIDED - 1);
        host.is_sure.store(true, Ordering::Relaxed);
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(DECIDED)));
        let time = Arc::new(EngineTime::new(clock.clone(), Timestamp::default()));
        let failures = Failures::new(clock.clone());
        let policy = RetryPolicy::default();
        let worker = Worker::fenced(gateway.clone(), told.clone(), time, failures, policy, host.clone());
        let paying = market().on_sale(SELLER, [7]).by(BUYER).at(DECIDED).has(order(1, [7])).has(pay(1));
        let order = Arc::new(paying.order(1).clone());
        Self { gateway, host, told, clock, worker, order }
    }

    fn charge(&self) -> Work {
        Work::Charge(Arc::clone(&self.order), "tok_visa".parse().unwrap())
    }

    /// Begins the work on a task of its own.
    fn begin(&self, work: Work) -> tokio::task::JoinHandle<()> {
        let worker = Arc::clone(&self.worker);
        let busy = worker.busy.begin();
        tokio::spawn(async move { worker.attend(work, busy).await })
    }

    fn told(&self) -> usize {
        self.told.0.lock().unwrap().len()
    }
}

/// Lets the tasks run for some time.
async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

#[tokio::test(start_paused = true)]
async fn a_host_that_writes_charges() {
    let world = World::new();
    world.begin(world.charge()).await.unwrap();
    assert_eq!((world.gateway.calls(), world.told()), (vec!["charge"], 1));
}

#[tokio::test(start_paused = true)]
async fn another_host_asks_nothing() {
    let world = World::new();
    world.host.is_deposed();
    for work in [world.charge(), Work::Lookup(Arc::clone(&world.order)), Work::Refund(Arc::clone(&world.order))] {
        world.begin(work).await.unwrap();
    }
    assert_eq!((world.gateway.calls(), world.told()), (vec![], 0));
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_not_sure_waits_until_it_is() {
    let world = World::new();
    world.host.is_sure.store(false, Ordering::Relaxed);
    let task = world.begin(world.charge());
    pass(Duration::from_secs(30)).await;
    assert!(world.gateway.calls().is_empty() && !task.is_finished());
    world.host.is_sure.store(true, Ordering::Relaxed);
    task.await.unwrap();
    assert_eq!(world.gateway.calls(), ["charge"]);
}

#[tokio::test(start_paused = true)]
async fn a_task_ends_with_its_term_though_the_host_writes_again() {
    let world = World::new();
    world.gateway.is_pending.store(true, Ordering::Relaxed);
    let task = world.begin(Work::Lookup(Arc::clone(&world.order)));
    pass(Duration::from_secs(10)).await;
    let calls = world.gateway.calls().len();
    assert!(calls > 1 && !task.is_finished());
    world.host.writes(EPOCH + 2, DECIDED + 9_000);
    task.await.unwrap();
    assert_eq!((world.gateway.calls().len(), world.told()), (calls, 0));
}

#[tokio::test(start_paused = true)]
async fn a_term_that_ends_while_a_task_waits_for_its_turn_is_over() {
    let world = World::new();
    *world.gateway.takes.lock().unwrap() = Duration::from_secs(10);
    let all: Vec<_> = (0..CALLS_MAX).map(|_| world.begin(world.charge())).collect();
    pass(Duration::from_secs(1)).await;
    let late = world.begin(world.charge());
    pass(Duration::from_secs(1)).await;
    world.host.is_deposed();
    late.await.unwrap();
    for task in all {
        task.await.unwrap();
    }
    // What was taken is told, whoever writes by then.
    assert_eq!((world.gateway.calls().len(), world.told()), (CALLS_MAX, CALLS_MAX));
}

#[tokio::test(start_paused = true)]
async fn a_card_of_an_earlier_term_is_not_charged() {
    let world = World::new();
    world.gateway.is_pending.store(true, Ordering::Relaxed);
    world.host.writes(EPOCH, DECIDED + 1);
    let task = world.begin(world.charge());
    pass(Duration::from_secs(1)).await;
    assert_eq!(world.gateway.calls().first(), Some(&"lookup"));
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_is_believed_a_minute_after_the_claim() {
    let world = World::new();
    let claimed = DECIDED + 600_000;
    world.host.writes(EPOCH, claimed);
    world.clock.set(Timestamp::from_millis(claimed + 59_999));
    let task = world.begin(Work::Lookup(Arc::clone(&world.order)));
    pass(Duration::from_mins(5)).await;
    assert!(!world.gateway.calls().is_empty() && world.told() == 0);
    world.clock.set(Timestamp::from_millis(claimed + 60_000));
    pass(Duration::from_mins(5)).await;
    assert!(matches!(&world.told.0.lock().unwrap()[..], [ChargeOutcome::NotCharged { .. }]));
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn a_call_is_over_before_another_host_believes_anything() {
    let world = World::new();
    assert_eq!(world.worker.call_timeout(), Duration::from_secs(19));
    *world.gateway.takes.lock().unwrap() = Duration::from_secs(25);
    let task = world.begin(world.charge());
    pass(Duration::from_secs(20)).await;
    assert_eq!(world.gateway.calls(), ["charge", "lookup"]);
    task.abort();
}
