//! Ends the membership of a host of the cluster.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{demand_change, demand_operator};
use super::{Host, Rejection};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{HostId, OrderId, Timestamp};

/// Command that ends the membership of a host of the cluster.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
#[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "only a cluster has hosts"))]
pub(crate) struct LeaveHost {
    /// Id of the host.
    pub host_id: HostId,
}

impl Decide for LeaveHost {
    type Answer = Arc<Host>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::from_iter([StreamKey::Host(self.host_id)])
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses: [`Rejection::OperatorRequired`], [`Rejection::HostNotFound`], [`Rejection::ChangePending`],
    /// [`Rejection::LastVoter`]. Changes nothing if the host has left already.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        demand_operator(state, context)?;
        let host = state.host(self.host_id).ok_or(Rejection::HostNotFound)?;
        if host.left {
            return Ok(Decision::nothing());
        }
        demand_change(state, self.host_id, false, context)?;
        Ok(Decision::event(DomainEvent::HostLeft(HostLeft { host_id: self.host_id })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Host>> {
        state.host(self.host_id).cloned()
    }
}

/// A host left the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostLeft {
    /// Id of the host.
    pub host_id: HostId,
}

impl Apply for HostLeft {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Host(self.host_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        state.host_left(self.host_id, fact)
    }
}
