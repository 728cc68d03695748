//! What the rules of auth need to know.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Rejection;
use crate::domain::{Fact, Inconsistency, State};
use crate::types::{SessionId, Timestamp, UserId};

/// A user, without anything personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// 1 after sign-up, one more after every change.
    pub version: u64,
    /// Sessions of an earlier epoch have ended.
    pub epoch: u64,
    /// Whether the user is an operator.
    pub operator: bool,
    /// Whether the user's personal data was deleted; such a user can't sign in.
    pub erased: bool,
    /// When the user signed up.
    pub created_at: Timestamp,
    /// When the user last changed.
    pub updated_at: Timestamp,
}

/// Returns the user, unless there is none or it is erased.
pub(super) fn active(state: &State, id: UserId) -> Result<&User, Rejection> {
    state.user(id).map(Arc::as_ref).filter(|user| !user.erased).ok_or(Rejection::UserNotFound)
}

/// Returns the user, one version on, unless it is erased.
pub(super) fn changed(user: &mut Arc<User>, fact: Fact) -> Result<&mut User, Inconsistency> {
    if user.erased {
        return Err(Inconsistency("an erased user changed"));
    }
    step(user, fact)
}

/// Returns the user, one version on. An erased user, too, is owed what they are owed.
pub(in crate::domain) fn step(user: &mut Arc<User>, fact: Fact) -> Result<&mut User, Inconsistency> {
    fact.follows(user.version)?;
    let user = Arc::make_mut(user);
    user.version = fact.version;
    user.updated_at = fact.at;
    Ok(user)
}

/// The sessions that ended before their time, until that time.
#[derive(Debug, Clone, Default)]
pub(crate) struct RevokedSessions {
    ids: FxHashSet<SessionId>,
    /// The same, by the time after which they no longer matter.
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

    /// Forgets what no longer matters at `now`.
    pub(crate) fn forget_until(&mut self, now: Timestamp) {
        while let Some((expires_at, id)) = self.by_expiry.first().copied()
            && expires_at <= now
        {
            self.by_expiry.pop_first();
            self.ids.remove(&id);
        }
    }

    /// All of them, with the time after which each no longer matters.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SessionId, Timestamp)> + '_ {
        self.by_expiry.iter().map(|(expires_at, id)| (*id, *expires_at))
    }
}
