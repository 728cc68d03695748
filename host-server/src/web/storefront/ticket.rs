//! The pages that list a ticket, edit it and withdraw it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Change, Code, Error, NewShow, NewTicket, Ticket, TicketId, TicketUpdate};

use super::attempt::{self, Attempt};
use super::listings::Row;
use crate::error::Failure;
use crate::extract::{PathId, SignedInUser};
use crate::limits::Listings;
use crate::web::site::form::FieldErrors;
use crate::web::site::{Chrome, Field, Flash, Form, When, field_errors, page, show};

/// The form of a new ticket or an edited one.
#[derive(Template)]
#[template(path = "storefront/ticket.html")]
struct TicketPage {
    chrome: Chrome,
    ticket: Option<Row>,
    can_change: bool,
    version: u64,
    /// Key of this attempt to list, so that the form sent twice lists once.
    attempt: String,
    error: Option<String>,
    fields: Vec<Field>,
    show_fields: Vec<Field>,
}

page!(TicketPage);

/// The form's fields of a ticket.
#[derive(Debug, Default)]
struct Entered {
    title: String,
    price: String,
    currency: String,
    seat: String,
    show: ShowEntered,
}

/// The form's fields of a show.
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

    /// Whether any of it is filled in.
    pub(super) fn is_given(&self) -> bool {
        [&self.name, &self.category, &self.venue, &self.starts_at].iter().any(|text| !text.is_empty())
    }

    /// Returns the show; `None` if all its fields are empty.
    pub(super) fn show(&self) -> Option<NewShow> {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        self.is_given().then(|| {
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
            field("show.startsAt", "Starts (UTC)", &self.starts_at).kind("datetime-local").optional(),
            field("show.venue", "Venue", &self.venue).optional(),
            field("show.category", "Category", &self.category).optional().hint("Such as concert or theatre."),
        ]
    }
}

/// A moment as inputs for date and time have it, in UTC, with seconds and their decimals if it has any; anything else is left for
/// the core to judge.
fn moment(text: &str) -> String {
    match text.len() {
        16 => format!("{text}:00Z"),
        19 | 21..=23 if !text.ends_with(['Z', 'z']) => format!("{text}Z"),
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
            seat: ticket.seat.as_ref().map_or_else(String::new, ToString::to_string),
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
            field("price", "Price", &entered.price).keyboard("decimal"),
        ];
        if ticket.is_none() {
            fields.push(
                field("currency", "Currency", &entered.currency)
                    .optional()
                    .hint("A code of three letters, such as EUR."),
            );
        }
        fields.push(field("seat", "Seat", &entered.seat).optional().hint("Such as “Row C, seat 12”."));
        let known = ["title", "price", "currency", "seat", "show.name", "show.startsAt", "show.venue", "show.category"];
        Self {
            chrome,
            version: ticket.map_or(0, |ticket| ticket.version),
            attempt: attempt::new(),
            can_change: ticket.is_none_or(|ticket| ticket.status.is_editable()),
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
    State(office): State<BoxOffice>,
    State(listings): State<Listings>,
    user: SignedInUser,
    chrome: Chrome,
    form: Form,
) -> Result<Response, Failure> {
    listings.take(user.id(), 1)?;
    let entered = Entered::of(&form);
    match Attempt::of(&form).name(office.tickets()).create(user.id(), entered.ticket()).await {
        Ok(_) => Ok(form.redirect("/sell", Flash::Listed)),
        Err(error) => {
            let errors = field_errors(error)?;
            Ok(show(StatusCode::BAD_REQUEST, &TicketPage::new(chrome, &entered, &errors, None)))
        }
    }
}

pub(super) async fn edit_page(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    chrome: Chrome,
    PathId(id): PathId<TicketId>,
) -> Result<Response, Failure> {
    let ticket = office.tickets().get(id)?;
    if ticket.seller_id != user.id() {
        return Err(Code::TicketNotYours.into());
    }
    let page = TicketPage::new(chrome, &Entered::of_ticket(&ticket), &FieldErrors::default(), Some(&ticket));
    Ok(show(StatusCode::OK, &page))
}

pub(super) async fn edit(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    chrome: Chrome,
    PathId(id): PathId<TicketId>,
    form: Form,
) -> Result<Response, Failure> {
    let entered = Entered::of(&form);
    let mut update = TicketUpdate::new(&entered.title, &entered.price);
    // A field that is there and empty takes away; a form without the field, as older pages have it, leaves what it doesn't name.
    if form.has("show.name") {
        update.show = entered.show.show().map_or(Change::Clear, Change::Set);
    }
    if form.has("seat") {
        update.seat = if entered.seat.is_empty() { Change::Clear } else { Change::Set(entered.seat.clone()) };
    }
    update.expected_version = expected_version(&form)?;
    match office.tickets().update(user.id(), id, update).await {
        Ok(_) => Ok(form.redirect("/sell", Flash::Edited)),
        Err(error) if error.code() != Code::TicketSeatTaken && matches!(error.status_code(), 409 | 412) => {
            Ok(moved(id, &form))
        }
        Err(error) => {
            let errors = field_errors(error)?;
            let ticket = office.tickets().get(id)?;
            Ok(show(StatusCode::BAD_REQUEST, &TicketPage::new(chrome, &entered, &errors, Some(&ticket))))
        }
    }
}

/// Returns the version that a form was opened with; `None` for any, if the form has none.
///
/// One that can't be read is refused without the form: it would come with the present version, and overwrite what changed since.
fn expected_version(form: &Form) -> Result<Option<u64>, Error> {
    let version = form.filled("version").map(str::parse::<u64>).transpose();
    version.map_err(|_| Error::invalid("version", "of the ticket can't be read: reload the page and try again"))
}

/// Redirects to the ticket's form after it changed since the form was opened.
fn moved(id: TicketId, form: &Form) -> Response {
    form.redirect(&format!("/sell/tickets/{id}"), Flash::TicketMoved)
}

pub(super) async fn withdraw(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    PathId(id): PathId<TicketId>,
    form: Form,
) -> Result<Response, Failure> {
    let version = expected_version(&form)?;
    match office.tickets().withdraw(user.id(), id, version).await {
        Ok(()) => Ok(form.redirect("/sell", Flash::Withdrawn)),
        Err(error) if matches!(error.status_code(), 409 | 412) => Ok(moved(id, &form)),
        Err(error) => Err(error.into()),
    }
}
