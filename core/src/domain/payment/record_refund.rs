//! Records refunds that were made at the gateway.

use std::sync::Arc;

use super::state::find;
use super::{ChargeRefunded, ChargeStatus, Rejection};
use crate::command::StreamKeys;
use crate::domain::decide::Decide;
use crate::domain::order::{Order, TicketVersions};
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, State};
use crate::event::DomainEvent;
use crate::types::{ChargeId, Money, OrderId, RefundId, Timestamp};

/// Command that records a refund made at the gateway. Only the system gives it.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct RecordRefund {
    /// Order of the charge.
    pub order_id: OrderId,
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the refund, derived from the gateway's reference, so that the refund is recorded once.
    pub refund_id: RefundId,
    /// Gateway's reference for the refund.
    pub reference: Arc<str>,
    /// Refunded amount.
    pub amount: Money,
}

impl Decide for RecordRefund {
    type Answer = Arc<Order>;
    type Rejection = Rejection;
    const IS_TOLD: bool = true;

    fn order(&self) -> Option<OrderId> {
        Some(self.order_id)
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::new()
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses: [`Rejection::NotFound`], [`Rejection::NotRefundable`] while it is not known that the money was taken,
    /// [`Rejection::RefundTooLarge`]. Changes nothing if the refund is already recorded.
    fn decide(&self, state: &State, _: &Context) -> Result<Decision, Rejection> {
        let (order, charge) = find(state, self.order_id, self.charge_id)?;
        if charge.refund(self.refund_id).is_some() {
            return Ok(Decision::nothing());
        }
        match charge.status {
            status if status.has_money() => {}
            ChargeStatus::Refunded => return Err(Rejection::RefundTooLarge),
            _ => return Err(Rejection::NotRefundable),
        }
        if self.amount.currency() != charge.amount.currency() {
            return Err(Rejection::RefundCurrency);
        }
        if charge.refunded_minor() + self.amount.minor() > charge.amount.minor() {
            return Err(Rejection::RefundTooLarge);
        }
        Ok(Decision::event(DomainEvent::ChargeRefunded(ChargeRefunded {
            refund_id: Some(self.refund_id),
            charge_id: charge.id,
            order_id: order.id,
            amount: self.amount,
            reference: Some(Arc::clone(&self.reference)),
            tickets: TicketVersions::new(),
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}
