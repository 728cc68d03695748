//! Moving the unsold tickets of a show to another time.

use std::sync::Arc;

use super::{Rejection, Show, Ticket, TicketStatus, TicketUpdated};
use crate::command::StreamKeys;
use crate::domain::decide::Decide;
use crate::domain::{Context, Decision, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{OrderId, TicketId, Timestamp, UserId};

/// Move tickets of one show to another time, as far as they are available; the actor is their seller.
#[derive(Debug, Clone)]
pub(crate) struct RescheduleTickets {
    /// The tickets that may have to move.
    pub ticket_ids: Vec<TicketId>,
    /// The show as it is now. Its category does not tell shows apart.
    pub show: Arc<Show>,
    /// The new start.
    pub starts_at: Timestamp,
}

impl RescheduleTickets {
    /// Returns `true` if the ticket is for this show: one of the same name, at the same venue and time.
    pub(crate) fn is_for(ticket: &Ticket, show: &Show) -> bool {
        let of = (&show.name, &show.venue, show.starts_at);
        ticket.show.as_ref().is_some_and(|own| (&own.name, &own.venue, own.starts_at) == of)
    }

    /// Returns the show at its new time if the ticket moves: `seller` lists it, and nobody holds or has bought it.
    fn moved_show(&self, ticket: &Ticket, seller: UserId) -> Option<Show> {
        let is_unsold = ticket.status == TicketStatus::Available;
        let moves = ticket.seller_id == seller && is_unsold && Self::is_for(ticket, &self.show);
        let show = ticket.show.as_deref().filter(|_| moves)?;
        Some(Show { starts_at: self.starts_at, ..show.clone() })
    }
}

impl Decide for RescheduleTickets {
    type Answer = Vec<Arc<Ticket>>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        self.ticket_ids.iter().copied().map(StreamKey::Ticket).collect()
    }

    /// Refuses: [`Rejection::NoSeller`]. Tickets that were ordered, withdrawn or edited meanwhile stay as they are.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let seller_id = context.active_user(state).ok_or(Rejection::NoSeller)?;
        if self.starts_at == self.show.starts_at {
            return Ok(Decision::nothing());
        }
        let tickets = self.ticket_ids.iter().filter_map(|id| state.ticket(*id));
        let events = tickets.filter_map(|ticket| {
            let show = self.moved_show(ticket, seller_id)?;
            Some(DomainEvent::TicketUpdated(TicketUpdated {
                ticket_id: ticket.id,
                title: ticket.title.clone(),
                price: ticket.price,
                show: Some(Arc::new(show)),
            }))
        });
        Ok(Decision::events(events))
    }

    fn answer(&self, state: &State, now: Timestamp) -> Option<Vec<Arc<Ticket>>> {
        let tickets = self.ticket_ids.iter().filter_map(|id| state.ticket(*id));
        let has_moved = |ticket: &&Arc<Ticket>| ticket.updated_at == now && ticket.starts_at() == Some(self.starts_at);
        Some(tickets.filter(has_moved).cloned().collect())
    }
}
