//! The journal of a host that shares it with others: appends go through the stream, reads come from the copy.
//!
//! ```text
//!   append ──▶ copy: begin ──▶ keys of new users to a majority ──▶ stream ──▶ copy: settle ──▶ outcomes
//! ```

use std::path::Path;
use std::sync::Arc;

use super::member::Resolution;
use super::outlet::Outlet;
use crate::event::{EmailKey, Record};
use crate::journal::redb::copy::Begun;
use crate::journal::{Head, History, Journal, JournalError, Outcome, Proposal, RedbJournal, StoredResult, VaultRow};
use crate::types::{CommandId, Email, Timestamp, UserId};

/// The journal of a host that shares it with others.
///
/// Whoever applies messages of other hosts gives them to [`RedbJournal::apply`], and only while no append is under way.
#[derive(Debug)]
pub(crate) struct ClusterJournal {
    copy: Arc<RedbJournal>,
    outlet: Arc<dyn Outlet>,
}

/// An append whose outcome is not known yet. [`ClusterJournal::finish`] ends it; nothing else can be appended before that.
#[derive(Debug)]
pub(crate) struct Started {
    begun: Begun,
    ticket: u64,
}

impl ClusterJournal {
    /// Creates the journal of a host from its copy and its way to the stream.
    pub(crate) fn new(copy: Arc<RedbJournal>, outlet: Arc<dyn Outlet>) -> Self {
        Self { copy, outlet }
    }

    /// Returns this host's copy.
    #[cfg(test)]
    pub(crate) fn copy(&self) -> &Arc<RedbJournal> {
        &self.copy
    }

    /// Starts an append, without waiting for its outcome. It waits for other hosts only to give them the keys of new users.
    /// No proposals, or proposals that change nothing, are a tick: it shows that this host is still the writer.
    ///
    /// # Errors
    /// [`JournalError::TooLarge`] and [`JournalError::Deposed`]: nothing is appended, and the next append may follow. After
    /// any other error, the journal must be reopened.
    pub(crate) fn start(&self, proposals: Vec<Proposal>) -> Result<Started, JournalError> {
        let begun = self.copy.begin(proposals)?;
        let prepared = if begun.body().len() > self.outlet.bytes_max() {
            Err(JournalError::TooLarge)
        } else if begun.keyed().is_empty() {
            Ok(())
        } else {
            self.outlet.distribute(&self.copy.keys_of(begun.keyed()))
        };
        if let Err(error) = prepared {
            self.copy.settle(begun, None)?;
            return Err(error);
        }
        let ticket = self.outlet.start(Arc::clone(begun.body()));
        Ok(Started { begun, ticket })
    }

    /// Returns the outcome of an append once it is known.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn poll(&self, started: &Started) -> Option<Resolution> {
        self.outlet.poll(started.ticket)
    }

    /// Ends an append whose outcome is known: the copy has it then, or nothing of it.
    ///
    /// # Errors
    /// As [`ClusterJournal::start`]; in addition to that, an append that is in the stream may be missing in the copy, whose
    /// position tells. After [`JournalError::Unresolved`] nothing more may be applied to the copy: opened again, it reads the
    /// stream from its position on.
    pub(crate) fn finish(&self, started: Started, resolution: Resolution) -> Result<Vec<Outcome>, JournalError> {
        let error = match resolution {
            Resolution::Stored(position) => return self.copy.settle(started.begun, Some(position)),
            Resolution::Lost => JournalError::Deposed,
            Resolution::TooLarge => JournalError::TooLarge,
            Resolution::Unknown => JournalError::Unresolved,
        };
        self.copy.settle(started.begun, None)?;
        Err(error)
    }
}

impl Journal for ClusterJournal {
    fn append(&self, proposals: Vec<Proposal>) -> Result<Vec<Outcome>, JournalError> {
        let started = self.start(proposals)?;
        let resolution = self.outlet.wait(started.ticket);
        self.finish(started, resolution)
    }

    fn reopen(&self) -> Result<(), JournalError> {
        self.copy.reopen()
    }

    fn close(&self) {
        match self.copy.sync_all() {
            Ok(_) | Err(JournalError::Closed) => {}
            // What is lost is in the stream.
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the copy could not be synced at its end");
            }
        }
        self.copy.close();
    }

    fn head(&self) -> Result<Head, JournalError> {
        self.copy.head()
    }

    fn history(&self) -> Result<History, JournalError> {
        self.copy.history()
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        self.copy.read(from, limit)
    }

    fn replay(
        &self,
        after: Head,
        visit: &mut dyn FnMut(Record) -> Result<(), JournalError>,
    ) -> Result<Head, JournalError> {
        self.copy.replay(after, visit)
    }

    fn email_key(&self, email: &Email) -> EmailKey {
        self.copy.email_key(email)
    }

    fn former_email_key(&self, email: &Email) -> Option<EmailKey> {
        self.copy.former_email_key(email)
    }

    fn email_owner(&self, key: EmailKey) -> Result<Option<UserId>, JournalError> {
        self.copy.email_owner(key)
    }

    fn vault_row(&self, user: UserId) -> Result<Option<VaultRow>, JournalError> {
        match self.copy.vault_row(user) {
            Err(JournalError::Damaged { .. }) if self.copy.misses_key(user) => {
                let what = format!("the key of the personal data of user {user} has not come to this host yet");
                Err(JournalError::Storage(what.into()))
            }
            row => row,
        }
    }

    fn erased_elsewhere(&self) -> Vec<UserId> {
        self.copy.erased_elsewhere()
    }

    fn erase_in_backup(&self, directory: &Path) -> Result<u64, JournalError> {
        self.copy.erase_in_backup(directory)
    }

    #[cfg(any(test, feature = "simulation"))]
    fn keeps_key(&self, user: UserId) -> bool {
        self.copy.keeps_key(user)
    }

    fn result(&self, id: CommandId, now: Timestamp) -> Result<Option<StoredResult>, JournalError> {
        self.copy.result(id, now)
    }

    fn check_storage(&self) -> Result<(), JournalError> {
        self.copy.check_storage()
    }

    fn check_beside(&self, wrong: &mut dyn FnMut(String)) -> Result<(), JournalError> {
        self.copy.check_beside(wrong)
    }

    fn backup(&self, file: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Head, JournalError> {
        self.copy.backup(file, progress)
    }

    fn archive(&self) -> Result<bool, JournalError> {
        self.copy.archive()
    }

    fn compact(&self) -> Result<bool, JournalError> {
        self.copy.compact()
    }

    fn persist(&self, seq: u64) -> Result<bool, JournalError> {
        if self.copy.synced() < seq {
            self.copy.sync()?;
        }
        Ok(self.copy.synced() >= seq)
    }
}

#[cfg(test)]
pub(crate) mod tests;
