//! A record as a table row, in the journal's list, the live tail and the audit trail.

use boxoffice::{Actor, Record, StreamKey};

use super::people::{People, Person};
use crate::observability::audit_trail::{clock, words};

/// Maximum number of links of a record.
const LINKS_MAX: usize = 10;

/// A record described in words, with links.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) seq: u64,
    pub(super) at: String,
    pub(super) event: &'static str,
    pub(super) tone: &'static str,
    pub(super) what: String,
    pub(super) why: String,
    /// The user who gave the command; `None` if the system did.
    pub(super) actor: Option<Person>,
    pub(super) links: Vec<Link>,
    /// The record in its published form, as JSON.
    pub(super) json: String,
}

/// A link from a record to a page.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) path: String,
    pub(super) text: String,
}

impl Row {
    pub(super) fn of(record: &Record, people: &mut People) -> Self {
        let words = words(record);
        let actor = match record.actor {
            Actor::System => None,
            Actor::User(id) => Some(people.person(id)),
        };
        Self {
            seq: record.seq,
            at: clock(record.at),
            event: record.event.name(),
            tone: words.tone.class(),
            what: words.what,
            why: words.why.unwrap_or_default(),
            actor,
            links: {
                let others = |key: &StreamKey| record.actor.user().is_none_or(|user| *key != StreamKey::User(user));
                let keys = record.event.changes().into_iter().filter(others);
                keys.filter_map(|key| Link::of(key, people)).take(LINKS_MAX).collect()
            },
            json: serde_json::to_string_pretty(record).unwrap_or_default(),
        }
    }
}

impl Link {
    fn of(key: StreamKey, people: &mut People) -> Option<Self> {
        let (path, text) = match key {
            StreamKey::Ticket(id) => (format!("/console/tickets/{id}"), format!("Ticket {}", short(&id.to_string()))),
            StreamKey::Order(id) => (format!("/console/orders/{id}"), format!("Order {}", short(&id.to_string()))),
            StreamKey::User(id) => (format!("/console/users/{id}"), people.person(id).name),
            StreamKey::Webhook(id) => {
                (format!("/console/webhooks/{id}"), format!("Webhook {}", short(&id.to_string())))
            }
            StreamKey::Email(_) | StreamKey::Host(_) => return None,
        };
        Some(Self { path, text })
    }
}

/// Returns the last eight characters of an id. Its first characters are a time, which ids of about the same age share.
pub(super) fn short(id: &str) -> String {
    let end = id.len().saturating_sub(8);
    format!("…{}", id.get(end..).unwrap_or(id))
}
