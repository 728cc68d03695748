//! Deletes a user's personal data.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{active, changed};
use super::{Rejection, User};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, Inconsistency, State, VaultChange};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{OrderId, Timestamp, UserId};

/// Command that deletes a user's personal data.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct EraseUser {
    /// Id of the user.
    pub user_id: UserId,
}

impl Decide for EraseUser {
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

    /// Refuses: [`Rejection::UserNotFound`], [`Rejection::StillTrading`].
    fn decide(&self, state: &State, _: &Context) -> Result<Decision, Rejection> {
        let user = active(state, self.user_id)?;
        if state.is_trading(user.id) {
            return Err(Rejection::StillTrading);
        }
        Ok(Decision::event(DomainEvent::UserErased(UserErased { user_id: user.id }))
            .with_vault(VaultChange::Erase { user_id: user.id }))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<User>> {
        state.user(self.user_id).cloned()
    }
}

/// A user's personal data was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserErased {
    /// Id of the user.
    pub user_id: UserId,
}

impl Apply for UserErased {
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
        if state.is_trading(self.user_id) {
            return Err(Inconsistency("a user was erased who still traded"));
        }
        let user = changed(state.user_mut(self.user_id)?, fact)?;
        user.erased = true;
        user.operator = false;
        Ok(())
    }
}
