//! Lists tickets.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::seats::is_taken;
use super::{Rejection, SeatKey, SeatKeyMaker, SeatKeys, Show, Ticket, TicketStatus};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::{Context, Decision, Fact, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{Money, OrderId, SeatLabel, TicketId, Timestamp, Title, UserId};

/// Command that lists tickets, all or none. The actor is their seller.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Deserialize), serde(from = "Vec<(TicketId, Listing)>"))]
pub(crate) struct CreateTickets {
    /// Listings, each with the id of its new ticket.
    listings: Vec<(TicketId, Listing)>,
    /// The seat of each, if it has a show and a seat.
    seats: Vec<Option<SeatKey>>,
}

impl CreateTickets {
    /// Creates the command to list these tickets, under these ids.
    pub(crate) fn new(listings: Vec<(TicketId, Listing)>) -> Self {
        let mut keys = SeatKeyMaker::default();
        let seats =
            listings.iter().map(|(_, listing)| keys.key(listing.show.as_ref(), listing.seat.as_ref())).collect();
        Self { listings, seats }
    }

    /// Returns the place of the first ticket whose seat an earlier one has, and the place of that one.
    pub(crate) fn first_double(&self) -> Option<(usize, usize)> {
        let mut places = FxHashMap::default();
        let seats = self.seats.iter().enumerate().filter_map(|(row, seat)| Some((row, (*seat)?)));
        seats.into_iter().find_map(|(row, seat)| places.insert(seat, row).map(|first| (row, first)))
    }

    /// Returns the seller, if they can list all tickets.
    ///
    /// Refuses: [`Rejection::NoSeller`], [`Rejection::SeatTaken`].
    pub(crate) fn check(&self, state: &State, context: &Context) -> Result<UserId, Rejection> {
        let seller_id = context.active_user(state).ok_or(Rejection::NoSeller)?;
        if let Some((row, _)) = self.first_double() {
            return Err(Rejection::SeatTaken(row));
        }
        let is_taken = |seat: &Option<SeatKey>| seat.is_some_and(|seat| is_taken(state, seat, context.now));
        match self.seats.iter().position(is_taken) {
            Some(row) => Err(Rejection::SeatTaken(row)),
            None => Ok(seller_id),
        }
    }
}

#[cfg(feature = "cluster")]
impl From<Vec<(TicketId, Listing)>> for CreateTickets {
    fn from(listings: Vec<(TicketId, Listing)>) -> Self {
        Self::new(listings)
    }
}

#[cfg(feature = "cluster")]
impl Serialize for CreateTickets {
    /// As its listings, from which the rest follows.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.listings.serialize(serializer)
    }
}

/// Seller's description of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct Listing {
    /// Title of the ticket.
    pub title: Title,
    /// Price of the ticket.
    pub price: Money,
    /// Show that the ticket is for.
    pub show: Option<Arc<Show>>,
    /// Label of the seat in the venue.
    pub seat: Option<SeatLabel>,
}

impl Decide for CreateTickets {
    type Answer = Vec<Arc<Ticket>>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::new()
    }

    fn seats(&self, _: &State) -> SeatKeys {
        self.seats.iter().flatten().copied().collect()
    }

    /// Refuses what [`CreateTickets::check`] refuses.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let seller_id = self.check(state, context)?;
        let events = self.listings.iter().map(|(ticket_id, listing)| {
            DomainEvent::TicketCreated(TicketCreated {
                ticket_id: *ticket_id,
                seller_id,
                title: listing.title.clone(),
                price: listing.price,
                show: listing.show.clone(),
                seat: listing.seat.clone(),
            })
        });
        Ok(Decision::events(events))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Vec<Arc<Ticket>>> {
        Some(self.listings.iter().filter_map(|(id, _)| state.ticket(*id).cloned()).collect())
    }
}

/// A ticket was listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketCreated {
    /// Id of the new ticket.
    pub ticket_id: TicketId,
    /// Seller of the ticket.
    pub seller_id: UserId,
    /// Title of the ticket.
    pub title: Title,
    /// Price of the ticket.
    pub price: Money,
    /// Show that the ticket is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<Arc<Show>>,
    /// Label of the seat in the venue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatLabel>,
}

impl Apply for TicketCreated {
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
        fact.follows(0)?;
        state.add_ticket(Ticket {
            id: self.ticket_id,
            seller_id: self.seller_id,
            title: self.title.clone(),
            price: self.price,
            show: self.show.clone(),
            seat: self.seat.clone(),
            status: TicketStatus::Available,
            holder: None,
            version: fact.version,
            created_at: fact.at,
            updated_at: fact.at,
        })
    }
}
