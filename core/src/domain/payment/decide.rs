//! The rules of payment. Each function lists its refusals in order: the first that holds is the answer.

mod dispute;
mod late;
mod refund;

use std::sync::Arc;

use super::command::{ChargeOutcome, SettleCharge, StartPayment};
use super::event::{ChargeAuthorized, ChargeCreated, ChargeFailed, ChargeVoided, PaymentStarted};
use super::state::{Charge, ChargeStatus};
use crate::domain::order::{self, Order, TicketVersions, after_this};
use crate::domain::{Context, Decision, State};
use crate::event::DomainEvent;
use crate::mistake::{Mistake, planted};
use crate::types::{ChargeId, OrderId};

pub(in crate::domain) use dispute::{close_dispute, open_dispute};
use late::Late;
pub(in crate::domain) use late::resolve_escalation;
pub use late::{LateMoneyPolicy, LateMoneyStep, UnknownLateMoneyStep};
pub(in crate::domain) use refund::{record_refund, settle_refund, start_refund};

/// Why the payment domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// The order domain says no: there is no such order, it is somebody else's, or it can't be paid.
    Order(order::Rejection),
    /// The order has no such charge.
    NotFound,
    /// The actor may not refund the order.
    RefundNotYours,
    /// The order's money was not taken.
    NotRefundable,
    /// The money was given back, or is about to be.
    AlreadyRefunded,
    /// More is to be given back than is left of the charge.
    RefundTooLarge,
    /// The refund is to be in another currency than the charge.
    RefundCurrency,
    /// Tickets are to be sold anew though not all of their money goes back.
    ReturnNeedsFullRefund,
    /// Only an operator may do this.
    OperatorRequired,
    /// Nothing about the charge waits for an operator.
    NotEscalated,
}

type Result<T = Decision> = std::result::Result<T, Rejection>;

/// Refuses, as [`Rejection::Order`]: not found, not yours, payment pending, already paid, cancelled, expired.
pub(in crate::domain) fn start_payment(state: &State, command: &StartPayment, context: &Context) -> Result {
    let order = state.order(command.order_id).ok_or(Rejection::Order(order::Rejection::NotFound))?;
    if context.actor.user() != Some(order.buyer_id) {
        return Err(Rejection::Order(order::Rejection::NotYours));
    }
    order::payable(order, context.now).map_err(Rejection::Order)?;
    Ok(Decision::event(DomainEvent::PaymentStarted(PaymentStarted {
        charge_id: command.charge_id,
        order_id: order.id,
        amount: order.total,
        gateway: command.gateway.clone(),
    })))
}

/// Refuses: [`Rejection::NotFound`]. An answer that is known already changes nothing. What becomes of money that comes after all
/// for a charge that had failed follows the [`LateMoneyPolicy`].
pub(in crate::domain) fn settle_charge(state: &State, command: &SettleCharge, context: &Context) -> Result {
    use ChargeOutcome::{Authorized, Charged, NotCharged};
    use ChargeStatus::{Failed, Pending, Succeeded, Voided, Voiding};

    let (order, charge) = find(state, command.order_id, command.charge_id)?;
    let late = |reference| Late { state, order, charge, reference, new_id: command.new_order_id, context };
    let event = match (charge.status, &command.outcome) {
        (Pending | ChargeStatus::Authorized, Charged { reference }) => {
            charged(order.id, order, charge, reference.as_ref(), after_this(state, order), context)
        }
        (Pending, Authorized { reference }) => DomainEvent::ChargeAuthorized(ChargeAuthorized {
            charge_id: charge.id,
            order_id: order.id,
            reference: reference.clone(),
        }),
        (Succeeded, Charged { reference }) if planted(Mistake::DuplicateWebhookCounted) => {
            charged(order.id, order, charge, reference.as_ref(), TicketVersions::new(), context)
        }
        (Failed, Charged { reference }) if planted(Mistake::LatePaymentCompletes) => {
            charged(order.id, order, charge, reference.as_ref(), TicketVersions::new(), context)
        }
        (Pending | ChargeStatus::Authorized, NotCharged { reason }) => {
            DomainEvent::ChargeFailed(ChargeFailed { charge_id: charge.id, order_id: order.id, reason: reason.clone() })
        }
        (Voiding, NotCharged { .. }) => {
            DomainEvent::ChargeVoided(ChargeVoided { charge_id: charge.id, order_id: order.id })
        }
        (Failed | Voiding | Voided, Charged { .. }) if planted(Mistake::LateMoneyForgotten) => {
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

/// `order` has the prices that fees are taken of; a transfer pays another order with the same tickets.
fn charged(
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

fn find(state: &State, order_id: OrderId, charge_id: ChargeId) -> Result<(&Order, &Charge)> {
    let order = state.order(order_id).ok_or(Rejection::NotFound)?;
    let charge = order.charge.as_ref().filter(|charge| charge.id == charge_id).ok_or(Rejection::NotFound)?;
    Ok((order, charge))
}
