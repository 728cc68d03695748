//! Records the outcome of a refund.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::late::Late;
use super::state::{charge_of, demanded, find, is_active, only_refund};
use super::{Charge, ChargeStatus, Refund, RefundReason, RefundStatus, Rejection};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Then, Tickets, add_tickets};
use crate::domain::decide::Decide;
use crate::domain::ledger::{Account, EntryKind};
use crate::domain::order::{self, Order, TicketVersions, after_this};
use crate::domain::ticket::SeatKeys;
use crate::domain::{Circumstances, Context, Decision, Fact, Inconsistency, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{ChargeId, Money, OrderId, RefundId, Timestamp};

/// Command that records the outcome of a refund. Only the system gives it.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct SettleRefund {
    /// Order of the charge.
    pub order_id: OrderId,
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the refund.
    pub refund_id: RefundId,
    /// Gateway's answer.
    pub outcome: RefundOutcome,
    /// Id of the new order that the money pays if it came too late for its own and can't go back.
    pub new_order_id: OrderId,
}

/// Outcome of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) enum RefundOutcome {
    /// The money was given back.
    Refunded {
        /// Gateway's reference for the refund.
        reference: Option<Arc<str>>,
    },
    /// The money was not given back, and never will be under this id.
    Refused {
        /// Reason, in the gateway's words.
        reason: Arc<str>,
    },
}

impl Decide for SettleRefund {
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

    /// Refuses: [`Rejection::NotFound`]. Changes nothing if the outcome is already known. Late money that can't be
    /// given back is handled by the [`LateMoneyPolicy`](super::LateMoneyPolicy).
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let (order, charge) = find(state, self.order_id, self.charge_id)?;
        let refund = charge.refund(self.refund_id).ok_or(Rejection::NotFound)?;
        if refund.status != RefundStatus::Pending {
            return Ok(Decision::nothing());
        }
        match &self.outcome {
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
                let (new_id, reference) = (self.new_order_id, charge.reference.as_ref());
                let late = Late { state, order, charge, reference, new_id, context };
                Ok(Decision::events(std::iter::once(failed).chain(late.not_returned(reason))))
            }
        }
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}

/// Creates the event of a completed refund. Tickets whose seller is erased are not put back on sale: there would be no
/// seller to edit, withdraw or be paid for them.
fn refunded(
    state: &State,
    order: &Order,
    charge: &Charge,
    refund: &Refund,
    reference: Option<&Arc<str>>,
) -> DomainEvent {
    let is_whole = charge.refunded_minor() + refund.amount.minor() >= charge.amount.minor();
    // Older journals have refunds of late money that were to return what the order no longer held.
    let returns = refund.return_to_sale && refund.reason != RefundReason::Late && is_whole;
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

/// Money was given back.
///
/// A refund that was made at the card processor, not requested by the box office, has no `RefundStarted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeRefunded {
    /// Id of the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<RefundId>,
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order.
    pub order_id: OrderId,
    /// Amount that was given back.
    pub amount: Money,
    /// Gateway's reference for the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
    /// Tickets that are for sale again.
    #[serde(default, skip_serializing_if = "TicketVersions::is_empty")]
    pub tickets: TicketVersions,
}

impl Apply for ChargeRefunded {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = true;
    const TICKETS: Tickets<Self> = Some(|event, changes| add_tickets(&event.tickets, changes));
    const POSTS: Posts<Self> = Some(|event, state, fact| {
        state.post(event.order_id, fact, |entry| {
            entry.gone(EntryKind::Refund, Account::Processor, event.amount).map(Some)
        })
    });
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = Some(|event| Then::Settled(event.order_id));
    const DEMANDS: Demands<Self> = Some(Self::is_of_what_was_taken);

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.order_mut(self.order_id)?;
        let charge = charge_of(order::version_step(order, fact)?, self.charge_id, fact)?;
        let id = self.refund_id.unwrap_or_else(|| only_refund(charge.id));
        let known = charge.refunds.iter_mut().find(|refund| refund.id == id);
        let may_return = match known {
            Some(refund) if refund.status == RefundStatus::Pending && refund.amount == self.amount => {
                refund.status = RefundStatus::Done;
                refund.reference.clone_from(&self.reference);
                refund.return_to_sale
            }
            Some(_) => return Err(Inconsistency("a refund was done twice, or over another amount")),
            None => {
                let is_more = charge.refunded_minor() + self.amount.minor() > charge.amount.minor();
                if !charge.status.has_money() || is_more || self.reference.is_none() {
                    return Err(Inconsistency("money went back that nobody asked for"));
                }
                charge.refunds.push(Refund {
                    id,
                    amount: self.amount,
                    status: RefundStatus::Done,
                    reason: RefundReason::Elsewhere,
                    reference: self.reference.clone(),
                    return_to_sale: false,
                });
                false
            }
        };
        charge.status = charge.status_by_refunds();
        if !may_return && !self.tickets.is_empty() {
            return Err(Inconsistency("tickets returned to sale that were to stay sold"));
        }
        state.return_tickets(self.order_id, &self.tickets, fact)
    }
}

impl ChargeRefunded {
    fn is_of_what_was_taken(&self, state: &State, _: &Circumstances) -> Applied {
        let taken = demanded(state, self.order_id)?.total;
        if taken.currency() != self.amount.currency() || taken.minor() < self.amount.minor() {
            return Err(Inconsistency("a refund gave back more than was taken, or another currency"));
        }
        Ok(())
    }
}

/// The gateway permanently refused to give the money back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundFailed {
    /// Id of the refund.
    pub refund_id: RefundId,
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order.
    pub order_id: OrderId,
    /// Amount that was not given back.
    pub amount: Money,
    /// Reason, in the gateway's words.
    pub reason: Arc<str>,
}

impl Apply for RefundFailed {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = true;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = Some(|event| Then::Settled(event.order_id));
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.order_mut(self.order_id)?;
        let charge = charge_of(order::version_step(order, fact)?, self.charge_id, fact)?;
        let refund = charge.refunds.iter_mut().find(|refund| refund.id == self.refund_id);
        match refund {
            Some(refund) if refund.status == RefundStatus::Pending => refund.status = RefundStatus::Failed,
            _ => return Err(Inconsistency("a refund failed that was not under way")),
        }
        let status = charge.status_by_refunds();
        // The next event decides about late money.
        charge.status = if status == ChargeStatus::Escalated { ChargeStatus::Late } else { status };
        Ok(())
    }
}
