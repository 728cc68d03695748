//! Grants and revokes the operator role.

use std::sync::Arc;

use super::state::active;
use super::{Rejection, User, UserUpdated};
use crate::command::StreamKeys;
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{OrderId, Timestamp, UserId};

/// Command that grants or revokes the operator role.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct SetOperator {
    /// Id of the user.
    pub user_id: UserId,
    /// `true` to grant the role, `false` to revoke it.
    pub operator: bool,
}

impl Decide for SetOperator {
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

    /// Refuses: [`Rejection::UserNotFound`]. Changes nothing if the role is already as requested.
    fn decide(&self, state: &State, _: &Context) -> Result<Decision, Rejection> {
        let user = active(state, self.user_id)?;
        if user.operator == self.operator {
            return Ok(Decision::nothing());
        }
        Ok(Decision::event(DomainEvent::UserUpdated(UserUpdated {
            user_id: user.id,
            email_changed: false,
            password_changed: false,
            operator: self.operator,
            epoch: user.epoch,
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<User>> {
        state.user(self.user_id).cloned()
    }
}
