//! The page of an order. It shows the current state: checkout, waiting, receipt or end. All states have one address, so
//! that the back button, a reload and a second tab show the current state.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, CancelReason, ChargeStatus, Order, OrderId, OrderStatus, Timestamp, UserId};
use serde::Deserialize;

use super::cards::CardInputs;
use crate::cards::CardForm;
use crate::catalogue::ShowKey;
use crate::error::Failure;
use crate::extract::{PathId, Query, SignedInUser};
use crate::settings::Settings;
use crate::state::AppState;
use crate::web::site::form::FieldErrors;
use crate::web::site::{Chrome, Price, When, page, redirect, show};

/// A ticket of an order.
struct Line {
    id: String,
    title: String,
    seat: Option<String>,
    show: Option<String>,
    when: Option<When>,
    price: Price,
    /// Price that a form names, so that the buyer pays what they saw.
    seen: String,
}

/// The part of the page that all states share.
struct Summary {
    id: String,
    lines: Vec<Line>,
    total: Price,
    back: String,
    /// Key of the tickets' show, for a form that orders them again.
    show: String,
    /// `true` if the buyer could order all of the tickets again.
    is_free: bool,
    attempt: String,
}

impl Summary {
    fn of(order: &Order, office: &BoxOffice) -> Self {
        let (mut back, mut show_key, mut is_free, now) = ("/".to_owned(), String::new(), true, office.now());
        let lines = order.tickets.iter().map(|ordered| {
            let ticket = office.tickets().get(ordered.id).ok();
            if let Some(ticket) = &ticket {
                show_key = ShowKey::of(ticket).to_string();
                back = format!("/shows/{show_key}");
            }
            is_free &= ticket.as_ref().is_some_and(|ticket| ticket.is_orderable_by(Some(order.buyer_id), now));
            let details = ticket.as_ref().and_then(|ticket| ticket.show.as_deref());
            Line {
                id: ordered.id.to_string(),
                title: ordered.title.to_string(),
                seat: ticket.as_ref().and_then(|ticket| ticket.seat.as_ref()).map(ToString::to_string),
                show: details
                    .map(|show| show.name.to_string())
                    .filter(|name| !ordered.title.as_str().starts_with(name)),
                when: details.map(|show| When(show.starts_at)),
                price: ordered.price.into(),
                seen: ordered.price.decimal(),
            }
        });
        let lines = lines.collect();
        Self {
            id: order.id.to_string(),
            lines,
            total: order.total.into(),
            back,
            show: show_key,
            is_free,
            attempt: super::attempt::new(),
        }
    }
}

/// The page of an order that can be paid.
#[derive(Template)]
#[template(path = "storefront/checkout.html")]
struct CheckoutPage {
    chrome: Chrome,
    order: Summary,
    expires_at: When,
    left_ms: u64,
    left: String,
    has_errors: bool,
    card: CardInputs,
}

/// The page of a payment that the buyer's bank must confirm. Stripe's script asks the bank.
#[derive(Template)]
#[template(path = "storefront/confirm.html")]
struct ConfirmPage {
    chrome: Chrome,
    order: Summary,
    expires_at: When,
    left_ms: u64,
    left: String,
    key: String,
    client_secret: String,
}

/// The page of a payment that waits for the card processor's answer.
#[derive(Template)]
#[template(path = "storefront/waiting.html")]
struct WaitingPage {
    chrome: Chrome,
    order: Summary,
}

/// The page of a paid order.
#[derive(Template)]
#[template(path = "storefront/receipt.html")]
struct ReceiptPage {
    chrome: Chrome,
    order: Summary,
    paid_at: When,
    charge: String,
    refunded: bool,
    again: bool,
}

/// The page of an order that ended without payment.
#[derive(Template)]
#[template(path = "storefront/ended.html")]
struct EndedPage {
    chrome: Chrome,
    order: Summary,
    title: &'static str,
    reason: String,
    advice: &'static str,
}

page!(CheckoutPage, ConfirmPage, WaitingPage, ReceiptPage, EndedPage);

/// The state that the pages of an order need.
#[derive(Debug, Clone)]
pub(super) struct OrderPages {
    pub(super) office: BoxOffice,
    pub(super) settings: Arc<Settings>,
}

impl FromRef<AppState> for OrderPages {
    fn from_ref(state: &AppState) -> Self {
        Self { office: state.office.clone(), settings: Arc::clone(&state.settings) }
    }
}

pub(super) fn is_refunded(order: &Order) -> bool {
    order.charge.as_ref().is_some_and(|charge| charge.status == ChargeStatus::Refunded)
}

/// Redirects a GET request for the address of a form, such as a reload, to the order's page.
pub(super) async fn back_to_order(PathId(id): PathId<OrderId>) -> Response {
    redirect(&format!("/orders/{id}"))
}

pub(super) async fn page(
    State(pages): State<OrderPages>,
    user: SignedInUser,
    chrome: Chrome,
    PathId(id): PathId<OrderId>,
    Query(Answered { confirmed, redirect_status }): Query<Answered>,
) -> Result<Response, Failure> {
    let order = pages.office.orders().get(user.id(), id)?;
    let is_answered = confirmed.is_some() || redirect_status.is_some();
    if order.status == OrderStatus::AwaitingPayment && !is_answered {
        return Ok(under_way(&pages, chrome, &order, StatusCode::OK));
    }
    Ok(of_order(&pages, chrome, &order, StatusCode::OK, false))
}

/// The query after the buyer's bank was asked: `confirmed` comes from our script, `redirect_status` from Stripe.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answered {
    confirmed: Option<String>,
    redirect_status: Option<String>,
}

/// Returns the page of an order that is already paid, with status 409. The second attempt changed nothing.
pub(super) fn paid_before(pages: &OrderPages, chrome: Chrome, buyer: UserId, id: OrderId) -> Result<Response, Failure> {
    let order = pages.office.orders().get(buyer, id)?;
    Ok(of_order(pages, chrome, &order, StatusCode::CONFLICT, true))
}

/// Returns the page of an order whose payment is in progress, with status 409.
pub(super) fn still_paying(
    pages: &OrderPages,
    chrome: Chrome,
    buyer: UserId,
    id: OrderId,
) -> Result<Response, Failure> {
    let order = pages.office.orders().get(buyer, id)?;
    Ok(of_order(pages, chrome, &order, StatusCode::CONFLICT, true))
}

/// Returns the page of a payment with unknown outcome. It waits for the buyer's confirmation or the card processor's
/// answer.
fn under_way(pages: &OrderPages, chrome: Chrome, order: &Order, status: StatusCode) -> Response {
    let charge = order.charge.as_ref().map(|charge| charge.id);
    let secret = charge.and_then(|id| pages.office.payments().client_secret(order.buyer_id, id).ok().flatten());
    let now = pages.office.now();
    match (&pages.settings.cards, secret) {
        (CardForm::Stripe(key), Some(secret)) if !order.is_past_deadline(now) => {
            let (left_ms, left) = left(order, now);
            let page = ConfirmPage {
                chrome: chrome.with_stripe(),
                order: Summary::of(order, &pages.office),
                expires_at: When(order.expires_at),
                left_ms,
                left,
                key: key.as_str().to_owned(),
                client_secret: secret.expose().to_owned(),
            };
            show(status, &page)
        }
        _ => show(status, &WaitingPage { chrome, order: Summary::of(order, &pages.office) }),
    }
}

/// Returns the remaining time of the order's hold, in milliseconds and as a text.
fn left(order: &Order, now: Timestamp) -> (u64, String) {
    let left = order.expires_at.since(now);
    let secs = left.as_secs();
    (u64::try_from(left.as_millis()).unwrap_or(u64::MAX), format!("{}:{:02}", secs / 60, secs % 60))
}

fn of_order(pages: &OrderPages, chrome: Chrome, order: &Arc<Order>, status: StatusCode, again: bool) -> Response {
    match order.status {
        OrderStatus::Created if !order.is_past_deadline(pages.office.now()) => {
            checkout(pages, chrome, order, status, "", &FieldErrors::default())
        }
        OrderStatus::AwaitingPayment => show(status, &WaitingPage { chrome, order: Summary::of(order, &pages.office) }),
        OrderStatus::Complete => {
            let charge = order.charge.as_ref();
            let page = ReceiptPage {
                chrome,
                paid_at: When(charge.map_or(order.updated_at, |charge| charge.created_at)),
                charge: charge.map_or_else(String::new, |charge| charge.id.to_string()),
                refunded: is_refunded(order),
                again,
                order: Summary::of(order, &pages.office),
            };
            show(status, &page)
        }
        OrderStatus::Created | OrderStatus::Expired | OrderStatus::Cancelled => ended(pages, chrome, order, status),
    }
}

fn ended(pages: &OrderPages, chrome: Chrome, order: &Order, status: StatusCode) -> Response {
    let failure = order.charge.as_ref().and_then(|charge| charge.failure.as_deref());
    let is_shops_fault = order.charge.as_ref().is_some_and(boxoffice::Charge::is_misconfigured);
    let (title, reason, advice) = match (order.status, order.cancel_reason) {
        (OrderStatus::Cancelled, Some(CancelReason::PaymentFailed)) if is_shops_fault => (
            "This shop can't take payments right now",
            failure.unwrap_or("Payments are not set up right").to_owned(),
            "It is not your card: no other one would help. The tickets went back on sale; please tell the shop.",
        ),
        (OrderStatus::Cancelled, Some(CancelReason::PaymentFailed)) => (
            "Your card was declined",
            failure.unwrap_or("The bank refused the payment").to_owned(),
            "No money was taken. Hold the tickets again while they are free, and try another card.",
        ),
        (OrderStatus::Cancelled, _) => (
            "This order is cancelled",
            "The tickets went back on sale at once".to_owned(),
            "You were not charged. If you want the tickets after all, and they are still free, hold them again.",
        ),
        _ => (
            "Your time is up",
            "The order wasn't paid in time, so its tickets went back on sale".to_owned(),
            "You were not charged. If the tickets are still free, hold them again.",
        ),
    };
    show(status, &EndedPage { chrome, order: Summary::of(order, &pages.office), title, reason, advice })
}

/// Returns the checkout page, with the errors of the card.
pub(super) fn checkout(
    pages: &OrderPages,
    chrome: Chrome,
    order: &Order,
    status: StatusCode,
    holder: &str,
    errors: &FieldErrors,
) -> Response {
    let (left_ms, left) = left(order, pages.office.now());
    let chrome = if matches!(pages.settings.cards, CardForm::Stripe(_)) { chrome.with_stripe() } else { chrome };
    let page = CheckoutPage {
        chrome,
        order: Summary::of(order, &pages.office),
        expires_at: When(order.expires_at),
        left_ms,
        left,
        has_errors: !errors.is_empty(),
        card: CardInputs::new(&pages.settings.cards, holder, errors),
    };
    show(status, &page)
}

/// Returns the year and the month of a time, in UTC.
pub(super) fn year_and_month(now: Timestamp) -> (u16, u8) {
    let text = now.to_string();
    let year = text.get(..4).and_then(|year| year.parse().ok()).unwrap_or(2000);
    (year, text.get(5..7).and_then(|month| month.parse().ok()).unwrap_or(1))
}
