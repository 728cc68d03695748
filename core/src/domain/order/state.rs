//! State of an order, and its changes by events.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{CancelReason, OrderedTicket, Rejection};
use crate::domain::payment::{Charge, ChargeStatus};
use crate::domain::{Fact, Inconsistency, State};
use crate::failpoint::Failpoint;
use crate::types::{Money, OrderId, TicketId, Timestamp, UnknownName, UserId, by_name};

/// Status of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// The order holds its tickets until its deadline.
    Created,
    /// The order holds its tickets until the gateway's answer is known.
    AwaitingPayment,
    /// The order is paid and its tickets are sold.
    Complete,
    /// The order ended without payment.
    Cancelled,
    /// The order ended at its deadline.
    Expired,
}

impl OrderStatus {
    /// All statuses, in the order of an order's life.
    pub const ALL: &'static [Self] =
        &[Self::Created, Self::AwaitingPayment, Self::Complete, Self::Cancelled, Self::Expired];

    /// Returns the published name, such as `awaiting_payment`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::AwaitingPayment => "awaiting_payment",
            Self::Complete => "complete",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Returns `true` if the order holds its tickets and is not paid yet.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::AwaitingPayment)
    }
}

impl FromStr for OrderStatus {
    type Err = UnknownName;

    /// Parses a published name.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        by_name(Self::ALL, Self::as_str, text)
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One buyer's claim on tickets, then their purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Order {
    /// Id of the order.
    pub id: OrderId,
    /// Buyer of the tickets.
    pub buyer_id: UserId,
    /// Status of the order.
    pub status: OrderStatus,
    /// Reason why it was cancelled, if it was.
    pub cancel_reason: Option<CancelReason>,
    /// Sum of the prices.
    pub total: Money,
    /// Time at which the hold ends unless a payment has started.
    pub expires_at: Timestamp,
    /// Tickets as they were when the order locked them.
    pub tickets: Arc<[OrderedTicket]>,
    /// Attempt to take the money, once there is one.
    pub charge: Option<Charge>,
    /// Version: 1 when created, incremented by every event of the order or its charge.
    pub version: u64,
    /// Time at which it was created.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

impl Order {
    /// Returns `true` if the order has ended and nothing about its charge is under way or waits for an operator.
    pub(crate) fn is_terminal(&self) -> bool {
        let waits = |charge: &Charge| !charge.status.is_settled() || charge.status == ChargeStatus::Escalated;
        !self.status.is_open() && !self.charge.as_ref().is_some_and(waits)
    }

    /// Returns `true` once the order's deadline has been reached, in every status.
    pub fn is_past_deadline(&self, now: Timestamp) -> bool {
        is_over(self.expires_at, now)
    }

    /// Returns `true` if the hold has ended by the clock, even if `OrderExpired` is not written yet.
    pub(crate) fn is_overdue(&self, now: Timestamp) -> bool {
        let waits = self.status == OrderStatus::Created || Failpoint::ExpireWithoutHolder.is_active();
        waits && self.is_past_deadline(now)
    }
}

/// Version of a ticket after an event of its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketVersion {
    /// Id of the ticket.
    pub id: TicketId,
    /// Version of the ticket after the event.
    pub version: u64,
}

/// Tickets that an order's event changed.
pub(crate) type TicketVersions = SmallVec<[TicketVersion; 1]>;

/// Returns `true` if a hold with this deadline has ended at `now`.
pub(in crate::domain) fn is_over(deadline: Timestamp, now: Timestamp) -> bool {
    deadline < now || deadline == now && !Failpoint::DeadlineOffByOne.is_active()
}

/// Checks that the order can be paid or cancelled: it has not ended, is not being paid, and is before its deadline.
pub(in crate::domain) fn payable(order: &Order, now: Timestamp) -> Result<(), Rejection> {
    match order.status {
        OrderStatus::Created if is_over(order.expires_at, now) => Err(Rejection::Expired),
        OrderStatus::Created => Ok(()),
        OrderStatus::AwaitingPayment => Err(Rejection::PaymentPending),
        OrderStatus::Complete => Err(Rejection::AlreadyPaid),
        OrderStatus::Cancelled => Err(Rejection::Cancelled),
        OrderStatus::Expired => Err(Rejection::Expired),
    }
}

/// Ends an open order.
pub(in crate::domain) fn end(
    order: &mut Arc<Order>,
    status: OrderStatus,
    fact: Fact,
) -> Result<&mut Order, Inconsistency> {
    if !order.status.is_open() {
        return Err(Inconsistency("the order has ended already"));
    }
    let order = version_step(order, fact)?;
    order.status = status;
    Ok(order)
}

/// Sets the order's version and time to the fact's and returns the order.
pub(in crate::domain) fn version_step(order: &mut Arc<Order>, fact: Fact) -> Result<&mut Order, Inconsistency> {
    fact.follows(order.version)?;
    let order = Arc::make_mut(order);
    order.version = fact.version;
    order.updated_at = fact.at;
    Ok(order)
}

/// Returns the versions that the order's tickets have after one more change of each.
pub(in crate::domain) fn after_this(state: &State, order: &Order) -> TicketVersions {
    let next = |id| state.ticket(id).map_or(1, |ticket| ticket.version + 1);
    order.tickets.iter().map(|ticket| TicketVersion { id: ticket.id, version: next(ticket.id) }).collect()
}
