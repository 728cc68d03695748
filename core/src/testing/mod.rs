//! Helpers for tests of programs that embed boxoffice (feature `testing`): a clock to move by hand, ids from a seed,
//! what every card processor must do, and long histories for measuring.
//!
//! The whole box office in simulated worlds is a crate of its own, `core/simulation`.

mod archive;
mod clock;
mod gateway;
mod history;
mod ids;
mod script;
mod stored;

pub use archive::archive;
pub use clock::ManualClock;
pub use gateway::check_gateway;
pub use history::History;
pub use ids::SeededIds;
pub use stored::decode_row;
