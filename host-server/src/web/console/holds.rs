//! The page of open holds, sorted by the time at which they end.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use boxoffice::{BoxOffice, Order, OrderStatus, Timestamp};

use super::operator::Operator;
use super::page::{Frame, page};
use super::people::{People, Person};
use super::row::short;
use crate::error::Failure;
use crate::observability::audit_trail::clock;
use crate::web::site::Chrome;

/// Maximum number of holds in the list.
const LIST_MAX: usize = 200;

/// A row of the list of holds.
struct Held {
    order: String,
    order_short: String,
    buyer: Person,
    tickets: usize,
    first: String,
    total: String,
    expires_at: String,
    left: String,
}

#[derive(Template)]
#[template(path = "console/holds.html")]
struct HoldsPage {
    chrome: Chrome,
    frame: Frame,
    holds: Vec<Held>,
    /// Total number of open holds.
    count: usize,
}

crate::web::site::page!(HoldsPage);

pub(super) async fn show(operator: Operator, State(office): State<BoxOffice>) -> Result<Response, Failure> {
    let now = office.now();
    let orders = office.admin().open_orders(operator.actor, LIST_MAX)?;
    let mut people = People::new(operator.actor, &office);
    Ok(page(&HoldsPage {
        chrome: operator.chrome,
        frame: Frame::new("Open holds", "/console/holds"),
        count: office.metrics().open_orders.max(orders.len()),
        holds: orders.iter().map(|order| held(order, now, &mut people)).collect(),
    }))
}

fn held(order: &Order, now: Timestamp, people: &mut People) -> Held {
    Held {
        order: order.id.to_string(),
        order_short: short(&order.id.to_string()),
        buyer: people.person(order.buyer_id),
        tickets: order.tickets.len(),
        first: order.tickets.first().map(|ticket| ticket.title.to_string()).unwrap_or_default(),
        total: order.total.to_string(),
        expires_at: clock(order.expires_at),
        left: left(order, now),
    }
}

/// Returns the remaining time of the hold, as a text.
fn left(order: &Order, now: Timestamp) -> String {
    if order.status == OrderStatus::AwaitingPayment {
        return "until the card processor answers".to_owned();
    }
    match order.expires_at.since(now).as_secs() {
        0 => "due".to_owned(),
        secs if secs < 60 => format!("{secs} s"),
        secs => format!("{} min {} s", secs / 60, secs % 60),
    }
}
