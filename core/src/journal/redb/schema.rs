//! The tables of `journal.redb` and `archive.redb`, and the format that they note.

use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use super::format;
use crate::journal::JournalError;
use crate::journal::codec::damaged;

/// Name of the archive's file in the data directory.
pub(crate) const ARCHIVE_FILE: &str = "archive.redb";

/// Rows of records, by the sequence number of their first; see [`crate::journal::codec`].
pub(super) const RECORDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("records");
/// Personal data, by user id.
pub(super) const VAULT: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("vault");
/// The owner of each email, by email key.
pub(super) const EMAILS: TableDefinition<'_, &[u8; 16], &[u8; 16]> = TableDefinition::new("emails");
/// Users whose rows are gone and whose keys are about to be.
pub(super) const ERASING: TableDefinition<'_, &[u8; 16], ()> = TableDefinition::new("erasing");
/// Stored results, by command id.
pub(super) const RESULTS: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("results");
/// The command ids of stored results, by the time in milliseconds at which they were stored.
pub(super) const RESULTS_BY_TIME: TableDefinition<'_, (u64, &[u8; 16]), ()> = TableDefinition::new("results_by_time");
/// What holds for the whole journal.
pub(super) const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

/// The name of the format in `meta`.
pub(super) const META_FORMAT: &str = "format";
/// The name of the key of email hashes in `meta`.
pub(super) const META_EMAIL_HASH_KEY: &str = "email_hash_key";

/// The name of the identity of the journal's history in `meta`; a journal that is no copy has none there.
pub(super) const META_HISTORY: &str = "history";

/// The name of the identity of the file with the vault's keys in `meta`; there is none until a row is encrypted.
pub(super) const META_KEY_FILE: &str = "vault_keys";

/// The name of the position in the stream in `meta`; there is none unless several hosts share the journal.
#[cfg(feature = "cluster")]
pub(super) const META_CLUSTER: &str = "cluster";

/// How many bytes a checksum has.
pub(super) const CHECKSUM_BYTES: usize = 16;

/// Returns the checksum of a row beside the records: records have their chain, and redb checks its pages only when it repairs a
/// file.
pub(super) fn checksum(parts: &[&[u8]]) -> [u8; CHECKSUM_BYTES] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    let mut sum = [0; CHECKSUM_BYTES];
    sum.copy_from_slice(&hasher.finalize().as_bytes()[..CHECKSUM_BYTES]);
    sum
}

/// Refuses a format that only a newer version knows.
pub(super) fn check_format(meta: &impl ReadableTable<&'static str, &'static [u8]>) -> Result<(), JournalError> {
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

/// Makes all tables but `meta`, so that readers may count on them.
pub(super) fn create_tables(txn: &WriteTransaction) -> Result<(), JournalError> {
    txn.open_table(RECORDS)?;
    txn.open_table(VAULT)?;
    txn.open_table(EMAILS)?;
    txn.open_table(RESULTS)?;
    txn.open_table(RESULTS_BY_TIME)?;
    Ok(())
}
