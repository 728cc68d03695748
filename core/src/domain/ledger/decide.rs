//! The rules of payouts. Each function lists its refusals in order: the first that holds is the answer.

use super::command::RecordPayout;
use super::event::PayoutRecorded;
use crate::domain::{Context, Decision, State};
use crate::event::DomainEvent;

/// Why the ledger domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// The actor is neither an operator nor the system.
    OperatorRequired,
    /// There is no such seller.
    SellerNotFound,
    /// The seller is owed less.
    ExceedsBalance,
}

type Result<T = Decision> = std::result::Result<T, Rejection>;

/// Refuses: [`Rejection::OperatorRequired`], [`Rejection::SellerNotFound`], [`Rejection::ExceedsBalance`].
///
/// Sellers whose personal data was deleted are still owed what they are owed.
pub(in crate::domain) fn record_payout(state: &State, command: &RecordPayout, context: &Context) -> Result {
    if !state.is_operator(context.actor) {
        return Err(Rejection::OperatorRequired);
    }
    let seller = state.user(command.seller_id).ok_or(Rejection::SellerNotFound)?;
    if state.ledger().owed(seller.id, command.amount.currency()) < i128::from(command.amount.minor()) {
        return Err(Rejection::ExceedsBalance);
    }
    Ok(Decision::event(DomainEvent::PayoutRecorded(PayoutRecorded {
        payout_id: command.payout_id,
        seller_id: seller.id,
        amount: command.amount,
        reference: command.reference.clone(),
    })))
}
