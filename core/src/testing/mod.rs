//! Helpers for tests of programs that embed boxoffice (feature `testing`): a clock to move by hand and ids from a seed.

mod clock;
mod ids;

pub use clock::ManualClock;
pub use ids::SeededIds;
