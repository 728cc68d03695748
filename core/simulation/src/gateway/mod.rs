//! Card processors of simulated worlds.

mod entry;
mod line;
mod own;
mod seeded;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub(crate) use self::line::Line;
pub use self::own::{Movement, OwnGateway, Processor};
pub use self::seeded::SeededGateway;

/// True elapsed time of a simulated world, independent of its clocks. Cheap to clone; clones are one.
#[derive(Debug, Clone, Default)]
pub struct WorldTime(Arc<AtomicU64>);

impl WorldTime {
    /// Returns the age of the world.
    pub fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }
}
