//! What can be asked of the ticket domain.

use std::sync::Arc;

use super::state::Show;
use crate::types::{Money, SeatLabel, TicketId, Title};

/// List tickets, all or none; the actor is their seller.
#[derive(Debug, Clone)]
pub(crate) struct CreateTickets {
    /// The tickets, with the ids that they will have.
    pub listings: Vec<(TicketId, Listing)>,
}

/// What a seller says of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    /// What it is called.
    pub title: Title,
    /// What it costs.
    pub price: Money,
    /// What it lets its holder attend.
    pub show: Option<Arc<Show>>,
    /// Where in the venue its place is.
    pub seat: Option<SeatLabel>,
}

/// Change a ticket's title, price or show.
#[derive(Debug, Clone)]
pub(crate) struct UpdateTicket {
    /// The ticket.
    pub ticket_id: TicketId,
    /// What it is to be called.
    pub title: Title,
    /// What it is to cost.
    pub price: Money,
    /// The new show; `None` leaves it as it is.
    pub show: Option<Arc<Show>>,
    /// The version that the seller has seen, if they care.
    pub expected_version: Option<u64>,
}

/// Take a ticket off sale.
#[derive(Debug, Clone)]
pub(crate) struct WithdrawTicket {
    /// The ticket.
    pub ticket_id: TicketId,
    /// The version that the seller has seen, if they care.
    pub expected_version: Option<u64>,
}
