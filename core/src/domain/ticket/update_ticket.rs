//! Edits a ticket that is on sale.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{editable, step};
use super::{Rejection, Show, Ticket, TicketStatus};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::{Context, Decision, Fact, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{Money, OrderId, TicketId, Timestamp, Title};

/// Command that edits a ticket's title, price or show.
#[derive(Debug, Clone)]
pub(crate) struct UpdateTicket {
    /// Id of the ticket.
    pub ticket_id: TicketId,
    /// New title.
    pub title: Title,
    /// New price.
    pub price: Money,
    /// New show; `None` leaves it as it is.
    pub show: Option<Arc<Show>>,
    /// Version that the seller has read; `None` skips the check.
    pub expected_version: Option<u64>,
}

impl Decide for UpdateTicket {
    type Answer = Arc<Ticket>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::from_iter([StreamKey::Ticket(self.ticket_id)])
    }

    /// Refuses: [`Rejection::NotFound`], [`Rejection::NotYours`], [`Rejection::Locked`], [`Rejection::Sold`],
    /// [`Rejection::Withdrawn`], [`Rejection::VersionMismatch`].
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let ticket = editable(state, self.ticket_id, self.expected_version, context)?;
        Ok(Decision::event(DomainEvent::TicketUpdated(TicketUpdated {
            ticket_id: ticket.id,
            title: self.title.clone(),
            price: self.price,
            show: self.show.clone().or_else(|| ticket.show.clone()),
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Ticket>> {
        state.ticket(self.ticket_id).cloned()
    }
}

/// A ticket's title, price or show changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketUpdated {
    /// Id of the ticket.
    pub ticket_id: TicketId,
    /// Title after the event.
    pub title: Title,
    /// Price after the event.
    pub price: Money,
    /// Show after the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<Arc<Show>>,
}

impl Apply for TicketUpdated {
    const MAY_SETTLE: bool = false;
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
        let ticket = step(ticket, fact, TicketStatus::Available, TicketStatus::Available, None)?;
        ticket.title.clone_from(&self.title);
        ticket.price = self.price;
        ticket.show.clone_from(&self.show);
        Ok(())
    }
}
