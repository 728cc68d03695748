//! Clock that tests move by hand.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{Clock, Waker};
use crate::types::Timestamp;

/// Clock that moves only when it is told to, forwards or backwards.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use boxoffice::{BoxOffice, testing::ManualClock};
///
/// let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse()?));
/// # let dir = tempfile::tempdir()?;
/// let office = BoxOffice::builder().clock(clock.clone()).open(dir.path())?;
/// clock.advance(Duration::from_secs(15 * 60)); // every hold of before has now expired
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ManualClock {
    now: AtomicU64,
    wakers: Mutex<Vec<Waker>>,
}

impl ManualClock {
    /// Creates a clock that stands at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self { now: AtomicU64::new(now.as_millis()), wakers: Mutex::new(Vec::new()) }
    }

    /// Moves the clock forwards.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// Sets the clock, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        self.now.store(now.as_millis(), Ordering::SeqCst);
        for waker in self.wakers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            waker();
        }
    }
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
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ManualClock({})", self.now())
    }
}
