//! The page that lists the journal's records, the latest first, with filters.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use boxoffice::{Actor, BoxOffice, Code, Error, Record, StreamKey};
use serde::Deserialize;
use uuid::Uuid;

use super::operator::Operator;
use super::page::{Frame, page};
use super::people::{People, user};
use super::row::Row;
use crate::error::Failure;
use crate::extract::Query;
use crate::web::site::{Chrome, encoded};
use crate::webhooks::event_types;

/// Maximum number of records on a page.
const PAGE_LEN: usize = 50;

/// Maximum number of records that are searched for one page. Rare events are far back in the journal.
const LOOK_MAX: u64 = 50_000;

/// Number of records in one read of a filtered search.
const READ_LEN: u64 = 2_000;

/// The parameters of the query.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    stream: String,
    before: Option<String>,
    pub(super) after: Option<String>,
}

/// A filter of records.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    event: Option<&'static str>,
    stream: Option<Uuid>,
}

impl Asked {
    /// Returns the filter.
    ///
    /// # Errors
    /// `validation`, if a parameter is neither empty nor valid.
    pub(super) fn filter(&self, actor: Actor, office: &BoxOffice) -> Result<Filter, Error> {
        let event = match self.r#type.trim() {
            "" => None,
            name => {
                let known = event_types().iter().find(|known| *known == name);
                Some(known.ok_or_else(|| Error::invalid("type", "must be the name of an event"))?.as_str())
            }
        };
        let stream = match self.stream.trim() {
            "" => None,
            text => Some(stream(text, actor, office)?),
        };
        Ok(Filter { event, stream })
    }

    /// Returns the filter's parameters, encoded for links.
    fn parameters(&self) -> String {
        encoded(&[("type", self.r#type.trim()), ("stream", self.stream.trim())])
    }
}

/// Returns the id that the text is, or the id of the user with this email address.
fn stream(text: &str, actor: Actor, office: &BoxOffice) -> Result<Uuid, Error> {
    let id = text.rsplit('/').next().unwrap_or(text);
    if let Ok(id) = id.parse() {
        return Ok(id);
    }
    let wrong = || Error::invalid("stream", "must be the id of a ticket, an order or a user, or a user's email");
    user(office, actor, text)?.map(|id| Uuid::from_bytes(*id.as_bytes())).ok_or_else(wrong)
}

impl Filter {
    pub(super) fn shows(&self, record: &Record) -> bool {
        let is_event = self.event.is_none_or(|name| name == record.event.name());
        let is_of = |id: Uuid| {
            let of_actor = record.actor.user().is_some_and(|user| *user.as_bytes() == *id.as_bytes());
            of_actor || record.event.changes().into_iter().any(|key| is_key(key, id))
        };
        is_event && self.stream.is_none_or(is_of)
    }
}

fn is_key(key: StreamKey, id: Uuid) -> bool {
    let bytes = id.as_bytes();
    match key {
        StreamKey::User(key) => key.as_bytes() == bytes,
        StreamKey::Ticket(key) => key.as_bytes() == bytes,
        StreamKey::Order(key) => key.as_bytes() == bytes,
        StreamKey::Host(key) => key.as_bytes() == bytes,
        StreamKey::Webhook(key) => key.as_bytes() == bytes,
        StreamKey::Email(_) => false,
    }
}

/// Result of a search; the latest record is first.
struct Found {
    rows: Vec<Row>,
    /// Number of the first record that was searched. Earlier records may match too.
    from: u64,
}

#[derive(Template)]
#[template(path = "console/journal.html")]
struct JournalPage {
    chrome: Chrome,
    frame: Frame,
    types: Vec<(&'static str, bool)>,
    stream: String,
    rows: Vec<Row>,
    /// Address at which the live tail continues; `None` on pages of older records.
    live: Option<String>,
    /// Address of the page of older records.
    older: Option<String>,
    /// Address of the first page; `None` if this is the first page.
    newest: Option<String>,
    is_filtered: bool,
    looked_from: u64,
}

crate::web::site::page!(JournalPage);

pub(super) async fn show(
    operator: Operator,
    State(office): State<BoxOffice>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let frame = Frame::new("Journal", "/console/journal");
    let (filter, frame) = match asked.filter(operator.actor, &office) {
        Ok(filter) => (filter, frame),
        Err(error) => (Filter::default(), frame.faults(&error)),
    };
    let before = asked.before.as_deref().and_then(|text| text.parse::<u64>().ok());
    let head = office.journal().head()?;
    let is_filtered = filter.event.is_some() || filter.stream.is_some();
    let end = before.map_or(head, |before| before.saturating_sub(1).min(head));
    let (actor, office) = (operator.actor, office.clone());
    let found = tokio::task::spawn_blocking(move || look_back(&office, actor, end, &filter));
    let found = found.await.map_err(|_| Code::Internal)??;
    let parameters = asked.parameters();
    let and = if parameters.is_empty() { "" } else { "&" };
    Ok(page(&JournalPage {
        chrome: operator.chrome,
        frame,
        types: event_types().iter().map(|name| (name.as_str(), *name == asked.r#type.trim())).collect(),
        live: before.is_none().then(|| format!("/console/journal/live?{parameters}{and}after={head}")),
        older: (found.from > 1).then(|| format!("/console/journal?{parameters}{and}before={}", found.from)),
        newest: before.is_some().then(|| format!("/console/journal?{parameters}")),
        stream: asked.stream,
        looked_from: found.from,
        rows: found.rows,
        is_filtered,
    }))
}

/// Returns the last records up to `end` that match the filter.
fn look_back(office: &BoxOffice, actor: Actor, end: u64, filter: &Filter) -> Result<Found, Error> {
    let (journal, mut people) = (office.journal(), People::new(actor, office));
    let mut found = Found { rows: Vec::new(), from: end + 1 };
    while found.rows.len() < PAGE_LEN && found.from > 1 && end + 1 - found.from < LOOK_MAX {
        let from = found.from.saturating_sub(if filter.event.is_some() || filter.stream.is_some() {
            READ_LEN
        } else {
            PAGE_LEN as u64
        });
        let from = from.max(1);
        let len = usize::try_from(found.from - from).unwrap_or(0);
        let records = journal.read(from, len)?;
        for record in records.iter().rev() {
            if found.rows.len() == PAGE_LEN {
                break;
            }
            found.from = record.seq;
            found.rows.extend(filter.shows(record).then(|| Row::of(record, &mut people)));
        }
        if records.is_empty() {
            break;
        }
    }
    Ok(found)
}
