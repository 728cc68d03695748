use std::sync::Arc;

use napi_derive::napi;

use crate::convert::{Date, date, number};
use crate::values::{Charge, Money};

/// A ticket as it was when its order locked it.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct OrderedTicket {
    /// The ticket's id.
    pub id: String,
    /// Who sells it.
    pub seller_id: String,
    /// What it was called.
    pub title: String,
    /// What the buyer pays for it.
    pub price: Money,
}

impl From<&boxoffice::OrderedTicket> for OrderedTicket {
    fn from(ticket: &boxoffice::OrderedTicket) -> Self {
        Self {
            id: ticket.id.to_string(),
            seller_id: ticket.seller_id.to_string(),
            title: ticket.title.to_string(),
            price: ticket.price.into(),
        }
    }
}

/// One buyer's claim on tickets, then their purchase.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Order {
    /// The order's id.
    pub id: String,
    /// Who buys.
    pub buyer_id: String,
    /// How it stands.
    #[napi(ts_type = "'created' | 'awaiting_payment' | 'complete' | 'cancelled' | 'expired'")]
    pub status: &'static str,
    /// Why it was cancelled, if it was.
    #[napi(ts_type = "'buyer' | 'payment_failed'")]
    pub cancel_reason: Option<&'static str>,
    /// The sum of the prices.
    pub total: Money,
    /// When the hold ends unless a payment has started.
    pub expires_at: Date,
    /// The tickets as they were at the moment of the lock.
    pub tickets: Vec<OrderedTicket>,
    /// The attempt to take the money, once there is one.
    pub charge: Option<Charge>,
    /// 1 when created, one more after every event of the order or its charge.
    pub version: i64,
    /// When it was created.
    pub created_at: Date,
    /// When it last changed.
    pub updated_at: Date,
}

impl From<&boxoffice::Order> for Order {
    fn from(order: &boxoffice::Order) -> Self {
        Self {
            id: order.id.to_string(),
            buyer_id: order.buyer_id.to_string(),
            status: order.status.as_str(),
            cancel_reason: order.cancel_reason.map(boxoffice::CancelReason::as_str),
            total: order.total.into(),
            expires_at: date(order.expires_at),
            tickets: order.tickets.iter().map(Into::into).collect(),
            charge: order.charge.as_ref().map(Charge::from),
            version: number(order.version),
            created_at: date(order.created_at),
            updated_at: date(order.updated_at),
        }
    }
}

/// A page of orders.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct OrderPage {
    /// The orders.
    pub items: Vec<Order>,
    /// The cursor of the next page; none on the last.
    pub next: Option<String>,
}

impl From<boxoffice::Page<Arc<boxoffice::Order>>> for OrderPage {
    fn from(page: boxoffice::Page<Arc<boxoffice::Order>>) -> Self {
        let items = page.items.iter().map(|order| order.as_ref().into()).collect();
        Self { items, next: page.next.as_ref().map(ToString::to_string) }
    }
}
