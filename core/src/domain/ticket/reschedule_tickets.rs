//! Moving the unsold tickets of a show to another time.

use std::sync::Arc;

use super::seats::is_taken;
use super::{OneShow, Rejection, SeatKeyMaker, SeatKeys, Show, Ticket, TicketStatus, TicketUpdated};
use crate::command::StreamKeys;
use crate::domain::decide::Decide;
use crate::domain::{Context, Decision, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{OrderId, TicketId, Timestamp, UserId};

/// Move tickets of one show to another time, as far as they are available; the actor is their seller.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct RescheduleTickets {
    /// The tickets that may have to move.
    pub ticket_ids: Vec<TicketId>,
    /// The show as it is now, however its name and its venue are written. Its category does not tell shows apart.
    pub show: Arc<Show>,
    /// The new start.
    pub starts_at: Timestamp,
}

impl RescheduleTickets {
    /// Returns the tickets of the show among those that may have to move.
    fn of_show<'s>(&self, state: &'s State) -> impl Iterator<Item = &'s Ticket> {
        let mut show = OneShow::new(&self.show);
        let tickets = self.ticket_ids.iter().filter_map(|id| state.ticket(*id));
        tickets.map(|ticket| &**ticket).filter(move |ticket| show.has(ticket))
    }

    /// Returns the seats of these tickets in the show at its new time.
    fn new_seats<'t>(&self, tickets: impl Iterator<Item = &'t Ticket>) -> SeatKeys {
        let (mut keys, show) = (SeatKeyMaker::default(), Arc::new(self.at_new_time(&self.show)));
        tickets.filter_map(|ticket| keys.key(Some(&show), ticket.seat.as_ref())).collect()
    }

    fn at_new_time(&self, show: &Show) -> Show {
        Show { starts_at: self.starts_at, ..show.clone() }
    }

    /// Returns the show of the ticket at its new time if the ticket moves: `seller` lists it, and nobody holds or has bought it.
    fn moved_show(&self, ticket: &Ticket, seller: UserId) -> Option<Show> {
        let moves = ticket.seller_id == seller && ticket.status == TicketStatus::Available;
        let show = ticket.show.as_deref().filter(|_| moves)?;
        Some(self.at_new_time(show))
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

    /// Returns the seats of the new show, of all tickets that may move.
    fn seats(&self, state: &State) -> SeatKeys {
        self.new_seats(self.of_show(state))
    }

    /// Refuses: [`Rejection::NoSeller`], [`Rejection::SeatTaken`] if a seat of the show at its new time is listed already.
    /// Tickets that were ordered, withdrawn or edited meanwhile stay as they are.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let seller_id = context.active_user(state).ok_or(Rejection::NoSeller)?;
        if self.starts_at == self.show.starts_at {
            return Ok(Decision::nothing());
        }
        let tickets = self.of_show(state);
        let moving: Vec<(&Ticket, Show)> =
            tickets.filter_map(|ticket| Some((ticket, self.moved_show(ticket, seller_id)?))).collect();
        // Tickets that shared a seat before go on to do so.
        let seats = self.new_seats(moving.iter().map(|(ticket, _)| *ticket));
        if seats.iter().any(|seat| is_taken(state, *seat, context.now)) {
            return Err(Rejection::SeatTaken(0));
        }
        let events = moving.into_iter().map(|(ticket, show)| {
            DomainEvent::TicketUpdated(TicketUpdated {
                ticket_id: ticket.id,
                title: ticket.title.clone(),
                price: ticket.price,
                show: Some(Arc::new(show)),
                seat: None,
            })
        });
        Ok(Decision::events(events))
    }

    fn answer(&self, state: &State, now: Timestamp) -> Option<Vec<Arc<Ticket>>> {
        let tickets = self.ticket_ids.iter().filter_map(|id| state.ticket(*id));
        let has_moved = |ticket: &&Arc<Ticket>| ticket.updated_at == now && ticket.starts_at() == Some(self.starts_at);
        Some(tickets.filter(has_moved).cloned().collect())
    }
}
