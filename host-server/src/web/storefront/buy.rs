//! Lock, pay, cancel: each ends on the order's page, or on one that says what happened instead and what to do.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Code, Error, IdempotencyKey, OrderId, OrderQuery, OrderStatus, TicketId, UserId};

use super::cards;
use super::order_page::{self, OrderPages, checkout};
use crate::catalogue::ShowKey;
use crate::error::Failure;
use crate::extract::{PathId, SignedInUser, random_hex};
use crate::web::site::{Chrome, Flash, Form, page, redirect, show};

/// A name for the attempt to buy from one page: sent twice, it is one order.
pub(super) fn attempt() -> String {
    // Without randomness there is no name, and a form that is sent twice may find its own tickets held.
    random_hex::<12>().unwrap_or_default()
}

fn key(form: &Form, tickets: &[TicketId]) -> Option<IdempotencyKey> {
    let attempt = form.filled("attempt").filter(|attempt| attempt.len() <= 64)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(attempt.as_bytes());
    for ticket in tickets {
        hasher.update(ticket.as_bytes());
    }
    format!("page-{}", &hasher.finalize().to_hex()[..32]).parse().ok()
}

/// Somebody else was quicker, or the tickets can't be bought for another reason.
#[derive(Template)]
#[template(path = "storefront/not-locked.html")]
struct NotLockedPage {
    chrome: Chrome,
    title: &'static str,
    reason: String,
    advice: &'static str,
    back: String,
    to_orders: bool,
}

page!(NotLockedPage);

pub(super) async fn lock(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    chrome: Chrome,
    form: Form,
) -> Result<Response, Failure> {
    let mut tickets: Vec<TicketId> = form.all("ticket").filter_map(|id| id.parse().ok()).collect();
    tickets.sort_unstable();
    tickets.dedup();
    let back = form.get("show").parse::<ShowKey>().map_or_else(|()| "/".to_owned(), |key| format!("/shows/{key}"));
    let orders = key(&form, &tickets).into_iter().fold(office.orders(), boxoffice::Orders::idempotency_key);
    match orders.create(user.id(), &tickets).await {
        Ok(order) => Ok(redirect(&format!("/orders/{}", order.id))),
        Err(error) => {
            if let Some(order) = own_order(&office, user.id(), &tickets, &error)? {
                return Ok(form.redirect(&format!("/orders/{order}"), Flash::HeldByYou));
            }
            not_locked(&office, chrome, error, back)
        }
    }
}

/// The order by which the buyer holds these tickets already: in another tab, or before they went back.
fn own_order(office: &BoxOffice, buyer: UserId, tickets: &[TicketId], error: &Error) -> Result<Option<OrderId>, Error> {
    if error.code() != Code::TicketLocked {
        return Ok(None);
    }
    for status in [OrderStatus::Created, OrderStatus::AwaitingPayment] {
        let query = OrderQuery::new().status(status);
        let open = office.orders().list(buyer, &query)?.items;
        let holds = |order: &&std::sync::Arc<boxoffice::Order>| {
            tickets.iter().all(|id| order.tickets.iter().any(|ticket| ticket.id == *id))
        };
        if let Some(order) = open.iter().find(holds) {
            return Ok(Some(order.id));
        }
    }
    Ok(None)
}

fn not_locked(office: &BoxOffice, chrome: Chrome, error: Error, back: String) -> Result<Response, Failure> {
    let mut reason = error.code().message().to_owned();
    let (title, advice) = match error.code() {
        Code::Validation => {
            reason = format!("An order is for 1 to {} tickets", office.limits().order_tickets_max);
            ("Choose other tickets", "None of them was held for you; you were not charged.")
        }
        Code::TicketLocked => (
            "Somebody was quicker",
            "At least one of the tickets is held by another buyer, so none of them was held for you. If they don't pay in time, it \
             comes back by itself: the page of the show tells you within a second.",
        ),
        Code::TicketSold => {
            ("Sold a moment ago", "At least one of the tickets is sold. Choose others; you were not charged.")
        }
        Code::TicketWithdrawn => {
            ("No longer for sale", "The seller took a ticket off sale. Choose others; you were not charged.")
        }
        Code::TicketShowStarted => ("The show has started", "Its tickets can't be bought any more."),
        Code::OrderOwnTicket => ("That is your own ticket", "You can't buy what you sell."),
        Code::OrderTooManyOpen => ("You hold too many tickets", "Pay or cancel one of your open orders first."),
        Code::OrderMixedCurrencies => {
            ("Two currencies in one order", "Buy tickets in different currencies one after the other.")
        }
        _ => return Err(error.into()),
    };
    let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::CONFLICT);
    let to_orders = error.code() == Code::OrderTooManyOpen;
    Ok(show(status, &NotLockedPage { chrome, title, reason, advice, back, to_orders }))
}

pub(super) async fn pay(
    State(pages): State<OrderPages>,
    user: SignedInUser,
    chrome: Chrome,
    PathId(id): PathId<OrderId>,
    form: Form,
) -> Result<Response, Failure> {
    let order = pages.office.orders().get(user.id(), id)?;
    let here = format!("/orders/{id}");
    // An order that is not waiting for its payment says so on its own page, whatever the card.
    if !order.status.is_open() && order.charge.is_none() {
        return Ok(redirect(&here));
    }
    let token = match cards::token(&pages.settings.cards, &form, order_page::year_and_month(pages.office.now())) {
        Ok(token) => token,
        Err(errors) => {
            return Ok(checkout(&pages, chrome, &order, StatusCode::BAD_REQUEST, form.get("holder"), &errors));
        }
    };
    match pages.office.payments().pay(user.id(), id, token).await {
        Ok(_) => Ok(redirect(&here)),
        Err(error) => match error.code() {
            Code::PaymentDeclined | Code::OrderExpired | Code::OrderCancelled => Ok(redirect(&here)),
            Code::OrderAlreadyPaid => order_page::paid_before(&pages, chrome, user.id(), id),
            Code::OrderPaymentPending => order_page::still_paying(&pages, chrome, user.id(), id),
            _ => Err(error.into()),
        },
    }
}

pub(super) async fn cancel(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    PathId(id): PathId<OrderId>,
    form: Form,
) -> Result<Response, Failure> {
    let here = format!("/orders/{id}");
    match office.orders().cancel(user.id(), id).await {
        Ok(()) => Ok(form.redirect(&here, Flash::OrderCancelled)),
        // Whatever it came to meanwhile, its page tells.
        Err(error) if error.status_code() == 409 => Ok(redirect(&here)),
        Err(error) => Err(error.into()),
    }
}
