//! The rules of orders. Each function lists its refusals in order: the first that holds is the answer.

use std::sync::Arc;

use super::command::{CancelOrder, CreateOrder};
use super::event::{CancelReason, OrderCancelled, OrderCreated, OrderedTicket};
use super::state::{Order, OrderStatus, after_this, is_over};
use crate::domain::{Context, Decision, State};
use crate::event::DomainEvent;
use crate::mistake::{Mistake, planted};
use crate::types::{Money, TicketId, Timestamp, UserId};

/// Why the order domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such order.
    NotFound,
    /// The actor is not the buyer.
    NotYours,
    /// There is no such ticket.
    TicketNotFound(TicketId),
    /// The buyer sells the ticket.
    OwnTicket(TicketId),
    /// An open order holds the ticket.
    TicketLocked(TicketId),
    /// The ticket is sold.
    TicketSold(TicketId),
    /// The ticket was withdrawn.
    TicketWithdrawn(TicketId),
    /// The ticket's show has started.
    ShowStarted(TicketId),
    /// The tickets have several currencies.
    MixedCurrencies,
    /// The sum is larger than money can be.
    TotalTooLarge,
    /// The buyer holds as many open orders as one buyer may.
    TooManyOpen,
    /// The deadline has passed.
    Expired,
    /// The order was cancelled.
    Cancelled,
    /// The order is paid.
    AlreadyPaid,
    /// A payment is under way.
    PaymentPending,
    /// The buyer is gone, or it is the system, which buys nothing.
    NoBuyer,
}

type Result<T = Decision> = std::result::Result<T, Rejection>;

/// Refuses: [`Rejection::NoBuyer`]; for the first ticket that has one, [`Rejection::TicketNotFound`],
/// [`Rejection::OwnTicket`], [`Rejection::TicketLocked`], [`Rejection::TicketSold`], [`Rejection::TicketWithdrawn`],
/// [`Rejection::ShowStarted`]; then [`Rejection::MixedCurrencies`], [`Rejection::TotalTooLarge`],
/// [`Rejection::TooManyOpen`].
pub(in crate::domain) fn create_order(state: &State, command: &CreateOrder, context: &Context) -> Result {
    let buyer = context.actor.user().and_then(|id| state.user(id)).filter(|user| !user.erased);
    let buyer_id = buyer.ok_or(Rejection::NoBuyer)?.id;
    let tickets: Vec<OrderedTicket> =
        command.ticket_ids.iter().map(|id| orderable(state, *id, buyer_id, context.now)).collect::<Result<_>>()?;
    let total = total(&tickets)?;
    if state.open_orders_of(buyer_id) >= context.limits.open_orders_max && !planted(Mistake::OpenOrdersNotCounted) {
        return Err(Rejection::TooManyOpen);
    }
    Ok(Decision::event(DomainEvent::OrderCreated(OrderCreated {
        order_id: command.order_id,
        buyer_id,
        tickets: tickets.into(),
        total,
        expires_at: context.now.plus(context.limits.hold),
    })))
}

/// Refuses: [`Rejection::NotFound`], [`Rejection::NotYours`], [`Rejection::PaymentPending`], [`Rejection::AlreadyPaid`],
/// [`Rejection::Cancelled`], [`Rejection::Expired`].
pub(in crate::domain) fn cancel_order(state: &State, command: &CancelOrder, context: &Context) -> Result {
    let order = state.order(command.order_id).ok_or(Rejection::NotFound)?;
    if context.actor.user() != Some(order.buyer_id) {
        return Err(Rejection::NotYours);
    }
    payable(order, context.now)?;
    Ok(Decision::event(DomainEvent::OrderCancelled(OrderCancelled {
        order_id: order.id,
        reason: CancelReason::Buyer,
        tickets: after_this(state, order),
    })))
}

/// Whether the order still waits for its buyer: neither ended nor being paid nor past its deadline.
pub(in crate::domain) fn payable(order: &Order, now: Timestamp) -> Result<()> {
    match order.status {
        OrderStatus::Created if is_over(order.expires_at, now) => Err(Rejection::Expired),
        OrderStatus::Created => Ok(()),
        OrderStatus::AwaitingPayment => Err(Rejection::PaymentPending),
        OrderStatus::Complete => Err(Rejection::AlreadyPaid),
        OrderStatus::Cancelled => Err(Rejection::Cancelled),
        OrderStatus::Expired => Err(Rejection::Expired),
    }
}

fn orderable(state: &State, id: TicketId, buyer: UserId, now: Timestamp) -> Result<OrderedTicket> {
    use crate::domain::ticket::TicketStatus;

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

/// The tickets of an order that has ended, if its buyer could order them now, all of them and at the same prices.
pub(in crate::domain) fn orderable_again(state: &State, order: &Order, now: Timestamp) -> Option<Arc<[OrderedTicket]>> {
    state.user(order.buyer_id).filter(|user| !user.erased)?;
    let again = order.tickets.iter().map(|old| {
        let ticket = orderable(state, old.id, order.buyer_id, now).ok()?;
        (ticket.price == old.price).then_some(ticket)
    });
    again.collect()
}

fn total(tickets: &[OrderedTicket]) -> Result<Money> {
    let (first, rest) = tickets.split_first().ok_or(Rejection::TotalTooLarge)?;
    if rest.iter().any(|ticket| ticket.price.currency() != first.price.currency()) {
        return Err(Rejection::MixedCurrencies);
    }
    rest.iter().try_fold(first.price, |sum, ticket| sum.plus(ticket.price)).map_err(|_| Rejection::TotalTooLarge)
}
