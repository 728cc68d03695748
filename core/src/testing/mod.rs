//! Helpers for tests of programs that embed boxoffice (feature `testing`): a clock to move by hand, ids from a seed, and long
//! histories for measuring.

mod clock;
mod history;
mod ids;
mod script;
mod stored;

pub use clock::ManualClock;
pub use history::History;
pub use ids::SeededIds;
pub use stored::decode_row;
