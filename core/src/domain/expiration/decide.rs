//! The rule of expiration. The function lists its refusals in order: the first that holds is the answer.

use super::command::ExpireOrder;
use super::event::OrderExpired;
use crate::domain::order::after_this;
use crate::domain::{Context, Decision, State};
use crate::event::DomainEvent;

/// Why the expiration domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such order.
    NotFound,
    /// The order is not watched, or its deadline lies ahead.
    NotDue,
}

/// Refuses: [`Rejection::NotFound`], [`Rejection::NotDue`].
pub(in crate::domain) fn expire_order(
    state: &State,
    command: &ExpireOrder,
    context: &Context,
) -> Result<Decision, Rejection> {
    let order = state.order(command.order_id).ok_or(Rejection::NotFound)?;
    if !order.is_overdue(context.now) {
        return Err(Rejection::NotDue);
    }
    Ok(Decision::event(DomainEvent::OrderExpired(OrderExpired {
        order_id: order.id,
        tickets: after_this(state, order),
    })))
}
