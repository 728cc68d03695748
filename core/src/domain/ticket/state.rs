//! State of a ticket, and its changes by events.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Rejection;
use crate::domain::{Context, Fact, Inconsistency, State};
use crate::types::{
    Category, Money, OrderId, SeatLabel, ShowName, TicketId, Timestamp, Title, UnknownName, UserId, Venue, by_name,
};

/// An event that people attend: a concert, a match, a play.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Show {
    /// Name of the show.
    pub name: ShowName,
    /// Kind of show, such as `concert`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Place of the show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<Venue>,
    /// Time at which the show starts. From then on its tickets can't be ordered.
    pub starts_at: Timestamp,
}

impl Show {
    /// Creates a show without category and venue.
    pub fn new(name: ShowName, starts_at: Timestamp) -> Self {
        Self { name, category: None, venue: None, starts_at }
    }

    /// Returns `true` once the show has started. From then on its tickets can't be ordered.
    pub fn has_started(&self, now: Timestamp) -> bool {
        self.starts_at <= now
    }
}

/// Status of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TicketStatus {
    /// For sale.
    Available,
    /// Held by an open order.
    Locked,
    /// Bought and paid.
    Sold,
    /// Taken off sale by its seller.
    Withdrawn,
}

impl TicketStatus {
    /// All statuses.
    pub const ALL: &'static [Self] = &[Self::Available, Self::Locked, Self::Sold, Self::Withdrawn];

    /// Returns the published name: `available`, `locked`, `sold` or `withdrawn`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Locked => "locked",
            Self::Sold => "sold",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Returns `true` if the seller may edit or withdraw a ticket in this status.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Available)
    }

    /// Returns `true` if the ticket is on sale, or may be again when an order ends without payment.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Available | Self::Locked)
    }
}

impl FromStr for TicketStatus {
    type Err = UnknownName;

    /// Parses a published name.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        by_name(Self::ALL, Self::as_str, text)
    }
}

impl fmt::Display for TicketStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One place at one show, listed by a seller at a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ticket {
    /// Id of the ticket.
    pub id: TicketId,
    /// Seller of the ticket.
    pub seller_id: UserId,
    /// Title of the ticket.
    pub title: Title,
    /// Price of the ticket.
    pub price: Money,
    /// Show that the ticket is for.
    pub show: Option<Arc<Show>>,
    /// Label of the seat in the venue.
    pub seat: Option<SeatLabel>,
    /// Status of the ticket.
    pub status: TicketStatus,
    /// Order that holds the ticket while it is locked, or that bought it. Private to the core.
    pub(crate) holder: Option<OrderId>,
    /// Version: 1 when listed, incremented by every change: edit, lock, release, sale, return to sale, withdrawal.
    pub version: u64,
    /// Time at which it was listed.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

impl Ticket {
    /// Returns `true` if this user may order the ticket at `now`, judged by the ticket alone: it is available, the user
    /// is not its seller, and its show has not started. Without a user, returns `true` if some user may.
    pub fn is_orderable_by(&self, buyer: Option<UserId>, now: Timestamp) -> bool {
        let has_started = self.show.as_ref().is_some_and(|show| show.has_started(now));
        self.status == TicketStatus::Available && buyer != Some(self.seller_id) && !has_started
    }

    /// Returns the time at which its show starts, if it has one.
    pub(crate) fn starts_at(&self) -> Option<Timestamp> {
        self.show.as_ref().map(|show| show.starts_at)
    }
}

/// Returns the ticket if the actor may change it now. Refuses: [`Rejection::NotFound`], [`Rejection::NotYours`],
/// [`Rejection::Locked`], [`Rejection::Sold`], [`Rejection::Withdrawn`], [`Rejection::VersionMismatch`].
pub(super) fn editable<'s>(
    state: &'s State,
    id: TicketId,
    expected: Option<u64>,
    context: &Context,
) -> Result<&'s Ticket, Rejection> {
    let ticket = state.ticket(id).ok_or(Rejection::NotFound)?;
    if context.actor.user() != Some(ticket.seller_id) {
        return Err(Rejection::NotYours);
    }
    match ticket.status {
        TicketStatus::Available => {}
        TicketStatus::Locked => return Err(Rejection::Locked),
        TicketStatus::Sold => return Err(Rejection::Sold),
        TicketStatus::Withdrawn => return Err(Rejection::Withdrawn),
    }
    if expected.is_some_and(|version| version != ticket.version) {
        return Err(Rejection::VersionMismatch);
    }
    Ok(ticket)
}

/// Locks an available ticket for an order.
pub(in crate::domain) fn lock(ticket: &mut Arc<Ticket>, by: OrderId, fact: Fact) -> Result<(), Inconsistency> {
    step(ticket, fact, TicketStatus::Available, TicketStatus::Locked, Some(by)).map(drop)
}

/// Frees a ticket that the order has locked.
pub(in crate::domain) fn free(ticket: &mut Arc<Ticket>, by: OrderId, fact: Fact) -> Result<(), Inconsistency> {
    held_by(ticket, by)?;
    step(ticket, fact, TicketStatus::Locked, TicketStatus::Available, None).map(drop)
}

/// Sells a locked ticket to the order that holds it.
pub(in crate::domain) fn sell(ticket: &mut Arc<Ticket>, by: OrderId, fact: Fact) -> Result<(), Inconsistency> {
    held_by(ticket, by)?;
    step(ticket, fact, TicketStatus::Locked, TicketStatus::Sold, Some(by)).map(drop)
}

/// Puts a sold ticket of a refunded order back on sale.
pub(in crate::domain) fn return_to_sale(
    ticket: &mut Arc<Ticket>,
    by: OrderId,
    fact: Fact,
) -> Result<(), Inconsistency> {
    held_by(ticket, by)?;
    step(ticket, fact, TicketStatus::Sold, TicketStatus::Available, None).map(drop)
}

fn held_by(ticket: &Ticket, order: OrderId) -> Result<(), Inconsistency> {
    if ticket.holder == Some(order) { Ok(()) } else { Err(Inconsistency("the ticket is held by another order")) }
}

/// Changes the ticket's status from `from` to `to`, sets its version to the fact's, and returns it.
pub(super) fn step(
    ticket: &mut Arc<Ticket>,
    fact: Fact,
    from: TicketStatus,
    to: TicketStatus,
    holder: Option<OrderId>,
) -> Result<&mut Ticket, Inconsistency> {
    if ticket.status != from {
        return Err(Inconsistency("the ticket is not in the state that this follows from"));
    }
    fact.follows(ticket.version)?;
    let ticket = Arc::make_mut(ticket);
    ticket.status = to;
    ticket.holder = holder;
    ticket.version = fact.version;
    ticket.updated_at = fact.at;
    Ok(ticket)
}
