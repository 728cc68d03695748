use napi_derive::napi;
use serde_json::Value;

use crate::convert::{Date, date, number};

/// An event with its number, time, actor, command, version and hash.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct JournalRecord {
    /// Number of the record in the journal: 1, 2, 3, … without gaps.
    pub seq: i64,
    /// Time of the decision. The engine's time never runs backwards.
    pub at: Date,
    /// Id of the user who caused the event; missing for the box office itself.
    pub actor_id: Option<String>,
    /// Id of the command that caused the event.
    pub command_id: String,
    /// Version of the entity after the event.
    pub version: i64,
    /// Name of the event, such as `OrderCreated`.
    pub event: &'static str,
    /// Data of the event in the published form.
    pub data: Value,
    /// Hash over this record and all records before it, as 64 hexadecimal digits.
    pub hash: String,
    /// The cursor of a reader that has this record, for `journal.readAfter` and `journal.subscribeAfter`.
    pub cursor: String,
}

impl From<&boxoffice::Record> for JournalRecord {
    fn from(record: &boxoffice::Record) -> Self {
        // Serializing an event to memory can't fail.
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
