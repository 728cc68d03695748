//! Ends an order whose deadline has passed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Rejection;
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets, add_tickets};
use crate::domain::decide::Decide;
use crate::domain::order::{Order, OrderStatus, TicketVersions, after_this, end};
use crate::domain::ticket::SeatKeys;
use crate::domain::{Context, Decision, Fact, Inconsistency, State, ticket};
use crate::event::{DomainEvent, StreamKey};
use crate::failpoint::Failpoint;
use crate::types::{OrderId, Timestamp};

/// Command that ends an order whose deadline has passed. Only the system gives it.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct ExpireOrder {
    /// Id of the order.
    pub order_id: OrderId,
}

impl Decide for ExpireOrder {
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

    /// Refuses: [`Rejection::NotFound`], [`Rejection::NotDue`].
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let order = state.order(self.order_id).ok_or(Rejection::NotFound)?;
        if !order.is_overdue(context.now) {
            return Err(Rejection::NotDue);
        }
        Ok(Decision::event(DomainEvent::OrderExpired(OrderExpired {
            order_id: order.id,
            tickets: after_this(state, order),
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}

/// An order reached its deadline and freed its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderExpired {
    /// Id of the order.
    pub order_id: OrderId,
    /// Tickets that became available again.
    pub tickets: TicketVersions,
}

impl Apply for OrderExpired {
    const MAY_SETTLE: bool = true;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> = Some(|event, changes| add_tickets(&event.tickets, changes));
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = None;

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        let order = state.no_longer_due(self.order_id)?;
        if order.status != OrderStatus::Created && !Failpoint::ExpireWithoutHolder.is_active() {
            return Err(Inconsistency("an order expired that no deadline bound"));
        }
        if order.expires_at > fact.at {
            return Err(Inconsistency("an order expired before its deadline"));
        }
        end(order, OrderStatus::Expired, fact)?;
        state.order_ended(self.order_id, &self.tickets, fact, ticket::free)
    }
}
