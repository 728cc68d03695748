//! Changes a user's email, password or role.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{active, changed};
use super::{Rejection, User};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, Inconsistency, State, VaultChange};
use crate::event::{DomainEvent, EmailKey, StreamKey};
use crate::types::{Email, OrderId, Timestamp, UserId};

/// Command that changes a user's email or password, or both.
#[derive(Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct UpdateUser {
    /// Id of the user.
    pub user_id: UserId,
    /// Epoch of the caller's session. A different epoch means that the session has ended in the meantime.
    pub epoch: u64,
    /// New email, if it changes.
    pub email: Option<NewEmail>,
    /// Hash of the new password, if it changes.
    pub password_hash: Option<String>,
}

impl std::fmt::Debug for UpdateUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpdateUser").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// An email and the key by which it is unique.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct NewEmail {
    /// Key by which the email is unique.
    pub key: EmailKey,
    /// Email as typed.
    pub email: Email,
}

impl Decide for UpdateUser {
    type Answer = Arc<User>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        let email = self.email.as_ref().map(|email| StreamKey::Email(email.key));
        std::iter::once(StreamKey::User(self.user_id)).chain(email).collect()
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses: [`Rejection::UserNotFound`], [`Rejection::SessionEnded`], [`Rejection::EmailTaken`].
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let user = active(state, self.user_id)?;
        if user.epoch != self.epoch {
            return Err(Rejection::SessionEnded);
        }
        if self.email.is_some() && context.email_owner.is_some_and(|owner| owner != user.id) {
            return Err(Rejection::EmailTaken);
        }
        if self.email.is_none() && self.password_hash.is_none() {
            return Ok(Decision::nothing());
        }
        let password_changed = self.password_hash.is_some();
        let event = UserUpdated {
            user_id: user.id,
            email_changed: self.email.is_some(),
            password_changed,
            operator: user.operator,
            epoch: user.epoch + u64::from(password_changed),
        };
        Ok(Decision::event(DomainEvent::UserUpdated(event)).with_vault(VaultChange::Put {
            user_id: user.id,
            email: self.email.as_ref().map(|new| (new.key, new.email.clone())),
            password_hash: self.password_hash.clone(),
        }))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<User>> {
        state.user(self.user_id).cloned()
    }
}

/// A user's email, password or role changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserUpdated {
    /// Id of the user.
    pub user_id: UserId,
    /// `true` if the email changed. The vault has the new one.
    pub email_changed: bool,
    /// `true` if the password changed.
    pub password_changed: bool,
    /// `true` if the user is an operator after the event.
    pub operator: bool,
    /// Epoch of the user after the event. Sessions of an earlier epoch have ended.
    pub epoch: u64,
}

impl Apply for UserUpdated {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::User(self.user_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let user = changed(state.user_mut(self.user_id)?, fact)?;
        if self.epoch != user.epoch + u64::from(self.password_changed) {
            return Err(Inconsistency("the epoch does not follow from the password's changes"));
        }
        user.operator = self.operator;
        user.epoch = self.epoch;
        Ok(())
    }
}
