//! The form that lists many tickets. It first shows a preview with the problem of each row, then lists all tickets or
//! none.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{BoxOffice, Error, UserId};

use super::attempt::{self, Attempt};
use super::rows::{self, Row, Rows, Terms};
use super::ticket::ShowEntered;
use crate::error::{Failure, note};
use crate::extract::SignedInUser;
use crate::limits::Listings;
use crate::web::site::form::FieldErrors;
use crate::web::site::{Chrome, Field, Flash, Form, field_errors, page, show};

/// Maximum number of valid rows in a preview.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "storefront/many.html")]
struct ManyPage {
    chrome: Chrome,
    error: Option<String>,
    title: Field,
    show_fields: Vec<Field>,
    rows: String,
    rows_error: Option<String>,
    /// Key of this attempt to list, so that the form sent twice lists once.
    attempt: String,
    /// Preview of the rows; `None` before the first submission.
    preview: Option<Preview>,
}

page!(ManyPage);

/// A preview of the tickets to be listed.
struct Preview {
    count: usize,
    problems: usize,
    /// Sentences about how the rows were read.
    notes: Vec<String>,
    shown: Vec<Row>,
    more: usize,
}

impl Preview {
    fn of(rows: Vec<Row>, notes: Vec<String>) -> Self {
        let count = rows.len();
        let problems = rows.iter().filter(|row| row.problem.is_some()).count();
        // Rows with problems come first, because they need corrections.
        let (wrong, right): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.problem.is_some());
        let shown: Vec<Row> = wrong.into_iter().take(200).chain(right.into_iter().take(SHOWN)).collect();
        Self { count, problems, notes, more: count - shown.len(), shown }
    }
}

/// The fields of the form.
struct Entered {
    title: String,
    rows: String,
    show: ShowEntered,
}

impl Entered {
    fn of(form: &Form) -> Self {
        Self {
            title: form.get("title").trim().to_owned(),
            rows: form.get("rows").to_owned(),
            show: ShowEntered::of(form),
        }
    }

    /// Returns the title of the tickets, or the show's name if the title is empty.
    fn title(&self) -> &str {
        if self.title.is_empty() { &self.show.name } else { &self.title }
    }

    fn page(self, chrome: Chrome, errors: &FieldErrors, preview: Option<Preview>) -> ManyPage {
        let known = ["title", "rows", "show.name", "show.startsAt", "show.venue", "show.category"];
        ManyPage {
            chrome,
            error: errors.besides(&known),
            title: Field::new("title", "Title")
                .value(self.title)
                .optional()
                .hint("The show's name, unless you give one. Rows of CSV may have their own.")
                .error(errors.of("title")),
            show_fields: self.show.fields(errors),
            rows: self.rows,
            rows_error: errors.of("rows"),
            attempt: attempt::new(),
            preview,
        }
    }
}

pub(super) async fn page(_user: SignedInUser, chrome: Chrome) -> Response {
    let entered = Entered { title: String::new(), rows: String::new(), show: ShowEntered::default() };
    show(StatusCode::OK, &entered.page(chrome, &FieldErrors::default(), None))
}

pub(super) async fn submit(
    State(office): State<BoxOffice>,
    State(listings): State<Listings>,
    user: SignedInUser,
    chrome: Chrome,
    form: Form,
) -> Result<Response, Failure> {
    let allowance = listings.clone();
    listings.apart(async move { answer(&office, &allowance, user.id(), chrome, &form).await }).await
}

/// Returns the form that has no rows.
fn empty(entered: Entered, chrome: Chrome) -> Response {
    let mut errors = FieldErrors::default();
    errors.add("rows", "Enter at least one row");
    show(StatusCode::BAD_REQUEST, &entered.page(chrome, &errors, None))
}

/// Returns the form with the refusal of so many tickets.
fn too_many(entered: Entered, chrome: Chrome, error: &Error) -> Response {
    let page = entered.page(chrome, &FieldErrors::from(error), None);
    let mut response = show(StatusCode::TOO_MANY_REQUESTS, &page);
    note(response.headers_mut(), error.code().as_str(), error.retry_after());
    response
}

/// Lists the tickets or, if any can't be listed or the form asks for no more, returns their preview.
async fn answer(
    office: &BoxOffice,
    allowance: &Listings,
    seller: UserId,
    chrome: Chrome,
    form: &Form,
) -> Result<Response, Failure> {
    let entered = Entered::of(form);
    let show_given = entered.show.show();
    let terms = Terms::of(office, show_given.as_ref());
    let count = rows::count(&entered.rows, terms);
    if count == 0 {
        return Ok(empty(entered, chrome));
    }
    if let Err(error) = allowance.take(seller, count) {
        return Ok(too_many(entered, chrome, &error));
    }
    let Rows { mut rows, notes } = rows::read(&entered.rows, entered.title(), terms);
    let mut errors = FieldErrors::default();
    // The core judges the rows whose text is right, also beside others, so that all problems are told at once.
    let readable: Vec<usize> = (0..).zip(&rows).filter(|(_, row)| row.problem.is_none()).map(|(at, _)| at).collect();
    let right = rows.iter().filter(|row| row.problem.is_none());
    let tickets: Vec<_> = right.map(|row| row.ticket(show_given.as_ref())).collect();
    let is_listing = form.get("do") == "list" && readable.len() == rows.len();
    let judged = if is_listing {
        Attempt::of(form).name(office.tickets()).create_many(seller, tickets).await.map(drop)
    } else if tickets.is_empty() {
        Ok(())
    } else {
        office.tickets().check_many(seller, tickets).await
    };
    match judged {
        Ok(()) if is_listing => return Ok(form.redirect("/sell", Flash::Listed)),
        Ok(()) => {}
        Err(error) => {
            for (field, message) in field_errors(error)?.iter() {
                place(field, message, &readable, &mut rows, &mut errors);
            }
        }
    }
    let is_right = errors.is_empty() && rows.iter().all(|row| row.problem.is_none());
    let status = if is_right { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    Ok(show(status, &entered.page(chrome, &errors, Some(Preview::of(rows, notes)))))
}

/// Adds the core's error about a field such as `tickets[3].price` to its row: the fourth of those that the core has judged. Errors of
/// the show, which all rows share, go to the show's fields.
fn place(field: &str, message: &str, judged: &[usize], rows: &mut [Row], errors: &mut FieldErrors) {
    let row = field.strip_prefix("tickets[").and_then(|rest| rest.split_once("]."));
    match row.and_then(|(at, name)| Some((*judged.get(at.parse::<usize>().ok()?)?, name))) {
        Some((_, name)) if name.starts_with("show.") => {
            if errors.of(name).is_none() {
                errors.add(name, message);
            }
        }
        Some((at, _)) => {
            if let Some(row) = rows.get_mut(at) {
                row.problem.get_or_insert_with(|| message.to_owned());
            }
        }
        None => errors.add(field, message),
    }
}
