//! Starts taking the money of an order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::demanded;
use super::{Charge, ChargeStatus, Rejection};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Then, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ledger::Split;
use crate::domain::order::{self, Order, OrderStatus};
use crate::domain::ticket::SeatKeys;
use crate::domain::{Circumstances, Context, Decision, Fact, Inconsistency, State};
use crate::event::{DomainEvent, StreamKey};
use crate::failpoint::Failpoint;
use crate::types::{ChargeId, Money, OrderId, Timestamp};

/// Command that records that the gateway is about to be asked for the money. The actor is the order's buyer.
///
/// The card is passed beside the command, because no rule reads it.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct StartPayment {
    /// Id of the order.
    pub order_id: OrderId,
    /// Id of the new charge, which is the gateway's idempotency key.
    pub charge_id: ChargeId,
    /// Name of the gateway.
    pub gateway: Arc<str>,
}

impl Decide for StartPayment {
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

    /// Refuses, as [`Rejection::Order`]: not found, not yours, payment pending, already paid, cancelled, expired.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let order = state.order(self.order_id).ok_or(Rejection::Order(order::Rejection::NotFound))?;
        if context.actor.user() != Some(order.buyer_id) {
            return Err(Rejection::Order(order::Rejection::NotYours));
        }
        order::payable(order, context.now).map_err(Rejection::Order)?;
        Ok(Decision::event(DomainEvent::PaymentStarted(PaymentStarted {
            charge_id: self.charge_id,
            order_id: order.id,
            amount: order.total,
            gateway: self.gateway.clone(),
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}

/// The gateway is about to be asked for the money of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentStarted {
    /// Id of the new charge, which is the gateway's idempotency key.
    pub charge_id: ChargeId,
    /// Id of the order.
    pub order_id: OrderId,
    /// Amount to be taken.
    pub amount: Money,
    /// Name of the gateway.
    pub gateway: Arc<str>,
}

impl Apply for PaymentStarted {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = Some(|event| Then::Charge(event.order_id));
    const DEMANDS: Demands<Self> = Some(Self::is_in_time_over_the_total);

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = if Failpoint::ExpireWithoutHolder.is_active() {
            state.order_mut(self.order_id)?
        } else {
            state.no_longer_due(self.order_id)?
        };
        if order.status != OrderStatus::Created {
            return Err(Inconsistency("a payment started for an order that did not wait for one"));
        }
        let order = order::version_step(order, fact)?;
        order.status = OrderStatus::AwaitingPayment;
        order.charge = Some(Charge {
            id: self.charge_id,
            order_id: self.order_id,
            amount: self.amount,
            status: ChargeStatus::Pending,
            gateway: Arc::clone(&self.gateway),
            reference: None,
            failure: None,
            late: false,
            refunds: Vec::new(),
            disputes: Vec::new(),
            transferred_to: None,
            split: Split::default(),
            created_at: fact.at,
            updated_at: fact.at,
        });
        Ok(())
    }
}

impl PaymentStarted {
    fn is_in_time_over_the_total(&self, state: &State, circumstances: &Circumstances) -> Applied {
        let order = demanded(state, self.order_id)?;
        if order.expires_at <= circumstances.at {
            return Err(Inconsistency("a payment started after the hold had ended"));
        }
        if order.total != self.amount {
            return Err(Inconsistency("a payment is not over the order's total"));
        }
        Ok(())
    }
}
