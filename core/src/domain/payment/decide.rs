//! The rules of payment. Each function lists its refusals in order: the first that holds is the answer.

use super::command::{ChargeOutcome, SettleCharge, SettleRefund, StartPayment, StartRefund};
use super::event::{ChargeCreated, ChargeFailed, ChargeRefunded, PaymentStarted, RefundReason, RefundStarted};
use super::state::{Charge, ChargeStatus};
use crate::domain::order::{self, Order, TicketVersions, after_this};
use crate::domain::{Context, Decision, State};
use crate::event::{Actor, DomainEvent, OrderedTicket};
use crate::mistake::{Mistake, planted};
use crate::types::{ChargeId, OrderId};

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

/// Refuses: [`Rejection::NotFound`]. An answer that is known already changes nothing; money that comes after all for a charge
/// that had failed is on its way back at once.
pub(in crate::domain) fn settle_charge(state: &State, command: &SettleCharge) -> Result {
    let (order, charge) = find(state, command.order_id, command.charge_id)?;
    let event = match (charge.status, &command.outcome) {
        (ChargeStatus::Pending, ChargeOutcome::Charged { reference }) => {
            charged(order, charge, reference.as_ref(), after_this(state, order))
        }
        (ChargeStatus::Succeeded, ChargeOutcome::Charged { reference })
            if planted(Mistake::DuplicateWebhookCounted) =>
        {
            charged(order, charge, reference.as_ref(), TicketVersions::new())
        }
        (ChargeStatus::Failed, ChargeOutcome::Charged { reference }) if planted(Mistake::LatePaymentCompletes) => {
            charged(order, charge, reference.as_ref(), TicketVersions::new())
        }
        (ChargeStatus::Pending, ChargeOutcome::NotCharged { reason }) => {
            DomainEvent::ChargeFailed(ChargeFailed { charge_id: charge.id, order_id: order.id, reason: reason.clone() })
        }
        (ChargeStatus::Failed, ChargeOutcome::Charged { .. }) => refund(order, charge, RefundReason::Late, false),
        _ => return Ok(Decision::nothing()),
    };
    Ok(Decision::event(event))
}

/// Refuses: [`Rejection::Order`] for an unknown order, [`Rejection::RefundNotYours`], [`Rejection::NotRefundable`],
/// [`Rejection::AlreadyRefunded`].
///
/// An operator may refund any order; a seller one whose tickets are all theirs.
pub(in crate::domain) fn start_refund(state: &State, command: &StartRefund, context: &Context) -> Result {
    let order = state.order(command.order_id).ok_or(Rejection::Order(order::Rejection::NotFound))?;
    if !may_refund(state, order, context.actor) {
        return Err(Rejection::RefundNotYours);
    }
    let charge = order.charge.as_ref().ok_or(Rejection::NotRefundable)?;
    match charge.status {
        ChargeStatus::Succeeded => {}
        ChargeStatus::Pending | ChargeStatus::Failed => return Err(Rejection::NotRefundable),
        ChargeStatus::Refunding | ChargeStatus::Refunded => return Err(Rejection::AlreadyRefunded),
    }
    Ok(Decision::event(refund(order, charge, RefundReason::Requested, command.return_to_sale)))
}

/// Refuses: [`Rejection::NotFound`]. A refund that is done already changes nothing. Of tickets that are to be sold anew, those
/// whose seller is gone stay sold: nobody could edit or withdraw them, and nobody would be paid.
pub(in crate::domain) fn settle_refund(state: &State, command: &SettleRefund) -> Result {
    let (order, charge) = find(state, command.order_id, command.charge_id)?;
    if charge.status != ChargeStatus::Refunding {
        return Ok(Decision::nothing());
    }
    let mut tickets = if charge.return_to_sale { after_this(state, order) } else { TicketVersions::new() };
    tickets.retain(|returned| order.tickets.iter().any(|ticket| ticket.id == returned.id && has_seller(state, ticket)));
    Ok(Decision::event(DomainEvent::ChargeRefunded(ChargeRefunded {
        charge_id: charge.id,
        order_id: order.id,
        amount: charge.amount,
        tickets,
    })))
}

fn charged(
    order: &Order,
    charge: &Charge,
    reference: Option<&std::sync::Arc<str>>,
    tickets: TicketVersions,
) -> DomainEvent {
    DomainEvent::ChargeCreated(ChargeCreated {
        charge_id: charge.id,
        order_id: order.id,
        amount: charge.amount,
        reference: reference.cloned(),
        tickets,
    })
}

fn refund(order: &Order, charge: &Charge, reason: RefundReason, return_to_sale: bool) -> DomainEvent {
    DomainEvent::RefundStarted(RefundStarted {
        charge_id: charge.id,
        order_id: order.id,
        amount: charge.amount,
        reason,
        return_to_sale,
    })
}

fn find(state: &State, order_id: OrderId, charge_id: ChargeId) -> Result<(&Order, &Charge)> {
    let order = state.order(order_id).ok_or(Rejection::NotFound)?;
    let charge = order.charge.as_ref().filter(|charge| charge.id == charge_id).ok_or(Rejection::NotFound)?;
    Ok((order, charge))
}

fn has_seller(state: &State, ticket: &OrderedTicket) -> bool {
    state.user(ticket.seller_id).is_some_and(|seller| !seller.erased)
}

fn may_refund(state: &State, order: &Order, actor: Actor) -> bool {
    match actor {
        Actor::System => true,
        Actor::User(id) => {
            let sells_all = || order.tickets.iter().all(|ticket| ticket.seller_id == id);
            state.user(id).is_some_and(|user| !user.erased && (user.operator || sells_all()))
        }
    }
}
