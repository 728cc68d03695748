//! An order and how events change it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::event::{CancelReason, OrderCancelled, OrderCreated, OrderedTicket, TicketVersion, TicketVersions};
use crate::domain::payment::{Charge, ChargeStatus};
use crate::domain::{Fact, Inconsistency, State};
use crate::mistake::{Mistake, planted};
use crate::types::{Money, OrderId, Timestamp, UnknownName, UserId, by_name};

/// Where an order is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// It holds its tickets until its deadline.
    Created,
    /// It holds its tickets until the gateway's answer is known.
    AwaitingPayment,
    /// It is paid, its tickets are sold.
    Complete,
    /// It ended without payment.
    Cancelled,
    /// It ended at its deadline.
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

    /// Whether the order holds its tickets without having paid them.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::AwaitingPayment)
    }
}

impl FromStr for OrderStatus {
    type Err = UnknownName;

    /// Finds the status of this published name.
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
    /// The order's id.
    pub id: OrderId,
    /// Who buys.
    pub buyer_id: UserId,
    /// Where it is in its life.
    pub status: OrderStatus,
    /// Why it was cancelled, if it was.
    pub cancel_reason: Option<CancelReason>,
    /// The sum of the prices.
    pub total: Money,
    /// When the hold ends unless a payment has started.
    pub expires_at: Timestamp,
    /// The tickets as they were at the moment of the lock.
    pub tickets: Arc<[OrderedTicket]>,
    /// The attempt to take the money, once there is one.
    pub charge: Option<Charge>,
    /// 1 when created, one more after every event of the order or its charge.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Order {
    /// Whether nothing can happen to the order any more, but for a refund of its charge.
    pub(crate) fn is_settled(&self) -> bool {
        let waits = |charge: &Charge| !charge.status.is_settled() || charge.status == ChargeStatus::Escalated;
        !self.status.is_open() && !self.charge.as_ref().is_some_and(waits)
    }

    /// Whether the hold has ended by the clock, though `OrderExpired` may not be written yet.
    pub(crate) fn is_overdue(&self, now: Timestamp) -> bool {
        let waits = self.status == OrderStatus::Created || planted(Mistake::ExpireWithoutHolder);
        waits && is_over(self.expires_at, now)
    }
}

/// Whether a hold that ends at the deadline has ended.
pub(in crate::domain) fn is_over(deadline: Timestamp, now: Timestamp) -> bool {
    deadline < now || deadline == now && !planted(Mistake::DeadlineOffByOne)
}

pub(in crate::domain) fn apply_created(event: &OrderCreated, fact: Fact) -> Order {
    Order {
        id: event.order_id,
        buyer_id: event.buyer_id,
        status: OrderStatus::Created,
        cancel_reason: None,
        total: event.total,
        expires_at: event.expires_at,
        tickets: Arc::clone(&event.tickets),
        charge: None,
        version: fact.version,
        created_at: fact.at,
        updated_at: fact.at,
    }
}

pub(in crate::domain) fn apply_cancelled(
    order: &mut Arc<Order>,
    event: &OrderCancelled,
    fact: Fact,
) -> Result<(), Inconsistency> {
    let charge = order.charge.as_ref().map(|charge| charge.status);
    let follows = match event.reason {
        CancelReason::Buyer => order.status == OrderStatus::Created,
        CancelReason::PaymentFailed => charge == Some(ChargeStatus::Failed),
    };
    if !follows {
        return Err(Inconsistency("the order was cancelled for a reason that it did not have"));
    }
    end(order, OrderStatus::Cancelled, fact)?.cancel_reason = Some(event.reason);
    Ok(())
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

/// The order, one version on.
pub(in crate::domain) fn version_step(order: &mut Arc<Order>, fact: Fact) -> Result<&mut Order, Inconsistency> {
    fact.follows(order.version)?;
    let order = Arc::make_mut(order);
    order.version = fact.version;
    order.updated_at = fact.at;
    Ok(order)
}

/// The versions that the order's tickets have after one more change of each.
pub(in crate::domain) fn after_this(state: &State, order: &Order) -> TicketVersions {
    let next = |id| state.ticket(id).map_or(1, |ticket| ticket.version + 1);
    order.tickets.iter().map(|ticket| TicketVersion { id: ticket.id, version: next(ticket.id) }).collect()
}
