//! What the simulation (`core/simulation`) needs of the engine: a box office without threads that is driven step by step, on
//! storage that fails; somebody who hears of every command and its answer; and what is shown and replayed.
//!
//! Not part of the API: it exists behind the feature `simulation` alone, and changes without notice.
//!
//! **Invariant:** nothing here shows the rules or their state, so that whoever judges the engine by this module can't agree with it
//! by using its own code.

mod observer;
mod people;
mod readings;
mod stepped;

pub use self::observer::{Answer, Asked, Observer, Receipt};
pub use self::people::{change_email, change_password, erase, revoke_session, set_operator, sign_up};
pub use self::readings::Readings;
pub use self::stepped::{Pending, SteppedOffice, Storage};
pub use crate::disk::Disk;
#[cfg(feature = "failpoints")]
pub use crate::failpoint::Failpoint;
