//! Administrative tasks on the machine, with a running server or without one.
//!
//! A running server accepts tasks over a Unix socket in the data directory, which only the directory's owner can open.
//! The owner can read the data anyway, so the socket needs no authentication. Without a server, the command opens the
//! directory itself.

mod client;
#[cfg(feature = "cluster")]
mod cluster;
mod follow;
mod protocol;
mod server;
mod socket;
mod webhooks;

pub(crate) use client::{TaskError, is_served, run};
#[cfg(feature = "cluster")]
pub(crate) use client::{ask_server, hear_server};
#[cfg(feature = "cluster")]
pub(crate) use protocol::ClusterTask;
pub(crate) use protocol::{Answer, Reply, Report, Task, WebhookTask};
pub(crate) use server::Server;

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use boxoffice::{Actor, Balance, BoxOffice, Code, Error, NewPayout, UserId};
use protocol::{Finding, Problem};
use serde_json::value::to_raw_value;

use crate::observability::Throttle;
use crate::webhooks::{WebhookError, Webhooks};

/// Receives the replies to a task. It returns an error if the receiver is gone.
pub(crate) type Listener<'a> = &'a mut dyn FnMut(Reply) -> std::io::Result<()>;

/// The state that tasks need.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    office: BoxOffice,
    /// The webhooks; `None` if the task does not need them.
    webhooks: Option<Webhooks>,
    /// What is wrong with the webhooks of a directory that nobody serves.
    damage: Option<String>,
}

/// Names the flag that accepts a clock which the box office does not believe.
pub(crate) fn explained(error: Error) -> Error {
    if error.code() != Code::ClockJumped {
        return error;
    }
    let faults = error.serialize_errors();
    let message = faults.first().map_or_else(String::new, |fault| format!("{} (--accept-clock-jump)", fault.message));
    Error::with_message(Code::ClockJumped, message)
}

impl Tools {
    pub(crate) fn new(office: BoxOffice, webhooks: Option<Webhooks>) -> Self {
        Self { office, webhooks, damage: None }
    }
}

/// Number of records in one read.
const READ_LEN: usize = 1000;

/// Performs a task and sends its replies; the last reply is the outcome.
fn perform(tools: &Tools, task: &Task, listener: Listener<'_>) -> std::io::Result<()> {
    let office = &tools.office;
    let outcome = match task {
        Task::SetOperator { email, operator } => set_operator(office, email, *operator),
        Task::RecordPayout { .. } => record_payout(office, task),
        Task::Balance { seller } => balance(office, seller),
        Task::Verify => verify(tools, listener),
        Task::Export { after } => return export(office, *after, listener),
        Task::Follow { after } => return follow::perform(office, *after, listener),
        Task::Backup { dest } => backup(tools, dest, listener),
        Task::EraseInBackup { backup } => {
            office.journal().erase_in_backup(backup).map(|users| Answer::ErasedInBackup { users })
        }
        Task::Compact => office.compact().map(|_| Answer::Compacted),
        Task::Webhooks { action } => return listener(webhooks::perform(tools, action)),
        Task::Cluster { action } => return listener(on_cluster(tools, action)),
    };
    listener(outcome.map_or_else(|error| Reply::Failed(Problem::from(&error)), Reply::Done))
}

#[cfg(feature = "cluster")]
fn on_cluster(tools: &Tools, task: &ClusterTask) -> Reply {
    cluster::perform(tools, task)
}

#[cfg(not(feature = "cluster"))]
fn on_cluster(_: &Tools, _: &protocol::ClusterTask) -> Reply {
    let message = "this server was built without the feature `cluster`".to_owned();
    Reply::Failed(Problem { code: Code::ClusterHostNotFound.as_str().to_owned(), message })
}

fn set_operator(office: &BoxOffice, email: &str, operator: bool) -> Result<Answer, Error> {
    let user = office.blocking().auth().set_operator(email, operator)?;
    Ok(Answer::Operator { user_id: user.id.to_string(), operator: user.operator })
}

fn record_payout(office: &BoxOffice, task: &Task) -> Result<Answer, Error> {
    let Task::RecordPayout { seller, amount, currency, reference, key } = task else {
        return Err(Code::Internal.into());
    };
    let key = key.as_deref().map(|key| key.parse().map_err(|reason| Error::invalid("key", reason))).transpose()?;
    let ledger = key.into_iter().fold(office.blocking().ledger(), boxoffice::blocking::Ledger::idempotency_key);
    let payout = NewPayout::new(amount, reference).currency(currency);
    let payout = ledger.record_payout(Actor::System, user(seller)?, payout)?;
    Ok(Answer::PaidOut { payout_id: payout.id.to_string(), amount: payout.amount.to_string() })
}

fn balance(office: &BoxOffice, seller: &str) -> Result<Answer, Error> {
    let balances = office.ledger().balance(Actor::System, user(seller)?)?;
    let line = |balance: &Balance| {
        let Balance { owed, sold, refunded, fees, paid_out, .. } = balance;
        format!("owed {owed}: sold {sold}, refunded {refunded}, fees {fees}, paid out {paid_out}")
    };
    Ok(Answer::Balances(balances.iter().map(line).collect()))
}

fn user(text: &str) -> Result<UserId, Error> {
    text.parse().map_err(|_| Error::invalid("seller", "must be the id of a user"))
}

fn verify(tools: &Tools, listener: Listener<'_>) -> Result<Answer, Error> {
    let mut throttle = Throttle::of(&tools.office);
    let report = tools.office.journal().verify(&mut |done, total| {
        // The verification continues without a receiver of its progress.
        let _ = listener(Reply::Progress { done, total });
        throttle.rest();
    })?;
    let mut report = Report::from(report);
    let of_webhooks = tools.webhooks.as_ref().map(Webhooks::problems).unwrap_or_default();
    let problems = tools.damage.iter().cloned().chain(of_webhooks);
    report.problems.extend(problems.map(|what| Finding { seq: 0, what }));
    Ok(Answer::Verified(report))
}

fn backup(tools: &Tools, dest: &Path, listener: Listener<'_>) -> Result<Answer, Error> {
    // The copy contains the same personal data as the original.
    let made = DirBuilder::new().recursive(true).mode(0o700).create(dest);
    made.map_err(|error| Error::from(boxoffice::Code::JournalUnavailable).with_source(error))?;
    // The snapshot precedes the journal's copy, so that no cursor is ahead of the copy.
    let webhooks = tools.webhooks.as_ref().map(Webhooks::snapshot).transpose().map_err(unwritten)?;
    let seq = tools.office.journal().backup(dest, &mut |done, total| {
        let _ = listener(Reply::Progress { done, total });
    })?;
    webhooks.map_or(Ok(()), |webhooks| webhooks.write(dest)).map_err(unwritten)?;
    Ok(Answer::BackedUp { seq })
}

fn unwritten(error: WebhookError) -> Error {
    Error::with_message(boxoffice::Code::JournalUnavailable, "The webhooks could not be copied").with_source(error)
}

/// Sends the records up to the journal's end at the time of the call.
fn export(office: &BoxOffice, after: u64, listener: Listener<'_>) -> std::io::Result<()> {
    let journal = office.journal();
    let mut last = after;
    let outcome = (|| {
        let head = journal.head()?;
        if after > head {
            return Err(Code::JournalCursorUnknown.into());
        }
        while last < head {
            let records = journal.read(last + 1, READ_LEN)?;
            let Some(end) = records.last().map(|record| record.seq.min(head)) else { break };
            for record in records.iter().filter(|record| record.seq <= head) {
                let json =
                    to_raw_value(record).map_err(|error| Error::from(boxoffice::Code::Internal).with_source(error))?;
                if listener(Reply::Record(json)).is_err() {
                    return Ok(Answer::Exported { records: 0 });
                }
            }
            last = end;
            let _ = listener(Reply::Progress { done: last - after, total: head.saturating_sub(after) });
        }
        Ok(Answer::Exported { records: last - after })
    })();
    listener(outcome.map_or_else(|error: Error| Reply::Failed(Problem::from(&error)), Reply::Done))
}
