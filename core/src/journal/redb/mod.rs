//! The journal in a [`redb`] file, for one process with one writer.
//!
//! One append is one write transaction. Readers have transactions of their own, see whole batches, and never
//! wait for the writer.
//!
//! After a crash redb walks the whole file, about half a second for each gigabyte, unless the last transaction was committed in
//! *quick-repair* mode, which costs a second fsync. So a journal commits with one fsync while it is small enough to be walked
//! in a second or two, and in quick-repair mode from [`QUICK_REPAIR_FROM`] on. To alternate would gain nothing: only the
//! very last commit before the crash counts.
//!
//! redb checks its pages only when it repairs a file. So everything that is stored can be checked by what is stored with it: the
//! records by their chain of hashes, the rest by checksums, and [`Journal::check_beside`] finds what can't be found.
//!
//! **Invariant:** after an append has failed, the next one is refused until the journal was reopened: what the file holds is
//! not known before.

mod backup;
#[cfg(test)]
mod crash;
mod format;
mod replay;
mod results;
pub(super) mod salvage;
mod scan;
mod tables;
#[cfg(test)]
pub(super) mod tests;
mod untouched;
mod vault;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};

use self::tables::{Loaded, RECORDS, at, guarded, is_closed, load};
use super::batch::Batch;
use super::codec::{RowWriter, damaged, frames};
use super::{Head, Journal, JournalError, Outcome, Proposal, StoredResult, VaultRow, keyed_email};
use crate::event::{EmailKey, Hash, Record};
use crate::mistake::{Mistake, planted};
use crate::private_file;
use crate::types::{CommandId, Email, Timestamp, UserId};

/// The name of the journal's file in the data directory.
pub(crate) const DATABASE_FILE: &str = "journal.redb";

/// How much of the file redb keeps in memory. The hot end of the journal is small, and the views serve most reads, so its
/// default of 1 GiB would be wasted.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// How often a reader begins anew when the database was reopened under it.
const READ_TRIES: usize = 3;

/// The record from which on commits are in quick-repair mode: a file of some 2 GB.
const QUICK_REPAIR_FROM: u64 = 5_000_000;

/// Opens the database, now and after every failure.
pub(crate) type Opener = Box<dyn Fn() -> Result<Database, redb::DatabaseError> + Send + Sync>;

/// The journal in a redb file.
pub(crate) struct RedbJournal {
    opener: Opener,
    /// The key of email hashes that a new journal gets instead of a random one.
    new_key: Option<[u8; 32]>,
    /// `None` after it could not be reopened. Locked only to begin a transaction: readers keep the transaction, and one that
    /// outlives the database gets an error and begins anew.
    db: RwLock<Option<Database>>,
    closed: AtomicBool,
    /// What readers may ask for while an append is under way.
    durable: RwLock<Durable>,
    writer: Mutex<Writer>,
    quick_repair_from: u64,
}

#[derive(Debug, Clone, Copy)]
struct Durable {
    head: Head,
    email_hash_key: [u8; 32],
}

/// What only the one who appends needs.
struct Writer {
    rows: RowWriter,
    oldest_result: Option<Timestamp>,
    failed: bool,
}

impl RedbJournal {
    /// Opens the journal of a data directory; makes the directory and the journal if they are not there.
    pub(crate) fn open(dir: &Path) -> Result<Self, JournalError> {
        let file = database_file(dir);
        format::check_or_create(dir, &file)?;
        if !file.try_exists().map_err(format::storage)? {
            make(&file)?;
        }
        Self::open_with(Box::new(move || {
            private_file::ensure(&file)?;
            builder().create(&file)
        }))
    }

    /// Opens the journal on a disk that fails when it is told to. A new one gets this key of email hashes, so that the same seed
    /// gives the same journal.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn open_on(disk: &crate::testing::FaultyDisk, new_key: [u8; 32]) -> Result<Self, JournalError> {
        let disk = disk.clone();
        Self::open_keyed(Box::new(move || builder().create_with_backend(disk.open())), Some(new_key))
    }

    /// Opens the journal in the database that `opener` gives.
    pub(crate) fn open_with(opener: Opener) -> Result<Self, JournalError> {
        Self::open_keyed(opener, None)
    }

    fn open_keyed(opener: Opener, new_key: Option<[u8; 32]>) -> Result<Self, JournalError> {
        let (db, loaded) = open_database(&opener, new_key)?;
        let writer = Writer { rows: RowWriter::default(), oldest_result: loaded.oldest_result, failed: false };
        let durable = Durable { head: loaded.head, email_hash_key: loaded.email_hash_key };
        Ok(Self {
            opener,
            new_key,
            db: RwLock::new(Some(db)),
            closed: AtomicBool::new(false),
            durable: RwLock::new(durable),
            writer: Mutex::new(writer),
            quick_repair_from: QUICK_REPAIR_FROM,
        })
    }

    fn durable(&self) -> Durable {
        *read(&self.durable)
    }

    /// Why there is no database to work with.
    fn no_database(&self) -> JournalError {
        if self.closed.load(Ordering::Acquire) {
            return JournalError::Closed;
        }
        JournalError::Storage("the journal could not be reopened".into())
    }

    fn begin_read(&self) -> Result<ReadTransaction, JournalError> {
        Ok(read(&self.db).as_ref().ok_or_else(|| self.no_database())?.begin_read()?)
    }

    /// Runs a read on a transaction; again, if the database was reopened meanwhile.
    fn view<T>(&self, work: impl Fn(&ReadTransaction) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let mut tries = 1;
        loop {
            match guarded(|| work(&self.begin_read()?)) {
                Err(err) if is_closed(&err) && tries < READ_TRIES => tries += 1,
                result => return result,
            }
        }
    }

    /// Writes a batch; answers with the time of the oldest result that is left, if it looked.
    fn write(&self, writer: &Writer, batch: &Batch) -> Result<Option<Timestamp>, JournalError> {
        let mut txn = read(&self.db).as_ref().ok_or_else(|| self.no_database())?.begin_write()?;
        txn.set_quick_repair(batch.head.seq >= self.quick_repair_from);
        if planted(Mistake::AnswerBeforeFsync) {
            txn.set_quick_repair(false);
            let _ = txn.set_durability(redb::Durability::None);
        }
        write_rows(&txn, &writer.rows)?;
        if !batch.vault.is_empty() {
            vault::apply(&txn, &batch.vault)?;
        }
        if planted(Mistake::ResultOutsideTransaction) {
            txn.commit()?;
            txn = read(&self.db).as_ref().ok_or_else(|| self.no_database())?.begin_write()?;
        }
        let expired = writer.oldest_result.is_some_and(|at| results::is_expired(at, batch.now));
        let oldest = if expired || !batch.results.is_empty() {
            results::store(&txn, &batch.results, batch.now)?
        } else {
            writer.oldest_result
        };
        txn.commit()?;
        Ok(oldest)
    }
}

impl Journal for RedbJournal {
    fn append(&self, proposals: Vec<Proposal>) -> Result<Vec<Outcome>, JournalError> {
        let mut writer = lock(&self.writer);
        if writer.failed {
            return Err(JournalError::Storage("the journal must be reopened after a failed append".into()));
        }
        let head = self.durable().head;
        let batch = Batch::new(&mut writer.rows, head, proposals)?;
        if batch.head.seq == head.seq && batch.vault.is_empty() && batch.results.is_empty() {
            return Ok(batch.outcomes);
        }
        match guarded(|| self.write(&writer, &batch)) {
            Ok(oldest) => {
                writer.oldest_result = oldest;
                write(&self.durable).head = batch.head;
                Ok(batch.outcomes)
            }
            Err(err) => {
                writer.failed = true;
                Err(err)
            }
        }
    }

    fn reopen(&self) -> Result<(), JournalError> {
        let mut writer = lock(&self.writer);
        let mut db = write(&self.db);
        if self.closed.load(Ordering::Acquire) {
            return Err(JournalError::Closed);
        }
        // The old one must be closed before the file can be opened again.
        guarded(|| {
            drop(db.take());
            Ok(())
        })?;
        let (opened, loaded) = open_database(&self.opener, self.new_key)?;
        *write(&self.durable) = Durable { head: loaded.head, email_hash_key: loaded.email_hash_key };
        *db = Some(opened);
        writer.oldest_result = loaded.oldest_result;
        writer.failed = false;
        Ok(())
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let database = write(&self.db).take();
        // A panic of redb while it lets go of the file leaves a file that is repaired when it is opened.
        let _ = guarded(|| {
            drop(database);
            Ok(())
        });
    }

    fn head(&self) -> Result<Head, JournalError> {
        Ok(self.durable().head)
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        let from = from.max(1);
        let end = self.durable().head.seq;
        if limit == 0 || from > end {
            return Ok(Vec::new());
        }
        self.view(|txn| read_records(txn, from, limit, end)).map_err(|err| at(err, from))
    }

    fn replay(
        &self,
        after: Head,
        visit: &mut dyn FnMut(Record) -> Result<(), JournalError>,
    ) -> Result<Head, JournalError> {
        let end = self.durable().head;
        let txn = guarded(|| self.begin_read())?;
        replay::replay(&txn, after, end, visit)
    }

    fn email_key(&self, email: &Email) -> EmailKey {
        keyed_email(&self.durable().email_hash_key, email)
    }

    fn email_owner(&self, key: EmailKey) -> Result<Option<UserId>, JournalError> {
        self.view(|txn| vault::owner(txn, key))
    }

    fn vault_row(&self, user: UserId) -> Result<Option<VaultRow>, JournalError> {
        self.view(|txn| vault::row(txn, user))
    }

    fn result(&self, id: CommandId, now: Timestamp) -> Result<Option<StoredResult>, JournalError> {
        self.view(|txn| results::get(txn, id, now))
    }

    fn check_beside(&self, wrong: &mut dyn FnMut(String)) -> Result<(), JournalError> {
        let hash_key = self.durable().email_hash_key;
        guarded(|| {
            let txn = self.begin_read()?;
            vault::check(&txn, &hash_key, wrong)?;
            results::check(&txn, wrong)
        })
    }

    fn backup(&self, file: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Head, JournalError> {
        guarded(|| backup::copy(&self.begin_read()?, file, progress))
    }

    fn compact(&self) -> Result<bool, JournalError> {
        let mut writer = lock(&self.writer);
        let mut db = write(&self.db);
        let db = db.as_mut().ok_or_else(|| self.no_database())?;
        match guarded(|| Ok(db.compact())) {
            Ok(Ok(compacted)) => Ok(compacted),
            // Only a failure of the storage leaves it open what the file holds.
            Ok(Err(redb::CompactionError::Storage(error))) => {
                writer.failed = true;
                Err(error.into())
            }
            Ok(Err(error)) => Err(JournalError::Storage(Box::new(error))),
            Err(error) => {
                writer.failed = true;
                Err(error)
            }
        }
    }
}

impl fmt::Debug for RedbJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbJournal").field("head", &self.durable().head).finish_non_exhaustive()
    }
}

fn database_file(dir: &Path) -> PathBuf {
    dir.join(DATABASE_FILE)
}

/// Makes an empty journal under another name first: a power cut while redb lays out a new file leaves one that can't be opened
/// any more, and that nobody could tell from a damaged journal.
fn make(file: &Path) -> Result<(), JournalError> {
    let dir = file.parent().unwrap_or(Path::new(""));
    let unfinished = format::unfinished(dir, DATABASE_FILE);
    format::remove_if_there(&unfinished).map_err(format::storage)?;
    let path = unfinished.clone();
    let opener: Opener = Box::new(move || {
        private_file::ensure(&path)?;
        builder().create(&path)
    });
    drop(open_database(&opener, None)?);
    format::name(&unfinished, file).map_err(format::storage)
}

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

fn open_database(opener: &Opener, new_key: Option<[u8; 32]>) -> Result<(Database, Loaded), JournalError> {
    guarded(|| {
        let db = opener()?;
        let loaded = load(&db, new_key)?;
        Ok((db, loaded))
    })
}

fn write_rows(txn: &WriteTransaction, rows: &RowWriter) -> Result<(), JournalError> {
    let mut rows = rows.rows().peekable();
    if rows.peek().is_some() {
        let mut table = txn.open_table(RECORDS)?;
        for (first, row) in rows {
            table.insert(first, row)?;
        }
    }
    Ok(())
}

/// At most `limit` records; there must be those up to `end` at least.
fn read_records(txn: &ReadTransaction, from: u64, limit: usize, end: u64) -> Result<Vec<Record>, JournalError> {
    let table = txn.open_table(RECORDS)?;
    // Reading starts with the record before the first, whose hash the first one is checked with.
    let before = from.saturating_sub(1);
    let start = table.range(..=before)?.next_back().transpose()?.map_or(0, |(first, _)| first.value());
    let mut records = Vec::with_capacity(limit.min(1024));
    let mut expected = start.max(1);
    let mut prev = (before == 0).then_some(Hash::ZERO);
    let mut scratch = Vec::new();
    for row in table.range(start..)? {
        let (first, row) = row?;
        if first.value() != expected {
            return Err(damaged(expected, "is missing or in another place"));
        }
        for frame in frames(first.value(), row.value())? {
            let frame = frame?;
            expected = frame.seq + 1;
            let prev = prev.replace(frame.hash);
            if frame.seq < from {
                continue;
            }
            if let Some(prev) = prev {
                frame.check(prev, &mut scratch)?;
            }
            records.push(frame.decode()?);
            if records.len() == limit {
                return Ok(records);
            }
        }
    }
    if expected <= end { Err(damaged(expected, "is missing")) } else { Ok(records) }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
