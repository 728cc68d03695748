//! A consistent copy of the whole database while it is written to.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use redb::{AccessGuard, Database, Key, ReadTransaction, StorageError, TableDefinition, Value};

use super::archive::Archive;
use super::erasures::Erasures;
use super::error::at;
use super::file::{CACHE_BYTES, builder, database_file};
use super::format::{self, storage};
use super::history;
use super::key_file::{Key as VaultKey, KeyFileId};
use super::keys::{self, Keys};
use super::load::head;
use super::records::Chain;
use super::schema::{EMAILS, META, RECORDS, RESULTS, RESULTS_BY_TIME, VAULT, create_tables};
use super::vault;
use crate::journal::{Head, History, JournalError};
use crate::types::UserId;

/// Bytes in one transaction of the copy: enough that its fsync costs little, and no more than the cache holds.
const TRANSACTION_BYTES: usize = 32 * 1024 * 1024;

/// Rows in one transaction of the copy, for small rows.
const TRANSACTION_ROWS: usize = 100_000;

/// Copies the transaction's snapshot to `file`, and checks the hash chain meanwhile.
///
/// The copy gets its name only when it is complete and durable: a crash leaves a file `….partial` and never half a
/// journal.
pub(super) fn copy(
    txn: &ReadTransaction,
    original: &Original<'_>,
    file: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Head, JournalError> {
    let dir = match file.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    fs::create_dir_all(dir).map_err(storage)?;
    let partial = partial(file);
    if file.try_exists().map_err(storage)? {
        return Err(storage(io::Error::new(io::ErrorKind::AlreadyExists, "the file of the backup exists already")));
    }
    let result = fill(txn, original, &partial, progress).and_then(|head| {
        format::check_or_create(dir, &database_file(dir))?;
        fill_beside(txn, original, dir)?;
        fs::rename(&partial, file).and_then(|()| format::sync_dir(dir)).map_err(storage)?;
        Ok(head)
    });
    if result.is_err() {
        // The first error is returned; the next backup removes what can't be removed now.
        let _ = fs::remove_file(&partial);
    }
    result
}

/// What is copied beside the rows.
pub(super) struct Original<'a> {
    pub(super) archive: &'a Archive,
    pub(super) history: History,
    pub(super) key_file: Option<KeyFileId>,
    /// Keys of at least all rows that the transaction sees.
    pub(super) keys: HashMap<UserId, VaultKey>,
    /// The list of erased users.
    pub(super) erased: Vec<UserId>,
}

/// Writes the keys of the vault's rows and the list of erased users to the directory of the copy.
fn fill_beside(txn: &ReadTransaction, original: &Original<'_>, dir: &Path) -> Result<(), JournalError> {
    if let Some(id) = original.key_file {
        let mut keys = Vec::new();
        for (user, key) in &original.keys {
            if vault::has_row(txn, *user)? {
                keys.push((*user, *key));
            }
        }
        Keys::create(keys::in_directory(dir.to_owned()), id)?.fill(keys)?;
    }
    Erasures::open(dir)?.add(&original.erased)
}

fn partial(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    file.with_file_name(name)
}

fn fill(
    txn: &ReadTransaction,
    original: &Original<'_>,
    partial: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Head, JournalError> {
    match fs::remove_file(partial) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(storage(err)),
        _ => {}
    }
    crate::private_file::ensure(partial).map_err(|error| JournalError::Storage(Box::new(error)))?;
    let db = builder(CACHE_BYTES).create(partial)?;
    let archive = original.archive;
    let end = head(txn, archive)?;
    let (mut chain, mut scratch) = (Chain::START, Vec::new());
    let mut records = archive.records(txn, 1)?.rows(1)?;
    copy_rows(&mut records, &db, RECORDS, &mut |first, row| {
        chain.follow(first, row, &mut scratch)?;
        progress(chain.seq, end.seq);
        Ok(row.len())
    })
    .map_err(|err| at(err, chain.seq + 1))?;
    copy_table(txn, &db, VAULT, &mut |_, row| Ok(row.len()))?;
    copy_table(txn, &db, EMAILS, &mut |_, _| Ok(0))?;
    copy_table(txn, &db, RESULTS, &mut |_, row| Ok(row.len()))?;
    copy_table(txn, &db, RESULTS_BY_TIME, &mut |_, ()| Ok(0))?;
    copy_table(txn, &db, META, &mut |_, _| Ok(0))?;
    let tables = db.begin_write()?;
    create_tables(&tables)?;
    history::fork(&tables, original.history, end.seq)?;
    tables.commit()?;
    db.close()?;
    File::open(partial).and_then(|file| file.sync_all()).map_err(storage)?;
    Ok(end)
}

type Row<K, V> = Result<(AccessGuard<'static, K>, AccessGuard<'static, V>), StorageError>;

type Weigh<'a, K, V> =
    dyn FnMut(<K as Value>::SelfType<'_>, <V as Value>::SelfType<'_>) -> Result<usize, JournalError> + 'a;

/// Copies a table in key order. `weigh` inspects each row and returns its size.
fn copy_table<K: Key + 'static, V: Value + 'static>(
    from: &ReadTransaction,
    to: &Database,
    table: TableDefinition<'static, K, V>,
    weigh: &mut Weigh<'_, K, V>,
) -> Result<(), JournalError> {
    copy_rows(&mut from.open_table(table)?.range::<K::SelfType<'_>>(..)?, to, table, weigh)
}

/// Copies rows to a table.
fn copy_rows<K: Key + 'static, V: Value + 'static>(
    rows: &mut dyn Iterator<Item = Row<K, V>>,
    to: &Database,
    table: TableDefinition<'static, K, V>,
    weigh: &mut Weigh<'_, K, V>,
) -> Result<(), JournalError> {
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let txn = to.begin_write()?;
        {
            let mut target = txn.open_table(table)?;
            let (mut bytes, mut count) = (0, 0);
            while bytes < TRANSACTION_BYTES && count < TRANSACTION_ROWS {
                let Some(entry) = rows.next() else { break };
                let (key, value) = entry?;
                bytes += weigh(key.value(), value.value())?;
                count += 1;
                target.insert(key.value(), value.value())?;
            }
        }
        txn.commit()?;
    }
    Ok(())
}
