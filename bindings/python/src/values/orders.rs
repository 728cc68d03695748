use std::sync::Arc;

use crate::convert::Time;
use crate::values::{Charge, Money, value};

value! {
    /// A ticket as it was when its order locked it.
    OrderedTicket(boxoffice::OrderedTicket);
    /// The ticket's id.
    id: String = |ticket| ticket.id.to_string();
    /// Who sells it.
    seller_id: String = |ticket| ticket.seller_id.to_string();
    /// What it was called.
    title: String = |ticket| ticket.title.to_string();
    /// What the buyer pays for it.
    price: Money = |ticket| Money(ticket.price);
}

value! {
    /// One buyer's claim on tickets, then their purchase.
    Order(Arc<boxoffice::Order>);
    /// The order's id.
    id: String = |order| order.id.to_string();
    /// Who buys.
    buyer_id: String = |order| order.buyer_id.to_string();
    /// `created`, `awaiting_payment`, `complete`, `cancelled` or `expired`.
    status: &'static str = |order| order.status.as_str();
    /// Why it was cancelled, if it was: `buyer` or `payment_failed`.
    cancel_reason: Option<&'static str> = |order| order.cancel_reason.map(boxoffice::CancelReason::as_str);
    /// The sum of the prices.
    total: Money = |order| Money(order.total);
    /// When the hold ends unless a payment has started.
    expires_at: Time = |order| Time(order.expires_at);
    /// The tickets as they were at the moment of the lock.
    tickets: Vec<OrderedTicket> = |order| order.tickets.iter().cloned().map(OrderedTicket).collect();
    /// The attempt to take the money, once there is one.
    charge: Option<Charge> = |order| order.charge.clone().map(Charge);
    /// 1 when created, one more after every event of the order or its charge.
    version: u64 = |order| order.version;
    /// When it was created.
    created_at: Time = |order| Time(order.created_at);
    /// When it last changed.
    updated_at: Time = |order| Time(order.updated_at);
}

value! {
    /// A page of orders.
    OrderPage(boxoffice::Page<Arc<boxoffice::Order>>);
    /// The orders.
    items: Vec<Order> = |page| page.items.iter().cloned().map(Order).collect();
    /// The cursor of the next page; `None` on the last.
    next: Option<String> = |page| page.next.as_ref().map(ToString::to_string);
}
