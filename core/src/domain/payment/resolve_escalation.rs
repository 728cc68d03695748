//! Records how an operator resolved late money.

use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::step;
use super::{ChargeStatus, Rejection};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Then, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ledger::{Account, EntryKind};
use crate::domain::order::{self, Order};
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, State};
use crate::event::{DomainEvent, StreamKey};
use crate::types::{ChargeId, Money, OrderId, Timestamp};

/// Command that records how an operator resolved late money.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct ResolveEscalation {
    /// Id of the order that had ended.
    pub order_id: OrderId,
    /// Outcome for the money.
    pub resolution: Resolution,
    /// Operator's note.
    pub note: Arc<str>,
}

impl Decide for ResolveEscalation {
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

    /// Refuses: [`Rejection::OperatorRequired`], [`Rejection::Order`] for an unknown order, [`Rejection::NotEscalated`].
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        if !state.is_operator(context.actor) {
            return Err(Rejection::OperatorRequired);
        }
        let order = state.order(self.order_id).ok_or(Rejection::Order(order::Rejection::NotFound))?;
        let charge = order.charge.as_ref().filter(|charge| charge.status == ChargeStatus::Escalated);
        let charge = charge.ok_or(Rejection::NotEscalated)?;
        Ok(Decision::event(DomainEvent::EscalationResolved(EscalationResolved {
            charge_id: charge.id,
            order_id: order.id,
            amount: charge.refundable().unwrap_or(charge.amount),
            resolution: self.resolution,
            note: Arc::clone(&self.note),
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}

/// An operator resolved late money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EscalationResolved {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order that had ended.
    pub order_id: OrderId,
    /// Amount that was resolved.
    pub amount: Money,
    /// Outcome for the money.
    pub resolution: Resolution,
    /// Operator's note.
    pub note: Arc<str>,
}

/// Outcome of escalated late money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(not(feature = "simulation"), non_exhaustive)]
pub enum Resolution {
    /// The buyer got it back by another way, such as a bank transfer.
    ReturnedElsewhere,
    /// The platform keeps it.
    Kept,
}

impl Resolution {
    /// Returns the published name of the resolution, such as `kept`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReturnedElsewhere => "returned_elsewhere",
            Self::Kept => "kept",
        }
    }
}

impl FromStr for Resolution {
    type Err = UnknownResolution;

    fn from_str(text: &str) -> Result<Self, UnknownResolution> {
        let all = [Self::ReturnedElsewhere, Self::Kept];
        all.into_iter().find(|resolution| resolution.as_str() == text).ok_or(UnknownResolution)
    }
}

/// Error for a text that is no [`Resolution`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be returned_elsewhere or kept")]
pub struct UnknownResolution;

impl Apply for EscalationResolved {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = Some(|event, state, fact| {
        let (kind, to) = match event.resolution {
            Resolution::ReturnedElsewhere => (EntryKind::Refund, Account::Processor),
            Resolution::Kept => (EntryKind::LateMoneyKept, Account::Fees),
        };
        state.post(event.order_id, fact, |entry| Ok(entry.no_longer_late(kind, to, event.amount.minor())))
    });
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = Some(|event| Then::Settled(event.order_id));
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.order_mut(self.order_id)?;
        let to = match self.resolution {
            Resolution::ReturnedElsewhere => ChargeStatus::Refunded,
            Resolution::Kept => ChargeStatus::Kept,
        };
        step(order::version_step(order, fact)?, self.charge_id, &[ChargeStatus::Escalated], to, fact).map(drop)
    }
}
