//! Events about money that comes for an order that has ended.

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
/// The next event, decided at the same moment, tells what happens to the money: [`ChargeTransferred`],
/// `RefundStarted` or [`ChargeEscalated`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LateMoneyReceived {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order that had ended.
    pub order_id: OrderId,
    /// Amount that was taken.
    pub amount: Money,
    /// Gateway's reference for the charge.
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

/// Late money pays a new order, because its buyer could still have the tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeTransferred {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order that had ended.
    pub order_id: OrderId,
    /// Id of the new order.
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

/// Late money could not be given back. An operator has to resolve it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeEscalated {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order that had ended.
    pub order_id: OrderId,
    /// Amount that is left.
    pub amount: Money,
    /// Reason for the escalation.
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

/// Money was authorized for an order that had ended. The gateway is about to be asked to void the authorization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoidStarted {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order that had ended.
    pub order_id: OrderId,
    /// Gateway's reference for the charge.
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

/// A late authorization was voided. No money was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeVoided {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order that had ended.
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
