//! The facts of the auth domain.

use serde::{Deserialize, Serialize};

use crate::types::{SessionId, Timestamp, UserId};

/// Somebody signed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserCreated {
    /// The new user.
    pub user_id: UserId,
}

/// A user's email, password or role changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserUpdated {
    /// The user.
    pub user_id: UserId,
    /// Whether the email changed; the vault has the new one.
    pub email_changed: bool,
    /// Whether the password changed.
    pub password_changed: bool,
    /// Whether the user is an operator after it.
    pub operator: bool,
    /// The user's epoch after it; sessions of an earlier epoch have ended.
    pub epoch: u64,
}

/// A user's personal data was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserErased {
    /// The user.
    pub user_id: UserId,
}

/// A session ended before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRevoked {
    /// The session's user.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// When the session would have ended by itself: after that the fact no longer matters.
    pub expires_at: Timestamp,
}
