//! The protocol of the socket: the task as one line of JSON, then one line for each reply. The last reply is the
//! outcome.

use std::collections::BTreeMap;
use std::path::PathBuf;

use boxoffice::{Error, VerifyReport};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::dto::{ClusterOut, DeliveryOut, WebhookOut};
use crate::webhooks::WebhookError;

/// A task.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "do")]
pub(crate) enum Task {
    SetOperator { email: String, operator: bool },
    RecordPayout { seller: String, amount: String, currency: String, reference: String, key: Option<String> },
    Balance { seller: String },
    Verify,
    Export { after: u64 },
    Follow { after: u64 },
    Backup { dest: PathBuf },
    EraseInBackup { backup: PathBuf },
    Compact,
    Webhooks { action: WebhookTask },
    Cluster { action: ClusterTask },
}

/// A task about the cluster. Without a host, the server's own leaves.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum ClusterTask {
    Status,
    Join,
    Leave { host: Option<String> },
    TakeOver,
}

/// A task about webhooks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum WebhookTask {
    Add { url: String, event_types: Vec<String>, after: Option<u64> },
    List,
    Remove { id: Uuid },
    Resume { id: Uuid },
    RotateSecret { id: Uuid },
    Ping { id: Uuid },
    Deliveries { id: Uuid, limit: usize },
    Resend { id: Uuid, delivery: u64 },
}

/// A reply: one line of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Reply {
    Progress { done: u64, total: u64 },
    History(String),
    Record(Box<RawValue>),
    Done(Answer),
    Failed(Problem),
}

/// The outcome of a task.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Answer {
    Operator { user_id: String, operator: bool },
    PaidOut { payout_id: String, amount: String },
    Balances(Vec<String>),
    Verified(Report),
    Exported { records: u64 },
    BackedUp { seq: u64 },
    ErasedInBackup { users: u64 },
    Compacted,
    Webhooks(Vec<WebhookOut>),
    Deliveries(Vec<DeliveryOut>),
    Cluster(ClusterOut),
    Host { id: String, name: String },
}

/// Error that made a task fail.
#[derive(Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Problem {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl From<&Error> for Problem {
    /// Converts an error, including all its sources, because an administrator of the machine reads it.
    fn from(error: &Error) -> Self {
        let faults = error.serialize_errors();
        let mut message = faults.iter().map(|fault| fault.message.as_ref()).collect::<Vec<_>>().join("; ");
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            message.push_str(": ");
            message.push_str(&cause.to_string());
            source = cause.source();
        }
        Self { code: error.code().to_string(), message }
    }
}

impl From<&WebhookError> for Problem {
    fn from(error: &WebhookError) -> Self {
        match error {
            WebhookError::Invalid(error) => error.into(),
            WebhookError::Unavailable(source) => {
                Self { code: error.code().to_owned(), message: format!("{error}: {source}") }
            }
            _ => Self { code: error.code().to_owned(), message: error.to_string() },
        }
    }
}

/// The report of a verification.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) records: u64,
    pub(crate) head: String,
    pub(crate) by_event: BTreeMap<String, u64>,
    pub(crate) problems: Vec<Finding>,
}

/// A problem of the journal.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Finding {
    pub(crate) seq: u64,
    pub(crate) what: String,
}

impl From<VerifyReport> for Report {
    fn from(report: VerifyReport) -> Self {
        Self {
            records: report.records,
            head: report.head.to_string(),
            by_event: report.by_event.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
            problems: report.problems.into_iter().map(|found| Finding { seq: found.seq, what: found.what }).collect(),
        }
    }
}
