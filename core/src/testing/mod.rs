//! Helpers for tests of programs that embed boxoffice (feature `testing`): a clock to move by hand, ids from a seed, and long
//! histories for measuring.

mod clock;
mod history;
mod ids;
mod script;

pub use clock::ManualClock;
pub use history::History;
pub use ids::SeededIds;
