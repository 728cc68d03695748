//! What I sell: list one ticket, see how all of them stand, edit and take off sale.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{
    Code, NewShow, NewTicket, Ticket, TicketId, TicketQuery, TicketStatus, TicketStatusFilter, TicketUpdate,
};

use super::orders::{Asked, cursor_pager};
use crate::dto;
use crate::error::Failure;
use crate::extract::{PathId, SignedInUser};
use crate::state::AppState;
use crate::web::form::FieldErrors;
use crate::web::{Chrome, Field, Form, Notice, Pager, Price, When, field_errors, page, redirect_with, show};

/// One of my tickets.
struct Row {
    id: String,
    title: String,
    seat: Option<String>,
    show: Option<String>,
    when: Option<When>,
    price: Price,
    status: &'static str,
    tone: &'static str,
    can_change: bool,
}

impl Row {
    fn of(ticket: &Ticket) -> Self {
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
            can_change: ticket.status == TicketStatus::Available,
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

/// A ticket to be listed or changed.
#[derive(Template)]
#[template(path = "storefront/ticket.html")]
struct TicketPage {
    chrome: Chrome,
    ticket: Option<Row>,
    can_change: bool,
    version: u64,
    error: Option<String>,
    fields: Vec<Field>,
    show_fields: Vec<Field>,
}

page!(ListingsPage, TicketPage);

pub(super) async fn page(
    State(state): State<AppState>,
    user: SignedInUser,
    chrome: Chrome,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let query = TicketQuery::new().status(TicketStatusFilter::All).seller(user.id()).limit(50);
    let query = query.after(dto::cursor(Some(&asked.cursor))?);
    let found = state.office.tickets().list(&query)?;
    let tickets = found.items.iter().map(|ticket| Row::of(ticket)).collect();
    let actor = boxoffice::Actor::User(user.id());
    let owed = state.office.ledger().balance(actor, user.id())?.iter().map(|balance| balance.owed.into()).collect();
    let pager = cursor_pager("/sell", &asked, found.next);
    Ok(show(StatusCode::OK, &ListingsPage { chrome, tickets, owed, pager }))
}

/// What a form says of a ticket.
#[derive(Debug, Default)]
struct Entered {
    title: String,
    price: String,
    currency: String,
    seat: String,
    show: ShowEntered,
}

/// What a form says of a show.
#[derive(Debug, Default)]
pub(super) struct ShowEntered {
    pub(super) name: String,
    pub(super) category: String,
    pub(super) venue: String,
    pub(super) starts_at: String,
}

impl ShowEntered {
    pub(super) fn of(form: &Form) -> Self {
        let text = |name| form.get(name).trim().to_owned();
        Self {
            name: text("show.name"),
            category: text("show.category"),
            venue: text("show.venue"),
            starts_at: text("show.startsAt"),
        }
    }

    /// The show, unless all of it is empty.
    pub(super) fn show(&self) -> Option<NewShow> {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let is_empty = [&self.name, &self.category, &self.venue, &self.starts_at].iter().all(|text| text.is_empty());
        (!is_empty).then(|| {
            let mut show = NewShow::new(&self.name, moment(&self.starts_at));
            show.category = some(&self.category);
            show.venue = some(&self.venue);
            show
        })
    }

    pub(super) fn fields(&self, errors: &FieldErrors) -> Vec<Field> {
        let field = |name: &'static str, label, value: &String| {
            Field::new(name, label).value(value.clone()).error(errors.of(name))
        };
        vec![
            field("show.name", "Show", &self.name)
                .optional()
                .hint("Without a show the ticket goes by its title alone."),
            field("show.startsAt", "Starts (UTC)", &self.starts_at).kind("datetime-local").optional().max(40),
            field("show.venue", "Venue", &self.venue).optional(),
            field("show.category", "Category", &self.category).optional().max(40).hint("Such as concert or theatre."),
        ]
    }
}

/// A moment as inputs for date and time have it, in UTC; anything else is left for the core to judge.
fn moment(text: &str) -> String {
    match text.len() {
        16 => format!("{text}:00Z"),
        19 => format!("{text}Z"),
        _ => text.to_owned(),
    }
}

impl Entered {
    fn of(form: &Form) -> Self {
        let text = |name| form.get(name).trim().to_owned();
        Self {
            title: text("title"),
            price: text("price"),
            currency: text("currency").to_uppercase(),
            seat: text("seat"),
            show: ShowEntered::of(form),
        }
    }

    fn of_ticket(ticket: &Ticket) -> Self {
        let details = ticket.show.as_deref();
        Self {
            title: ticket.title.to_string(),
            price: ticket.price.decimal(),
            currency: ticket.price.currency().code().to_owned(),
            seat: String::new(),
            show: details.map_or_else(ShowEntered::default, |show| ShowEntered {
                name: show.name.to_string(),
                category: show.category.as_ref().map_or_else(String::new, ToString::to_string),
                venue: show.venue.as_ref().map_or_else(String::new, ToString::to_string),
                starts_at: When(show.starts_at).input(),
            }),
        }
    }

    fn ticket(&self) -> NewTicket {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let mut ticket = NewTicket::new(&self.title, &self.price);
        ticket.currency = some(&self.currency);
        ticket.show = self.show.show();
        ticket.seat = some(&self.seat);
        ticket
    }
}

impl TicketPage {
    fn new(chrome: Chrome, entered: &Entered, errors: &FieldErrors, ticket: Option<&Ticket>) -> Self {
        let field = |name: &'static str, label, value: &String| {
            Field::new(name, label).value(value.clone()).error(errors.of(name))
        };
        let mut fields = vec![
            field("title", "Title", &entered.title).hint("What the buyer reads first, such as “Hamlet, stalls”."),
            field("price", "Price", &entered.price).keyboard("decimal").max(20),
        ];
        if ticket.is_none() {
            fields.push(
                field("currency", "Currency", &entered.currency)
                    .optional()
                    .max(3)
                    .hint("A code of three letters, such as EUR."),
            );
            fields.push(field("seat", "Seat", &entered.seat).optional().max(100).hint("Such as “Row C, seat 12”."));
        }
        let known = ["title", "price", "currency", "seat", "show.name", "show.startsAt", "show.venue", "show.category"];
        Self {
            chrome,
            version: ticket.map_or(0, |ticket| ticket.version),
            can_change: ticket.is_none_or(|ticket| ticket.status == TicketStatus::Available),
            ticket: ticket.map(Row::of),
            error: errors.besides(&known),
            fields,
            show_fields: entered.show.fields(errors),
        }
    }
}

pub(super) async fn new_page(_user: SignedInUser, chrome: Chrome) -> Response {
    show(StatusCode::OK, &TicketPage::new(chrome, &Entered::default(), &FieldErrors::default(), None))
}

pub(super) async fn create(
    State(state): State<AppState>,
    user: SignedInUser,
    chrome: Chrome,
    form: Form,
) -> Result<Response, Failure> {
    let entered = Entered::of(&form);
    match state.office.tickets().create(user.id(), entered.ticket()).await {
        Ok(_) => Ok(redirect_with("/sell", Notice::Listed, &state)),
        Err(error) => {
            let errors = field_errors(error)?;
            Ok(show(StatusCode::BAD_REQUEST, &TicketPage::new(chrome, &entered, &errors, None)))
        }
    }
}

pub(super) async fn edit_page(
    State(state): State<AppState>,
    user: SignedInUser,
    chrome: Chrome,
    PathId(id): PathId<TicketId>,
) -> Result<Response, Failure> {
    let ticket = state.office.tickets().get(id)?;
    if ticket.seller_id != user.id() {
        return Err(Code::TicketNotYours.into());
    }
    let page = TicketPage::new(chrome, &Entered::of_ticket(&ticket), &FieldErrors::default(), Some(&ticket));
    Ok(show(StatusCode::OK, &page))
}

pub(super) async fn edit(
    State(state): State<AppState>,
    user: SignedInUser,
    chrome: Chrome,
    PathId(id): PathId<TicketId>,
    form: Form,
) -> Result<Response, Failure> {
    let entered = Entered::of(&form);
    let mut update = TicketUpdate::new(&entered.title, &entered.price);
    update.show = entered.show.show();
    update.expected_version = form.filled("version").and_then(|version| version.parse().ok());
    match state.office.tickets().update(user.id(), id, update).await {
        Ok(_) => Ok(redirect_with("/sell", Notice::Edited, &state)),
        Err(error) if matches!(error.status_code(), 409 | 412) => Ok(moved(id, &state)),
        Err(error) => {
            let errors = field_errors(error)?;
            let ticket = state.office.tickets().get(id)?;
            Ok(show(StatusCode::BAD_REQUEST, &TicketPage::new(chrome, &entered, &errors, Some(&ticket))))
        }
    }
}

/// Shows the ticket as it stands, when it is not any more what the form was made from.
fn moved(id: TicketId, state: &AppState) -> Response {
    redirect_with(&format!("/sell/tickets/{id}"), Notice::TicketMoved, state)
}

pub(super) async fn withdraw(
    State(state): State<AppState>,
    user: SignedInUser,
    PathId(id): PathId<TicketId>,
    form: Form,
) -> Result<Response, Failure> {
    let version = form.filled("version").and_then(|version| version.parse().ok());
    match state.office.tickets().withdraw(user.id(), id, version).await {
        Ok(()) => Ok(redirect_with("/sell", Notice::Withdrawn, &state)),
        Err(error) if matches!(error.status_code(), 409 | 412) => Ok(moved(id, &state)),
        Err(error) => Err(error.into()),
    }
}
