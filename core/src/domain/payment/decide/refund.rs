//! Giving money back.

use std::sync::Arc;

use super::super::command::{RecordRefund, RefundOutcome, SettleRefund, StartRefund};
use super::super::event::{ChargeRefunded, RefundFailed, RefundReason, RefundStarted};
use super::super::state::{Charge, ChargeStatus, Refund, RefundStatus};
use super::late::Late;
use super::{Rejection, Result, find};
use crate::domain::order::{self, Order, TicketVersions, after_this};
use crate::domain::{Context, Decision, State};
use crate::event::{Actor, DomainEvent};
use crate::mistake::{Mistake, planted};
use crate::types::UserId;

/// Refuses: [`Rejection::Order`] for an unknown order, [`Rejection::RefundNotYours`], [`Rejection::NotRefundable`],
/// [`Rejection::AlreadyRefunded`], [`Rejection::RefundCurrency`], [`Rejection::RefundTooLarge`],
/// [`Rejection::ReturnNeedsFullRefund`].
///
/// An operator may refund any order, and money that nobody has a claim to; a seller an order whose tickets are all theirs.
pub(in crate::domain) fn start_refund(state: &State, command: &StartRefund, context: &Context) -> Result {
    let order = state.order(command.order_id).ok_or(Rejection::Order(order::Rejection::NotFound))?;
    if !may_refund(state, order, context.actor) {
        return Err(Rejection::RefundNotYours);
    }
    let charge = order.charge.as_ref().ok_or(Rejection::NotRefundable)?;
    let reason = match charge.status {
        ChargeStatus::Escalated if state.is_operator(context.actor) => RefundReason::Late,
        ChargeStatus::Succeeded => RefundReason::Requested,
        ChargeStatus::Refunding if !charge.late => RefundReason::Requested,
        ChargeStatus::Refunding | ChargeStatus::Refunded => return Err(Rejection::AlreadyRefunded),
        _ => return Err(Rejection::NotRefundable),
    };
    let left = charge.refundable().ok_or(Rejection::AlreadyRefunded)?;
    let amount = command.amount.unwrap_or(left);
    if amount.currency() != left.currency() {
        return Err(Rejection::RefundCurrency);
    }
    if amount.minor() > left.minor() && !planted(Mistake::RefundNotBounded) {
        return Err(Rejection::RefundTooLarge);
    }
    if command.return_to_sale && (amount != left || !charge.disputes.is_empty()) {
        return Err(Rejection::ReturnNeedsFullRefund);
    }
    Ok(Decision::event(DomainEvent::RefundStarted(RefundStarted {
        refund_id: Some(command.refund_id),
        charge_id: charge.id,
        order_id: order.id,
        amount,
        reason,
        return_to_sale: command.return_to_sale,
    })))
}

/// Refuses: [`Rejection::NotFound`]. A refund whose end is known already changes nothing. Money that came late and can't be given
/// back goes on by the [`LateMoneyPolicy`](super::LateMoneyPolicy).
pub(in crate::domain) fn settle_refund(state: &State, command: &SettleRefund, context: &Context) -> Result {
    let (order, charge) = find(state, command.order_id, command.charge_id)?;
    let refund = charge.refund(command.refund_id).ok_or(Rejection::NotFound)?;
    if refund.status != RefundStatus::Pending {
        return Ok(Decision::nothing());
    }
    match &command.outcome {
        RefundOutcome::Refunded { reference } => {
            Ok(Decision::event(refunded(state, order, charge, refund, reference.as_ref())))
        }
        RefundOutcome::Refused { reason } => {
            let failed = DomainEvent::RefundFailed(RefundFailed {
                refund_id: refund.id,
                charge_id: charge.id,
                order_id: order.id,
                amount: refund.amount,
                reason: Arc::clone(reason),
            });
            if refund.reason != RefundReason::Late {
                return Ok(Decision::event(failed));
            }
            let (new_id, reference) = (command.new_order_id, charge.reference.as_ref());
            let late = Late { state, order, charge, reference, new_id, context };
            Ok(Decision::events(std::iter::once(failed).chain(late.not_returned(reason))))
        }
    }
}

/// Refuses: [`Rejection::NotFound`], [`Rejection::NotRefundable`] while it is not known that the money was taken,
/// [`Rejection::RefundTooLarge`]. One that is recorded already changes nothing.
pub(in crate::domain) fn record_refund(state: &State, command: &RecordRefund) -> Result {
    let (order, charge) = find(state, command.order_id, command.charge_id)?;
    if charge.refund(command.refund_id).is_some() {
        return Ok(Decision::nothing());
    }
    match charge.status {
        status if status.has_money() => {}
        ChargeStatus::Refunded => return Err(Rejection::RefundTooLarge),
        _ => return Err(Rejection::NotRefundable),
    }
    if command.amount.currency() != charge.amount.currency() {
        return Err(Rejection::RefundCurrency);
    }
    if charge.refunded_minor() + command.amount.minor() > charge.amount.minor() {
        return Err(Rejection::RefundTooLarge);
    }
    Ok(Decision::event(DomainEvent::ChargeRefunded(ChargeRefunded {
        refund_id: Some(command.refund_id),
        charge_id: charge.id,
        order_id: order.id,
        amount: command.amount,
        reference: Some(Arc::clone(&command.reference)),
        tickets: TicketVersions::new(),
    })))
}

/// Of tickets that are to be sold anew, those whose seller is gone stay sold: nobody could edit or withdraw them, and nobody would
/// be paid.
fn refunded(
    state: &State,
    order: &Order,
    charge: &Charge,
    refund: &Refund,
    reference: Option<&Arc<str>>,
) -> DomainEvent {
    let is_whole = charge.refunded_minor() + refund.amount.minor() >= charge.amount.minor();
    let returns = refund.return_to_sale && is_whole;
    let mut tickets = if returns { after_this(state, order) } else { TicketVersions::new() };
    tickets.retain(|returned| {
        order.tickets.iter().any(|ticket| ticket.id == returned.id && is_active(state, ticket.seller_id))
    });
    DomainEvent::ChargeRefunded(ChargeRefunded {
        refund_id: Some(refund.id),
        charge_id: charge.id,
        order_id: order.id,
        amount: refund.amount,
        reference: reference.cloned(),
        tickets,
    })
}

fn is_active(state: &State, id: UserId) -> bool {
    state.user(id).is_some_and(|user| !user.erased)
}

fn may_refund(state: &State, order: &Order, actor: Actor) -> bool {
    let sells_all = |id| order.tickets.iter().all(|ticket| ticket.seller_id == id);
    let is_seller = |id| is_active(state, id) && sells_all(id);
    state.is_operator(actor) || actor.user().is_some_and(is_seller)
}
