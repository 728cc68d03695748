//! The durable, ordered list of facts: the only source of truth.
//!
//! A [`Journal`] takes [`Proposal`]s and appends the events of all of them, with the vault rows and idempotency results that
//! belong to them, in one transaction with one fsync. It is a trait because a second backend comes, one that several hosts
//! share; so each proposal names the streams that it was decided on and their versions, and gets an [`Outcome`] of its own.
//! In a journal with a single writer that check is trivially true.
//!
//! **Invariant:** what `append` has answered is durable, and a reader never sees what is not.
//!
//! **Invariant:** sequence numbers run 1, 2, 3, … without a gap, and each record's hash covers all records before it.

mod batch;
mod codec;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod golden;
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
pub(crate) use self::redb::RedbJournal;
#[cfg(any(test, feature = "testing"))]
pub(crate) use self::redb::Sizes;
pub(crate) use self::redb::recover::recover;

/// What one command wants to be written, all or nothing.
#[derive(Debug, Clone)]
pub(crate) struct Proposal {
    /// The command.
    pub command_id: CommandId,
    /// Who gave it.
    pub actor: Actor,
    /// When it was decided.
    pub at: Timestamp,
    /// The streams that decided it, with the versions that they had (0 for none yet).
    #[allow(dead_code, reason = "only a journal that several hosts share checks it")]
    pub reads: StreamVersions,
    /// Its events, each with the version of its entity after it.
    pub events: SmallVec<[(DomainEvent, u64); 1]>,
    /// What changes in the vault.
    pub vault: Option<VaultChange>,
    /// What is to be answered when the command comes again; only for commands that name themselves.
    pub result: Option<StoredResult>,
}

/// Streams with versions.
pub(crate) type StreamVersions = SmallVec<[(StreamKey, u64); 2]>;

/// What became of a proposal.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// Its events are durable, as these records; none if it had no events.
    Committed(SmallVec<[Arc<Record>; 1]>),
    /// A stream that it had read has moved on: decide again.
    #[allow(dead_code, reason = "only a journal that several hosts share has conflicts")]
    Conflict,
}

/// The answer to a command that names itself, kept for 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredResult {
    /// When the command was decided.
    pub at: Timestamp,
    /// What the command was, to tell a repetition from another command under the same name.
    pub fingerprint: [u8; 16],
    /// The answer, in the engine's own form.
    pub answer: Vec<u8>,
}

/// How long a [`StoredResult`] is kept, in milliseconds.
pub(crate) const RESULT_KEPT_MS: u64 = 24 * 60 * 60 * 1000;

/// The end of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// The last record's sequence number; 0 in an empty journal.
    pub seq: u64,
    /// The last record's hash; zero in an empty journal.
    pub hash: Hash,
    /// The last record's time.
    pub at: Timestamp,
}

/// A user's row in the vault.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct VaultRow {
    /// The email as typed.
    pub email: String,
    /// The password's hash in PHC form.
    pub password_hash: String,
}

impl std::fmt::Debug for VaultRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultRow(…)")
    }
}

/// Why the journal could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file is open already, here or in another process.
    #[error("the journal is open already")]
    InUse,
    /// The directory was written by a newer version.
    #[error("the journal has format {found}, this version knows up to {known}")]
    NewerFormat {
        /// The format of the directory.
        found: u32,
        /// The newest format that this version knows.
        known: u32,
    },
    /// What is stored is not what was written.
    #[error("the journal is damaged{}: {what}", place(*seq))]
    Damaged {
        /// The record, or the first one that can't be read; 0 if what is damaged is not a record.
        seq: u64,
        /// What is wrong.
        what: String,
    },
    /// The journal was closed.
    #[error("the journal is closed")]
    Closed,
    /// The storage failed. Whether the last append is durable is not known until the journal is opened anew.
    #[error("the journal's storage failed")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where damage is, in words.
fn place(seq: u64) -> String {
    if seq == 0 { String::new() } else { format!(" at record {seq}") }
}

/// The durable, ordered list of facts, with the vault and the idempotency results beside it.
///
/// Readers may call at any time, from any thread, and see whole batches. [`Journal::append`] is called by one thread at a time.
pub(crate) trait Journal: std::fmt::Debug + Send + Sync {
    /// Appends the proposals in order, in one transaction with one fsync.
    ///
    /// # Errors
    /// After any error nothing is known about the batch: call [`Journal::reopen`] and look at [`Journal::head`].
    fn append(&self, proposals: Vec<Proposal>) -> Result<Vec<Outcome>, JournalError>;

    /// Opens the storage anew after a failure.
    fn reopen(&self) -> Result<(), JournalError>;

    /// Lets go of the storage, so that it can be opened elsewhere. Everything fails with [`JournalError::Closed`] from then on.
    fn close(&self);

    /// The end of what is durable.
    fn head(&self) -> Result<Head, JournalError>;

    /// At most `limit` records from `from` on, in order.
    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, JournalError>;

    /// Gives every record after `after` to `visit`, in order, with the hash chain checked from `after.hash` on.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] names the first record that is missing, can't be decoded or breaks the chain.
    fn replay(
        &self,
        after: Head,
        visit: &mut dyn FnMut(Record) -> Result<(), JournalError>,
    ) -> Result<Head, JournalError>;

    /// By what this email is unique in this journal: a hash under a key of the journal's own.
    fn email_key(&self, email: &Email) -> EmailKey;

    /// Who owns the email.
    fn email_owner(&self, key: EmailKey) -> Result<Option<UserId>, JournalError>;

    /// The user's personal data.
    fn vault_row(&self, user: UserId) -> Result<Option<VaultRow>, JournalError>;

    /// The answer to the command, if it named itself and is not older than [`RESULT_KEPT_MS`] at `now`.
    fn result(&self, id: CommandId, now: Timestamp) -> Result<Option<StoredResult>, JournalError>;

    /// Checks what stands beside the records, the vault, the owners of emails and the results, and gives `wrong` a sentence for
    /// all that is not what was written or does not fit together. A journal that nothing can damage has nothing to say.
    fn check_beside(&self, wrong: &mut dyn FnMut(String)) -> Result<(), JournalError> {
        let _ = wrong;
        Ok(())
    }

    /// Writes a copy of the journal, the vault and the results, as they are at one moment, to a new file; writers go on.
    /// `progress` hears how many of how many records are copied.
    fn backup(&self, file: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Head, JournalError>;

    /// Moves some of the oldest records to where they are out of the way of appends, if there are enough; tells whether there may
    /// be more. Called by one thread at a time; appends and reads go on, and every reader sees the same records as before. A
    /// journal that does not mind its length does nothing.
    ///
    /// # Errors
    /// Nothing is lost by one: what could not be moved stays where it was.
    fn archive(&self) -> Result<bool, JournalError> {
        Ok(false)
    }

    /// Gives back the room in the file that nothing uses any more; appends and new reads wait meanwhile. Tells whether there was
    /// any. A journal that has no such room does nothing.
    ///
    /// # Errors
    /// [`JournalError::Storage`] while somebody reads; then nothing has changed.
    fn compact(&self) -> Result<bool, JournalError> {
        Ok(false)
    }
}

/// By what an email is unique, under the key of a journal.
fn keyed_email(key: &[u8; 32], email: &Email) -> EmailKey {
    let hash = blake3::keyed_hash(key, email.folded().as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    EmailKey::from_bytes(bytes)
}
