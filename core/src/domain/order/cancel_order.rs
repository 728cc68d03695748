//! Ends an order before its deadline and frees its tickets.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{after_this, end, payable};
use super::{Order, OrderStatus, Rejection, TicketVersions};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets, add_tickets};
use crate::domain::decide::Decide;
use crate::domain::payment::ChargeStatus;
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, Inconsistency, State, ticket};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{OrderId, Timestamp};

/// Command that cancels an order for its buyer.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct CancelOrder {
    /// Id of the order.
    pub order_id: OrderId,
}

impl Decide for CancelOrder {
    type Answer = Arc<Order>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        Some(self.order_id)
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::new()
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses: [`Rejection::NotFound`], [`Rejection::NotYours`], [`Rejection::PaymentPending`], [`Rejection::AlreadyPaid`],
    /// [`Rejection::Cancelled`], [`Rejection::Expired`].
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let order = state.order(self.order_id).ok_or(Rejection::NotFound)?;
        if context.actor.user() != Some(order.buyer_id) {
            return Err(Rejection::NotYours);
        }
        payable(order, context.now)?;
        Ok(Decision::event(DomainEvent::OrderCancelled(OrderCancelled {
            order_id: order.id,
            reason: CancelReason::Buyer,
            tickets: after_this(state, order),
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}

/// An order was cancelled and freed its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderCancelled {
    /// Id of the order.
    pub order_id: OrderId,
    /// Reason why it was cancelled.
    pub reason: CancelReason,
    /// Tickets that became available again.
    pub tickets: TicketVersions,
}

/// Reason why an order was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(not(feature = "simulation"), non_exhaustive)]
pub enum CancelReason {
    /// The buyer cancelled it.
    Buyer,
    /// The money was not taken.
    PaymentFailed,
}

impl CancelReason {
    /// Returns the published name of the reason, such as `payment_failed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::PaymentFailed => "payment_failed",
        }
    }
}

impl Apply for OrderCancelled {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = Some(|event, changes| add_tickets(&event.tickets, changes));
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.no_longer_due(self.order_id)?;
        let charge = order.charge.as_ref().map(|charge| charge.status);
        let follows = match self.reason {
            CancelReason::Buyer => order.status == OrderStatus::Created,
            CancelReason::PaymentFailed => charge == Some(ChargeStatus::Failed),
        };
        if !follows {
            return Err(Inconsistency("the order was cancelled for a reason that it did not have"));
        }
        end(order, OrderStatus::Cancelled, fact)?.cancel_reason = Some(self.reason);
        state.order_ended(self.order_id, &self.tickets, fact, ticket::free)
    }
}
