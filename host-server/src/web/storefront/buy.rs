//! Handlers that lock tickets, pay and cancel. Each leads to the order's page, or to a page that explains the refusal.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Code, Error, IdempotencyKey, Money, OrderId, OrderQuery, OrderStatus, TicketId, UserId};

use super::cards;
use super::order_page::{self, OrderPages, checkout};
use crate::catalogue::ShowKey;
use crate::error::Failure;
use crate::extract::{PathId, SignedInUser};
use crate::web::site::{Chrome, Flash, Form, Price, page, redirect, show, with_query};

/// The page for tickets that can't be locked: another buyer holds them, or a rule refuses the order.
#[derive(Template)]
#[template(path = "storefront/not-locked.html")]
struct NotLockedPage {
    chrome: Chrome,
    title: &'static str,
    reason: String,
    advice: &'static str,
    /// Names of the tickets that are not free.
    lost: Vec<String>,
    back: String,
    to_orders: bool,
}

page!(NotLockedPage, PriceChangedPage);

pub(super) async fn lock(
    State(office): State<BoxOffice>,
    user: Result<SignedInUser, Failure>,
    chrome: Chrome,
    form: Form,
) -> Result<Response, Failure> {
    let chosen = Chosen::of(&form);
    let Ok(user) = user else {
        let next = form.get("show").parse::<ShowKey>().map_or_else(|()| "/".to_owned(), |key| chosen.page(key, &form));
        return Ok(form.sign_in_first(&next));
    };
    chosen.check()?;
    let tickets = chosen.ids();
    let back = form.get("show").parse::<ShowKey>().map_or_else(|()| "/".to_owned(), |key| format!("/shows/{key}"));
    if tickets.len() > office.limits().order_tickets_max {
        return not_locked(&office, chrome, Code::Validation.into(), back, Vec::new());
    }
    let asked_again = |chrome| PriceChangedPage::new(chrome, &office, &chosen, form.get("show"), back.clone());
    // Whoever agrees to tickets without a price has not seen it.
    let Some(prices) = chosen.prices(&office)? else { return Ok(show(StatusCode::CONFLICT, &asked_again(chrome)?)) };
    let orders = chosen.key(&form).into_iter().fold(office.orders(), boxoffice::Orders::idempotency_key);
    match orders.create_at_prices(user.id(), &tickets, &prices).await {
        Ok(order) => Ok(redirect(&format!("/orders/{}", order.id))),
        Err(error) if error.code() == Code::OrderPriceChanged => Ok(show(StatusCode::CONFLICT, &asked_again(chrome)?)),
        Err(error) => {
            if let Some(order) = own_order(&office, user.id(), &tickets, &error)? {
                return Ok(form.redirect(&format!("/orders/{order}"), Flash::HeldByYou));
            }
            let (_, lost) = free_and_lost(&office, Some(user.id()), tickets);
            not_locked(&office, chrome, error, back, lost)
        }
    }
}

/// The chosen tickets of a form.
struct Chosen {
    /// Each ticket once, with the price that its page showed; `None` without one, or with two.
    tickets: Vec<(TicketId, Option<String>)>,
    /// `true` if all that was chosen can be read.
    is_readable: bool,
}

impl Chosen {
    fn of(form: &Form) -> Self {
        let given: Vec<Option<(TicketId, Option<String>)>> = form
            .all("ticket")
            .map(|value| match value.split_once(':') {
                Some((id, seen)) => Some((id.parse().ok()?, Some(seen.to_owned()))),
                None => Some((value.parse().ok()?, None)),
            })
            .collect();
        let is_readable = given.iter().all(Option::is_some);
        let mut tickets: Vec<_> = given.into_iter().flatten().collect();
        tickets.sort_unstable();
        tickets.dedup_by(|(again, seen_again), (id, seen)| {
            if again == id && seen_again != seen {
                *seen = None;
            }
            again == id
        });
        Self { tickets, is_readable }
    }

    /// Refuses what can't be read: the rest of it is another order.
    fn check(&self) -> Result<(), Error> {
        if self.is_readable {
            return Ok(());
        }
        Err(Error::invalid("ticket", "can't be read: reload the page and choose again"))
    }

    fn ids(&self) -> Vec<TicketId> {
        self.tickets.iter().map(|(id, _)| *id).collect()
    }

    /// Returns the key of the attempt. The same tickets at other prices are another attempt.
    fn key(&self, form: &Form) -> Option<IdempotencyKey> {
        let attempt = form.filled("attempt").filter(|attempt| attempt.len() <= 64)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(attempt.as_bytes());
        for (id, seen) in &self.tickets {
            hasher.update(id.as_bytes()).update(seen.as_deref().unwrap_or_default().as_bytes()).update(b"\0");
        }
        format!("page-{}", &hasher.finalize().to_hex()[..32]).parse().ok()
    }

    /// Returns the address of the show's page on which these tickets are chosen.
    fn page(&self, key: ShowKey, form: &Form) -> String {
        let ids: Vec<String> = self.tickets.iter().map(|(id, _)| id.to_string()).collect();
        let parameters = [("section", form.get("section")), ("page", form.get("page")), ("chosen", &ids.join(","))];
        with_query(&format!("/shows/{key}"), &parameters)
    }

    /// Returns the prices that the buyer saw, each in the currency of its ticket; `None` if the form doesn't name all of them, or not
    /// so that they can be read.
    ///
    /// # Errors
    /// `ticket.not_found`.
    fn prices(&self, office: &BoxOffice) -> Result<Option<Vec<String>>, Error> {
        let mut prices = Vec::with_capacity(self.tickets.len());
        for (id, seen) in &self.tickets {
            let currency = office.tickets().get(*id)?.price.currency();
            let seen = seen.as_deref().and_then(|seen| Money::parse(seen, currency).ok());
            prices.extend(seen.map(Money::decimal));
        }
        Ok((prices.len() == self.tickets.len()).then_some(prices))
    }
}

/// A ticket whose price may have changed.
struct Repriced {
    id: TicketId,
    title: String,
    seat: Option<String>,
    price: Price,
    before: String,
    seen: String,
    has_changed: bool,
}

/// The page that asks the buyer again, at the present price.
#[derive(Template)]
#[template(path = "storefront/price-changed.html")]
struct PriceChangedPage {
    chrome: Chrome,
    /// `true` if a price is another than the one that the buyer saw; otherwise the form didn't say what that was.
    has_changed: bool,
    lines: Vec<Repriced>,
    total: String,
    show: String,
    back: String,
    attempt: String,
}

impl PriceChangedPage {
    fn new(chrome: Chrome, office: &BoxOffice, chosen: &Chosen, show: &str, back: String) -> Result<Self, Error> {
        let mut lines = Vec::new();
        let mut total: Option<Money> = None;
        for (id, seen) in &chosen.tickets {
            let ticket = office.tickets().get(*id)?;
            let before = seen.as_deref().and_then(|seen| Money::parse(seen, ticket.price.currency()).ok());
            total = total.map_or(Some(ticket.price), |sum| sum.plus(ticket.price).ok());
            lines.push(Repriced {
                id: *id,
                title: ticket.title.to_string(),
                seat: ticket.seat.as_ref().map(ToString::to_string),
                price: ticket.price.into(),
                before: before.map(|before| Price::from(before).to_string()).unwrap_or_default(),
                seen: ticket.price.decimal(),
                has_changed: before.is_some_and(|before| before != ticket.price),
            });
        }
        let total = total.map(|total| Price::from(total).to_string()).unwrap_or_default();
        let has_changed = lines.iter().any(|line| line.has_changed);
        Ok(Self { chrome, has_changed, lines, total, show: show.to_owned(), back, attempt: super::attempt::new() })
    }
}

/// Returns the buyer's open order with these tickets, such as one from another tab.
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

/// Returns those of the tickets that the visitor can order, and the names of the others.
pub(super) fn free_and_lost(
    office: &BoxOffice,
    visitor: Option<UserId>,
    tickets: impl IntoIterator<Item = TicketId>,
) -> (Vec<TicketId>, Vec<String>) {
    let (now, mut free, mut lost) = (office.now(), Vec::new(), Vec::new());
    for ticket in tickets.into_iter().filter_map(|id| office.tickets().get(id).ok()) {
        if ticket.is_orderable_by(visitor, now) {
            free.push(ticket.id);
        } else {
            lost.push(ticket.seat.as_ref().map_or_else(|| ticket.title.to_string(), ToString::to_string));
        }
    }
    (free, lost)
}

fn not_locked(
    office: &BoxOffice,
    chrome: Chrome,
    error: Error,
    back: String,
    lost: Vec<String>,
) -> Result<Response, Failure> {
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
    Ok(show(status, &NotLockedPage { chrome, title, reason, advice, lost, back, to_orders }))
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
    // The page of an order that can't be paid explains why, so the card is not checked.
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
            // The order's page says what became of it, and whose fault it is.
            Code::PaymentDeclined | Code::PaymentMisconfigured | Code::OrderExpired | Code::OrderCancelled => {
                Ok(redirect(&here))
            }
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
        // The order has changed meanwhile: its page shows the new state.
        Err(error) if error.status_code() == 409 => Ok(redirect(&here)),
        Err(error) => Err(error.into()),
    }
}
