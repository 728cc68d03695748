//! Takes a ticket off sale.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{editable, step};
use super::{Rejection, SeatKeys, Ticket, TicketStatus};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::{Context, Decision, Fact, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{OrderId, TicketId, Timestamp};

/// Command that takes a ticket off sale.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct WithdrawTicket {
    /// Id of the ticket.
    pub ticket_id: TicketId,
    /// Version that the seller has read; `None` skips the check.
    pub expected_version: Option<u64>,
}

impl Decide for WithdrawTicket {
    type Answer = Arc<Ticket>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::from_iter([StreamKey::Ticket(self.ticket_id)])
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses as [`UpdateTicket`](super::UpdateTicket) does.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let ticket = editable(state, self.ticket_id, self.expected_version, context)?;
        Ok(Decision::event(DomainEvent::TicketWithdrawn(TicketWithdrawn { ticket_id: ticket.id })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Ticket>> {
        state.ticket(self.ticket_id).cloned()
    }
}

/// A ticket was taken off sale by its seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketWithdrawn {
    /// Id of the ticket.
    pub ticket_id: TicketId,
}

impl Apply for TicketWithdrawn {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Ticket(self.ticket_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let ticket = state.ticket_mut(self.ticket_id)?;
        let before = Arc::clone(ticket);
        step(ticket, fact, TicketStatus::Available, TicketStatus::Withdrawn, None)?;
        state.reseat(&before)?;
        state.ticket_left(self.ticket_id)
    }
}
