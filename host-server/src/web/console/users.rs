//! The page of a user: the account, its orders, tickets and balances, and its audit trail.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use boxoffice::{
    Balance, BoxOffice, Code, Order, OrderQuery, Ticket, TicketQuery, TicketStatusFilter, UserAccount, UserId,
};
use serde::Deserialize;

use super::audit_trail::TrailPart;
use super::operator::Operator;
use super::page::{Frame, page};
use super::people::People;
use crate::error::{Failure, Refusal};
use crate::extract::Query;
use crate::observability::audit_trail::{HistorySearch, clock};
use crate::web::site::{self, Chrome};

/// Maximum number of orders, and of tickets, on a page.
const PAGE_LEN: usize = 20;

/// The cursors of the lists.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    orders: Option<String>,
    tickets: Option<String>,
}

/// A row of the list of orders.
struct Bought {
    order: Arc<Order>,
    at: String,
}

#[derive(Template)]
#[template(path = "console/user.html")]
struct UserPage {
    chrome: Chrome,
    frame: Frame,
    user: UserAccount,
    since: String,
    orders: Vec<Bought>,
    /// Cursors of the next pages, for URLs.
    more_orders: Option<String>,
    tickets: Vec<Arc<Ticket>>,
    more_tickets: Option<String>,
    balances: Vec<Balance>,
    trail: TrailPart,
}

crate::web::site::page!(UserPage);

pub(super) async fn show(
    operator: Operator,
    State(office): State<BoxOffice>,
    State(search): State<Arc<HistorySearch>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let id: UserId = id.parse().map_err(|_| Refusal::RouteNotFound)?;
    let searched = office.clone();
    let found = tokio::task::spawn_blocking(move || search.user(&searched, id)).await.map_err(|_| Code::Internal)?;
    let (user, trail) = found?;
    let query = OrderQuery::new().limit(PAGE_LEN).after(site::cursor(asked.orders.as_deref())?);
    let orders = office.orders().list(id, &query)?;
    let query = TicketQuery::new().status(TicketStatusFilter::All).seller(id).limit(PAGE_LEN);
    let query = query.after(site::cursor(asked.tickets.as_deref())?);
    let tickets = office.tickets().list(&query)?;
    Ok(page(&UserPage {
        trail: TrailPart::of(&trail, &mut People::new(operator.actor, &office)),
        frame: Frame::new(user.email.clone().unwrap_or_else(|| "Erased user".to_owned()), ""),
        balances: office.ledger().balance(operator.actor, id)?,
        chrome: operator.chrome,
        since: clock(user.created_at),
        orders: orders.items.into_iter().map(|order| Bought { at: clock(order.created_at), order }).collect(),
        more_orders: orders.next.map(|cursor| cursor.to_string()),
        tickets: tickets.items,
        more_tickets: tickets.next.map(|cursor| cursor.to_string()),
        user,
    }))
}
