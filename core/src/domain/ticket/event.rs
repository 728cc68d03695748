//! The facts of the ticket domain. That a ticket is locked, freed or sold is told by the events of its order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::Show;
use crate::types::{Money, SeatLabel, TicketId, Title, UserId};

/// A ticket was listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketCreated {
    /// The new ticket.
    pub ticket_id: TicketId,
    /// Who sells it.
    pub seller_id: UserId,
    /// What it is called.
    pub title: Title,
    /// What it costs.
    pub price: Money,
    /// What it lets its holder attend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<Arc<Show>>,
    /// Where in the venue its place is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatLabel>,
}

/// A ticket's title, price or show changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketUpdated {
    /// The ticket.
    pub ticket_id: TicketId,
    /// Its title after it.
    pub title: Title,
    /// Its price after it.
    pub price: Money,
    /// Its show after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<Arc<Show>>,
}

/// A ticket was taken off sale by its seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketWithdrawn {
    /// The ticket.
    pub ticket_id: TicketId,
}
