//! Starts giving money back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{charge_of, is_active, only_refund};
use super::{ChargeStatus, Refund, RefundStatus, Rejection};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Then, Tickets};
use crate::domain::decide::Decide;
use crate::domain::order::{self, Order};
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, Inconsistency, State};
use crate::event::{Actor, DomainEvent, StreamKey};
use crate::failpoint::Failpoint;
use crate::types::{ChargeId, Money, OrderId, RefundId, Timestamp};

/// Command that records that the gateway is about to be asked to give money back.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct StartRefund {
    /// Id of the order.
    pub order_id: OrderId,
    /// Id of the new refund, which is the gateway's idempotency key.
    pub refund_id: RefundId,
    /// Amount to give back; all that is left if `None`.
    pub amount: Option<Money>,
    /// `true` to put the tickets back on sale.
    pub return_to_sale: bool,
}

impl Decide for StartRefund {
    type Answer = Arc<Order>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        Some(self.order_id)
    }

    fn streams(&self) -> StreamKeys {
        StreamKeys::new()
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses: [`Rejection::Order`] for an unknown order, [`Rejection::RefundNotYours`], [`Rejection::NotRefundable`],
    /// [`Rejection::AlreadyRefunded`], [`Rejection::RefundCurrency`], [`Rejection::RefundTooLarge`],
    /// [`Rejection::ReturnNeedsFullRefund`].
    ///
    /// An operator may refund any order and any late money. A seller may refund an order whose tickets are all theirs.
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let order = state.order(self.order_id).ok_or(Rejection::Order(order::Rejection::NotFound))?;
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
        let amount = self.amount.unwrap_or(left);
        if amount.currency() != left.currency() {
            return Err(Rejection::RefundCurrency);
        }
        if amount.minor() > left.minor() && !Failpoint::RefundNotBounded.is_active() {
            return Err(Rejection::RefundTooLarge);
        }
        if self.return_to_sale && (amount != left || !charge.disputes.is_empty()) {
            return Err(Rejection::ReturnNeedsFullRefund);
        }
        Ok(Decision::event(DomainEvent::RefundStarted(RefundStarted {
            refund_id: Some(self.refund_id),
            charge_id: charge.id,
            order_id: order.id,
            amount,
            reason,
            // Tickets of late money went back on sale when the order ended.
            return_to_sale: self.return_to_sale && reason != RefundReason::Late,
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}

fn may_refund(state: &State, order: &Order, actor: Actor) -> bool {
    let sells_all = |id| order.tickets.iter().all(|ticket| ticket.seller_id == id);
    let is_seller = |id| is_active(state, id) && sells_all(id);
    state.is_operator(actor) || actor.user().is_some_and(is_seller)
}

/// The gateway is about to be asked to give the money back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundStarted {
    /// Id of the new refund, which is the gateway's idempotency key. Journals from before partial refunds have none,
    /// because a charge had one refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<RefundId>,
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order.
    pub order_id: OrderId,
    /// Amount to be given back.
    pub amount: Money,
    /// Reason for the refund.
    pub reason: RefundReason,
    /// `true` if the tickets go back on sale once the refund is done.
    pub return_to_sale: bool,
}

/// Reason for a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefundReason {
    /// The seller or an operator requested it.
    Requested,
    /// The money was taken for an order that had ended.
    Late,
    /// It was made at the card processor.
    Elsewhere,
}

impl RefundReason {
    /// Returns the published name of the reason, such as `requested`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Late => "late",
            Self::Elsewhere => "elsewhere",
        }
    }
}

impl Apply for RefundStarted {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = true;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = Some(Self::tells_of_late_money);
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = Some(|event| Then::Resume(event.order_id));
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.order_mut(self.order_id)?;
        if order.status.is_open() {
            return Err(Inconsistency("money went back while the order was open"));
        }
        let charge = charge_of(order::version_step(order, fact)?, self.charge_id, fact)?;
        let follows = match (self.reason, charge.status) {
            (RefundReason::Requested, ChargeStatus::Succeeded | ChargeStatus::Refunding) => !charge.late,
            // In journals from before `LateMoneyReceived`, a charge goes from failed to refunding.
            (RefundReason::Late, ChargeStatus::Late | ChargeStatus::Escalated | ChargeStatus::Failed) => true,
            _ => false,
        };
        let id = self.refund_id.unwrap_or_else(|| only_refund(charge.id));
        if !follows || charge.refund(id).is_some() || self.amount.minor() > charge.refundable_minor() {
            return Err(Inconsistency("a refund started that does not follow from its charge"));
        }
        charge.late = self.reason == RefundReason::Late;
        charge.refunds.push(Refund {
            id,
            amount: self.amount,
            status: RefundStatus::Pending,
            reason: self.reason,
            reference: None,
            return_to_sale: self.return_to_sale,
        });
        charge.status = ChargeStatus::Refunding;
        Ok(())
    }
}

impl RefundStarted {
    /// Posts late money. In journals from before `LateMoneyReceived`, this event is the first that records it.
    fn tells_of_late_money(&self, state: &mut State, fact: Fact) -> Applied {
        state.post(self.order_id, fact, |entry| {
            let is_news = self.reason == RefundReason::Late && !entry.was_late();
            Ok(is_news.then(|| entry.late(self.amount)))
        })
    }
}
