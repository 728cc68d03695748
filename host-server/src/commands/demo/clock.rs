//! The demo's clock, which stands still until it is moved.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use boxoffice::{Clock, Timestamp, Waker};

/// A clock that stands still until it is moved.
pub(super) struct DemoClock(Mutex<Face>);

struct Face {
    now: Timestamp,
    wakers: Vec<Waker>,
}

impl DemoClock {
    pub(super) fn at(now: Timestamp) -> Self {
        Self(Mutex::new(Face { now, wakers: Vec::new() }))
    }

    pub(super) fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// Moves the clock forward to `now`. It never goes back.
    pub(super) fn set(&self, now: Timestamp) {
        let mut face = self.face();
        face.now = face.now.max(now);
        let wakers = face.wakers.clone();
        drop(face);
        for wake in wakers {
            wake();
        }
    }

    fn face(&self) -> std::sync::MutexGuard<'_, Face> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        self.face().now
    }

    fn wait_for(&self, _until: Timestamp) -> Option<Duration> {
        None
    }

    fn wake_by(&self, waker: Waker) {
        self.face().wakers.push(waker);
    }
}

impl fmt::Debug for DemoClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DemoClock({})", self.now())
    }
}
