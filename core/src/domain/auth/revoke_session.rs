//! Ends a session before it expires.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{active, changed};
use super::{Rejection, User};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Then, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{OrderId, SessionId, Timestamp, UserId};

/// Command that ends a session before it expires.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct RevokeSession {
    /// Id of the session's user.
    pub user_id: UserId,
    /// Id of the session.
    pub session_id: SessionId,
    /// Time at which the session would have expired.
    pub expires_at: Timestamp,
}

impl Decide for RevokeSession {
    type Answer = Arc<User>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::from_iter([StreamKey::User(self.user_id)])
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses: [`Rejection::UserNotFound`]. Changes nothing if the session has already ended.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let user = active(state, self.user_id)?;
        if state.is_revoked(self.session_id) || self.expires_at <= context.now {
            return Ok(Decision::nothing());
        }
        Ok(Decision::event(DomainEvent::SessionRevoked(SessionRevoked {
            user_id: user.id,
            session_id: self.session_id,
            expires_at: self.expires_at,
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<User>> {
        state.user(self.user_id).cloned()
    }
}

/// A session was ended before it expired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRevoked {
    /// Id of the session's user.
    pub user_id: UserId,
    /// Id of the session.
    pub session_id: SessionId,
    /// Time at which the session would have expired. After that the fact no longer matters.
    pub expires_at: Timestamp,
}

impl Apply for SessionRevoked {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = Some(|event| Then::Revoked(event.session_id, event.expires_at));
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::User(self.user_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        changed(state.user_mut(self.user_id)?, fact)?;
        state.revoke(self.session_id, self.expires_at);
        Ok(())
    }
}
