//! Makes a host a member of the cluster.

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
use crate::types::{HostId, HostName, OrderId, Timestamp};

/// Command that makes a host a member of the cluster, or gives a member another name or vote.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
#[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "only a cluster has hosts"))]
pub(crate) struct JoinHost {
    /// Id of the host.
    pub host_id: HostId,
    /// Name of the host.
    pub name: HostName,
    /// `true` if it votes for the host that writes.
    pub voter: bool,
}

impl Decide for JoinHost {
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

    /// Refuses: [`Rejection::OperatorRequired`], [`Rejection::NameTaken`], [`Rejection::ChangePending`],
    /// [`Rejection::LastVoter`]. Changes nothing if the host is a member with this name and vote.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        demand_operator(state, context)?;
        let members = || state.hosts().iter().filter(|host| !host.left);
        if members().any(|host| host.name == self.name && host.id != self.host_id) {
            return Err(Rejection::NameTaken);
        }
        let is_so = |host: &Arc<Host>| !host.left && host.name == self.name && host.voter == self.voter;
        if state.host(self.host_id).is_some_and(is_so) {
            return Ok(Decision::nothing());
        }
        demand_change(state, self.host_id, self.voter, context)?;
        Ok(Decision::event(DomainEvent::HostJoined(HostJoined {
            host_id: self.host_id,
            name: self.name.clone(),
            voter: self.voter,
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Host>> {
        state.host(self.host_id).cloned()
    }
}

/// A host joined the cluster, or got another name or vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostJoined {
    /// Id of the host.
    pub host_id: HostId,
    /// Name of the host.
    pub name: HostName,
    /// `true` if it votes for the host that writes.
    pub voter: bool,
}

impl Apply for HostJoined {
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
        state.host_joined(self.host_id, self.name.clone(), self.voter, fact)
    }
}
