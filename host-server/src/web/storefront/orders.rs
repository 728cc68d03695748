//! The page with a buyer's orders.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Order, OrderQuery, OrderStatus, Timestamp};
use serde::Deserialize;

use super::order_page::is_refunded;
use crate::error::Failure;
use crate::extract::{Query, SignedInUser};
use crate::web::site::{self, Chrome, Pager, Price, When, page, show};

/// A page of the buyer's orders.
#[derive(Template)]
#[template(path = "storefront/orders.html")]
struct OrdersPage {
    chrome: Chrome,
    orders: Vec<Row>,
    pager: Pager,
}

struct Row {
    id: String,
    what: String,
    total: Price,
    when: When,
    status: &'static str,
    tone: &'static str,
}

page!(OrdersPage);

/// The query of a listing: the cursor of its page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) cursor: String,
}

/// Creates the links to the next and the first page of a listing with cursors.
pub(super) fn cursor_pager(path: &str, asked: &Asked, next: Option<boxoffice::Cursor>) -> Pager {
    Pager {
        first: (!asked.cursor.is_empty()).then(|| path.to_owned()),
        next: next.map(|cursor| format!("{path}?cursor={cursor}")),
        ..Pager::default()
    }
}

pub(super) async fn list(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    chrome: Chrome,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let query = OrderQuery::new().limit(25).after(site::cursor(Some(&asked.cursor))?);
    let found = office.orders().list(user.id(), &query)?;
    let orders = found.items.iter().map(|order| row(order, office.now())).collect();
    let pager = cursor_pager("/orders", &asked, found.next);
    Ok(show(StatusCode::OK, &OrdersPage { chrome, orders, pager }))
}

fn row(order: &Order, now: Timestamp) -> Row {
    let first = order.tickets.first().map_or_else(String::new, |ticket| ticket.title.to_string());
    let what = if order.tickets.len() > 1 { format!("{first} and {} more", order.tickets.len() - 1) } else { first };
    let (status, tone) = match order.status {
        OrderStatus::Created if order.is_past_deadline(now) => ("Expired", ""),
        OrderStatus::Created => ("Waiting for you to pay", "warn"),
        OrderStatus::AwaitingPayment => ("Payment under way", "warn"),
        OrderStatus::Complete if is_refunded(order) => ("Refunded", "info"),
        OrderStatus::Complete => ("Paid", "good"),
        OrderStatus::Cancelled if order.charge.is_some() => ("Payment declined", "bad"),
        OrderStatus::Cancelled => ("Cancelled", ""),
        OrderStatus::Expired => ("Expired", ""),
    };
    Row { id: order.id.to_string(), what, total: order.total.into(), when: When(order.created_at), status, tone }
}
