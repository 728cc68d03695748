//! Records the outcome of a charge.

mod events;

use std::sync::Arc;

use super::late::Late;
use super::state::find;
use super::{Charge, ChargeStatus, ChargeVoided, Rejection};
use crate::command::StreamKeys;
use crate::domain::decide::Decide;
use crate::domain::order::{Order, TicketVersions, after_this};
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, State};
use crate::event::DomainEvent;
use crate::failpoint::Failpoint;
use crate::types::{ChargeId, OrderId, Timestamp};

pub use events::{ChargeAuthorized, ChargeCreated, ChargeFailed};

/// Command that records the gateway's answer to a charge. Only the system gives it.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct SettleCharge {
    /// Order of the charge.
    pub order_id: OrderId,
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Gateway's answer.
    pub outcome: ChargeOutcome,
    /// Id of the new order that the money pays if it comes too late for its own.
    pub new_order_id: OrderId,
}

/// Outcome of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "cluster", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum ChargeOutcome {
    /// The money was taken.
    Charged {
        /// Gateway's reference for the charge.
        reference: Option<Arc<str>>,
    },
    /// The money was authorized.
    Authorized {
        /// Gateway's reference for the charge.
        reference: Option<Arc<str>>,
    },
    /// The money was not taken, and never will be.
    NotCharged {
        /// Reason, in words that a buyer may read.
        reason: Arc<str>,
    },
}

impl Decide for SettleCharge {
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

    /// Refuses: [`Rejection::NotFound`]. Changes nothing if the answer is already known. Money that comes for a charge
    /// that had failed is handled by the [`LateMoneyPolicy`](super::LateMoneyPolicy).
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        use ChargeOutcome::{Authorized, Charged, NotCharged};
        use ChargeStatus::{Failed, Pending, Succeeded, Voided, Voiding};

        let (order, charge) = find(state, self.order_id, self.charge_id)?;
        let late = |reference| Late { state, order, charge, reference, new_id: self.new_order_id, context };
        let event = match (charge.status, &self.outcome) {
            (Pending | ChargeStatus::Authorized, Charged { reference }) => {
                charged(order.id, order, charge, reference.as_ref(), after_this(state, order), context)
            }
            (Pending, Authorized { reference }) => DomainEvent::ChargeAuthorized(ChargeAuthorized {
                charge_id: charge.id,
                order_id: order.id,
                reference: reference.clone(),
            }),
            (Succeeded, Charged { reference }) if Failpoint::DuplicateWebhookCounted.is_active() => {
                charged(order.id, order, charge, reference.as_ref(), TicketVersions::new(), context)
            }
            (Failed, Charged { reference }) if Failpoint::LatePaymentCompletes.is_active() => {
                charged(order.id, order, charge, reference.as_ref(), TicketVersions::new(), context)
            }
            (Pending | ChargeStatus::Authorized, NotCharged { reason }) => DomainEvent::ChargeFailed(ChargeFailed {
                charge_id: charge.id,
                order_id: order.id,
                reason: reason.clone(),
            }),
            (Voiding, NotCharged { .. }) => {
                DomainEvent::ChargeVoided(ChargeVoided { charge_id: charge.id, order_id: order.id })
            }
            (Failed | Voiding | Voided, Charged { .. }) if Failpoint::LateMoneyForgotten.is_active() => {
                return Ok(Decision::nothing());
            }
            (Failed | Voiding | Voided, Charged { reference }) => {
                return Ok(late(reference.as_ref()).money());
            }
            (Failed, Authorized { reference }) => {
                return Ok(late(reference.as_ref()).authorization());
            }
            _ => return Ok(Decision::nothing()),
        };
        Ok(Decision::event(event))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}

/// Creates the event of a charge that took money. `order` has the prices for the fees; a transfer pays another order
/// with the same tickets.
pub(super) fn charged(
    order_id: OrderId,
    order: &Order,
    charge: &Charge,
    reference: Option<&Arc<str>>,
    tickets: TicketVersions,
    context: &Context,
) -> DomainEvent {
    let policy = context.limits.fees;
    let fees = order.tickets.iter().map(|ticket| policy.fee(ticket.price));
    DomainEvent::ChargeCreated(ChargeCreated {
        charge_id: charge.id,
        order_id,
        amount: charge.amount,
        reference: reference.cloned(),
        tickets,
        fees: if policy.is_free() { Vec::new() } else { fees.collect() },
    })
}
