//! Who somebody is: users, their roles, and the end of their sessions.
//!
//! ```text
//!   (nothing) ──CreateUser──▶ active ──EraseUser──▶ erased
//!                              │  ▲
//!                              └──┘ UpdateUser · SetOperator · RevokeSession
//! ```
//!
//! **Invariant:** no event of this domain holds personal data. Email and password hash go to the vault, in the same
//! transaction as the event.
//!
//! **Invariant:** an email address belongs to at most one user at a time.

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use command::{CreateUser, Credentials, EraseUser, NewEmail, RevokeSession, SetOperator, UpdateUser};
pub(crate) use decide::Rejection;
pub(super) use decide::{create_user, erase_user, revoke_session, set_operator, update_user};
pub use event::{SessionRevoked, UserCreated, UserErased, UserUpdated};
pub(crate) use state::RevokedSessions;
pub use state::User;
pub(super) use state::{apply_created, apply_erased, apply_paid_out, apply_revoked, apply_updated};
