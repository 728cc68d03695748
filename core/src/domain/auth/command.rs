//! What can be asked of the auth domain.

use crate::event::EmailKey;
use crate::types::{Email, SessionId, Timestamp, UserId};

/// Sign a person up.
#[derive(Debug, Clone)]
pub(crate) struct CreateUser {
    /// The id that the user will have.
    pub user_id: UserId,
    /// By what the email is unique.
    pub email_key: EmailKey,
    /// What goes to the vault.
    pub credentials: Credentials,
}

/// A user's personal data.
#[derive(Clone)]
pub(crate) struct Credentials {
    /// The email as typed.
    pub email: Email,
    /// The password's Argon2id hash in PHC form.
    pub password_hash: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// Change a user's email or password, or both.
#[derive(Clone)]
pub(crate) struct UpdateUser {
    /// The user.
    pub user_id: UserId,
    /// The epoch of the session that asks; another one means that the session has ended in the meantime.
    pub epoch: u64,
    /// The new email.
    pub email: Option<NewEmail>,
    /// The new password's hash.
    pub password_hash: Option<String>,
}

impl std::fmt::Debug for UpdateUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpdateUser").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// An email and by what it is unique.
#[derive(Debug, Clone)]
pub(crate) struct NewEmail {
    /// By what it is unique.
    pub key: EmailKey,
    /// The email as typed.
    pub email: Email,
}

/// Give or take the operator role.
#[derive(Debug, Clone)]
pub(crate) struct SetOperator {
    /// The user.
    pub user_id: UserId,
    /// Whether the user is to be an operator.
    pub operator: bool,
}

/// Delete a user's personal data.
#[derive(Debug, Clone)]
pub(crate) struct EraseUser {
    /// The user.
    pub user_id: UserId,
}

/// End a session before its time.
#[derive(Debug, Clone)]
pub(crate) struct RevokeSession {
    /// The session's user.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// When the session would have ended by itself.
    pub expires_at: Timestamp,
}
