//! The facts about money that comes for an order that has ended.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Then, Tickets};
use crate::domain::ledger::{Account, EntryKind};
use crate::domain::order::{self, Order};
use crate::domain::payment::state::{ChargeStatus, step};
use crate::domain::{Fact, Inconsistency, State};
use crate::event::StreamKey;
use crate::types::{ChargeId, Money, OrderId};

/// Money came for an order that had ended.
///
/// What becomes of it is told by the next event of the same moment: [`ChargeTransferred`], [`RefundStarted`] or
/// [`ChargeEscalated`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LateMoneyReceived {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
    /// What was taken.
    pub amount: Money,
    /// The gateway's own name for the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
}

impl Apply for LateMoneyReceived {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = true;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> =
        Some(|event, state, fact| state.post(event.order_id, fact, |entry| Ok(Some(entry.late(event.amount)))));
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.order_mut(self.order_id)?;
        ended(order)?;
        let from = [ChargeStatus::Failed, ChargeStatus::Voiding, ChargeStatus::Voided];
        let charge = step(order::version_step(order, fact)?, self.charge_id, &from, ChargeStatus::Late, fact)?;
        charge.late = true;
        if self.reference.is_some() {
            charge.reference.clone_from(&self.reference);
        }
        Ok(())
    }
}

/// A charge that came late pays a new order, because its buyer could still have the tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeTransferred {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
    /// The new order.
    pub to: OrderId,
}

impl Apply for ChargeTransferred {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = true;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = Some(|event, state, fact| {
        state.post(event.order_id, fact, |entry| {
            Ok(entry.no_longer_late(EntryKind::LateMoneyTransferred, Account::Processor, u64::MAX))
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
        ended(order)?;
        let from = [ChargeStatus::Late, ChargeStatus::Failed];
        let charge = step(order::version_step(order, fact)?, self.charge_id, &from, ChargeStatus::Transferred, fact)?;
        charge.transferred_to = Some(self.to);
        Ok(())
    }
}

/// Money is nobody's and could not be given back: an operator has to see to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeEscalated {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
    /// How much there is.
    pub amount: Money,
    /// Why.
    pub reason: Arc<str>,
}

impl Apply for ChargeEscalated {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.order_mut(self.order_id)?;
        let from = [ChargeStatus::Late];
        step(order::version_step(order, fact)?, self.charge_id, &from, ChargeStatus::Escalated, fact).map(drop)
    }
}

/// Money was set aside for an order that had ended; the gateway is about to be asked to release it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoidStarted {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
    /// The gateway's own name for the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
}

impl Apply for VoidStarted {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = true;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = Some(|event| Then::Resume(event.order_id));
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.order_mut(self.order_id)?;
        ended(order)?;
        let from = [ChargeStatus::Failed];
        let charge = step(order::version_step(order, fact)?, self.charge_id, &from, ChargeStatus::Voiding, fact)?;
        charge.reference.clone_from(&self.reference);
        Ok(())
    }
}

/// Money that was set aside was released: none was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeVoided {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
}

impl Apply for ChargeVoided {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.order_mut(self.order_id)?;
        let from = [ChargeStatus::Voiding];
        step(order::version_step(order, fact)?, self.charge_id, &from, ChargeStatus::Voided, fact).map(drop)
    }
}

fn ended(order: &Order) -> Applied {
    if order.status.is_open() { Err(Inconsistency("money came late for an order that was open")) } else { Ok(()) }
}
