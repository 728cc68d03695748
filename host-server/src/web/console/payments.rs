//! The payments page: pending charges, and escalated money that needs a decision by an operator.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Charge, Error, Order, OrderId, Timestamp};

use super::operator::Operator;
use super::page::{Frame, page};
use super::row::short;
use crate::error::{Failure, Refusal};
use crate::observability::audit_trail::clock;
use crate::web::site::{Chrome, Flash, Form, show as shown};

/// Maximum number of charges in each list.
const LIST_MAX: usize = 200;

/// A row of a list of charges.
struct Listed {
    order: String,
    order_short: String,
    charge: String,
    amount: String,
    status: &'static str,
    gateway: String,
    since: String,
    age: String,
    failure: String,
}

#[derive(Template)]
#[template(path = "console/payments.html")]
struct PaymentsPage {
    chrome: Chrome,
    frame: Frame,
    pending: Vec<Listed>,
    pending_count: usize,
    escalated: Vec<Listed>,
    escalated_count: usize,
    /// Order of the form that was refused; empty if none was.
    resolving: String,
    note: String,
}

crate::web::site::page!(PaymentsPage);

pub(super) async fn show(operator: Operator, State(office): State<BoxOffice>) -> Result<Response, Failure> {
    let frame = Frame::new("Payments", "/console/payments");
    Ok(page(&lists(operator, &office, frame)?))
}

fn lists(operator: Operator, office: &BoxOffice, frame: Frame) -> Result<PaymentsPage, Error> {
    let (now, actor) = (office.now(), operator.actor);
    let pending = office.admin().pending_payments(actor)?;
    let escalated = office.payments().escalated(actor)?;
    let under_way = |order: &Arc<Order>| order.charge.as_ref().map(|charge| listed(charge, now));
    Ok(PaymentsPage {
        chrome: operator.chrome,
        frame,
        pending_count: pending.len(),
        pending: pending.iter().filter_map(under_way).take(LIST_MAX).collect(),
        escalated_count: escalated.len(),
        escalated: escalated.iter().map(|charge| listed(charge, now)).take(LIST_MAX).collect(),
        resolving: String::new(),
        note: String::new(),
    })
}

fn listed(charge: &Charge, now: Timestamp) -> Listed {
    let order = charge.order_id.to_string();
    let age = now.since(charge.updated_at).as_secs();
    Listed {
        order_short: short(&order),
        order,
        charge: charge.id.to_string(),
        amount: charge.amount.to_string(),
        status: charge.status.as_str(),
        gateway: charge.gateway.to_string(),
        since: clock(charge.updated_at),
        age: if age < 120 { format!("{age} s") } else { format!("{} min", age / 60) },
        failure: charge.failure.as_deref().unwrap_or_default().to_owned(),
    }
}

/// Records the resolution of escalated money.
pub(super) async fn resolve(
    operator: Operator,
    State(office): State<BoxOffice>,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let id: OrderId = id.parse().map_err(|_| Refusal::RouteNotFound)?;
    let outcome = match form.get("resolution").parse() {
        Ok(resolution) => office.payments().resolve(operator.actor, id, resolution, form.get("note")).await,
        Err(_) => Err(Error::invalid("resolution", "must be chosen")),
    };
    match outcome {
        Ok(_) => Ok(form.redirect("/console/payments", Flash::MoneyResolved)),
        Err(error) => refused(operator, &office, &error, id, form.get("note").to_owned()),
    }
}

/// Requests the refund of escalated money from the card processor again.
pub(super) async fn refund(
    operator: Operator,
    State(office): State<BoxOffice>,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let id: OrderId = id.parse().map_err(|_| Refusal::RouteNotFound)?;
    match office.payments().refund(operator.actor, id, false).await {
        Ok(_) => Ok(form.redirect("/console/payments", Flash::MoneyGoesBack)),
        Err(error) => refused(operator, &office, &error, id, String::new()),
    }
}

/// Returns the page with the error in its form.
fn refused(
    operator: Operator,
    office: &BoxOffice,
    error: &Error,
    order: OrderId,
    note: String,
) -> Result<Response, Failure> {
    let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status.is_server_error() || status == StatusCode::NOT_FOUND {
        return Err(error.clone().into());
    }
    let frame = Frame::new("Payments", "/console/payments").faults(error);
    let lists = lists(operator, office, frame)?;
    Ok(shown(status, &PaymentsPage { resolving: order.to_string(), note, ..lists }))
}
