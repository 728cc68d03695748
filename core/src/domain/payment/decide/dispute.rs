//! Money that the buyer's bank takes back.

use std::sync::Arc;

use super::super::command::{CloseDispute, OpenDispute};
use super::super::event::{ChargeDisputed, DisputeClosed};
use super::super::state::DisputeStatus;
use super::{Rejection, Result, find};
use crate::domain::{Decision, State};
use crate::event::DomainEvent;

/// Refuses: [`Rejection::NotFound`], [`Rejection::NotRefundable`] while it is not known that the money was taken,
/// [`Rejection::RefundCurrency`]. One that is recorded already changes nothing.
pub(in crate::domain) fn open_dispute(state: &State, command: &OpenDispute) -> Result {
    let (order, charge) = find(state, command.order_id, command.charge_id)?;
    if charge.dispute(&command.reference).is_some() {
        return Ok(Decision::nothing());
    }
    if !charge.status.may_be_disputed() {
        return Err(Rejection::NotRefundable);
    }
    if command.amount.currency() != charge.amount.currency() {
        return Err(Rejection::RefundCurrency);
    }
    Ok(Decision::event(DomainEvent::ChargeDisputed(ChargeDisputed {
        charge_id: charge.id,
        order_id: order.id,
        reference: Arc::clone(&command.reference),
        amount: command.amount,
        reason: Arc::clone(&command.reason),
    })))
}

/// Refuses: [`Rejection::NotFound`] for an unknown charge or dispute. One that is closed already changes nothing.
pub(in crate::domain) fn close_dispute(state: &State, command: &CloseDispute) -> Result {
    let (order, charge) = find(state, command.order_id, command.charge_id)?;
    let dispute = charge.dispute(&command.reference).ok_or(Rejection::NotFound)?;
    if dispute.status != DisputeStatus::Open {
        return Ok(Decision::nothing());
    }
    Ok(Decision::event(DomainEvent::DisputeClosed(DisputeClosed {
        charge_id: charge.id,
        order_id: order.id,
        reference: Arc::clone(&command.reference),
        amount: dispute.amount,
        won: command.won,
    })))
}
