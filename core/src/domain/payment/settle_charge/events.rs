//! Events about the outcome of a charge.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Then, Tickets, add_tickets};
use crate::domain::ledger::Split;
use crate::domain::order::{self, CancelReason, OrderCancelled, OrderStatus, TicketVersions, after_this};
use crate::domain::payment::state::{ChargeStatus, UNDECIDED, demanded, step};
use crate::domain::{Circumstances, Fact, Inconsistency, State, ticket};
use crate::event::{DomainEvent, StreamKey};
use crate::failpoint::Failpoint;
use crate::types::{ChargeId, Money, OrderId};

/// The money was taken. The order is complete and its tickets are sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeCreated {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order.
    pub order_id: OrderId,
    /// Amount that was taken.
    pub amount: Money,
    /// Gateway's reference for the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
    /// Tickets that are sold.
    pub tickets: TicketVersions,
    /// Fee of each ticket, in minor units and the order's sequence; empty if there are no fees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<u64>,
}

impl Apply for ChargeCreated {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = Some(|event, changes| add_tickets(&event.tickets, changes));
    const POSTS: Posts<Self> =
        Some(|event, state, fact| state.post(event.order_id, fact, |entry| entry.sale(event.amount).map(Some)));
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = Some(|event| Then::Settled(event.order_id));
    const DEMANDS: Demands<Self> = Some(Self::is_over_the_total);

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        if Failpoint::DuplicateWebhookCounted.is_active() || Failpoint::LatePaymentCompletes.is_active() {
            let order = state.order_mut(self.order_id)?;
            if !order.status.is_open() {
                return order::version_step(order, fact).map(drop);
            }
        }
        let order = order::end(state.order_mut(self.order_id)?, OrderStatus::Complete, fact)?;
        let charge = step(order, self.charge_id, UNDECIDED, ChargeStatus::Succeeded, fact)?;
        charge.split = Split::with_fees(&self.fees);
        if self.reference.is_some() {
            charge.reference.clone_from(&self.reference);
        }
        state.order_ended(self.order_id, &self.tickets, fact, ticket::sell)?;
        self.tickets.iter().try_for_each(|sold| state.ticket_left(sold.id))
    }
}

impl ChargeCreated {
    fn is_over_the_total(&self, state: &State, _: &Circumstances) -> Applied {
        if demanded(state, self.order_id)?.total != self.amount {
            return Err(Inconsistency("a charge took another amount than the order's total"));
        }
        Ok(())
    }
}

/// The money was authorized. The order keeps its tickets until the money is captured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeAuthorized {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order.
    pub order_id: OrderId,
    /// Gateway's reference for the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
}

impl Apply for ChargeAuthorized {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = false;
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
        let changed = order::version_step(order, fact)?;
        let charge = step(changed, self.charge_id, &[ChargeStatus::Pending], ChargeStatus::Authorized, fact)?;
        charge.reference.clone_from(&self.reference);
        Ok(())
    }
}

/// The money was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeFailed {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Id of the order.
    pub order_id: OrderId,
    /// Reason, in words that a buyer may read.
    pub reason: Arc<str>,
}

impl Apply for ChargeFailed {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = None;
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = Some(Self::cancels_the_order);
    const THEN: After<Self> = Some(|event| Then::Settled(event.order_id));
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.order_mut(self.order_id)?;
        let changed = order::version_step(order, fact)?;
        let charge = step(changed, self.charge_id, UNDECIDED, ChargeStatus::Failed, fact)?;
        charge.failure = Some(Arc::clone(&self.reason));
        Ok(())
    }
}

impl ChargeFailed {
    fn cancels_the_order(&self, state: &State) -> Option<DomainEvent> {
        let order = state.order(self.order_id)?;
        Some(DomainEvent::OrderCancelled(OrderCancelled {
            order_id: order.id,
            reason: CancelReason::PaymentFailed,
            tickets: after_this(state, order),
        }))
    }
}
