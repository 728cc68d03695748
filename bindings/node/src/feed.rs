//! Subscriptions to the journal.

use std::sync::Arc;

use boxoffice::Code;
use napi_derive::napi;
use tokio::sync::{Mutex, watch};

use crate::errors::rejection;
use crate::values::JournalRecord;

/// Maximum number of records in a batch.
const AHEAD_MAX: usize = 256;

/// A subscription to the journal, from a given record on: history first, then live, every record once and in order.
///
/// It ends when it or the box office is closed. Several iterations of one subscription share its records.
#[napi]
#[derive(Debug)]
pub struct Subscription {
    inner: Arc<Mutex<boxoffice::Subscription>>,
    closed: watch::Sender<bool>,
}

impl Subscription {
    pub(crate) fn new(inner: boxoffice::Subscription) -> Self {
        Self { inner: Arc::new(Mutex::new(inner)), closed: watch::Sender::new(false) }
    }
}

#[napi]
impl Subscription {
    /// Waits for records and returns the available ones, up to a few hundred; `null` once the subscription is closed.
    #[napi]
    pub async fn next_batch(&self) -> napi::Result<Option<Vec<JournalRecord>>> {
        let mut closed = self.closed.subscribe();
        let next = async {
            let records = self.inner.lock().await.next_batch(AHEAD_MAX).await?;
            Ok::<_, boxoffice::Error>(records.iter().map(|record| JournalRecord::from(record.as_ref())).collect())
        };
        let outcome = tokio::select! {
            biased;
            _ = closed.wait_for(|closed| *closed) => return Ok(None),
            outcome = next => outcome,
        };
        match outcome {
            Ok(records) => Ok(Some(records)),
            Err(error) if error.code() == Code::EngineClosed => Ok(None),
            Err(error) => Err(rejection(error)),
        }
    }

    /// Closes the subscription: pending calls of `nextBatch` resolve to `null`.
    #[napi]
    pub fn close(&self) {
        self.closed.send_replace(true);
    }
}
