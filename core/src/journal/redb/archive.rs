//! Old records, in a file of their own: `archive.redb`.
//!
//! The longer a redb file is, the longer redb scans it after a crash, or the more each commit writes to avoid the scan:
//! the state of its allocator, some 400 KB for each 4 GB. So the journal's own file keeps only the latest records and
//! stays fast. Older records are copied here in the background, a portion in each transaction. Only then do the
//! following appends remove them from the journal's file. A crash at any point leaves records in one file or in both,
//! never in none.
//!
//! **Invariant:** a record is removed from the journal's own file only after a committed transaction has written it
//! here.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, RwLock};

use redb::{Database, ReadTransaction, ReadableDatabase as _, TableError, WriteTransaction};

use super::error::{at, guarded};
use super::file::builder;
use super::format;
use super::lock::{lock, read, write};
use super::records::{Chain, Records, Table, first_row};
use super::schema::{ARCHIVE_FILE, RECORDS, check_archive, note_format};
use crate::failpoint::Failpoint;
use crate::journal::codec::damaged;
use crate::journal::{Head, JournalError};
use crate::private_file;

/// Size of redb's cache: enough for a portion that is written.
const CACHE_BYTES: usize = 32 * 1024 * 1024;

/// Base limit of archived rows that an append removes, besides twice as many as it writes: some 2 MB, a millisecond or
/// two.
const REMOVED_ROWS: usize = 32;

/// Function that opens the archive's database.
pub(crate) type ArchiveOpener = Box<dyn Fn(Wanted) -> Result<Option<Database>, JournalError> + Send + Sync>;

/// Expectation about the archive's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The file may be missing.
    IfThere,
    /// The file is created if it is missing.
    Made,
}

/// The archive of a journal.
pub(super) struct Archive {
    opener: ArchiveOpener,
    /// Locked only to begin a transaction.
    store: RwLock<Store>,
    /// Last record that is durable in the archive.
    end: Mutex<Chain>,
}

#[derive(Debug)]
enum Store {
    /// Nothing has been archived yet.
    Missing,
    Open(Database),
    /// The archive failed and could not be reopened.
    Failed,
    Closed,
}

/// Returns the opener of the archive in a directory.
pub(super) fn in_directory(dir: PathBuf) -> ArchiveOpener {
    Box::new(move |wanted| {
        let file = dir.join(ARCHIVE_FILE);
        if !file.try_exists().map_err(format::storage)? {
            if wanted == Wanted::IfThere {
                return Ok(None);
            }
            // Versions without archives must not take the rest in the journal's own file for the whole journal.
            format::raise(&dir, format::ARCHIVED)?;
            format::make(&file, &|file| database(file).and_then(prepared).map(drop))?;
        }
        database(&file).map(Some)
    })
}

/// Returns the opener of a journal that archives nothing.
pub(super) fn nowhere() -> ArchiveOpener {
    Box::new(|_| Ok(None))
}

/// Returns the opener of an archive on a disk with fault injection. The archive exists from the start: on a real disk
/// it gets its name once it is complete.
#[cfg(any(test, feature = "simulation"))]
pub(super) fn on_disk(disk: std::sync::Arc<dyn crate::disk::Disk>) -> ArchiveOpener {
    Box::new(move |_| prepared(disk.open(&builder(CACHE_BYTES))?).map(Some))
}

fn database(file: &Path) -> Result<Database, JournalError> {
    private_file::ensure(file).map_err(format::storage)?;
    Ok(builder(CACHE_BYTES).create(file)?)
}

/// Returns the database after creating its tables.
fn prepared(db: Database) -> Result<Database, JournalError> {
    let is_new = matches!(db.begin_read()?.open_table(RECORDS), Err(TableError::TableDoesNotExist(_)));
    if is_new {
        let txn = db.begin_write()?;
        note_format(&txn)?;
        txn.open_table(RECORDS)?;
        txn.commit()?;
    }
    Ok(db)
}

impl Archive {
    /// Opens the archive if it exists.
    pub(super) fn open(opener: ArchiveOpener) -> Result<Self, JournalError> {
        let (store, end) = match guarded(ARCHIVE_FILE, || opener(Wanted::IfThere))? {
            Some(db) => {
                let end = end_of(&db)?;
                (Store::Open(db), end)
            }
            None => (Store::Missing, Chain::START),
        };
        Ok(Self { opener, store: RwLock::new(store), end: Mutex::new(end) })
    }

    /// Returns the last record that is durable in the archive.
    pub(super) fn end(&self) -> u64 {
        lock(&self.end).seq
    }

    /// Opens the records from `from` on, and the one before it: those that are archived, then those that the transaction sees.
    pub(super) fn records(&self, txn: &ReadTransaction, from: u64) -> Result<Records, JournalError> {
        Records::joined(txn, from, || self.table())
    }

    /// Returns the current rows of the archive.
    fn table(&self) -> Result<Option<Table>, JournalError> {
        if matches!(&*read(&self.store), Store::Failed) {
            self.ready()?;
        }
        match &*read(&self.store) {
            Store::Missing => Ok(None),
            Store::Open(db) => Ok(Some(db.begin_read()?.open_table(RECORDS)?)),
            Store::Failed => Err(failed()),
            Store::Closed => Err(JournalError::Closed),
        }
    }

    /// Verifies that the archive fits the journal that the transaction sees: no record is missing in both, and records
    /// in both are equal.
    pub(super) fn check(&self, txn: &ReadTransaction, head: Head) -> Result<(), JournalError> {
        let end = *lock(&self.end);
        let first = first_row(&txn.open_table(RECORDS)?)?;
        if end.seq > head.seq {
            return Err(damaged(
                head.seq + 1,
                format!(
                    "is missing: {ARCHIVE_FILE} has {} records, the journal {}; if an older copy of the journal was put here \
                     on purpose, move {ARCHIVE_FILE} away and put back the one of that time if there was one",
                    end.seq, head.seq
                ),
            ));
        }
        let Some(first) = first.filter(|_| head.seq > 0) else { return Ok(()) };
        if first > end.seq + 1 {
            let what = format!("is missing: {ARCHIVE_FILE} should have all up to {}, and has {}", first - 1, end.seq);
            return Err(damaged(end.seq + 1, what));
        }
        let records = self.records(txn, first)?;
        records.read(first, 1, first)?;
        if end.seq >= first && records.read(end.seq, 1, end.seq)?.iter().any(|record| record.hash != end.hash) {
            return Err(damaged(end.seq, format!("is another one in {ARCHIVE_FILE}, which is not of this journal")));
        }
        Ok(())
    }

    /// Copies records up to `last` that are not yet archived, about `bytes` bytes of them. Returns `true` if any were
    /// copied.
    pub(super) fn extend(&self, from: &ReadTransaction, last: u64, bytes: usize) -> Result<bool, JournalError> {
        self.ready()?;
        let before = *lock(&self.end);
        match guarded(ARCHIVE_FILE, || self.copy(from, before, last, bytes)) {
            Ok(end) => {
                *lock(&self.end) = end;
                Ok(end != before)
            }
            Err(err) => {
                // The effect of the failed transaction is ignored: the next one writes the same records again.
                self.reopen();
                Err(at(err, before.seq + 1))
            }
        }
    }

    /// Closes the file.
    pub(super) fn close(&self) {
        let store = std::mem::replace(&mut *write(&self.store), Store::Closed);
        // If redb panics while it closes the file, the file is repaired at the next opening.
        let _ = guarded(ARCHIVE_FILE, || {
            drop(store);
            Ok(())
        });
    }

    /// Ensures that there is a database to write to.
    fn ready(&self) -> Result<(), JournalError> {
        let mut store = write(&self.store);
        let wanted = match &*store {
            Store::Open(_) => return Ok(()),
            Store::Closed => return Err(JournalError::Closed),
            Store::Missing => Wanted::Made,
            Store::Failed => Wanted::IfThere,
        };
        let db = guarded(ARCHIVE_FILE, || (self.opener)(wanted))?.ok_or_else(failed)?;
        *store = Store::Open(db);
        Ok(())
    }

    fn reopen(&self) {
        let mut store = write(&self.store);
        if !matches!(*store, Store::Open(_)) {
            return;
        }
        let old = std::mem::replace(&mut *store, Store::Failed);
        // The old database must be closed before the file can be opened again.
        let opened = guarded(ARCHIVE_FILE, || {
            drop(old);
            (self.opener)(Wanted::IfThere)
        });
        match opened {
            Ok(Some(db)) => *store = Store::Open(db),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the archive could not be opened anew"),
        }
    }

    fn copy(&self, from: &ReadTransaction, before: Chain, last: u64, bytes: usize) -> Result<Chain, JournalError> {
        let store = read(&self.store);
        let Store::Open(db) = &*store else { return Err(failed()) };
        let mut txn = db.begin_write()?;
        if Failpoint::ArchiveWithoutFsync.is_active() {
            let _ = txn.set_durability(redb::Durability::None);
        } else {
            txn.set_quick_repair(true);
        }
        let end = copy_rows(from, &txn, before, last, bytes)?;
        if end == before {
            txn.abort()?;
        } else {
            txn.commit()?;
        }
        Ok(end)
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("end", &self.end()).finish_non_exhaustive()
    }
}

fn failed() -> JournalError {
    JournalError::Storage("the archive could not be opened anew".into())
}

/// Returns the end of an archive, after checking its last row.
fn end_of(db: &Database) -> Result<Chain, JournalError> {
    guarded(ARCHIVE_FILE, || {
        let txn = db.begin_read()?;
        check_archive(&txn)?;
        let records = Records::only(&txn)?;
        let Some(last) = records.last_row()? else { return Ok(Chain::START) };
        let end = records.read(last, usize::MAX, last)?.pop().ok_or_else(|| damaged(last, "its row is empty"))?;
        Ok(Chain { seq: end.seq, hash: end.hash })
    })
}

fn copy_rows(
    from: &ReadTransaction,
    to: &WriteTransaction,
    before: Chain,
    last: u64,
    bytes: usize,
) -> Result<Chain, JournalError> {
    let mut target = to.open_table(RECORDS)?;
    let (mut end, mut copied, mut scratch) = (before, 0, Vec::new());
    for row in from.open_table(RECORDS)?.range(before.seq + 1..)? {
        let (first, row) = row?;
        let mut next = end;
        next.follow(first.value(), row.value(), &mut scratch)?;
        if next.seq > last {
            break;
        }
        target.insert(first.value(), row.value())?;
        end = next;
        copied += row.value().len();
        if copied >= bytes {
            break;
        }
    }
    Ok(end)
}

/// Removes some of the rows that are archived up to `end`, more than the `written` rows that the append adds. Returns
/// the first remaining row, if there are any up to `end + 1`.
pub(super) fn remove_archived(txn: &WriteTransaction, end: u64, written: usize) -> Result<Option<u64>, JournalError> {
    let mut table = txn.open_table(RECORDS)?;
    let most = REMOVED_ROWS + 2 * written;
    let mut rows = Vec::with_capacity(most + 1);
    for row in redb::ReadableTable::range(&table, ..=end + 1)?.take(most + 1) {
        rows.push(row?.0.value());
    }
    // A row is removed only if the row after it is known, because that row's key shows where it ends.
    let Some((first, archived)) = rows.split_last() else { return Ok(None) };
    for row in archived {
        table.remove(row)?;
    }
    Ok(Some(*first))
}
