//! Helpers for tests of programs that embed boxoffice (feature `testing`): a clock to move by hand, ids from a seed, long
//! histories for measuring, and what every card processor must do.

mod clock;
mod gateway;
mod history;
mod ids;
mod script;

pub use clock::ManualClock;
pub use gateway::check_gateway;
pub use history::History;
pub use ids::SeededIds;
