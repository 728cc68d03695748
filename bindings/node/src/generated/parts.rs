// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! What is gone through one after the other.

use crate::generated::prelude::*;

/// Read when it is asked for. Several iterations of one share what it has.
#[napi]
#[derive(Debug)]
pub struct BalanceEntryParts(pub(crate) Parts<BalanceEntry>);

#[napi]
impl BalanceEntryParts {
    /// The next ones; `null` at the end.
    #[napi]
    pub async fn next_batch(&self) -> napi::Result<Option<Vec<BalanceEntry>>> {
        self.0.next_batch()
    }
}

/// Read when it is asked for. Several iterations of one share what it has.
#[napi]
#[derive(Debug)]
pub struct JournalRecordParts(pub(crate) Parts<JournalRecord>);

#[napi]
impl JournalRecordParts {
    /// The next ones; `null` at the end.
    #[napi]
    pub async fn next_batch(&self) -> napi::Result<Option<Vec<JournalRecord>>> {
        self.0.next_batch()
    }
}

/// Read when it is asked for. Several iterations of one share what it has.
#[napi]
#[derive(Debug)]
pub struct OrderParts(pub(crate) Parts<Order>);

#[napi]
impl OrderParts {
    /// The next ones; `null` at the end.
    #[napi]
    pub async fn next_batch(&self) -> napi::Result<Option<Vec<Order>>> {
        self.0.next_batch()
    }
}

/// Read when it is asked for. Several iterations of one share what it has.
#[napi]
#[derive(Debug)]
pub struct TextParts(pub(crate) Parts<String>);

#[napi]
impl TextParts {
    /// The next ones; `null` at the end.
    #[napi]
    pub async fn next_batch(&self) -> napi::Result<Option<Vec<String>>> {
        self.0.next_batch()
    }
}

/// Read when it is asked for. Several iterations of one share what it has.
#[napi]
#[derive(Debug)]
pub struct TicketParts(pub(crate) Parts<Ticket>);

#[napi]
impl TicketParts {
    /// The next ones; `null` at the end.
    #[napi]
    pub async fn next_batch(&self) -> napi::Result<Option<Vec<Ticket>>> {
        self.0.next_batch()
    }
}
