//! Decides about money that comes for an order that has ended.

mod events;
mod policy;

use std::sync::Arc;

use super::settle_charge::charged;
use super::{Charge, ChargeAuthorized, PaymentStarted, RefundReason, RefundStarted};
use crate::domain::order::{self, Order, OrderCreated, TicketVersion, TicketVersions};
use crate::domain::{Context, Decision, Events, State};
use crate::event::DomainEvent;
use crate::types::{Money, OrderId, RefundId};

pub use events::{ChargeEscalated, ChargeTransferred, ChargeVoided, LateMoneyReceived, VoidStarted};
pub use policy::{LateMoneyPolicy, LateMoneyStep, UnknownLateMoneyStep};

/// An order that has ended, its charge, whose money came, and the circumstances.
pub(in crate::domain::payment) struct Late<'s> {
    pub(in crate::domain::payment) state: &'s State,
    pub(in crate::domain::payment) order: &'s Order,
    pub(in crate::domain::payment) charge: &'s Charge,
    /// Gateway's reference for the charge.
    pub(in crate::domain::payment) reference: Option<&'s Arc<str>>,
    /// Id for the new order or refund.
    pub(in crate::domain::payment) new_id: OrderId,
    pub(in crate::domain::payment) context: &'s Context,
}

impl Late<'_> {
    /// Decides about money that was taken.
    pub(in crate::domain::payment) fn money(&self) -> Decision {
        let received = DomainEvent::LateMoneyReceived(LateMoneyReceived {
            charge_id: self.charge.id,
            order_id: self.order.id,
            amount: self.charge.amount,
            reference: self.reference.cloned(),
        });
        let next = self.by(self.context.limits.late_money.steps(), "The policy for late money");
        Decision::events(std::iter::once(received).chain(next))
    }

    /// Decides about money that was authorized: voids it, unless the buyer may still have the tickets.
    pub(in crate::domain::payment) fn authorization(&self) -> Decision {
        let limits = &self.context.limits;
        let retakes = limits.late_money.steps().first() == Some(&LateMoneyStep::Retake);
        // Until the money is captured, the new order counts as one more open order of its buyer.
        let may_hold = self.state.open_orders_of(self.order.buyer_id) < limits.open_orders_max;
        if retakes
            && may_hold
            && let Some(mut events) = self.retake()
        {
            events.push(DomainEvent::ChargeAuthorized(ChargeAuthorized {
                charge_id: self.charge.id,
                order_id: self.new_id,
                reference: self.reference.cloned(),
            }));
            return Decision::events(events);
        }
        Decision::event(DomainEvent::VoidStarted(VoidStarted {
            charge_id: self.charge.id,
            order_id: self.order.id,
            reference: self.reference.cloned(),
        }))
    }

    /// Decides about money that could not be given back.
    pub(in crate::domain::payment) fn not_returned(&self, reason: &str) -> Events {
        self.by(self.context.limits.late_money.after_return(), reason)
    }

    /// Returns the events of the first step that is possible.
    fn by(&self, steps: &[LateMoneyStep], why: &str) -> Events {
        for step in steps {
            match step {
                LateMoneyStep::Retake => {
                    if let Some(mut events) = self.retake() {
                        events.push(self.sold());
                        return events;
                    }
                }
                LateMoneyStep::Return => {
                    if let Some(amount) = self.charge.refundable() {
                        return Events::from_iter([self.start_refund(amount)]);
                    }
                }
                LateMoneyStep::Escalate => break,
            }
        }
        Events::from_iter([DomainEvent::ChargeEscalated(ChargeEscalated {
            charge_id: self.charge.id,
            order_id: self.order.id,
            amount: self.charge.refundable().unwrap_or(self.charge.amount),
            reason: why.into(),
        })])
    }

    /// Returns the events that transfer the charge to a new order, without those that record its money.
    fn retake(&self) -> Option<Events> {
        let untouched = self.charge.refunded_minor() == 0 && self.charge.disputes.is_empty();
        let (order, charge) = (self.order, self.charge);
        let tickets = order::orderable_again(self.state, order, self.context.now).filter(|_| untouched)?;
        Some(Events::from_iter([
            DomainEvent::ChargeTransferred(ChargeTransferred {
                charge_id: charge.id,
                order_id: order.id,
                to: self.new_id,
            }),
            DomainEvent::OrderCreated(OrderCreated {
                order_id: self.new_id,
                buyer_id: order.buyer_id,
                tickets,
                total: order.total,
                expires_at: self.context.now.plus(self.context.limits.hold),
            }),
            DomainEvent::PaymentStarted(PaymentStarted {
                charge_id: charge.id,
                order_id: self.new_id,
                amount: charge.amount,
                gateway: Arc::clone(&charge.gateway),
            }),
        ]))
    }

    /// Returns the event by which the charge pays the new order.
    fn sold(&self) -> DomainEvent {
        // Each ticket is locked and then sold.
        let next = |id| self.state.ticket(id).map_or(2, |ticket| ticket.version + 2);
        let tickets: TicketVersions =
            self.order.tickets.iter().map(|it| TicketVersion { id: it.id, version: next(it.id) }).collect();
        charged(self.new_id, self.order, self.charge, self.reference, tickets, self.context)
    }

    fn start_refund(&self, amount: Money) -> DomainEvent {
        DomainEvent::RefundStarted(RefundStarted {
            refund_id: Some(RefundId::from_bytes(*self.new_id.as_bytes())),
            charge_id: self.charge.id,
            order_id: self.order.id,
            amount,
            reason: RefundReason::Late,
            return_to_sale: false,
        })
    }
}
