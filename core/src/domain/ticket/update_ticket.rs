//! Edits a ticket that is on sale.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::seats::is_taken;
use super::state::{editable, step};
use super::{Rejection, SeatKey, SeatKeyMaker, SeatKeys, Show, Ticket, TicketStatus, seat_of};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::{Context, Decision, Fact, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{Change, Money, OrderId, SeatLabel, TicketId, Timestamp, Title};

/// Change a ticket's title, price, show or seat.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct UpdateTicket {
    /// Id of the ticket.
    pub ticket_id: TicketId,
    /// New title.
    pub title: Title,
    /// New price.
    pub price: Money,
    /// What it lets its holder attend.
    #[cfg_attr(feature = "cluster", serde(with = "crate::types::change::tagged"))]
    pub show: Change<Arc<Show>>,
    /// Where in the venue its place is.
    #[cfg_attr(feature = "cluster", serde(with = "crate::types::change::tagged"))]
    pub seat: Change<SeatLabel>,
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

    fn seats(&self, state: &State) -> SeatKeys {
        state.ticket(self.ticket_id).and_then(|ticket| self.new_seat(ticket)).into_iter().collect()
    }

    /// Refuses: [`Rejection::NotFound`], [`Rejection::NotYours`], [`Rejection::Locked`], [`Rejection::Sold`],
    /// [`Rejection::Withdrawn`], [`Rejection::VersionMismatch`], [`Rejection::SeatTaken`].
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let ticket = editable(state, self.ticket_id, self.expected_version, context)?;
        if self.new_seat(ticket).is_some_and(|seat| is_taken(state, seat, context.now)) {
            return Err(Rejection::SeatTaken(0));
        }
        Ok(Decision::event(DomainEvent::TicketUpdated(TicketUpdated {
            ticket_id: ticket.id,
            title: self.title.clone(),
            price: self.price,
            show: self.show.clone().apply(ticket.show.clone()),
            seat: match &self.seat {
                Change::Keep => None,
                Change::Clear => Some(None),
                Change::Set(seat) => Some(Some(seat.clone())),
            },
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Ticket>> {
        state.ticket(self.ticket_id).cloned()
    }
}

impl UpdateTicket {
    /// Returns the seat that the ticket is to be for, unless it is for that one already.
    fn new_seat(&self, ticket: &Ticket) -> Option<SeatKey> {
        if self.show.is_keep() && self.seat.is_keep() {
            return None;
        }
        let show = self.show.as_ref().apply(ticket.show.as_ref());
        let seat = self.seat.as_ref().apply(ticket.seat.as_ref());
        SeatKeyMaker::default().key(show, seat).filter(|seat| seat_of(ticket) != Some(*seat))
    }
}

/// A ticket's title, price, show or seat changed.
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
    /// Its seat after it, if that changed: nothing if it has none any more.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "there")]
    pub seat: Option<Option<SeatLabel>>,
}

/// Deserializes what is there, even if it is nothing.
#[expect(clippy::option_option, reason = "the published form tells nothing from nothing new")]
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<SeatLabel>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
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
        let before = Arc::clone(ticket);
        let ticket = step(ticket, fact, TicketStatus::Available, TicketStatus::Available, None)?;
        ticket.title.clone_from(&self.title);
        ticket.price = self.price;
        ticket.show.clone_from(&self.show);
        if let Some(seat) = &self.seat {
            ticket.seat.clone_from(seat);
        }
        state.reseat(&before)
    }
}
