//! A journal in memory, for tests and as the reference backend of the conformance suite.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::batch::Batch;
use super::codec::{RowWriter, damaged};
use super::{
    Head, History, Journal, JournalError, Outcome, Proposal, RESULT_KEPT_MS, StoredResult, VaultRow,
    former_keyed_email, keyed_email,
};
use crate::domain::VaultChange;
use crate::event::{EmailKey, Hash, Record};
use crate::types::{CommandId, Email, Timestamp, UserId};

/// Fixed key, so that the same seed gives the same email keys.
const EMAIL_HASH_KEY: [u8; 32] = [0x5a; 32];

/// A journal in memory.
#[derive(Debug, Default)]
pub(crate) struct MemoryJournal(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    records: Vec<Arc<Record>>,
    vault: HashMap<UserId, (Option<EmailKey>, VaultRow)>,
    emails: HashMap<EmailKey, UserId>,
    results: HashMap<CommandId, StoredResult>,
}

impl MemoryJournal {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn head(&self) -> Head {
        self.records.last().map_or(Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() }, |last| Head {
            seq: last.seq,
            hash: last.hash,
            at: last.at,
        })
    }

    /// Returns the records from `seq` on.
    fn from(&self, seq: u64) -> &[Arc<Record>] {
        let skipped = usize::try_from(seq.saturating_sub(1)).unwrap_or(usize::MAX);
        self.records.get(skipped..).unwrap_or_default()
    }

    fn change(&mut self, change: VaultChange) {
        match change {
            VaultChange::Put { user_id, email, password_hash } => {
                let empty = || (None, VaultRow { email: String::new(), password_hash: String::new() });
                let (mut key, mut row) = self.vault.remove(&user_id).unwrap_or_else(empty);
                if let Some((new_key, email)) = email {
                    self.free(key, user_id);
                    self.emails.insert(new_key, user_id);
                    key = Some(new_key);
                    row.email = email.as_str().into();
                }
                row.password_hash = password_hash.unwrap_or(row.password_hash);
                self.vault.insert(user_id, (key, row));
            }
            VaultChange::Erase { user_id } => {
                if let Some((key, _)) = self.vault.remove(&user_id) {
                    self.free(key, user_id);
                }
            }
        }
    }

    fn free(&mut self, key: Option<EmailKey>, user: UserId) {
        if let Some(key) = key
            && self.emails.get(&key) == Some(&user)
        {
            self.emails.remove(&key);
        }
    }
}

impl Journal for MemoryJournal {
    fn append(&self, proposals: Vec<Proposal>) -> Result<Vec<Outcome>, JournalError> {
        let mut inner = self.inner();
        let batch = Batch::new(&mut RowWriter::default(), inner.head(), proposals)?;
        for outcome in &batch.outcomes {
            if let Outcome::Committed(records) = outcome {
                inner.records.extend(records.iter().cloned());
            }
        }
        batch.vault.into_iter().for_each(|change| inner.change(change));
        inner.results.extend(batch.results);
        Ok(batch.outcomes)
    }

    fn reopen(&self) -> Result<(), JournalError> {
        Ok(())
    }

    fn close(&self) {}

    fn head(&self) -> Result<Head, JournalError> {
        Ok(self.inner().head())
    }

    fn history(&self) -> Result<History, JournalError> {
        Ok(History { id: Hash::ZERO, common: None })
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        Ok(self.inner().from(from).iter().take(limit).map(|record| (**record).clone()).collect())
    }

    fn replay(
        &self,
        after: Head,
        visit: &mut dyn FnMut(Record) -> Result<(), JournalError>,
    ) -> Result<Head, JournalError> {
        let (head, records) = {
            let inner = self.inner();
            (inner.head(), inner.from(after.seq + 1).to_vec())
        };
        if after.seq > head.seq {
            return Err(damaged(head.seq + 1, "is missing"));
        }
        records.into_iter().try_for_each(|record| visit((*record).clone()))?;
        Ok(head)
    }

    fn email_key(&self, email: &Email) -> EmailKey {
        keyed_email(&EMAIL_HASH_KEY, email)
    }

    fn former_email_key(&self, email: &Email) -> Option<EmailKey> {
        former_keyed_email(&EMAIL_HASH_KEY, email)
    }

    fn email_owner(&self, key: EmailKey) -> Result<Option<UserId>, JournalError> {
        Ok(self.inner().emails.get(&key).copied())
    }

    fn vault_row(&self, user: UserId) -> Result<Option<VaultRow>, JournalError> {
        Ok(self.inner().vault.get(&user).map(|(_, row)| row.clone()))
    }

    fn result(&self, id: CommandId, now: Timestamp) -> Result<Option<StoredResult>, JournalError> {
        let kept = |result: &&StoredResult| now.as_millis() <= result.at.as_millis() + RESULT_KEPT_MS;
        Ok(self.inner().results.get(&id).filter(kept).cloned())
    }

    fn backup(&self, _file: &Path, _progress: &mut dyn FnMut(u64, u64)) -> Result<Head, JournalError> {
        Err(JournalError::Storage("a journal in memory has no file to copy".into()))
    }
}
