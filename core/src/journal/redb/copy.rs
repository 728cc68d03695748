//! A host's copy of a journal that several hosts share.
//!
//! ```text
//!   writer:    begin ──▶ open transaction, body ── the stream decides ──▶ settle: commit, or abort
//!   follower:  body of the batch ──▶ apply: the same rows, commit
//! ```
//!
//! What is in the stream is durable, and a copy that loses its latest commits reads them there once more. So commits are
//! not synced, but for those of [`RedbJournal::sync`], which is called every second, and those of erasures: a key is
//! overwritten only when the row under it can't come back. Each commit notes the position in the stream, so that rows and
//! position fall back together.
//!
//! **Invariant:** from `begin` to `settle`, nothing else writes to the journal's file.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use redb::{Durability, WriteTransaction};

use super::copy_state::CopyState;
use super::error::guarded;
use super::file::DATABASE_FILE;
use super::key_file::Key;
use super::lock::{lock, write};
use super::records::write_rows;
use super::schema::{META, VAULT};
use super::vault::{self, rows};
use super::{RedbJournal, Writer, history, position};
use crate::domain::VaultChange;
use crate::event::Record;
use crate::journal::batch::Batch;
use crate::journal::codec::{damaged, frames};
use crate::journal::jetstream::Position;
use crate::journal::jetstream::payload::{Payload, RecordRow, ResultEntry};
use crate::journal::{Head, JournalError, Outcome, Proposal};
use crate::types::{Timestamp, UserId};

/// Number of records after which a commit is synced although nobody has asked for it: pages that a commit has left are free
/// only after that.
const UNSYNCED_MAX: u64 = 100_000;

/// A batch whose transaction is open until the stream has decided. Dropping it aborts the batch.
pub(crate) struct Begun {
    outcomes: Vec<Outcome>,
    body: Arc<[u8]>,
    /// Shared with the journal, which knows by it that the batch is not settled.
    keyed: Arc<Vec<UserId>>,
    /// `None` if nothing is to be written.
    open: Option<(WriteTransaction, Written)>,
}

impl Begun {
    /// Returns the body of the message that is to be appended to the stream; it is empty if nothing is to be written.
    pub(crate) fn body(&self) -> &Arc<[u8]> {
        &self.body
    }

    /// Returns the users whose keys other hosts must have before they get the batch.
    pub(crate) fn keyed(&self) -> &[UserId] {
        &self.keyed
    }
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun")
            .field("outcomes", &self.outcomes.len())
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What a transaction has written, for whoever commits it.
struct Written {
    head: Head,
    oldest_result: Option<Timestamp>,
    first: u64,
    erased: Vec<UserId>,
    /// Users whose rows have changed, and whether they can be read here.
    readable: Vec<(UserId, bool)>,
}

impl RedbJournal {
    /// Returns how far this copy has followed the stream; `None` if it never was a copy of a shared journal.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] if the journal went on without the stream.
    pub(crate) fn position(&self) -> Result<Option<Position>, JournalError> {
        self.known(&mut lock(&self.writer))
    }

    fn known(&self, writer: &mut Writer) -> Result<Option<Position>, JournalError> {
        if writer.copy.position.is_none() {
            let head = self.durable().head;
            let noted = self.view(|txn| position::read(&txn.open_table(META)?, head))?;
            writer.copy.position = noted;
            writer.copy.noted = noted.map_or(0, |position| position.n);
        }
        Ok(writer.copy.position)
    }

    /// Makes this journal a copy at this position, durably. Its history becomes that of the shared journal.
    ///
    /// The first host of a cluster encrypts the rows that an earlier version has left plain, so that none of the copies
    /// that are made of it has any, and nobody makes another key for one of them.
    pub(crate) fn set_position(&self, position: &Position) -> Result<(), JournalError> {
        let mut writer = lock(&self.writer);
        writer.check()?;
        let own = self.durable();
        let noted = guarded(DATABASE_FILE, || {
            if !position::is_noted(&self.begin_read()?.open_table(META)?)? {
                self.seal_plain_rows()?;
            }
            let mut txn = self.begin_write()?;
            txn.set_quick_repair(self.is_long(own.head, writer.first));
            let history = history::adopt(&txn, own.history, position.journal, own.head.seq)?;
            position::write(&txn, position, own.head)?;
            txn.commit()?;
            Ok(history)
        });
        match noted {
            Ok(history) => {
                let mut durable = write(&self.durable);
                durable.history = history;
                durable.synced = own.head.seq;
                let missing = writer.copy.missing.take();
                writer.copy =
                    CopyState { position: Some(*position), noted: position.n, missing, ..CopyState::default() };
                Ok(())
            }
            Err(error) => Err(self.fail(&mut writer, error)),
        }
    }

    /// Writes a batch in a transaction that stays open until [`RedbJournal::settle`]. Readers see nothing of it until then.
    ///
    /// New users have keys when it returns, durably on this host; whoever appends the body to the stream first gives the
    /// keys of [`Begun::keyed`] to other hosts.
    ///
    /// # Errors
    /// After any error but that of a batch which is not settled, the journal must be reopened. Nothing of the batch is left.
    pub(crate) fn begin(&self, proposals: Vec<Proposal>) -> Result<Begun, JournalError> {
        let mut writer = lock(&self.writer);
        writer.check()?;
        let head = self.durable().head;
        let batch = Batch::new(&mut writer.rows, head, proposals)?;
        if batch.changes_nothing(head) {
            return Ok(Begun { outcomes: batch.outcomes, body: Arc::from([]), keyed: Arc::default(), open: None });
        }
        match guarded(DATABASE_FILE, || self.open_batch(&writer, batch)) {
            Ok(begun) => {
                writer.copy.begun = Arc::downgrade(&begun.keyed);
                Ok(begun)
            }
            Err(error) => Err(self.fail(&mut writer, error)),
        }
    }

    fn open_batch(&self, writer: &Writer, batch: Batch) -> Result<Begun, JournalError> {
        let Batch { outcomes, head, now, vault: changes, results } = batch;
        let txn = self.begin_write()?;
        write_rows(&txn, writer.rows.rows())?;
        let (keyed, stored) = match changes.as_slice() {
            [] => (Vec::new(), rows::Changed::default()),
            changes => self.change_vault(&txn, changes)?,
        };
        let (oldest_result, first) = self.tidy(&txn, writer, &results, now, writer.rows.len())?;
        let erased = vault::erased(&changes);
        let payload = Payload {
            now,
            rows: writer.rows.rows().map(|(first, row)| RecordRow { first, row }).collect(),
            vault: stored.entries(),
            emails: stored.emails.clone(),
            erased: erased.clone(),
            results: results.iter().map(ResultEntry::of).collect(),
        };
        let body = payload.encode()?;
        let readable = stored.rows.iter().map(|(user, _)| (*user, true)).collect();
        let written = Written { head, oldest_result, first, erased, readable };
        Ok(Begun { outcomes, body, keyed: Arc::new(keyed), open: Some((txn, written)) })
    }

    /// Applies changes to the vault. Returns the users whose keys other hosts must have, and what is stored now.
    fn change_vault(
        &self,
        txn: &WriteTransaction,
        changes: &[VaultChange],
    ) -> Result<(Vec<UserId>, rows::Changed), JournalError> {
        let touched = rows::touched(txn, changes)?;
        let mut keyed = Vec::new();
        if let Some(keys) = &self.keys {
            keyed = rows::newly_keyed(txn, changes, keys)?;
            keys.ensure(vault::keyed(changes))?;
        }
        vault::apply(txn, changes, self.keys.as_ref())?;
        Ok((keyed, rows::read(txn, &touched)?))
    }

    /// Ends a batch: commits it if it is `stored` in the stream at a position, and aborts it otherwise. Returns its
    /// outcomes; those of an aborted batch are none.
    ///
    /// # Errors
    /// After any error, the journal must be reopened. Its position tells whether it has the batch.
    pub(crate) fn settle(&self, begun: Begun, stored: Option<Position>) -> Result<Vec<Outcome>, JournalError> {
        let mut writer = lock(&self.writer);
        // The batch counts as begun until its transaction has ended.
        let Begun { outcomes, body: _, keyed: _keyed, open } = begun;
        match (open, stored) {
            (Some((txn, written)), Some(position)) => {
                writer.check_sound()?;
                self.commit(&mut writer, txn, written, position)?;
            }
            (Some((txn, _)), None) => self.abort(&mut writer, txn)?,
            (None, Some(position)) => writer.copy.follow(position),
            (None, None) => {}
        }
        Ok(if stored.is_some() { outcomes } else { Vec::new() })
    }

    fn abort(&self, writer: &mut Writer, txn: WriteTransaction) -> Result<(), JournalError> {
        if let Err(error) = guarded(DATABASE_FILE, || Ok(txn.abort()?)) {
            return Err(self.fail(writer, error));
        }
        if writer.copy.is_due && !writer.failed { self.sync_now(writer) } else { Ok(()) }
    }

    /// Writes what a message of the stream brings; returns its records. Without a body, the position is only remembered.
    ///
    /// `position` is the one after the message. `body` is that of a batch; other messages have none for the copy.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] if the message doesn't continue this copy, [`JournalError::UnknownEvent`] if this version does
    /// not know what is in it. Nothing has changed then.
    pub(crate) fn apply(&self, position: &Position, body: &[u8]) -> Result<Vec<Arc<Record>>, JournalError> {
        let mut writer = lock(&self.writer);
        writer.check_sound()?;
        if let Some(before) = self.known(&mut writer)? {
            check_follows(&before, position)?;
        }
        if body.is_empty() {
            writer.copy.follow(*position);
            return Ok(Vec::new());
        }
        writer.check()?;
        let head = self.durable().head;
        let payload = Payload::decode(body).map_err(|error| damaged(head.seq + 1, error.to_string()))?;
        let (end, records) = follow(head, &payload.rows)?;
        let readable = rows::readable(&payload, self.keys.as_ref())?;
        match guarded(DATABASE_FILE, || self.write_payload(&writer, &payload, end, readable)) {
            Ok((txn, written)) => self.commit(&mut writer, txn, written, *position)?,
            Err(error) => return Err(self.fail(&mut writer, error)),
        }
        Ok(records)
    }

    fn write_payload(
        &self,
        writer: &Writer,
        payload: &Payload<'_>,
        head: Head,
        mut readable: Vec<(UserId, bool)>,
    ) -> Result<(WriteTransaction, Written), JournalError> {
        let txn = self.begin_write()?;
        write_rows(&txn, payload.rows.iter().map(|row| (row.first, row.row)))?;
        if !(payload.vault.is_empty() && payload.emails.is_empty() && payload.erased.is_empty()) {
            rows::write(&txn, payload, self.keys.as_ref())?;
        }
        let results: Vec<_> = payload.results.iter().map(ResultEntry::result).collect();
        let (oldest_result, first) = self.tidy(&txn, writer, &results, payload.now, payload.rows.len())?;
        for (user, is_readable) in &mut readable {
            *is_readable |= self.erasures.has(*user);
        }
        Ok((txn, Written { head, oldest_result, first, erased: payload.erased.clone(), readable }))
    }

    /// Commits a transaction together with the position.
    fn commit(
        &self,
        writer: &mut Writer,
        mut txn: WriteTransaction,
        written: Written,
        position: Position,
    ) -> Result<(), JournalError> {
        let Written { head, oldest_result, first, erased, readable } = written;
        let unsynced = head.seq.saturating_sub(self.durable().synced);
        let is_durable = writer.copy.is_due || !erased.is_empty() || unsynced >= UNSYNCED_MAX;
        let committed = guarded(DATABASE_FILE, || {
            position::write(&txn, &position, head)?;
            if is_durable {
                txn.set_quick_repair(self.is_long(head, first));
            } else {
                txn.set_durability(Durability::None).map_err(|err| JournalError::Storage(Box::new(err)))?;
            }
            txn.commit()?;
            self.erase(&erased)
        });
        match committed {
            Ok(erasing) => {
                writer.oldest_result = oldest_result;
                writer.first = first;
                writer.erasing = erasing;
                writer.copy.committed(position, is_durable);
                writer.copy.read(readable);
                let mut durable = write(&self.durable);
                durable.head = head;
                if is_durable {
                    durable.synced = head.seq;
                }
                self.is_unwell.store(false, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => Err(self.fail(writer, error)),
        }
    }

    /// Makes the copy durable as it is, with its position, if it has changed. Returns `false` while a batch is begun: then
    /// the copy is made durable when that is settled.
    pub(crate) fn sync(&self) -> Result<bool, JournalError> {
        self.sync_if(CopyState::is_unsynced)
    }

    /// Makes the copy durable like [`RedbJournal::sync`], also if only its position has changed: for whoever closes it.
    pub(crate) fn sync_all(&self) -> Result<bool, JournalError> {
        self.sync_if(CopyState::is_behind)
    }

    /// Makes the copy durable, and returns how far a crash of this host undoes nothing. While a batch is begun it only returns
    /// that, and the copy is made durable when the batch is settled.
    pub(crate) fn secure(&self) -> Result<Option<Position>, JournalError> {
        self.sync_if(CopyState::is_unsecured)?;
        Ok(lock(&self.writer).copy.secured)
    }

    fn sync_if(&self, is_needed: impl Fn(&CopyState) -> bool) -> Result<bool, JournalError> {
        let mut writer = lock(&self.writer);
        writer.check_sound()?;
        self.known(&mut writer)?;
        if !is_needed(&writer.copy) {
            return Ok(true);
        }
        if writer.copy.begun().is_some() {
            writer.copy.is_due = true;
            return Ok(false);
        }
        self.sync_now(&mut writer).map(|()| true)
    }

    fn sync_now(&self, writer: &mut Writer) -> Result<(), JournalError> {
        let Some(position) = writer.copy.position else { return Ok(()) };
        let head = self.durable().head;
        let synced = guarded(DATABASE_FILE, || {
            let mut txn = self.begin_write()?;
            txn.set_quick_repair(self.is_long(head, writer.first));
            position::write(&txn, &position, head)?;
            txn.commit()?;
            Ok(())
        });
        if let Err(error) = synced {
            return Err(self.fail(writer, error));
        }
        writer.copy.committed(position, true);
        write(&self.durable).synced = head.seq;
        Ok(())
    }

    /// Returns the last record that survives a crash of this host without the stream.
    pub(crate) fn synced(&self) -> u64 {
        self.durable().synced
    }

    /// Returns `true` if the file is so long that a commit should spare the next opening its scan.
    fn is_long(&self, head: Head, first: u64) -> bool {
        (head.seq + 1).saturating_sub(first) >= self.sizes.quick_repair_from
    }

    /// Returns the keys of those of the users who have one here.
    pub(crate) fn keys_of(&self, users: &[UserId]) -> Vec<(UserId, Key)> {
        let Some(keys) = &self.keys else { return Vec::new() };
        users.iter().filter_map(|user| Some((*user, keys.key(*user)?))).collect()
    }

    /// Keeps keys that another host has given, durably. Returns `true` if each of these users now has this key, or was
    /// erased.
    ///
    /// A key takes the place of another only if the user's row says so, or there is no row yet: then the other one is that
    /// of a batch that never came to the stream.
    pub(crate) fn take_keys(&self, given: &[(UserId, Key)]) -> Result<bool, JournalError> {
        let mut writer = lock(&self.writer);
        writer.check_sound()?;
        let keys = self.keys.as_ref().ok_or_else(|| JournalError::Storage("there is no place for keys".into()))?;
        let begun = writer.copy.begun().unwrap_or_default();
        let (mut taken, mut readable, mut are_all) = (Vec::new(), Vec::new(), true);
        for (user, key) in given {
            if keys.key(*user) == Some(*key) || self.erasures.has(*user) {
                continue;
            }
            match self.view(|txn| rows::fits(&txn.open_table(VAULT)?, *user, Some(key)))? {
                Some(true) => readable.push((*user, true)),
                None if !begun.contains(user) => {}
                Some(false) | None => {
                    are_all = false;
                    continue;
                }
            }
            taken.push((*user, *key));
        }
        if !taken.is_empty() {
            // It is unknown what is kept of keys that could not be written: reopening reads it.
            keys.fill(taken).map_err(|error| self.fail(&mut writer, error))?;
            writer.copy.read(readable);
        }
        Ok(are_all)
    }

    /// Returns the users whose personal data can't be read here, because their key is missing. Those who were erased don't
    /// count.
    pub(crate) fn missing_keys(&self) -> Result<Vec<UserId>, JournalError> {
        let mut writer = lock(&self.writer);
        if writer.copy.missing.is_none() {
            let is_erased = |user| self.erasures.has(user);
            let missing = self.view(|txn| rows::unreadable(txn, self.keys.as_ref(), &is_erased))?;
            writer.copy.missing = Some(missing);
        }
        Ok(writer.copy.missing.iter().flatten().copied().collect())
    }

    /// Returns `true` if the user's personal data is known to be unreadable here.
    pub(crate) fn misses_key(&self, user: UserId) -> bool {
        lock(&self.writer).copy.missing.as_ref().is_some_and(|missing| missing.contains(&user))
    }

    /// Overwrites those keys of `orphans` that still belong to no row; returns all keys that belong to none.
    ///
    /// A batch that never came to the stream leaves them. Whoever calls it once a day, with what it returned the day
    /// before, overwrites none whose batch is still under way.
    pub(crate) fn sweep_keys(&self, orphans: &BTreeSet<UserId>) -> Result<BTreeSet<UserId>, JournalError> {
        let Some(keys) = &self.keys else { return Ok(BTreeSet::new()) };
        let users: Vec<UserId> = keys.all().into_keys().collect();
        let mut left = self.without_row(&users)?;
        let mut writer = lock(&self.writer);
        writer.check_sound()?;
        let begun = writer.copy.begun().unwrap_or_default();
        let old: Vec<UserId> = left.intersection(orphans).copied().filter(|user| !begun.contains(user)).collect();
        let swept: Vec<UserId> = self.without_row(&old)?.into_iter().collect();
        keys.erase(&swept).map_err(|error| self.fail(&mut writer, error))?;
        left.retain(|user| !swept.contains(user));
        Ok(left)
    }

    fn without_row(&self, users: &[UserId]) -> Result<BTreeSet<UserId>, JournalError> {
        self.view(|txn| {
            let mut without = BTreeSet::new();
            for user in users {
                if !vault::has_row(txn, *user)? {
                    without.insert(*user);
                }
            }
            Ok(without)
        })
    }
}

/// Checks that a message comes after the position.
fn check_follows(before: &Position, position: &Position) -> Result<(), JournalError> {
    if position.journal != before.journal {
        return Err(damaged(0, "a message of another journal was to be applied"));
    }
    if position.n <= before.n {
        return Err(damaged(0, format!("message {} was to be applied after message {}", position.n, before.n)));
    }
    Ok(())
}

/// Decodes the records of rows that must continue the journal; returns its end after them, too.
fn follow(head: Head, rows: &[RecordRow<'_>]) -> Result<(Head, Vec<Arc<Record>>), JournalError> {
    let (mut end, mut records, mut scratch) = (head, Vec::new(), Vec::new());
    for RecordRow { first, row } in rows {
        if *first != end.seq + 1 {
            return Err(damaged(end.seq + 1, format!("comes next here, and record {first} in the stream")));
        }
        for frame in frames(*first, row)? {
            let frame = frame?;
            frame.check(end.hash, &mut scratch)?;
            let record = frame.decode().map_err(|error| match frame.unknown_event() {
                Some(event) => JournalError::UnknownEvent { seq: frame.seq, event },
                None => error,
            })?;
            end = Head { seq: record.seq, hash: record.hash, at: record.at };
            records.push(Arc::new(record));
        }
    }
    Ok((end, records))
}

#[cfg(test)]
pub(crate) mod tests;
