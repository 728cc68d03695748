//! The tables of `journal.redb`, what redb's errors mean to a journal, and what is read when the database opens.

use std::panic::{AssertUnwindSafe, catch_unwind};

use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, TableError, TransactionError,
    WriteTransaction,
};

use super::archive::Archive;
use super::records::{Records, first_row};
use super::{format, replay, results};
use crate::event::Hash;
use crate::journal::codec::damaged;
use crate::journal::{Head, JournalError};
use crate::types::Timestamp;

/// Rows of records, by the sequence number of their first; see [`crate::journal::codec`].
pub(super) const RECORDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("records");
/// Personal data, by user id.
pub(super) const VAULT: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("vault");
/// The owner of each email, by email key.
pub(super) const EMAILS: TableDefinition<'_, &[u8; 16], &[u8; 16]> = TableDefinition::new("emails");
/// Stored results, by command id.
pub(super) const RESULTS: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("results");
/// The command ids of stored results, by the time in milliseconds at which they were stored.
pub(super) const RESULTS_BY_TIME: TableDefinition<'_, (u64, &[u8; 16]), ()> = TableDefinition::new("results_by_time");
/// What holds for the whole journal.
pub(super) const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

const META_FORMAT: &str = "format";
const META_EMAIL_HASH_KEY: &str = "email_hash_key";

/// How many bytes a checksum has.
pub(super) const CHECKSUM_BYTES: usize = 16;

/// What tells whether a row beside the records is what was written: records have their chain, and redb checks its pages only
/// when it repairs a file.
pub(super) fn checksum(parts: &[&[u8]]) -> [u8; CHECKSUM_BYTES] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    let mut sum = [0; CHECKSUM_BYTES];
    sum.copy_from_slice(&hasher.finalize().as_bytes()[..CHECKSUM_BYTES]);
    sum
}

/// What a journal keeps in memory of its database.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) head: Head,
    pub(super) email_hash_key: [u8; 32],
    pub(super) oldest_result: Option<Timestamp>,
    /// The first record in the journal's own file; 1 if there is none.
    pub(super) first: u64,
}

/// Reads what is kept in memory; makes the tables of a new database, with this key of email hashes or a random one.
pub(super) fn load(db: &Database, archive: &Archive, new_key: Option<[u8; 32]>) -> Result<Loaded, JournalError> {
    let txn = db.begin_read()?;
    let email_hash_key = match txn.open_table(META) {
        Ok(meta) => read_meta(&meta)?,
        Err(TableError::TableDoesNotExist(_)) => initialise(db, new_key)?,
        Err(err) => return Err(err.into()),
    };
    let txn = db.begin_read()?;
    Ok(Loaded {
        head: head(&txn, archive)?,
        email_hash_key,
        oldest_result: results::oldest(&txn.open_table(RESULTS_BY_TIME)?)?,
        first: first_row(&txn.open_table(RECORDS)?)?.unwrap_or(1),
    })
}

fn check_format(meta: &impl ReadableTable<&'static str, &'static [u8]>) -> Result<(), JournalError> {
    let format = meta.get(META_FORMAT)?.and_then(|value| Some(u32::from_le_bytes(value.value().try_into().ok()?)));
    format::check(format.ok_or_else(|| damaged(0, "the format is missing"))?)
}

/// Notes the format in an archive.
pub(super) fn note_format(txn: &WriteTransaction) -> Result<(), JournalError> {
    txn.open_table(META)?.insert(META_FORMAT, format::ARCHIVED.to_le_bytes().as_slice())?;
    Ok(())
}

/// Refuses an archive of a format that only a newer version knows.
pub(super) fn check_archive(txn: &ReadTransaction) -> Result<(), JournalError> {
    check_format(&txn.open_table(META)?)
}

fn read_meta(meta: &impl ReadableTable<&'static str, &'static [u8]>) -> Result<[u8; 32], JournalError> {
    check_format(meta)?;
    let stored = meta.get(META_EMAIL_HASH_KEY)?.ok_or_else(|| damaged(0, "the key of email hashes is missing"))?;
    let key = stored.value().split_first_chunk::<32>().filter(|(key, sum)| checksum(&[*key]) == **sum);
    Ok(*key.ok_or_else(|| damaged(0, "the key of email hashes is not what was stored"))?.0)
}

fn initialise(db: &Database, new_key: Option<[u8; 32]>) -> Result<[u8; 32], JournalError> {
    let key = new_key.map_or_else(random_key, Ok)?;
    let txn = db.begin_write()?;
    if txn.list_tables()?.next().is_some() {
        return Err(damaged(0, "the table meta is missing"));
    }
    {
        let mut meta = txn.open_table(META)?;
        meta.insert(META_FORMAT, format::SINGLE.to_le_bytes().as_slice())?;
        meta.insert(META_EMAIL_HASH_KEY, [key.as_slice(), &checksum(&[&key])].concat().as_slice())?;
    }
    create_tables(&txn)?;
    txn.commit()?;
    Ok(key)
}

fn random_key() -> Result<[u8; 32], JournalError> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|err| JournalError::Storage(Box::new(err)))?;
    Ok(key)
}

/// Makes all tables but `meta`, so that readers may count on them.
pub(super) fn create_tables(txn: &WriteTransaction) -> Result<(), JournalError> {
    txn.open_table(RECORDS)?;
    txn.open_table(VAULT)?;
    txn.open_table(EMAILS)?;
    txn.open_table(RESULTS)?;
    txn.open_table(RESULTS_BY_TIME)?;
    Ok(())
}

/// The end of the journal that a reader sees.
pub(super) fn head(txn: &ReadTransaction, archive: &Archive) -> Result<Head, JournalError> {
    let Some(first) = Records::only(txn)?.last_row()? else {
        return Ok(Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() });
    };
    // Read like any other, so that a damaged end is found at once.
    let record = match Records::open(txn, archive, first)?.read(first, usize::MAX, first) {
        Ok(mut records) => records.pop().ok_or_else(|| damaged(first, "its row is empty"))?,
        Err(error @ JournalError::Damaged { .. }) => return Err(first_damage(txn, archive).unwrap_or(error)),
        Err(error) => return Err(error),
    };
    Ok(Head { seq: record.seq, hash: record.hash, at: record.at })
}

/// What is wrong with the first record that is not as it was written, where something is known to be wrong with a later one.
fn first_damage(txn: &ReadTransaction, archive: &Archive) -> Option<JournalError> {
    let start = Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() };
    // Nobody knows where the end is, so that every record is looked at.
    let end = Head { seq: u64::MAX, ..start };
    let records = Records::open(txn, archive, 1).ok()?;
    replay::replay(&records, start, end, &mut |_| Ok(())).err()
}

/// Runs what reads or writes the database. redb may panic where a damaged file breaks what it relies on; to the caller that
/// is damage like any other.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, JournalError>) -> Result<T, JournalError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        Err(damaged(0, format!("the database is damaged: {}", text.unwrap_or("no details"))))
    })
}

/// Names the record at which damage was met that the database itself found.
pub(super) fn at(err: JournalError, seq: u64) -> JournalError {
    match err {
        JournalError::Damaged { seq: 0, what } => JournalError::Damaged { seq, what },
        err => err,
    }
}

/// Whether a reader failed only because the database was closed under it.
pub(super) fn is_closed(err: &JournalError) -> bool {
    let JournalError::Storage(err) = err else { return false };
    matches!(err.downcast_ref::<redb::Error>(), Some(redb::Error::DatabaseClosed))
}

fn from_redb(err: redb::Error) -> JournalError {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    match err {
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => JournalError::InUse,
        redb::Error::Corrupted(what) => damaged(0, what),
        redb::Error::Io(err) if matches!(err.kind(), InvalidData | UnexpectedEof) => damaged(0, err.to_string()),
        err @ (redb::Error::TableDoesNotExist(_)
        | redb::Error::TableTypeMismatch { .. }
        | redb::Error::TableIsMultimap(_)
        | redb::Error::TypeDefinitionChanged { .. }) => damaged(0, err.to_string()),
        err => JournalError::Storage(Box::new(err)),
    }
}

macro_rules! from {
    ($($error:ty),*) => {
        $(impl From<$error> for JournalError {
            fn from(err: $error) -> Self {
                from_redb(err.into())
            }
        })*
    };
}

from!(redb::DatabaseError, redb::StorageError, redb::TableError, TransactionError, redb::CommitError);
