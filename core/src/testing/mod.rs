//! Helpers for tests of programs that embed boxoffice (feature `testing`): a manual clock, ids from a seed, a
//! conformance test of payment gateways, and long histories for benchmarks.
//!
//! The simulation of whole box offices is a separate crate, `core/simulation`.

mod archive;
mod clock;
mod gateway;
mod history;
mod ids;
#[cfg(feature = "cluster")]
mod nats;
mod script;
mod stored;

pub use archive::archive;
pub use clock::ManualClock;
pub use gateway::check_gateway;
pub use history::History;
pub use ids::SeededIds;
#[cfg(feature = "cluster")]
pub use nats::{NatsServers, end_abruptly};
pub use stored::decode_row;
