use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::convert::{Json, Time};
use crate::values::value;

/// The published form, the same everywhere.
fn published(value: &impl serde::Serialize) -> serde_json::Value {
    // Every type that is given here serializes to memory without fail.
    serde_json::to_value(value).unwrap_or_default()
}

value! {
    /// An event with the circumstances under which it became a fact.
    Record(Arc<boxoffice::Record>);
    /// The place in the journal: 1, 2, 3, … without a gap.
    seq: u64 = |record| record.seq;
    /// When it was decided, by the engine's own time, which never runs backwards.
    at: Time = |record| Time(record.at);
    /// The id of the user who caused it; `None` for the box office itself.
    actor_id: Option<String> = |record| record.actor.user().map(|user| user.to_string());
    /// The command that caused it.
    command_id: String = |record| record.command_id.to_string();
    /// The version of the event's entity after it.
    version: u64 = |record| record.version;
    /// The name of the event, such as `OrderCreated`.
    event: &'static str = |record| record.event.name();
    /// The event's data in the published form.
    data: Json = |record| Json(published(&record.event)["data"].to_string());
    /// The hash over this record and all before it, as 64 hexadecimal digits.
    hash: String = |record| record.hash.to_string();
    /// The whole record in the published form.
    published: Json = |record| Json(published(record).to_string());
}

value! {
    /// Figures about the engine right now.
    Stats(boxoffice::Stats);
    /// How many commands wait.
    queue_len: usize = |stats| stats.queue_len;
    /// How many commands can wait.
    queue_capacity: usize = |stats| stats.queue_capacity;
    /// How many orders hold tickets.
    open_orders: usize = |stats| stats.open_orders;
    /// How long the most overdue hold has been waiting for its expiry to be recorded.
    expiry_lag: Duration = |stats| stats.expiry_lag;
    /// The number of the last durable record.
    head_seq: u64 = |stats| stats.head_seq;
    /// How many users there are, erased ones included.
    users: usize = |stats| stats.users;
    /// How many tickets are for sale.
    tickets_available: usize = |stats| stats.tickets_available;
    /// How many tickets are held by open orders.
    tickets_locked: usize = |stats| stats.tickets_locked;
    /// How many changed entities wait for the next checkpoint.
    checkpoint_lag: usize = |stats| stats.checkpoint_lag;
    /// How many charges and refunds wait for the card processor.
    pending_payments: usize = |stats| stats.pending_payments;
}

value! {
    /// Something that is wrong with a journal.
    Problem(boxoffice::Problem);
    /// The record, or the one that should be there.
    seq: u64 = |problem| problem.seq;
    /// What is wrong.
    what: String = |problem| problem.what.clone();
}

value! {
    /// What a check of the journal found.
    VerifyReport(boxoffice::VerifyReport);
    /// Whether nothing is wrong.
    is_clean: bool = |report| report.is_clean();
    /// How many records are in order.
    records: u64 = |report| report.records;
    /// The hash of the last of them: the fingerprint of all that came before.
    head: String = |report| report.head.to_string();
    /// How many users were created.
    users: u64 = |report| report.users;
    /// How many tickets were listed.
    tickets: u64 = |report| report.tickets;
    /// How many orders were created.
    orders: u64 = |report| report.orders;
    /// How many charges took money.
    charges: u64 = |report| report.charges;
    /// How many records each event has.
    by_event: BTreeMap<&'static str, u64> = |report| report.by_event.clone();
    /// What is wrong, in the order of the journal.
    problems: Vec<Problem> = |report| report.problems.iter().cloned().map(Problem).collect();
}

value! {
    /// What was brought out of a directory that no longer opens, and what was not.
    Salvage(boxoffice::Salvage);
    /// How many records were brought out: those with the numbers 1 to this one.
    records: u64 = |salvage| salvage.records;
    /// How many of them, the last ones, were found by searching the file; records that were never acknowledged may be among them.
    searched: u64 = |salvage| salvage.searched;
    /// The first record that is missing, and what is wrong; `None` if the journal is whole.
    damage: Option<Problem> = |salvage| salvage.damage.clone().map(Problem);
}
