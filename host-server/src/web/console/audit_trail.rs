//! The pages with the audit trail of one order or one ticket, and the search that finds them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use boxoffice::{
    Actor, BoxOffice, ChargeId, Code, Error, Order, OrderId, Ticket, TicketId, TicketStatus, Timestamp, UserId,
};
use serde::Deserialize;
use uuid::Uuid;

use super::operator::Operator;
use super::page::{Frame, page};
use super::people::{NOBODY, People, Person, user};
use super::row::{Row, short};
use crate::error::{Failure, Refusal};
use crate::extract::Query;
use crate::observability::audit_trail::{Answer, AuditTrail, HistorySearch, Hold, Question, clock, holds};
use crate::web::site::{Chrome, show};

#[derive(Debug, Deserialize)]
pub(super) struct Sought {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "console/find.html")]
struct FindPage {
    chrome: Chrome,
    frame: Frame,
    q: String,
}

/// Redirects to the page of the user, ticket, order or charge that the text names.
pub(super) async fn find(
    operator: Operator,
    State(office): State<BoxOffice>,
    Query(sought): Query<Sought>,
) -> Result<Response, Failure> {
    let text = sought.q.trim();
    let found = match text.parse::<Uuid>() {
        Ok(id) => place_of(&operator, &office, id)?,
        Err(_) => user(&office, operator.actor, text)?.map(of_user),
    };
    if let Some(path) = found {
        return Ok(Redirect::to(&path).into_response());
    }
    let frame = Frame::new("Find", "");
    if text.is_empty() {
        return Ok(page(&FindPage { chrome: operator.chrome, frame, q: String::new() }));
    }
    let fault = Error::invalid("q", "must be the email of a user, or the id of a user, a ticket, an order or a charge");
    let page = FindPage { chrome: operator.chrome, frame: frame.faults(&fault), q: sought.q };
    Ok(show(StatusCode::NOT_FOUND, &page))
}

fn of_user(id: UserId) -> String {
    format!("/console/users/{id}")
}

/// Returns the path of the page with the audit trail of the entity with this id.
fn place_of(operator: &Operator, office: &BoxOffice, id: Uuid) -> Result<Option<String>, Error> {
    let bytes = *id.as_bytes();
    let of_order = |id: OrderId| format!("/console/orders/{id}");
    match office.tickets().get(TicketId::from_bytes(bytes)) {
        Ok(ticket) => return Ok(Some(format!("/console/tickets/{}", ticket.id))),
        Err(error) if error.code() == Code::TicketNotFound => {}
        Err(error) => return Err(error),
    }
    match office.admin().order(operator.actor, OrderId::from_bytes(bytes)) {
        Ok(order) => return Ok(Some(of_order(order.id))),
        Err(error) if error.code() == Code::OrderNotFound => {}
        Err(error) => return Err(error),
    }
    let Some(user) = operator.actor.user() else { return Ok(None) };
    match office.payments().get(user, ChargeId::from_bytes(bytes)) {
        Ok(charge) => return Ok(Some(of_order(charge.order_id))),
        Err(error) if error.code() == Code::PaymentNotFound => {}
        Err(error) => return Err(error),
    }
    match office.admin().user(operator.actor, UserId::from_bytes(bytes)) {
        Ok(account) => Ok(Some(of_user(account.id))),
        Err(error) if error.code() == Code::AuthUserNotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// An audit trail, formatted for a page.
pub(super) struct TrailPart {
    pub(super) rows: Vec<Row>,
    pub(super) left_out: usize,
    /// Number of the last record that was searched; `None` if the whole journal was.
    pub(super) searched_to: Option<u64>,
}

impl TrailPart {
    pub(super) fn of(trail: &AuditTrail, people: &mut People) -> Self {
        Self {
            rows: trail.records.iter().map(|record| Row::of(record, people)).collect(),
            left_out: trail.left_out,
            searched_to: (!trail.reach.is_all).then_some(trail.reach.to),
        }
    }
}

#[derive(Template)]
#[template(path = "console/order.html")]
struct OrderPage {
    chrome: Chrome,
    frame: Frame,
    order: Arc<Order>,
    buyer: Person,
    expires_at: String,
    trail: TrailPart,
}

pub(super) async fn order(
    operator: Operator,
    State(office): State<BoxOffice>,
    State(search): State<Arc<HistorySearch>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id: OrderId = id.parse().map_err(|_| Refusal::RouteNotFound)?;
    let searched = office.clone();
    let found = tokio::task::spawn_blocking(move || search.order(&searched, id)).await.map_err(|_| Code::Internal)?;
    let (order, trail) = found?;
    let mut people = People::new(operator.actor, &office);
    Ok(page(&OrderPage {
        chrome: operator.chrome,
        frame: Frame::new(format!("Order {}", short(&id.to_string())), ""),
        expires_at: clock(order.expires_at),
        buyer: people.person(order.buyer_id),
        order,
        trail: TrailPart::of(&trail, &mut people),
    }))
}

/// The question why a buyer did not get the ticket.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Why {
    #[serde(default)]
    buyer: String,
    #[serde(default)]
    at: String,
}

impl Why {
    fn question(&self, office: &BoxOffice, actor: Actor) -> Result<Question, Error> {
        let buyer = match self.buyer.trim() {
            "" => None,
            text => Some(user(office, actor, text)?.ok_or_else(|| Error::invalid("buyer", NOBODY))?),
        };
        Ok(Question { buyer, at: moment(self.at.trim())? })
    }
}

/// Parses a time: `2027-01-01 12:00` in UTC, with or without seconds, or RFC 3339.
fn moment(text: &str) -> Result<Option<Timestamp>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let date_first = text.replacen(' ', "T", 1);
    let forms = [date_first.clone(), format!("{date_first}Z"), format!("{date_first}:00Z")];
    let found = forms.iter().find_map(|form| form.parse().ok());
    found.map(Some).ok_or_else(|| Error::invalid("at", "must be a time such as 2027-05-01 19:30"))
}

#[derive(Template)]
#[template(path = "console/ticket.html")]
struct TicketPage {
    chrome: Chrome,
    frame: Frame,
    ticket: Arc<Ticket>,
    seller: Person,
    show: String,
    asked: Why,
    answers: Vec<Answer>,
    holds: Vec<Had>,
    trail: TrailPart,
}

crate::web::site::page!(FindPage, OrderPage, TicketPage);

/// A row of the list of holds.
struct Had {
    order: OrderId,
    buyer: Person,
    from: String,
    until: String,
    end: String,
}

impl Had {
    fn of(hold: &Hold, people: &mut People) -> Self {
        Self {
            order: hold.order,
            buyer: people.person(hold.buyer),
            from: clock(hold.from),
            until: hold.until.map_or("–".to_owned(), clock),
            end: hold.end.words(),
        }
    }
}

pub(super) async fn ticket(
    operator: Operator,
    State(office): State<BoxOffice>,
    State(search): State<Arc<HistorySearch>>,
    Path(id): Path<String>,
    Query(asked): Query<Why>,
) -> Result<Response, Failure> {
    let id: TicketId = id.parse().map_err(|_| Refusal::RouteNotFound)?;
    let searched = office.clone();
    let found = tokio::task::spawn_blocking(move || search.ticket(&searched, id)).await.map_err(|_| Code::Internal)?;
    let (ticket, trail) = found?;
    let frame = Frame::new(format!("Ticket {}", short(&id.to_string())), "");
    let (question, frame) = match asked.question(&office, operator.actor) {
        Ok(question) => (question, frame),
        Err(error) => (Question::default(), frame.faults(&error)),
    };
    let holds = holds(id, &trail.records);
    let withdrawn = (ticket.status == TicketStatus::Withdrawn).then_some(ticket.updated_at);
    let show = ticket.show.as_ref().map_or(String::new(), |show| {
        let venue = show.venue.as_ref().map(|venue| format!(", {venue}")).unwrap_or_default();
        format!("{}{venue}", show.name)
    });
    let mut people = People::new(operator.actor, &office);
    Ok(page(&TicketPage {
        chrome: operator.chrome,
        frame,
        answers: question.answer(ticket.created_at, &holds, withdrawn),
        holds: holds.iter().map(|hold| Had::of(hold, &mut people)).collect(),
        trail: TrailPart::of(&trail, &mut people),
        seller: people.person(ticket.seller_id),
        ticket,
        show,
        asked,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let expected: Timestamp = "2027-05-01T19:30:00Z".parse().unwrap();
        for text in ["2027-05-01 19:30", "2027-05-01T19:30", "2027-05-01 19:30:00", "2027-05-01T21:30:00+02:00"] {
            assert_eq!(moment(text).unwrap(), Some(expected), "{text}");
        }
        assert_eq!(moment("").unwrap(), None);
        assert!(moment("soon").is_err());
    }
}
