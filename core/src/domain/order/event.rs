//! The facts of the order domain. Each also changes the tickets that it names.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::types::{Money, OrderId, TicketId, Timestamp, Title, UserId};

/// An order locked its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderCreated {
    /// The new order.
    pub order_id: OrderId,
    /// Who buys.
    pub buyer_id: UserId,
    /// The tickets as they were at the moment of the lock.
    pub tickets: Arc<[OrderedTicket]>,
    /// The sum of their prices.
    pub total: Money,
    /// When the hold ends unless the order is paid.
    pub expires_at: Timestamp,
}

/// A ticket as it was when an order locked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderedTicket {
    /// The ticket.
    pub id: TicketId,
    /// Who sells it.
    pub seller_id: UserId,
    /// What it was called.
    pub title: Title,
    /// What it cost; what the buyer pays.
    pub price: Money,
    /// The ticket's version after the lock.
    pub version: u64,
}

/// A ticket's version after an event of its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketVersion {
    /// The ticket.
    pub id: TicketId,
    /// Its version after the event.
    pub version: u64,
}

/// The tickets that an order's event changed.
pub(crate) type TicketVersions = SmallVec<[TicketVersion; 1]>;

/// An order ended and freed its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderCancelled {
    /// The order.
    pub order_id: OrderId,
    /// Why it ended.
    pub reason: CancelReason,
    /// The tickets that are free again.
    pub tickets: TicketVersions,
}

/// Why an order was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(not(feature = "simulation"), non_exhaustive)]
pub enum CancelReason {
    /// Its buyer wanted so.
    Buyer,
    /// The money was not taken.
    PaymentFailed,
}

impl CancelReason {
    /// The reason as published, such as `payment_failed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::PaymentFailed => "payment_failed",
        }
    }
}
