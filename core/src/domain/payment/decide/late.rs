//! Money that comes for an order that has ended.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::super::command::ResolveEscalation;
use super::super::event::{
    ChargeAuthorized, ChargeEscalated, ChargeTransferred, EscalationResolved, LateMoneyReceived, PaymentStarted,
    RefundReason, RefundStarted, VoidStarted,
};
use super::super::state::{Charge, ChargeStatus};
use super::{Rejection, Result, charged};
use crate::domain::order::{self, Order, OrderCreated, TicketVersions};
use crate::domain::{Context, Decision, Events, State};
use crate::event::{DomainEvent, TicketVersion};
use crate::types::{Money, OrderId, RefundId};

/// What is tried, in this order, with money that comes for an order that has ended.
///
/// Whatever the steps, the last resort is an operator's list, so that the money never has no owner. Read from text such as
/// `retake,return`.
///
/// ```
/// use boxoffice::{LateMoneyPolicy, LateMoneyStep};
///
/// assert_eq!(LateMoneyPolicy::default().to_string(), "retake,return,escalate");
/// let policy: LateMoneyPolicy = "return".parse()?;
/// assert_eq!(policy.steps(), [LateMoneyStep::Return, LateMoneyStep::Escalate]);
/// # Ok::<(), boxoffice::UnknownLateMoneyStep>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateMoneyPolicy {
    steps: [LateMoneyStep; 3],
    len: usize,
}

/// What may be done with money that comes for an order that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LateMoneyStep {
    /// The tickets are sold to the buyer after all, by a new order, if all are still free, cost the same and may be theirs.
    Retake,
    /// The money is given back, or released if it is only set aside.
    Return,
    /// An operator sees to it.
    Escalate,
}

impl LateMoneyStep {
    /// The step as it is written, such as `retake`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retake => "retake",
            Self::Return => "return",
            Self::Escalate => "escalate",
        }
    }
}

/// A text that names no step of a [`LateMoneyPolicy`], or one twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a list without repetition of retake, return and escalate")]
pub struct UnknownLateMoneyStep;

impl LateMoneyPolicy {
    /// Retake, else return, else escalate: what holds unless something else is said.
    pub const RETAKE_FIRST: Self =
        Self { steps: [LateMoneyStep::Retake, LateMoneyStep::Return, LateMoneyStep::Escalate], len: 3 };

    /// These steps, up to the first that escalates.
    ///
    /// # Errors
    /// [`UnknownLateMoneyStep`] if a step is named twice.
    pub fn new(steps: &[LateMoneyStep]) -> std::result::Result<Self, UnknownLateMoneyStep> {
        let mut policy = Self { steps: [LateMoneyStep::Escalate; 3], len: 1 };
        for step in steps {
            if policy.steps()[..policy.len - 1].contains(step) {
                return Err(UnknownLateMoneyStep);
            }
            if *step == LateMoneyStep::Escalate {
                break;
            }
            policy.steps[policy.len - 1] = *step;
            policy.len += 1;
        }
        Ok(policy)
    }

    /// The steps, the last of which is [`LateMoneyStep::Escalate`].
    pub fn steps(&self) -> &[LateMoneyStep] {
        &self.steps[..self.len]
    }

    /// What is left to try once money could not be given back.
    fn after_return(&self) -> &[LateMoneyStep] {
        let returned = self.steps().iter().position(|step| *step == LateMoneyStep::Return);
        &self.steps()[returned.map_or(self.len - 1, |at| at + 1)..]
    }
}

impl Default for LateMoneyPolicy {
    fn default() -> Self {
        Self::RETAKE_FIRST
    }
}

impl FromStr for LateMoneyPolicy {
    type Err = UnknownLateMoneyStep;

    fn from_str(text: &str) -> std::result::Result<Self, UnknownLateMoneyStep> {
        let all = [LateMoneyStep::Retake, LateMoneyStep::Return, LateMoneyStep::Escalate];
        let step = |name: &str| all.into_iter().find(|step| step.as_str() == name.trim());
        let steps: Vec<_> = text
            .split(',')
            .map(|name| step(name).ok_or(UnknownLateMoneyStep))
            .collect::<std::result::Result<_, _>>()?;
        Self::new(&steps)
    }
}

impl fmt::Display for LateMoneyPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.steps().iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            f.write_str(step.as_str())?;
        }
        Ok(())
    }
}

/// An order that has ended, whose charge has money, and the circumstances.
pub(super) struct Late<'s> {
    pub(super) state: &'s State,
    pub(super) order: &'s Order,
    pub(super) charge: &'s Charge,
    /// The gateway's own name for the charge.
    pub(super) reference: Option<&'s Arc<str>>,
    /// The id of whatever new is made.
    pub(super) new_id: OrderId,
    pub(super) context: &'s Context,
}

impl Late<'_> {
    /// Money was taken.
    pub(super) fn money(&self) -> Decision {
        let received = DomainEvent::LateMoneyReceived(LateMoneyReceived {
            charge_id: self.charge.id,
            order_id: self.order.id,
            amount: self.charge.amount,
            reference: self.reference.cloned(),
        });
        let next = self.by(self.context.limits.late_money.steps(), "The policy for late money");
        Decision::events(std::iter::once(received).chain(next))
    }

    /// Money was set aside: it is released, unless the buyer may still have the tickets.
    pub(super) fn authorization(&self) -> Decision {
        let limits = &self.context.limits;
        let retakes = limits.late_money.steps().first() == Some(&LateMoneyStep::Retake);
        // Until it is captured, the new order is one more that its buyer has open.
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

    /// Money could not be given back.
    pub(super) fn not_returned(&self, reason: &str) -> Events {
        self.by(self.context.limits.late_money.after_return(), reason)
    }

    /// The first of the steps that is possible.
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

    /// The events by which the charge goes over to a new order, whose money is not yet said to be there.
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

    /// The new order is paid by the charge.
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

/// Refuses: [`Rejection::OperatorRequired`], [`Rejection::Order`] for an unknown order, [`Rejection::NotEscalated`].
pub(in crate::domain) fn resolve_escalation(state: &State, command: &ResolveEscalation, context: &Context) -> Result {
    if !state.is_operator(context.actor) {
        return Err(Rejection::OperatorRequired);
    }
    let order = state.order(command.order_id).ok_or(Rejection::Order(order::Rejection::NotFound))?;
    let charge = order.charge.as_ref().filter(|charge| charge.status == ChargeStatus::Escalated);
    let charge = charge.ok_or(Rejection::NotEscalated)?;
    Ok(Decision::event(DomainEvent::EscalationResolved(EscalationResolved {
        charge_id: charge.id,
        order_id: order.id,
        amount: charge.refundable().unwrap_or(charge.amount),
        resolution: command.resolution,
        note: Arc::clone(&command.note),
    })))
}
