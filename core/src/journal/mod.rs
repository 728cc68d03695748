//! The durable, ordered list of events: the only source of truth.
//!
//! A [`Journal`] appends the events of a list of [`Proposal`]s, with their vault rows and idempotency results, in one
//! transaction with one fsync. It is a trait because a second backend is planned that several hosts share. For that
//! backend, each proposal lists the streams and versions that it was decided on, and gets its own [`Outcome`]. In a
//! journal with a single writer the version check trivially succeeds.
//!
//! **Invariant:** what `append` has acknowledged is durable, and readers never see anything that is not durable.
//!
//! **Invariant:** sequence numbers run 1, 2, 3, … without a gap, and each record's hash covers all records before it.

mod batch;
mod codec;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod golden;
#[cfg(feature = "cluster")]
pub(crate) mod jetstream;
#[cfg(test)]
mod memory;
mod redb;

use std::path::Path;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::domain::VaultChange;
use crate::event::{Actor, DomainEvent, EmailKey, Hash, Record, StreamKey};
use crate::types::{CommandId, Email, Timestamp, UserId};

#[cfg(any(test, feature = "testing"))]
pub(crate) use self::codec::decode_row;
#[cfg(test)]
pub(crate) use self::memory::MemoryJournal;
#[cfg(feature = "cluster")]
pub(crate) use self::redb::Key;
pub(crate) use self::redb::RedbJournal;
#[cfg(any(test, feature = "testing"))]
pub(crate) use self::redb::Sizes;
pub(crate) use self::redb::recover::recover;

/// The writes of one command, appended all or nothing.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    /// Id of the command.
    pub command_id: CommandId,
    /// Actor that gave the command.
    pub actor: Actor,
    /// Time of the decision.
    pub at: Timestamp,
    /// Streams that the decision depends on, with the versions that it saw (0 for a stream without events).
    #[allow(dead_code, reason = "only a journal that several hosts share checks it")]
    pub reads: StreamVersions,
    /// Events, each with the version of its entity after the event.
    pub events: SmallVec<[(DomainEvent, u64); 1]>,
    /// Change to the vault.
    pub vault: Option<VaultChange>,
    /// Answer to return when the command is repeated; only for commands with an idempotency key.
    pub result: Option<StoredResult>,
}

/// Streams with versions.
pub(crate) type StreamVersions = SmallVec<[(StreamKey, u64); 2]>;

/// Outcome of a proposal.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// The events are durable as these records. The list is empty if there were no events.
    Committed(SmallVec<[Arc<Record>; 1]>),
    /// A stream that the decision depends on has changed; the command must be decided again.
    #[allow(dead_code, reason = "only a journal that several hosts share has conflicts")]
    Conflict,
}

/// Answer to a command with an idempotency key, kept for 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredResult {
    /// Time of the decision.
    pub at: Timestamp,
    /// Fingerprint of the command, which distinguishes a repetition from another command with the same key.
    pub fingerprint: [u8; 16],
    /// Answer in the engine's own encoding.
    pub answer: Vec<u8>,
}

/// Retention of a [`StoredResult`], in milliseconds.
pub(crate) const RESULT_KEPT_MS: u64 = 24 * 60 * 60 * 1000;

/// The end of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Sequence number of the last record; 0 in an empty journal.
    pub seq: u64,
    /// Hash of the last record; zero in an empty journal.
    pub hash: Hash,
    /// Time of the last record.
    pub at: Timestamp,
}

/// Identity of the history that a journal records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct History {
    /// Id of the history; another one in each backup.
    pub id: Hash,
    /// Last record that is shared with all histories that the journal was restored from; `None` if it never was.
    pub common: Option<u64>,
}

/// A user's row in the vault.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct VaultRow {
    /// Email as typed.
    pub email: String,
    /// Password hash in PHC form.
    pub password_hash: String,
}

impl std::fmt::Debug for VaultRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultRow(…)")
    }
}

/// Errors of the journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file is already open, in this process or another.
    #[error("the journal is open already")]
    InUse,
    /// The directory was written by a newer version.
    #[error("the journal has format {found}, this version knows up to {known}")]
    NewerFormat {
        /// Format of the directory.
        found: u32,
        /// Newest format that this version supports.
        known: u32,
    },
    /// The stored data is not what was written.
    #[error("the journal is damaged{}: {what}", place(*seq))]
    Damaged {
        /// Sequence number of the damaged record, or of the first unreadable one; 0 if the damage is not in a record.
        seq: u64,
        /// Description of the damage.
        what: String,
    },
    /// The journal was closed.
    #[error("the journal is closed")]
    Closed,
    /// The storage failed. Until the journal is reopened, it is unknown whether the last append is durable.
    #[error("the journal's storage failed")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The batch is not in the journal that several hosts share, and never will be: another host is the writer.
    #[error("another host writes the journal")]
    Deposed,
    /// The batch is not in the journal that several hosts share, because it is larger than a message of the stream.
    #[error("the batch is larger than a message of the stream may be")]
    TooLarge,
    /// Whether the batch is in the journal that several hosts share is not known, and this process will not know it.
    #[error("whether the last batch is in the shared journal is not known here")]
    Unresolved,
    /// A record of another host holds an event of a newer version.
    #[error("record {seq} holds the event {event}, which this version does not know")]
    UnknownEvent {
        /// Sequence number of the record.
        seq: u64,
        /// Name of the event.
        event: String,
    },
}

/// Returns the position of damage as part of a message.
fn place(seq: u64) -> String {
    if seq == 0 { String::new() } else { format!(" at record {seq}") }
}

/// The durable, ordered list of events, with the vault and the idempotency results.
///
/// Readers may call from any thread at any time and see whole batches. [`Journal::append`] is called by one thread at a
/// time.
pub(crate) trait Journal: std::fmt::Debug + Send + Sync {
    /// Appends the proposals in order, in one transaction with one fsync.
    ///
    /// # Errors
    /// After [`JournalError::Deposed`] and [`JournalError::TooLarge`], nothing of the batch is in the journal. After any
    /// other error the state of the batch is unknown: call [`Journal::reopen`] and compare [`Journal::head`]; after
    /// [`JournalError::Unresolved`], end the process.
    fn append(&self, proposals: Vec<Proposal>) -> Result<Vec<Outcome>, JournalError>;

    /// Reopens the storage after a failure.
    fn reopen(&self) -> Result<(), JournalError>;

    /// Releases the storage, so that it can be opened elsewhere. Every later call fails with [`JournalError::Closed`].
    fn close(&self);

    /// Returns the end of the durable records.
    fn head(&self) -> Result<Head, JournalError>;

    /// Returns the identity of the journal's history.
    fn history(&self) -> Result<History, JournalError>;

    /// Reads at most `limit` records in order, starting at `from`.
    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, JournalError>;

    /// Passes every record after `after` to `visit` in order, and checks the hash chain from `after.hash` on.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] with the first record that is missing, can't be decoded or breaks the chain.
    fn replay(
        &self,
        after: Head,
        visit: &mut dyn FnMut(Record) -> Result<(), JournalError>,
    ) -> Result<Head, JournalError>;

    /// Returns the key by which this email is unique in this journal: a hash under the journal's own secret key.
    fn email_key(&self, email: &Email) -> EmailKey;

    /// Returns the key under which an older account with this email may be listed; `None` if it is [`Journal::email_key`].
    fn former_email_key(&self, email: &Email) -> Option<EmailKey>;

    /// Returns the owner of the email.
    fn email_owner(&self, key: EmailKey) -> Result<Option<UserId>, JournalError>;

    /// Returns the user's personal data.
    fn vault_row(&self, user: UserId) -> Result<Option<VaultRow>, JournalError>;

    /// Returns the users who are on the list of erased users, which may be of a later time than the records. The default
    /// implementation, for a journal without such a list, returns none.
    fn erased_elsewhere(&self) -> Vec<UserId> {
        Vec::new()
    }

    /// Overwrites the keys of all erased users in a backup; returns the number of those that had one there. The default
    /// implementation, for a journal without keys, does nothing.
    fn erase_in_backup(&self, directory: &Path) -> Result<u64, JournalError> {
        let _ = directory;
        Ok(0)
    }

    /// Returns `true` if there is a key of the user's personal data.
    #[cfg(any(test, feature = "simulation"))]
    fn keeps_key(&self, user: UserId) -> bool {
        let _ = user;
        false
    }

    /// Returns the stored answer to the command, if it has one that is not older than [`RESULT_KEPT_MS`] at `now`.
    fn result(&self, id: CommandId, now: Timestamp) -> Result<Option<StoredResult>, JournalError>;

    /// Checks that an append could succeed, without appending. The default implementation, for a journal without storage
    /// that can fail, finds nothing.
    ///
    /// # Errors
    /// [`JournalError::Storage`] with what is wrong, [`JournalError::Closed`].
    fn check_storage(&self) -> Result<(), JournalError> {
        Ok(())
    }

    /// Checks the data beside the records: the vault, the owners of emails and the results. Passes `wrong` a sentence
    /// for each item that is damaged or inconsistent. The default implementation, for a journal that can't be damaged,
    /// reports nothing.
    fn check_beside(&self, wrong: &mut dyn FnMut(String)) -> Result<(), JournalError> {
        let _ = wrong;
        Ok(())
    }

    /// Writes a consistent copy of the journal, the vault and the results to a new file, while writers continue.
    /// `progress` receives the number of copied records and their total.
    fn backup(&self, file: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Head, JournalError>;

    /// Moves some of the oldest records to the archive, away from appends, if there are enough of them. Returns `true`
    /// if there may be more to move. One thread calls it at a time; appends and reads continue, and readers see the
    /// same records as before. The default implementation, for a journal whose length does not matter, does nothing.
    ///
    /// # Errors
    /// An error loses nothing: records that could not be moved stay in place.
    fn archive(&self) -> Result<bool, JournalError> {
        Ok(false)
    }

    /// Sees to it that the records up to `seq` survive a crash of this host; returns `true` once they do, and `false` if
    /// that takes until the append under way has ended. The default implementation, for a journal whose appends are durable
    /// here, has nothing to do.
    ///
    /// # Errors
    /// [`JournalError::Storage`]; then the journal must be reopened.
    fn persist(&self, seq: u64) -> Result<bool, JournalError> {
        let _ = seq;
        Ok(true)
    }

    /// Reclaims unused space in the file; returns `true` if any was freed. Appends and new reads wait meanwhile. The
    /// default implementation, for a journal without such space, does nothing.
    ///
    /// # Errors
    /// [`JournalError::Storage`] while a reader is active; then nothing has changed.
    fn compact(&self) -> Result<bool, JournalError> {
        Ok(false)
    }
}

/// Returns the key by which an email is unique under a journal's secret key.
fn keyed_email(key: &[u8; 32], email: &Email) -> EmailKey {
    keyed(key, &email.folded())
}

/// Returns the key under which older accounts are listed, if it is another one.
fn former_keyed_email(key: &[u8; 32], email: &Email) -> Option<EmailKey> {
    let former = email.formerly_folded();
    (former != email.folded()).then(|| keyed(key, &former))
}

fn keyed(key: &[u8; 32], text: &str) -> EmailKey {
    let hash = blake3::keyed_hash(key, text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    EmailKey::from_bytes(bytes)
}
