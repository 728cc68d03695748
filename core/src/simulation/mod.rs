//! Interface of the engine for the simulation (`core/simulation`): a box office without threads that is stepped on
//! faulty storage, alone or as a host of a simulated cluster, an observer of every command and its answer, and read access
//! to views and replays.
//!
//! Not part of the API: it exists only with the feature `simulation`, and changes without notice.
//!
//! **Invariant:** this module exposes neither the rules nor their state, so that an auditor that uses it can't agree
//! with the engine by sharing its code.

#[cfg(feature = "cluster")]
mod cluster;
mod observer;
mod people;
mod readings;
mod stepped;

#[cfg(feature = "cluster")]
pub use self::cluster::{ClusterEvent, SimulatedCluster, join_host};
pub use self::observer::{Answer, Asked, Observer, Receipt};
pub use self::people::{change_email, change_password, erase, revoke_session, set_operator, sign_up};
pub use self::readings::Readings;
pub use self::stepped::{Pending, SteppedOffice, Storage};
pub use crate::disk::Disk;
#[cfg(feature = "failpoints")]
pub use crate::failpoint::Failpoint;
