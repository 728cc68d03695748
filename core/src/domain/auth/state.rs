//! State that the rules of auth need.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Rejection;
use crate::domain::{Fact, Inconsistency, State};
use crate::types::{SessionId, Timestamp, UserId};

/// A user, without personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// Id of the user.
    pub id: UserId,
    /// Version: 1 after sign-up, incremented by every change.
    pub version: u64,
    /// Epoch. Sessions of an earlier epoch have ended.
    pub epoch: u64,
    /// `true` if the user is an operator.
    pub operator: bool,
    /// `true` if the user's personal data was deleted. Such a user can't sign in.
    pub erased: bool,
    /// Time of sign-up.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

/// Returns the user if there is one and it is not erased.
pub(super) fn active(state: &State, id: UserId) -> Result<&User, Rejection> {
    state.active_user(id).map(Arc::as_ref).ok_or(Rejection::UserNotFound)
}

/// Sets the user's version and time to the fact's and returns the user; refuses an erased user.
pub(super) fn changed(user: &mut Arc<User>, fact: Fact) -> Result<&mut User, Inconsistency> {
    if user.erased {
        return Err(Inconsistency("an erased user changed"));
    }
    step(user, fact)
}

/// Sets the user's version and time to the fact's and returns the user. Accepts erased users, because they are still
/// owed money.
pub(in crate::domain) fn step(user: &mut Arc<User>, fact: Fact) -> Result<&mut User, Inconsistency> {
    fact.follows(user.version)?;
    let user = Arc::make_mut(user);
    user.version = fact.version;
    user.updated_at = fact.at;
    Ok(user)
}

/// Sessions that were ended before they expired, each kept until it would have expired.
#[derive(Debug, Clone, Default)]
pub(crate) struct RevokedSessions {
    ids: FxHashSet<SessionId>,
    /// Sessions ordered by the time after which they no longer matter.
    by_expiry: BTreeSet<(Timestamp, SessionId)>,
}

impl RevokedSessions {
    pub(crate) fn insert(&mut self, id: SessionId, expires_at: Timestamp) {
        if self.ids.insert(id) {
            self.by_expiry.insert((expires_at, id));
        }
    }

    pub(crate) fn contains(&self, id: SessionId) -> bool {
        self.ids.contains(&id)
    }

    /// Drops the sessions that no longer matter at `now`.
    pub(crate) fn forget_until(&mut self, now: Timestamp) {
        while let Some((expires_at, id)) = self.by_expiry.first().copied()
            && expires_at <= now
        {
            self.by_expiry.pop_first();
            self.ids.remove(&id);
        }
    }

    /// Iterates over all sessions, each with the time after which it no longer matters.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SessionId, Timestamp)> + '_ {
        self.by_expiry.iter().map(|(expires_at, id)| (*id, *expires_at))
    }
}
