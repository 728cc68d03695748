//! Newest records, in memory, for followers that keep up. Other followers read the journal.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use crate::event::Record;

/// Number of records that are kept.
const RECENT_MAX: usize = 8192;

/// Newest records, and notification of new ones.
#[derive(Debug)]
pub(crate) struct Recent {
    records: RwLock<VecDeque<Arc<Record>>>,
    /// Number of the last durable record.
    head: watch::Sender<u64>,
}

impl Recent {
    pub(crate) fn new(head: u64) -> Self {
        Self { records: RwLock::new(VecDeque::with_capacity(RECENT_MAX)), head: watch::Sender::new(head) }
    }

    /// Adds durable records. The first must follow the head.
    pub(super) fn publish(&self, batch: &[Arc<Record>]) {
        let Some(last) = batch.last() else { return };
        {
            let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
            let keep = RECENT_MAX.saturating_sub(batch.len());
            let surplus = records.len().saturating_sub(keep);
            records.drain(..surplus);
            records.extend(batch.iter().skip(batch.len().saturating_sub(RECENT_MAX)).cloned());
        }
        self.head.send_replace(last.seq);
    }

    /// Drops all records. They are read from the journal until new ones come.
    pub(super) fn reset(&self, head: u64) {
        self.records.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.head.send_replace(head);
    }

    /// Returns the number of the last durable record.
    pub(crate) fn head(&self) -> u64 {
        *self.head.borrow()
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    /// Returns at most `max` records from number `from` on; `None` if the first is not in memory.
    pub(super) fn read(&self, from: u64, max: usize) -> Option<Vec<Arc<Record>>> {
        let records = self.records.read().unwrap_or_else(PoisonError::into_inner);
        let first = records.front()?.seq;
        let skip = usize::try_from(from.checked_sub(first)?).ok()?;
        if skip >= records.len() {
            return None;
        }
        Some(records.iter().skip(skip).take(max).cloned().collect())
    }
}
