//! Locks tickets for a buyer.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{Order, OrderStatus, Rejection};
use crate::command::StreamKeys;
use crate::domain::apply::{After, Applied, Apply, Demands, LeadsTo, Posts, Tickets};
use crate::domain::decide::Decide;
use crate::domain::ticket::SeatKeys;
use crate::domain::ticket::TicketStatus;
use crate::domain::{Circumstances, Context, Decision, Fact, Inconsistency, State};
use crate::event::{DomainEvent, StreamKey};
use crate::failpoint::Failpoint;
use crate::types::{Money, OrderId, TicketId, Timestamp, Title, UserId};

/// Tickets of one order, usually one.
pub(crate) type TicketIds = SmallVec<[TicketId; 1]>;

/// Command that locks tickets, all or none. The actor is their buyer.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) struct CreateOrder {
    /// Id of the new order.
    pub order_id: OrderId,
    /// Ids of the tickets, each once.
    pub ticket_ids: TicketIds,
    /// What the buyer has agreed to; `None` for whatever the tickets cost.
    pub agreed: Option<Agreed>,
}

/// What a buyer has agreed to pay.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "cluster", derive(Serialize, Deserialize))]
pub(crate) enum Agreed {
    /// A total.
    Total(Money),
    /// The price of each ticket, in the order of the ids.
    Prices(Vec<Money>),
}

impl Agreed {
    fn is(&self, tickets: &[OrderedTicket], total: Money) -> bool {
        match self {
            Self::Total(agreed) => *agreed == total,
            Self::Prices(agreed) => agreed.iter().eq(tickets.iter().map(|ticket| &ticket.price)),
        }
    }
}

impl Decide for CreateOrder {
    type Answer = Arc<Order>;
    type Rejection = Rejection;
    const IS_TOLD: bool = false;

    fn order(&self) -> Option<OrderId> {
        None
    }

    fn streams(&self) -> StreamKeys {
        self.ticket_ids.iter().map(|id| StreamKey::Ticket(*id)).collect()
    }

    fn seats(&self, _: &State) -> SeatKeys {
        SeatKeys::new()
    }

    /// Refuses: [`Rejection::NoBuyer`]; for the first ticket to which one applies, [`Rejection::TicketNotFound`],
    /// [`Rejection::OwnTicket`], [`Rejection::TicketLocked`], [`Rejection::TicketSold`],
    /// [`Rejection::TicketWithdrawn`], [`Rejection::ShowStarted`]; then [`Rejection::MixedCurrencies`],
    /// [`Rejection::TotalTooLarge`], [`Rejection::PriceChanged`], [`Rejection::TooManyOpen`].
    fn decide(&self, state: &State, context: &Context) -> Result<Decision, Rejection> {
        let buyer_id = context.active_user(state).ok_or(Rejection::NoBuyer)?;
        let tickets = self.ticket_ids.iter().map(|id| orderable(state, *id, buyer_id, context.now));
        let tickets: Vec<OrderedTicket> = tickets.collect::<Result<_, _>>()?;
        let total = total(&tickets)?;
        if self.agreed.as_ref().is_some_and(|agreed| !agreed.is(&tickets, total)) {
            return Err(Rejection::PriceChanged);
        }
        if state.open_orders_of(buyer_id) >= context.limits.open_orders_max
            && !Failpoint::OpenOrdersNotCounted.is_active()
        {
            return Err(Rejection::TooManyOpen);
        }
        Ok(Decision::event(DomainEvent::OrderCreated(OrderCreated {
            order_id: self.order_id,
            buyer_id,
            tickets: tickets.into(),
            total,
            expires_at: context.now.plus(context.limits.hold),
        })))
    }

    fn answer(&self, state: &State, _: Timestamp) -> Option<Arc<Order>> {
        state.order(self.order_id).cloned()
    }
}

fn orderable(state: &State, id: TicketId, buyer: UserId, now: Timestamp) -> Result<OrderedTicket, Rejection> {
    let ticket = state.ticket(id).ok_or(Rejection::TicketNotFound(id))?;
    if ticket.seller_id == buyer {
        return Err(Rejection::OwnTicket(id));
    }
    match ticket.status {
        TicketStatus::Available => {}
        TicketStatus::Locked => return Err(Rejection::TicketLocked(id)),
        TicketStatus::Sold => return Err(Rejection::TicketSold(id)),
        TicketStatus::Withdrawn => return Err(Rejection::TicketWithdrawn(id)),
    }
    if ticket.show.as_ref().is_some_and(|show| show.has_started(now)) {
        return Err(Rejection::ShowStarted(id));
    }
    Ok(OrderedTicket {
        id,
        seller_id: ticket.seller_id,
        title: ticket.title.clone(),
        price: ticket.price,
        version: ticket.version + 1,
    })
}

/// Returns the tickets of an order that has ended if its buyer could order all of them now, at the same prices.
pub(in crate::domain) fn orderable_again(state: &State, order: &Order, now: Timestamp) -> Option<Arc<[OrderedTicket]>> {
    state.active_user(order.buyer_id)?;
    let again = order.tickets.iter().map(|old| {
        let ticket = orderable(state, old.id, order.buyer_id, now).ok()?;
        (ticket.price == old.price).then_some(ticket)
    });
    again.collect()
}

fn total(tickets: &[OrderedTicket]) -> Result<Money, Rejection> {
    let (first, rest) = tickets.split_first().ok_or(Rejection::TotalTooLarge)?;
    if rest.iter().any(|ticket| ticket.price.currency() != first.price.currency()) {
        return Err(Rejection::MixedCurrencies);
    }
    rest.iter().try_fold(first.price, |sum, ticket| sum.plus(ticket.price)).map_err(|_| Rejection::TotalTooLarge)
}

/// An order locked its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderCreated {
    /// Id of the new order.
    pub order_id: OrderId,
    /// Buyer of the tickets.
    pub buyer_id: UserId,
    /// Tickets as they were when the order locked them.
    pub tickets: Arc<[OrderedTicket]>,
    /// Sum of their prices.
    pub total: Money,
    /// Time at which the hold ends unless a payment has started.
    pub expires_at: Timestamp,
}

/// A ticket as it was when an order locked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderedTicket {
    /// Id of the ticket.
    pub id: TicketId,
    /// Seller of the ticket.
    pub seller_id: UserId,
    /// Title of the ticket at that time.
    pub title: Title,
    /// Price at that time, which the buyer pays.
    pub price: Money,
    /// Version of the ticket after the lock.
    pub version: u64,
}

impl Apply for OrderCreated {
    const MAY_SETTLE: bool = false;
    const MAY_REVIVE: bool = false;
    const TICKETS: Tickets<Self> =
        Some(|event, changes| changes.extend(event.tickets.iter().map(|ticket| StreamKey::Ticket(ticket.id))));
    const POSTS: Posts<Self> = None;
    const LEADS_TO: LeadsTo<Self> = None;
    const THEN: After<Self> = None;
    const DEMANDS: Demands<Self> = Some(Self::is_by_its_buyer_at_its_prices);

    fn stream(&self) -> StreamKey {
        StreamKey::Order(self.order_id)
    }

    fn apply(&self, state: &mut State, fact: Fact) -> Applied {
        fact.follows(0)?;
        let order = Order {
            id: self.order_id,
            buyer_id: self.buyer_id,
            status: OrderStatus::Created,
            cancel_reason: None,
            total: self.total,
            expires_at: self.expires_at,
            tickets: Arc::clone(&self.tickets),
            charge: None,
            version: fact.version,
            created_at: fact.at,
            updated_at: fact.at,
        };
        state.add_order(order, fact)
    }
}

impl OrderCreated {
    fn is_by_its_buyer_at_its_prices(&self, state: &State, circumstances: &Circumstances) -> Applied {
        let by_late_money = circumstances.late_money_pays == Some(self.order_id);
        if circumstances.actor.user() != Some(self.buyer_id) && !by_late_money {
            return Err(Inconsistency("an order was made by somebody else than its buyer"));
        }
        let listed = |id| state.ticket(id).map(|ticket| (ticket.price, ticket.seller_id));
        if self.tickets.iter().any(|ticket| listed(ticket.id) != Some((ticket.price, ticket.seller_id))) {
            return Err(Inconsistency("an order has other prices or sellers than its tickets"));
        }
        if self.tickets.iter().any(|ticket| ticket.seller_id == self.buyer_id) {
            return Err(Inconsistency("a seller bought their own ticket"));
        }
        let mut prices = self.tickets.iter().map(|ticket| ticket.price);
        let first = prices.next().ok_or(Inconsistency("an order has no tickets"))?;
        if prices.try_fold(first, Money::plus) != Ok(self.total) {
            return Err(Inconsistency("an order's total is not the sum of its prices"));
        }
        Ok(())
    }
}
