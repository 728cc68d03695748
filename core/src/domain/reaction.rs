//! When this happened, then that: all flow from one domain to another within one command.
//!
//! A reaction is part of the same decision as its cause: both events are appended in one transaction.

use super::State;
use super::order::{CancelReason, OrderCancelled, after_this};
use crate::event::DomainEvent;

/// What follows from `event`, decided on the state before it.
pub(super) fn follow_up(state: &State, event: &DomainEvent) -> Option<DomainEvent> {
    match event {
        DomainEvent::ChargeFailed(failed) => {
            let order = state.order(failed.order_id)?;
            Some(DomainEvent::OrderCancelled(OrderCancelled {
                order_id: order.id,
                reason: CancelReason::PaymentFailed,
                tickets: after_this(state, order),
            }))
        }
        _ => None,
    }
}
