//! The identity of the history that the file records.
//!
//! A journal that was made here derives its identity from its key of email hashes, so that no row is needed. A copy notes one of
//! its own when it is made: whoever restores it goes on with another history than the original's.

use redb::{ReadableTable, WriteTransaction};

use super::schema::{CHECKSUM_BYTES, META, META_HISTORY, checksum};
use crate::event::Hash;
use crate::journal::codec::damaged;
use crate::journal::{History, JournalError};

const ID_BYTES: usize = 32;
const SEQ_BYTES: usize = 8;

/// Returns the history that `meta` names.
pub(super) fn read(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
    email_hash_key: &[u8; 32],
) -> Result<History, JournalError> {
    let Some(stored) = meta.get(META_HISTORY)? else {
        let id = blake3::derive_key("boxoffice 2026-11-30 history of a journal", email_hash_key);
        return Ok(History { id: Hash::from_bytes(id), common: None });
    };
    let wrong = || damaged(0, "the identity of the history is not what was stored");
    let (content, sum) = stored.value().split_at_checked(ID_BYTES + SEQ_BYTES).ok_or_else(wrong)?;
    let (id, seq) = content.split_first_chunk::<ID_BYTES>().ok_or_else(wrong)?;
    if checksum(&[content]).as_slice() != sum {
        return Err(wrong());
    }
    let seq = u64::from_le_bytes(seq.try_into().map_err(|_| wrong())?);
    Ok(History { id: Hash::from_bytes(*id), common: Some(seq) })
}

/// Notes in a copy that its history goes on from record number `end` of the original's.
pub(super) fn fork(txn: &WriteTransaction, original: History, end: u64) -> Result<(), JournalError> {
    let mut salt = [0; ID_BYTES];
    getrandom::fill(&mut salt).map_err(|err| JournalError::Storage(Box::new(err)))?;
    let id = blake3::keyed_hash(&salt, original.id.as_bytes());
    let common = original.common.map_or(end, |common| common.min(end));
    note(txn, id.as_bytes(), common)
}

/// Notes the identity of a history that several hosts record, in place of the journal's own; returns the journal's history
/// from now on. `end` is its last record.
#[cfg(feature = "cluster")]
pub(super) fn adopt(txn: &WriteTransaction, own: History, id: Hash, end: u64) -> Result<History, JournalError> {
    if own.id == id {
        return Ok(own);
    }
    // A copy keeps what it shares with the journals that it was made of.
    let common = own.common.unwrap_or(end);
    note(txn, id.as_bytes(), common)?;
    Ok(History { id, common: Some(common) })
}

fn note(txn: &WriteTransaction, id: &[u8; ID_BYTES], common: u64) -> Result<(), JournalError> {
    let content = [id.as_slice(), &common.to_le_bytes()].concat();
    let row = [content.as_slice(), &checksum(&[&content])].concat();
    debug_assert_eq!(row.len(), ID_BYTES + SEQ_BYTES + CHECKSUM_BYTES);
    txn.open_table(META)?.insert(META_HISTORY, row.as_slice())?;
    Ok(())
}
