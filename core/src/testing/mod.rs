//! Helpers for tests of programs that embed boxoffice (feature `testing`): a clock to move by hand, ids and chance from a seed,
//! a disk that fails, what every card processor must do, long histories for measuring, and the whole box office in worlds of
//! chance ([`Simulation`]).

mod archive;
pub(crate) mod auditor;
mod clock;
mod dice;
mod gateway;
mod history;
mod ids;
mod script;
pub mod simulation;
mod storage;
mod stored;

#[cfg(feature = "mistakes")]
pub use crate::mistake::Mistake;
pub use archive::archive;
pub use clock::ManualClock;
pub use dice::Dice;
pub use gateway::check_gateway;
pub use history::History;
pub use ids::SeededIds;
pub use simulation::{Act, Actor, Audit, Failure, Report, SeededGateway, Simulation, Stage, Town, WorldTime};
pub use storage::{DiskCall, DiskHandle, FaultyDisk, FaultyDiskError};
pub use stored::decode_row;
