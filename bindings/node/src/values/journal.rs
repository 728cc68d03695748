use std::collections::HashMap;

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
        }
    }
}

/// Figures about the engine right now.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Stats {
    /// How many commands wait.
    pub queue_len: i64,
    /// How many commands can wait.
    pub queue_capacity: i64,
    /// How many orders hold tickets.
    pub open_orders: i64,
    /// How many milliseconds the most overdue hold has been waiting for its expiry to be recorded.
    pub expiry_lag_ms: i64,
    /// The number of the last durable record.
    pub head_seq: i64,
    /// How many users there are, erased ones included.
    pub users: i64,
    /// How many tickets are for sale.
    pub tickets_available: i64,
    /// How many tickets are held by open orders.
    pub tickets_locked: i64,
    /// How many changed entities wait for the next checkpoint.
    pub checkpoint_lag: i64,
    /// How many charges and refunds wait for the card processor.
    pub pending_payments: i64,
}

impl From<boxoffice::Stats> for Stats {
    fn from(stats: boxoffice::Stats) -> Self {
        Self {
            queue_len: number(stats.queue_len),
            queue_capacity: number(stats.queue_capacity),
            open_orders: number(stats.open_orders),
            expiry_lag_ms: number(stats.expiry_lag.as_millis()),
            head_seq: number(stats.head_seq),
            users: number(stats.users),
            tickets_available: number(stats.tickets_available),
            tickets_locked: number(stats.tickets_locked),
            checkpoint_lag: number(stats.checkpoint_lag),
            pending_payments: number(stats.pending_payments),
        }
    }
}

/// Something that is wrong with a journal.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Problem {
    /// The record, or the one that should be there.
    pub seq: i64,
    /// What is wrong.
    pub what: String,
}

impl From<&boxoffice::Problem> for Problem {
    fn from(problem: &boxoffice::Problem) -> Self {
        Self { seq: number(problem.seq), what: problem.what.clone() }
    }
}

/// What a check of the journal found.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct VerifyReport {
    /// Whether nothing is wrong.
    pub is_clean: bool,
    /// How many records are in order.
    pub records: i64,
    /// The hash of the last of them: the fingerprint of all that came before.
    pub head: String,
    /// How many users were created.
    pub users: i64,
    /// How many tickets were listed.
    pub tickets: i64,
    /// How many orders were created.
    pub orders: i64,
    /// How many charges took money.
    pub charges: i64,
    /// How many records each event has.
    pub by_event: HashMap<String, i64>,
    /// What is wrong, in the order of the journal.
    pub problems: Vec<Problem>,
}

impl From<boxoffice::VerifyReport> for VerifyReport {
    fn from(report: boxoffice::VerifyReport) -> Self {
        Self {
            is_clean: report.is_clean(),
            records: number(report.records),
            head: report.head.to_string(),
            users: number(report.users),
            tickets: number(report.tickets),
            orders: number(report.orders),
            charges: number(report.charges),
            by_event: report.by_event.iter().map(|(event, count)| ((*event).to_owned(), number(*count))).collect(),
            problems: report.problems.iter().map(Problem::from).collect(),
        }
    }
}

/// What was brought out of a directory that no longer opens, and what was not.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Salvage {
    /// How many records were brought out: those with the numbers 1 to this one.
    pub records: i64,
    /// How many of them, the last ones, were found by searching the file; records that were never acknowledged may be among them.
    pub searched: i64,
    /// The first record that is missing, and what is wrong; nothing if the journal is whole.
    pub damage: Option<Problem>,
}

impl From<boxoffice::Salvage> for Salvage {
    fn from(salvage: boxoffice::Salvage) -> Self {
        Self {
            records: number(salvage.records),
            searched: number(salvage.searched),
            damage: salvage.damage.as_ref().map(Problem::from),
        }
    }
}
