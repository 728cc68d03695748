//! A user's story: the account, what they bought and sold, and what happened to the account.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use boxoffice::{Balance, Code, Order, OrderQuery, Ticket, TicketQuery, TicketStatusFilter, UserAccount, UserId};
use serde::Deserialize;

use super::operator::Operator;
use super::page::{Frame, page};
use super::people::People;
use super::stories::Told;
use crate::dto;
use crate::error::{Failure, Refusal};
use crate::extract::Query;
use crate::insight::story::clock;
use crate::state::AppState;
use crate::web::Chrome;

/// How many orders and how many tickets a page has.
const PAGE_LEN: usize = 20;

/// Where the lists begin.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    orders: Option<String>,
    tickets: Option<String>,
}

/// An order as it is listed.
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
    /// The cursors of the next pages, as addresses write them.
    more_orders: Option<String>,
    tickets: Vec<Arc<Ticket>>,
    more_tickets: Option<String>,
    balances: Vec<Balance>,
    told: Told,
}

crate::web::page!(UserPage);

pub(super) async fn show(
    operator: Operator,
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let id: UserId = id.parse().map_err(|_| Refusal::RouteNotFound)?;
    let (office, finder) = (state.office.clone(), Arc::clone(&state.insight.finder));
    let told = tokio::task::spawn_blocking(move || finder.user(&office, id)).await.map_err(|_| Code::Internal)?;
    let (user, story) = told?;
    let query = OrderQuery::new().limit(PAGE_LEN).after(dto::cursor(asked.orders.as_deref())?);
    let orders = state.office.orders().list(id, &query)?;
    let query = TicketQuery::new().status(TicketStatusFilter::All).seller(id).limit(PAGE_LEN);
    let query = query.after(dto::cursor(asked.tickets.as_deref())?);
    let tickets = state.office.tickets().list(&query)?;
    Ok(page(&UserPage {
        told: Told::of(&story, &mut People::new(operator.actor, &state.office)),
        frame: Frame::new(user.email.clone().unwrap_or_else(|| "Erased user".to_owned()), ""),
        balances: state.office.ledger().balance(operator.actor, id)?,
        chrome: operator.chrome,
        since: clock(user.created_at),
        orders: orders.items.into_iter().map(|order| Bought { at: clock(order.created_at), order }).collect(),
        more_orders: orders.next.map(|cursor| cursor.to_string()),
        tickets: tickets.items,
        more_tickets: tickets.next.map(|cursor| cursor.to_string()),
        user,
    }))
}
