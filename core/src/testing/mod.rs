//! Helpers for tests of programs that embed boxoffice (feature `testing`): a clock to move by hand, ids and chance from a seed,
//! a disk that fails, and long histories for measuring.

mod clock;
mod dice;
mod history;
mod ids;
mod script;
mod storage;

pub use clock::ManualClock;
pub use dice::Dice;
pub use history::History;
pub use ids::SeededIds;
pub use storage::{DiskCall, DiskHandle, FaultyDisk, FaultyDiskError};
