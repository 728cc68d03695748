//! Answers to callers when the writer itself breaks down.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use boxoffice::testing::ManualClock;
use boxoffice::{Clock, Code, NewTicket, Timestamp};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::{World, ann, refused, start, within};

/// A clock that, once armed, panics in the writer when that reads it, after it has signalled and waited for a signal.
#[derive(Debug)]
struct Trap {
    clock: ManualClock,
    armed: AtomicBool,
    sprung: Semaphore,
    signal: Mutex<Receiver<()>>,
}

impl Trap {
    fn new() -> (Arc<Self>, SyncSender<()>) {
        let (give, signal) = sync_channel(1);
        let clock = ManualClock::at(start());
        let trap = Self { clock, armed: AtomicBool::new(false), sprung: Semaphore::new(0), signal: Mutex::new(signal) };
        (Arc::new(trap), give)
    }
}

impl Clock for Trap {
    fn now(&self) -> Timestamp {
        // Only the writer's thread has no name. Tasks of the box office's own runtime read the clock too.
        let is_writer = std::thread::current().name().is_none();
        if is_writer && self.armed.swap(false, Ordering::SeqCst) {
            self.sprung.add_permits(1);
            self.signal.lock().unwrap().recv().unwrap();
            panic!("the clock fell off the wall");
        }
        self.clock.now()
    }

    fn wait_for(&self, _until: Timestamp) -> Option<Duration> {
        None
    }
}

#[tokio::test]
async fn nobody_waits_for_a_writer_that_is_gone() {
    let (trap, signal) = Trap::new();
    let clock = Arc::clone(&trap);
    let world = World::with(move |builder| builder.clock(Arc::clone(&clock) as _));
    let head = world.head();
    let create = || {
        let tickets = world.tickets();
        async move { refused(tickets.create(ann(), NewTicket::new("Hamlet", "1")).await) }
    };
    trap.armed.store(true, Ordering::SeqCst);
    let mut callers = JoinSet::new();
    callers.spawn(create());
    within(trap.sprung.acquire()).await.unwrap().forget();
    // The writer is busy with the first command; these wait in the queue.
    for _ in 0..20 {
        callers.spawn(create());
    }
    tokio::task::yield_now().await;
    signal.send(()).unwrap();
    for answer in within(callers.join_all()).await {
        assert_eq!(answer, Code::EngineClosed);
    }
    assert!(!world.is_ready());
    assert_eq!(within(create()).await, Code::EngineClosed);
    assert_eq!(refused(within(world.close()).await), Code::Internal);
    let world = world.reopen();
    assert_eq!(world.head(), head);
    world.ticket().await;
}
