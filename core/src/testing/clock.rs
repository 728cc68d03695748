//! Clock that tests move by hand.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, Waker};
use crate::types::Timestamp;

/// Clock that moves only when it is told to, forwards or backwards.
///
/// A move returns once everything that fell due by it is durable and visible in every box office that was opened with the
/// clock. If the journal fails, or the box office is closed meanwhile, it returns without that.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use boxoffice::{BoxOffice, testing::ManualClock};
///
/// let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse()?));
/// # let dir = tempfile::tempdir()?;
/// let office = BoxOffice::builder().clock(clock.clone()).open(dir.path())?;
/// clock.advance(Duration::from_secs(15 * 60)); // every hold of before has expired, and each `OrderExpired` is in the journal
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ManualClock {
    now: AtomicU64,
    wakers: Mutex<Vec<Waker>>,
    settlers: Mutex<Vec<Waker>>,
}

impl ManualClock {
    /// Creates a clock that stands at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self { now: AtomicU64::new(now.as_millis()), wakers: Mutex::default(), settlers: Mutex::default() }
    }

    /// Moves the clock forwards, and waits until what fell due is durable and visible.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// Sets the clock, forwards or backwards, and waits until what fell due is durable and visible.
    pub fn set(&self, now: Timestamp) {
        self.set_without_waiting(now);
        self.settle();
    }

    /// Sets the clock and wakes the engine, for callers whose thread must not wait for it.
    pub fn set_without_waiting(&self, now: Timestamp) {
        self.now.store(now.as_millis(), Ordering::SeqCst);
        for waker in registered(&self.wakers) {
            waker();
        }
    }

    /// Waits until what is due is durable and visible.
    pub fn settle(&self) {
        for settle in registered(&self.settlers) {
            settle();
        }
    }
}

/// Returns a copy, so that nobody waits for a lock meanwhile.
fn registered(functions: &Mutex<Vec<Waker>>) -> Vec<Waker> {
    functions.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    fn wait_for(&self, _until: Timestamp) -> Option<Duration> {
        None
    }

    fn wake_by(&self, waker: Waker) {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner).push(waker);
    }

    fn settle_by(&self, settle: Waker) {
        self.settlers.lock().unwrap_or_else(PoisonError::into_inner).push(settle);
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ManualClock({})", self.now())
    }
}
