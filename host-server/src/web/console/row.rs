//! A record as a row: in the journal's list, in its live tail, and in a story.

use boxoffice::{Actor, Record, StreamKey};

use crate::insight::story::{clock, words};

/// How many things of a record are linked to.
const LINKS_MAX: usize = 10;

/// A record in words, with where to go from it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) seq: u64,
    pub(super) at: String,
    pub(super) event: &'static str,
    pub(super) tone: &'static str,
    pub(super) what: String,
    pub(super) why: String,
    pub(super) actor: String,
    pub(super) links: Vec<Link>,
    /// The record as published.
    pub(super) json: String,
}

/// Where to go from a record.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) path: String,
    pub(super) text: String,
}

impl Row {
    pub(super) fn of(record: &Record) -> Self {
        let words = words(record);
        let actor = match record.actor {
            Actor::System => "the box office itself".to_owned(),
            Actor::User(id) => format!("user {id}"),
        };
        Self {
            seq: record.seq,
            at: clock(record.at),
            event: record.event.name(),
            tone: words.tone.class(),
            what: words.what,
            why: words.why.unwrap_or_default(),
            actor,
            links: record.event.changes().into_iter().filter_map(Link::of).take(LINKS_MAX).collect(),
            json: serde_json::to_string_pretty(record).unwrap_or_default(),
        }
    }
}

impl Link {
    fn of(key: StreamKey) -> Option<Self> {
        let (path, text) = match key {
            StreamKey::Ticket(id) => (format!("/console/tickets/{id}"), format!("Ticket {}", short(&id.to_string()))),
            StreamKey::Order(id) => (format!("/console/orders/{id}"), format!("Order {}", short(&id.to_string()))),
            StreamKey::User(_) | StreamKey::Email(_) => return None,
        };
        Some(Self { path, text })
    }
}

/// The end of an id: its beginning is the time, which neighbours share.
pub(super) fn short(id: &str) -> String {
    let end = id.len().saturating_sub(8);
    format!("…{}", id.get(end..).unwrap_or(id))
}
