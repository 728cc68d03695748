//! Recording what became of a charge.

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

/// Note the gateway's answer to a charge; only the system knows it.
#[derive(Debug, Clone)]
pub(crate) struct SettleCharge {
    /// The charge's order.
    pub order_id: OrderId,
    /// The charge.
    pub charge_id: ChargeId,
    /// What the gateway said.
    pub outcome: ChargeOutcome,
    /// The id of the order that the money pays if it comes too late for its own.
    pub new_order_id: OrderId,
}

/// What became of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChargeOutcome {
    /// The money was taken.
    Charged {
        /// The gateway's own name for it.
        reference: Option<Arc<str>>,
    },
    /// The money is set aside.
    Authorized {
        /// The gateway's own name for it.
        reference: Option<Arc<str>>,
    },
    /// The money was not taken, and never will be.
    NotCharged {
        /// Why, in words that a buyer may read.
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

    /// Refuses: [`Rejection::NotFound`]. An answer that is known already changes nothing. What becomes of money that comes after all
    /// for a charge that had failed follows the [`LateMoneyPolicy`](super::LateMoneyPolicy).
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

/// `order` has the prices that fees are taken of; a transfer pays another order with the same tickets.
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
