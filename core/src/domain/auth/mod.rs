//! Users, their roles, and the end of their sessions.
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

mod create_user;
mod erase_user;
mod rejection;
mod revoke_session;
mod set_operator;
mod state;
#[cfg(test)]
mod tests;
mod update_user;

pub use create_user::UserCreated;
pub(crate) use create_user::{CreateUser, Credentials};
pub(crate) use erase_user::EraseUser;
pub use erase_user::UserErased;
pub(crate) use rejection::{Rejection, codes};
pub(crate) use revoke_session::RevokeSession;
pub use revoke_session::SessionRevoked;
pub(crate) use set_operator::SetOperator;
pub(crate) use state::RevokedSessions;
pub use state::User;
pub(super) use state::step;
pub use update_user::UserUpdated;
pub(crate) use update_user::{NewEmail, UpdateUser};
