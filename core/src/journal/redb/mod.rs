//! The journal in a [`redb`] file, for one process with one writer.
//!
//! One append is one write transaction. Readers have transactions of their own, see whole batches, and never wait for
//! the writer.
//!
//! After a crash redb scans the whole file, about half a second per gigabyte, unless the last transaction was committed
//! in *quick-repair* mode, which writes the state of the file's allocator with every commit and syncs twice.
//! Alternating between the modes would gain nothing, because only the very last commit before the crash counts. So the
//! file is kept small: old records move to the [`archive`], and commits need one fsync. Commits use quick-repair mode
//! only while more than [`sizes::QUICK_REPAIR_FROM`] records wait for the archive, as in a journal that was just restored.
//!
//! redb checks its pages only when it repairs a file. So all stored data can be verified by itself: the records by
//! their hash chain, the rest by checksums. [`Journal::check_beside`] finds lost entries.
//!
//! **Invariant:** after a failed append, every append is refused until the journal is reopened, because the content of
//! the file is unknown until then.

mod archive;
mod backup;
#[cfg(feature = "cluster")]
pub(crate) mod copy;
#[cfg(feature = "cluster")]
mod copy_state;
#[cfg(test)]
mod crash;
mod erasures;
mod error;
mod file;
mod format;
mod history;
mod key_file;
mod keys;
mod load;
mod lock;
mod overlay;
mod place;
#[cfg(feature = "cluster")]
mod position;
mod records;
pub(super) mod recover;
mod replay;
mod results;
mod scan;
mod schema;
mod sizes;
#[cfg(test)]
pub(super) mod tests;
mod vault;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, RwLock};

use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};

use self::archive::{Archive, ArchiveOpener};
#[cfg(feature = "cluster")]
use self::copy_state::CopyState;
use self::erasures::Erasures;
use self::error::{at, guarded, is_closed};
pub(crate) use self::file::Opener;
#[cfg(any(test, feature = "simulation"))]
use self::file::{CACHE_BYTES, builder};
use self::file::{DATABASE_FILE, database_file, opener_of};
use self::key_file::KEYS_FILE;
#[cfg(feature = "cluster")]
pub(crate) use self::key_file::Key;
use self::keys::{KeyOpener, Keys};
use self::load::{Loaded, load};
use self::lock::{lock, read, write};
use self::place::Place;
use self::records::write_rows;
use self::schema::{ARCHIVE_FILE, META};
pub(crate) use self::sizes::Sizes;
use super::batch::Batch;
use super::codec::{RowWriter, damaged};
use super::{
    Head, History, Journal, JournalError, Outcome, Proposal, StoredResult, VaultRow, former_keyed_email, keyed_email,
};
use crate::event::{EmailKey, Record};
use crate::failpoint::Failpoint;
use crate::types::{CommandId, Email, Timestamp, UserId};

/// Maximum attempts of a read whose database is reopened meanwhile.
const READ_TRIES: usize = 3;

/// Number of rows of the vault that are encrypted in one transaction.
const SEALED_ROWS: usize = 10_000;

/// The journal in a redb file.
pub(crate) struct RedbJournal {
    opener: Opener,
    /// Key of email hashes for a new journal, instead of a random one.
    new_key: Option<[u8; 32]>,
    /// `None` after a failed reopen. Locked only to begin a transaction: readers keep their transaction, and a
    /// transaction that outlives the database gets an error and is repeated.
    db: RwLock<Option<Database>>,
    archive: Archive,
    /// Keys of the vault's rows; `None` for a journal that encrypts nothing.
    keys: Option<Keys>,
    erasures: Erasures,
    closed: AtomicBool,
    /// State that readers may read during an append.
    durable: RwLock<Durable>,
    writer: Mutex<Writer>,
    sizes: Sizes,
    /// `None` if the journal is in no directory.
    place: Option<Place>,
    /// `true` from a failure of the storage until an append or a probe succeeds.
    is_unwell: AtomicBool,
}

#[derive(Debug, Clone, Copy)]
struct Durable {
    head: Head,
    /// Last record that a crash leaves in the files: the head, unless other hosts have the records, too.
    synced: u64,
    email_hash_key: [u8; 32],
    history: History,
}

/// State that only the appending thread needs.
#[derive(Default)]
struct Writer {
    rows: RowWriter,
    oldest_result: Option<Timestamp>,
    /// First record in the journal's own file.
    first: u64,
    /// `true` if users may be noted whose keys are gone.
    erasing: bool,
    failed: bool,
    #[cfg(feature = "cluster")]
    copy: CopyState,
}

impl Writer {
    /// Refuses to begin a transaction on a file whose content is unknown, or in which one is open for long.
    fn check(&self) -> Result<(), JournalError> {
        #[cfg(feature = "cluster")]
        self.copy.check()?;
        self.check_sound()
    }

    /// Refuses to write to a file whose content a failure has left unknown.
    fn check_sound(&self) -> Result<(), JournalError> {
        if self.failed {
            return Err(JournalError::Storage("the journal must be reopened after a failed append".into()));
        }
        Ok(())
    }
}

/// Changes of a batch besides the appended records.
#[derive(Debug, Clone, Copy)]
struct Beside {
    oldest_result: Option<Timestamp>,
    first: u64,
    erasing: bool,
}

impl RedbJournal {
    /// Opens the journal of a data directory. Creates the directory and the journal if they don't exist.
    pub(crate) fn open(dir: &Path) -> Result<Self, JournalError> {
        Self::open_sized(dir, Sizes::default())
    }

    /// Opens the journal like [`RedbJournal::open`], with other limits of archiving.
    pub(crate) fn open_sized(dir: &Path, sizes: Sizes) -> Result<Self, JournalError> {
        let file = database_file(dir);
        format::check_or_create(dir, &file)?;
        // An earlier version could leave the format behind what is there.
        if dir.join(KEYS_FILE).try_exists().map_err(format::storage)? {
            format::raise(dir, format::SEALED)?;
        }
        if !file.try_exists().map_err(format::storage)? {
            if dir.join(ARCHIVE_FILE).try_exists().map_err(format::storage)? {
                return Err(damaged(1, format!("{DATABASE_FILE} is missing, and {ARCHIVE_FILE} is there")));
            }
            format::make(&file, &|file| {
                let opener = opener_of(file.to_owned());
                open_database(&opener, &Archive::open(archive::nowhere())?, None).map(drop)
            })?;
        }
        let archive = archive::in_directory(dir.to_owned());
        let beside = Some((keys::in_directory(dir.to_owned()), Erasures::open(dir)?));
        let journal = Self::open_in(opener_of(file), archive, beside, None, sizes)?;
        Ok(Self { place: Some(Place::of(dir).map_err(format::storage)?), ..journal })
    }

    /// Opens the journal on disks with fault injection: its own file on the first, the archive on the second, the vault's
    /// keys on the third. A new journal uses `new_key` for email hashes and the vault, so that the same seed gives the same
    /// journal.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn open_on(
        [disk, archive, keys]: [std::sync::Arc<dyn crate::disk::Disk>; 3],
        new_key: [u8; 32],
        sizes: Sizes,
    ) -> Result<Self, JournalError> {
        let opener: Opener = Box::new(move || disk.open(&builder(CACHE_BYTES)));
        let keys: KeyOpener = Box::new(move |_| keys.file().map(Some).map_err(format::storage));
        Self::open_in(opener, archive::on_disk(archive), Some((keys, Erasures::default())), Some(new_key), sizes)
    }

    /// Opens the journal in the database that `opener` returns, without an archive.
    #[cfg(test)]
    pub(crate) fn open_with(opener: Opener) -> Result<Self, JournalError> {
        Self::open_in(opener, archive::nowhere(), None, None, Sizes::default())
    }

    fn open_in(
        opener: Opener,
        archive: ArchiveOpener,
        beside: Option<(KeyOpener, Erasures)>,
        new_key: Option<[u8; 32]>,
        sizes: Sizes,
    ) -> Result<Self, JournalError> {
        let archive = Archive::open(archive)?;
        let (db, loaded) = open_database(&opener, &archive, new_key)?;
        guarded(DATABASE_FILE, || archive.check(&db.begin_read()?, loaded.head))?;
        let (keys, erasures) = match beside {
            Some((opener, erasures)) => (Some(Keys::open(opener, new_key, loaded.key_file)?), erasures),
            None => (None, Erasures::default()),
        };
        let Loaded { head, email_hash_key, history, oldest_result, first, erasing, key_file: _ } = loaded;
        let is_listed = erasures::finish(&db, keys.as_ref(), &erasures, &erasing)?;
        let erasing = is_listed && !erasing.is_empty();
        Ok(Self {
            opener,
            new_key,
            db: RwLock::new(Some(db)),
            archive,
            keys,
            erasures,
            closed: AtomicBool::new(false),
            durable: RwLock::new(Durable { head, synced: head.seq, email_hash_key, history }),
            writer: Mutex::new(Writer { oldest_result, first, erasing, ..Writer::default() }),
            sizes,
            place: None,
            is_unwell: AtomicBool::new(false),
        })
    }

    fn durable(&self) -> Durable {
        *read(&self.durable)
    }

    /// Returns the error for the absence of a database.
    fn no_database(&self) -> JournalError {
        if self.closed.load(Ordering::Acquire) {
            return JournalError::Closed;
        }
        JournalError::Storage("the journal is not open right now".into())
    }

    fn begin_read(&self) -> Result<ReadTransaction, JournalError> {
        Ok(read(&self.db).as_ref().ok_or_else(|| self.no_database())?.begin_read()?)
    }

    fn begin_write(&self) -> Result<WriteTransaction, JournalError> {
        Ok(read(&self.db).as_ref().ok_or_else(|| self.no_database())?.begin_write()?)
    }

    /// Takes note that the content of the file is unknown after this error, until the journal is reopened.
    fn fail(&self, writer: &mut Writer, error: JournalError) -> JournalError {
        writer.failed = true;
        self.is_unwell.store(true, Ordering::Relaxed);
        error
    }

    /// Runs a read on a transaction, and repeats it if the database was reopened meanwhile.
    fn view<T>(&self, work: impl Fn(&ReadTransaction) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let mut tries = 1;
        loop {
            match guarded(DATABASE_FILE, || work(&self.begin_read()?)) {
                Err(err) if is_closed(&err) && tries < READ_TRIES => tries += 1,
                result => return result,
            }
        }
    }

    /// Encrypts the rows that an earlier version has left plain.
    fn seal_plain_rows(&self) -> Result<(), JournalError> {
        let Some(keys) = &self.keys else { return Ok(()) };
        let mut from = UserId::from_bytes([0; 16]);
        loop {
            let users = vault::plain(&self.begin_read()?, from, SEALED_ROWS)?;
            let Some(last) = users.last() else { return Ok(()) };
            from = *last;
            keys.ensure(users.iter().copied())?;
            let txn = self.begin_write()?;
            vault::seal_rows(&txn, &users, keys)?;
            txn.commit()?;
        }
    }

    /// Overwrites the keys of users whose rows are gone.
    ///
    /// Returns `true` if they are on the list of erased users too, so that the journal may forget them.
    fn erase(&self, users: &[UserId]) -> Result<bool, JournalError> {
        let Some(keys) = self.keys.as_ref().filter(|_| !users.is_empty()) else { return Ok(false) };
        keys.erase(users)?;
        Ok(self.erasures.note(users))
    }

    /// Writes a batch.
    fn write(&self, writer: &Writer, batch: &Batch) -> Result<Beside, JournalError> {
        if let Some(keys) = &self.keys {
            keys.ensure(vault::keyed(&batch.vault))?;
        }
        let mut txn = self.begin_write()?;
        txn.set_quick_repair(batch.head.seq + 1 - writer.first >= self.sizes.quick_repair_from);
        if Failpoint::AnswerBeforeFsync.is_active() {
            txn.set_quick_repair(false);
            let _ = txn.set_durability(redb::Durability::None);
        }
        write_rows(&txn, writer.rows.rows())?;
        if !batch.vault.is_empty() {
            vault::apply(&txn, &batch.vault, self.keys.as_ref())?;
        }
        if Failpoint::ResultOutsideTransaction.is_active() {
            txn.commit()?;
            txn = self.begin_write()?;
        }
        let (oldest_result, first) = self.tidy(&txn, writer, &batch.results, batch.now, writer.rows.len())?;
        txn.commit()?;
        let erasing = self.erase(&vault::erased(&batch.vault))?;
        Ok(Beside { oldest_result, first, erasing })
    }

    /// Stores the results of a batch of so many rows, and removes what has expired or is archived. Returns the time of the
    /// oldest result that remains, and the first record in the journal's own file.
    fn tidy(
        &self,
        txn: &WriteTransaction,
        writer: &Writer,
        stored: &[(CommandId, StoredResult)],
        now: Timestamp,
        rows: usize,
    ) -> Result<(Option<Timestamp>, u64), JournalError> {
        if let Some(keys) = self.keys.as_ref().filter(|_| writer.erasing) {
            vault::forget_erased(txn, keys)?;
        }
        let expired = writer.oldest_result.is_some_and(|at| results::is_expired(at, now));
        let oldest =
            if expired || !stored.is_empty() { results::store(txn, stored, now)? } else { writer.oldest_result };
        let archived = self.archive.end();
        let first = if archived >= writer.first { archive::remove_archived(txn, archived, rows)? } else { None };
        Ok((oldest, first.unwrap_or(writer.first)))
    }
}

impl Journal for RedbJournal {
    fn append(&self, proposals: Vec<Proposal>) -> Result<Vec<Outcome>, JournalError> {
        let mut writer = lock(&self.writer);
        writer.check()?;
        let head = self.durable().head;
        let batch = Batch::new(&mut writer.rows, head, proposals)?;
        if batch.changes_nothing(head) {
            return Ok(batch.outcomes);
        }
        match guarded(DATABASE_FILE, || self.write(&writer, &batch)) {
            Ok(beside) => {
                writer.oldest_result = beside.oldest_result;
                writer.first = beside.first;
                writer.erasing = beside.erasing;
                let mut durable = write(&self.durable);
                (durable.head, durable.synced) = (batch.head, batch.head.seq);
                self.is_unwell.store(false, Ordering::Relaxed);
                Ok(batch.outcomes)
            }
            Err(error) => Err(self.fail(&mut writer, error)),
        }
    }

    fn reopen(&self) -> Result<(), JournalError> {
        let mut writer = lock(&self.writer);
        #[cfg(feature = "cluster")]
        writer.copy.check()?;
        let mut db = write(&self.db);
        if self.closed.load(Ordering::Acquire) {
            return Err(JournalError::Closed);
        }
        // The old database must be closed before the file can be opened again.
        guarded(DATABASE_FILE, || {
            drop(db.take());
            Ok(())
        })?;
        let (opened, loaded) = open_database(&self.opener, &self.archive, self.new_key)?;
        let mut is_listed = true;
        if let Some(keys) = &self.keys {
            keys.reopen(loaded.key_file)?;
            is_listed = erasures::finish(&opened, Some(keys), &self.erasures, &loaded.erasing)?;
        }
        let Loaded { head, email_hash_key, history, .. } = loaded;
        *write(&self.durable) = Durable { head, synced: head.seq, email_hash_key, history };
        *db = Some(opened);
        writer.erasing = is_listed && !loaded.erasing.is_empty();
        writer.oldest_result = loaded.oldest_result;
        writer.first = loaded.first;
        writer.failed = false;
        #[cfg(feature = "cluster")]
        writer.copy.reset();
        Ok(())
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let database = write(&self.db).take();
        // If redb panics while it closes the file, the file is repaired at the next opening.
        let _ = guarded(DATABASE_FILE, || {
            drop(database);
            Ok(())
        });
        self.archive.close();
    }

    fn head(&self) -> Result<Head, JournalError> {
        Ok(self.durable().head)
    }

    fn history(&self) -> Result<History, JournalError> {
        Ok(self.durable().history)
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        let from = from.max(1);
        let end = self.durable().head.seq;
        if limit == 0 || from > end {
            return Ok(Vec::new());
        }
        self.view(|txn| self.archive.records(txn, from)?.read(from, limit, end)).map_err(|err| at(err, from))
    }

    fn replay(
        &self,
        after: Head,
        visit: &mut dyn FnMut(Record) -> Result<(), JournalError>,
    ) -> Result<Head, JournalError> {
        let end = self.durable().head;
        let records = guarded(DATABASE_FILE, || self.archive.records(&self.begin_read()?, after.seq + 1))?;
        replay::replay(&records, after, end, visit)
    }

    fn email_key(&self, email: &Email) -> EmailKey {
        keyed_email(&self.durable().email_hash_key, email)
    }

    fn former_email_key(&self, email: &Email) -> Option<EmailKey> {
        former_keyed_email(&self.durable().email_hash_key, email)
    }

    fn email_owner(&self, key: EmailKey) -> Result<Option<UserId>, JournalError> {
        self.view(|txn| vault::owner(txn, key))
    }

    fn vault_row(&self, user: UserId) -> Result<Option<VaultRow>, JournalError> {
        let read = || self.view(|txn| vault::row(txn, user, self.keys.as_ref()));
        match read() {
            // The user may have been erased after the transaction began; a later one knows that.
            Err(JournalError::Damaged { .. }) => match read() {
                Err(JournalError::Damaged { .. }) if self.erasures.has(user) => Ok(None),
                row => row,
            },
            row => row,
        }
    }

    fn erased_elsewhere(&self) -> Vec<UserId> {
        self.erasures.all()
    }

    fn erase_in_backup(&self, directory: &Path) -> Result<u64, JournalError> {
        let list = Erasures::open(directory)?;
        let users = self.erasures.all();
        // The list comes first: should the power be cut now, opening the copy overwrites the keys.
        list.add(&users)?;
        let keys = Keys::open(keys::in_directory(directory.to_owned()), None, None)?;
        keys.erase(&users)
    }

    #[cfg(any(test, feature = "simulation"))]
    fn keeps_key(&self, user: UserId) -> bool {
        self.keys.as_ref().is_some_and(|keys| keys.key(user).is_some())
    }

    fn result(&self, id: CommandId, now: Timestamp) -> Result<Option<StoredResult>, JournalError> {
        self.view(|txn| results::get(txn, id, now))
    }

    fn check_storage(&self) -> Result<(), JournalError> {
        // While somebody opens it again, or compacts it, nothing can be appended.
        let is_open = self.db.try_read().is_ok_and(|db| db.is_some());
        if !is_open {
            return Err(self.no_database());
        }
        let Some(place) = &self.place else { return Ok(()) };
        place.check().map_err(format::storage)?;
        if self.is_unwell.load(Ordering::Relaxed) {
            place.probe().map_err(format::storage)?;
            self.is_unwell.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    fn check_beside(&self, wrong: &mut dyn FnMut(String)) -> Result<(), JournalError> {
        let hash_key = self.durable().email_hash_key;
        guarded(DATABASE_FILE, || {
            let txn = self.begin_read()?;
            vault::check(&txn, &hash_key, self.keys.as_ref(), &|user| self.erasures.has(user), wrong)?;
            for slot in self.keys.iter().flat_map(Keys::unreadable) {
                wrong(format!("slot {slot} of {KEYS_FILE} can't be read, and may have the key of a row"));
            }
            results::check(&txn, wrong)
        })
    }

    fn backup(&self, file: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Head, JournalError> {
        guarded(DATABASE_FILE, || {
            let (txn, keys) = {
                // No append is under way: the keys are those of the rows that the transaction sees.
                let _writer = lock(&self.writer);
                (self.begin_read()?, self.keys.as_ref().map(Keys::all).unwrap_or_default())
            };
            let noted = vault::key_file(&txn.open_table(META)?)?;
            if let Some(keys) = self.keys.as_ref().filter(|keys| noted.is_some() && noted != keys.id()) {
                let what = format!("the keys of the vault are not read ({keys:?}): reopen the journal");
                return Err(JournalError::Storage(what.into()));
            }
            let original = backup::Original {
                archive: &self.archive,
                history: self.durable().history,
                key_file: self.keys.as_ref().and_then(Keys::id),
                keys,
                erased: self.erasures.all(),
            };
            backup::copy(&txn, &original, file, progress)
        })
    }

    fn archive(&self) -> Result<bool, JournalError> {
        let Sizes { kept, portion, portion_bytes, .. } = self.sizes;
        // What a crash could take from the journal's file must not be in the archive alone.
        let last = self.durable().synced.saturating_sub(kept);
        if last < self.archive.end() + portion {
            return Ok(false);
        }
        let txn = guarded(DATABASE_FILE, || self.begin_read())?;
        self.archive.extend(&txn, last, portion_bytes)
    }

    fn compact(&self) -> Result<bool, JournalError> {
        let mut writer = lock(&self.writer);
        writer.check()?;
        if let Err(error) = guarded(DATABASE_FILE, || self.seal_plain_rows()) {
            writer.failed = true;
            return Err(error);
        }
        let mut db = write(&self.db);
        let db = db.as_mut().ok_or_else(|| self.no_database())?;
        match guarded(DATABASE_FILE, || Ok(db.compact())) {
            Ok(Ok(compacted)) => Ok(compacted),
            // Only a failure of the storage leaves the content of the file unknown.
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

fn open_database(
    opener: &Opener,
    archive: &Archive,
    new_key: Option<[u8; 32]>,
) -> Result<(Database, Loaded), JournalError> {
    guarded(DATABASE_FILE, || {
        let db = opener()?;
        let loaded = load(&db, archive, new_key)?;
        Ok((db, loaded))
    })
}
