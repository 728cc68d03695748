//! Records the outcome of disputes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::{charge_of, find};
use super::{DisputeStatus, Rejection};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ledger::{Account, EntryKind};
use crate::domain::order::{self, Order};
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, Inconsistency, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{ChargeId, Money, OrderId, Timestamp};

/// Command that records the outcome of a dispute. Only the system gives it.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct CloseDispute {
    /// Order of the charge.
    pub order_id: OrderId,
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Gateway's reference for the dispute.
    pub reference: Arc<str>,
    /// `true` if the money came back from the buyer's bank.
    pub won: bool,
}

impl Decide for CloseDispute {
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

    /// Refuses: [`Rejection::NotFound`] for an unknown charge or dispute. Changes nothing if the dispute is already
    /// closed.
    fn decide(&self, state: &State, _: &Context) -> Result<Decision, Rejection> {
        let (order, charge) = find(state, self.order_id, self.charge_id)?;
        let dispute = charge.dispute(&self.reference).ok_or(Rejection::NotFound)?;
        if dispute.status != DisputeStatus::Open {
            return Ok(Decision::nothing());
        }
        Ok(Decision::event(DomainEvent::DisputeClosed(DisputeClosed {
            charge_id: charge.id,
            order_id: order.id,
            reference: Arc::clone(&self.reference),
            amount: dispute.amount,
            won: self.won,
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}

/// A dispute was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisputeClosed {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order.
    pub order_id: OrderId,
    /// Gateway's reference for the dispute.
    pub reference: Arc<str>,
    /// Disputed amount.
    pub amount: Money,
    /// `true` if the money came back from the buyer's bank.
    pub won: bool,
}

impl Apply for DisputeClosed {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = true;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = Some(|event, state, fact| {
        state.post(event.order_id, fact, |entry| {
            if event.won {
                Ok(Some(entry.between(EntryKind::DisputeWon, event.amount, Account::Processor, Account::Disputed)))
            } else {
                entry.gone(EntryKind::DisputeLost, Account::Disputed, event.amount).map(Some)
            }
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
        let dispute = charge.disputes.iter_mut().find(|dispute| dispute.reference == self.reference);
        match dispute {
            Some(dispute) if dispute.status == DisputeStatus::Open && dispute.amount == self.amount => {
                dispute.status = if self.won { DisputeStatus::Won } else { DisputeStatus::Lost };
                Ok(())
            }
            _ => Err(Inconsistency("a dispute was closed that was not open")),
        }
    }
}
