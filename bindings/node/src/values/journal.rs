use napi_derive::napi;
use serde_json::Value;

use crate::convert::{Date, date, number};

/// An event with the circumstances under which it became a fact.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct JournalRecord {
    /// The place in the journal: 1, 2, 3, … without a gap.
    pub seq: i64,
    /// When it was decided, by the engine's own time, which never runs backwards.
    pub at: Date,
    /// The id of the user who caused it; none for the box office itself.
    pub actor_id: Option<String>,
    /// The command that caused it.
    pub command_id: String,
    /// The version of the event's entity after it.
    pub version: i64,
    /// The name of the event, such as `OrderCreated`.
    pub event: &'static str,
    /// The event's data in the published form.
    pub data: Value,
    /// The hash over this record and all before it, as 64 hexadecimal digits.
    pub hash: String,
    /// The cursor of a reader that has this record, for `journal.readAfter` and `journal.subscribeAfter`.
    pub cursor: String,
}

impl From<&boxoffice::Record> for JournalRecord {
    fn from(record: &boxoffice::Record) -> Self {
        // Every event serializes to memory without fail.
        let mut published = serde_json::to_value(&record.event).unwrap_or_default();
        Self {
            seq: number(record.seq),
            at: date(record.at),
            actor_id: record.actor.user().map(|user| user.to_string()),
            command_id: record.command_id.to_string(),
            version: number(record.version),
            event: record.event.name(),
            data: published["data"].take(),
            hash: record.hash.to_string(),
            cursor: record.cursor().to_string(),
        }
    }
}
