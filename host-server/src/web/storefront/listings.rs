//! The page with a seller's tickets and their states.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Ticket, TicketQuery, TicketStatus, TicketStatusFilter};

use super::orders::{Asked, cursor_pager};
use crate::error::Failure;
use crate::extract::{Query, SignedInUser};
use crate::web::site::{self, Chrome, Pager, Price, When, page, show};

/// A row of the list of tickets.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) title: String,
    seat: Option<String>,
    show: Option<String>,
    when: Option<When>,
    price: Price,
    pub(super) status: &'static str,
    tone: &'static str,
    pub(super) can_change: bool,
}

impl Row {
    pub(super) fn of(ticket: &Ticket) -> Self {
        let (status, tone) = match ticket.status {
            TicketStatus::Available => ("On sale", "good"),
            TicketStatus::Locked => ("Held by a buyer", "warn"),
            TicketStatus::Sold => ("Sold", "info"),
            TicketStatus::Withdrawn => ("Off sale", ""),
        };
        let details = ticket.show.as_deref();
        Self {
            id: ticket.id.to_string(),
            title: ticket.title.to_string(),
            seat: ticket.seat.as_ref().map(ToString::to_string),
            show: details.map(|show| show.name.to_string()),
            when: details.map(|show| When(show.starts_at)),
            price: ticket.price.into(),
            status,
            tone,
            can_change: ticket.status.is_editable(),
        }
    }
}

#[derive(Template)]
#[template(path = "storefront/listings.html")]
struct ListingsPage {
    chrome: Chrome,
    tickets: Vec<Row>,
    owed: Vec<Price>,
    pager: Pager,
}

page!(ListingsPage);

pub(super) async fn page(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    chrome: Chrome,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let query = TicketQuery::new().status(TicketStatusFilter::All).seller(user.id()).limit(50);
    let query = query.after(site::cursor(Some(&asked.cursor))?);
    let found = office.tickets().list(&query)?;
    let tickets = found.items.iter().map(|ticket| Row::of(ticket)).collect();
    let actor = boxoffice::Actor::User(user.id());
    let owed = office.ledger().balance(actor, user.id())?.iter().map(|balance| balance.owed.into()).collect();
    let pager = cursor_pager("/sell", &asked, found.next);
    Ok(show(StatusCode::OK, &ListingsPage { chrome, tickets, owed, pager }))
}
