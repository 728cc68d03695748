//! A ticket and how events change it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Rejection;
use crate::domain::{Context, Fact, Inconsistency, State};
use crate::types::{
    Category, Money, OrderId, SeatLabel, ShowName, TicketId, Timestamp, Title, UnknownName, UserId, Venue, by_name,
};

/// What people attend: a concert, a match, a play.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Show {
    /// What it is called.
    pub name: ShowName,
    /// Its kind, such as `concert`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Where it takes place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<Venue>,
    /// When it starts; from then on its tickets can't be ordered.
    pub starts_at: Timestamp,
}

impl Show {
    /// Creates a show without category and venue.
    pub fn new(name: ShowName, starts_at: Timestamp) -> Self {
        Self { name, category: None, venue: None, starts_at }
    }

    /// Returns `true` once the show has started, which is when its tickets can't be ordered any more.
    pub fn has_started(&self, now: Timestamp) -> bool {
        self.starts_at <= now
    }
}

/// Where a ticket is in its life.
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

    /// Returns `true` if its seller may edit or withdraw a ticket in this status.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Available)
    }

    /// Whether the ticket is on sale, or may be again when an order ends without payment.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Available | Self::Locked)
    }
}

impl FromStr for TicketStatus {
    type Err = UnknownName;

    /// Finds the status of this published name.
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
    /// The ticket's id.
    pub id: TicketId,
    /// Who sells it.
    pub seller_id: UserId,
    /// What it is called.
    pub title: Title,
    /// What it costs.
    pub price: Money,
    /// What it lets its holder attend.
    pub show: Option<Arc<Show>>,
    /// Where in the venue its place is.
    pub seat: Option<SeatLabel>,
    /// Where it is in its life.
    pub status: TicketStatus,
    /// The order that holds it while it is locked, or has bought it; nobody else's business.
    pub(crate) holder: Option<OrderId>,
    /// 1 when listed, one more after every change: edit, lock, release, sale, withdrawal.
    pub version: u64,
    /// When it was listed.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Ticket {
    /// Returns `true` if this user may order the ticket at `now`, as far as the ticket itself says: it is available, somebody
    /// else sells it, and its show has not started. Without a user, `true` if somebody may.
    pub fn is_orderable_by(&self, buyer: Option<UserId>, now: Timestamp) -> bool {
        let has_started = self.show.as_ref().is_some_and(|show| show.has_started(now));
        self.status == TicketStatus::Available && buyer != Some(self.seller_id) && !has_started
    }

    /// When its show starts, if it has one.
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

/// An order takes an available ticket.
pub(in crate::domain) fn lock(ticket: &mut Arc<Ticket>, by: OrderId, fact: Fact) -> Result<(), Inconsistency> {
    step(ticket, fact, TicketStatus::Available, TicketStatus::Locked, Some(by)).map(drop)
}

/// The order that holds the ticket lets it go.
pub(in crate::domain) fn free(ticket: &mut Arc<Ticket>, by: OrderId, fact: Fact) -> Result<(), Inconsistency> {
    held_by(ticket, by)?;
    step(ticket, fact, TicketStatus::Locked, TicketStatus::Available, None).map(drop)
}

/// The order that holds the ticket is paid.
pub(in crate::domain) fn sell(ticket: &mut Arc<Ticket>, by: OrderId, fact: Fact) -> Result<(), Inconsistency> {
    held_by(ticket, by)?;
    step(ticket, fact, TicketStatus::Locked, TicketStatus::Sold, Some(by)).map(drop)
}

/// The order that bought the ticket is refunded, and the ticket is sold anew.
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

/// Returns the ticket, one version on, in another status.
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
