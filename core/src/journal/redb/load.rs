//! What is read when the database opens.

use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable, TableError};

use super::archive::Archive;
use super::key_file::KeyFileId;
use super::records::{Records, first_row};
use super::schema::{
    META, META_EMAIL_HASH_KEY, META_FORMAT, RECORDS, RESULTS_BY_TIME, check_format, checksum, create_tables,
};
use super::{format, history, replay, results, vault};
use crate::event::Hash;
use crate::journal::codec::damaged;
use crate::journal::{Head, History, JournalError};
use crate::types::{Timestamp, UserId};

/// What a journal keeps in memory of its database.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) head: Head,
    pub(super) email_hash_key: [u8; 32],
    pub(super) history: History,
    /// The file with the vault's keys; `None` while nothing is encrypted.
    pub(super) key_file: Option<KeyFileId>,
    /// Users whose keys are still to be overwritten.
    pub(super) erasing: Vec<UserId>,
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
        key_file: vault::key_file(&txn.open_table(META)?)?,
        erasing: vault::erasing(&txn)?,
        history: history::read(&txn.open_table(META)?, &email_hash_key)?,
        oldest_result: results::oldest(&txn.open_table(RESULTS_BY_TIME)?)?,
        first: first_row(&txn.open_table(RECORDS)?)?.unwrap_or(1),
    })
}

/// The end of the journal that a reader sees.
pub(super) fn head(txn: &ReadTransaction, archive: &Archive) -> Result<Head, JournalError> {
    let Some(first) = Records::only(txn)?.last_row()? else {
        return Ok(Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() });
    };
    // Read like any other, so that a damaged end is found at once.
    let record = match archive.records(txn, first)?.read(first, usize::MAX, first) {
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
    let records = archive.records(txn, 1).ok()?;
    replay::replay(&records, start, end, &mut |_| Ok(())).err()
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
