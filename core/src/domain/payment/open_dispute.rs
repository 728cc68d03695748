//! Records disputes opened by buyers' banks.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{charge_of, find};
use super::{Dispute, DisputeStatus, Rejection};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ledger::{Account, EntryKind};
use crate::domain::order::{self, Order};
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, Inconsistency, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{ChargeId, Money, OrderId, Timestamp};

/// Command that records a dispute: the buyer's bank took money back. Only the system gives it.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct OpenDispute {
    /// Order of the charge.
    pub order_id: OrderId,
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Gateway's reference for the dispute.
    pub reference: Arc<str>,
    /// Disputed amount.
    pub amount: Money,
    /// Reason, in the gateway's words.
    pub reason: Arc<str>,
}

impl Decide for OpenDispute {
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

    /// Refuses: [`Rejection::NotFound`], [`Rejection::NotRefundable`] while it is not known that the money was taken,
    /// [`Rejection::RefundCurrency`]. Changes nothing if the dispute is already recorded.
    fn decide(&self, state: &State, _: &Context) -> Result<Decision, Rejection> {
        let (order, charge) = find(state, self.order_id, self.charge_id)?;
        if charge.dispute(&self.reference).is_some() {
            return Ok(Decision::nothing());
        }
        if !charge.status.may_be_disputed() {
            return Err(Rejection::NotRefundable);
        }
        if self.amount.currency() != charge.amount.currency() {
            return Err(Rejection::RefundCurrency);
        }
        Ok(Decision::event(DomainEvent::ChargeDisputed(ChargeDisputed {
            charge_id: charge.id,
            order_id: order.id,
            reference: Arc::clone(&self.reference),
            amount: self.amount,
            reason: Arc::clone(&self.reason),
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}

/// The buyer's bank took money back until the dispute is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeDisputed {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order.
    pub order_id: OrderId,
    /// Gateway's reference for the dispute.
    pub reference: Arc<str>,
    /// Disputed amount.
    pub amount: Money,
    /// Reason, in the gateway's words.
    pub reason: Arc<str>,
}

impl Apply for ChargeDisputed {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = true;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = Some(|event, state, fact| {
        state.post(event.order_id, fact, |entry| {
            Ok(Some(entry.between(EntryKind::Dispute, event.amount, Account::Disputed, Account::Processor)))
        })
    });
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.order_mut(self.order_id)?;
        let charge = charge_of(order::version_step(order, fact)?, self.charge_id, fact)?;
        if !charge.status.may_be_disputed() || charge.dispute(&self.reference).is_some() {
            return Err(Inconsistency("a dispute that does not follow from its charge"));
        }
        charge.disputes.push(Dispute {
            reference: Arc::clone(&self.reference),
            amount: self.amount,
            reason: Arc::clone(&self.reason),
            status: DisputeStatus::Open,
        });
        Ok(())
    }
}
