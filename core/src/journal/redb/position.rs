//! The position in the stream, as the journal's own file notes it.
//!
//! It is written with the rows that it stands for, in one transaction, and names the last of them. So a journal that went
//! on without its stream is noticed.

use redb::{ReadableTable, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::schema::{CHECKSUM_BYTES, META, META_CLUSTER, checksum};
use crate::event::Hash;
use crate::journal::codec::damaged;
use crate::journal::jetstream::Position;
use crate::journal::{Head, JournalError};
use crate::types::HostId;

/// First byte of the row in the current format.
const NOTE_FORMAT: u8 = 1;

/// The position as stored: one format byte, this in self-describing `MessagePack`, and a checksum over both.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    journal: Hash,
    generation: u64,
    seq: u64,
    n: u64,
    head: Hash,
    epoch: u64,
    writer: HostId,
    /// Last record of the journal at this position.
    record: u64,
    record_hash: Hash,
}

/// Returns the position that `meta` notes; `None` if it notes none. `head` is the end of the journal.
///
/// # Errors
/// [`JournalError::Damaged`] if the journal ends elsewhere than it did at the position.
pub(super) fn read(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
    head: Head,
) -> Result<Option<Position>, JournalError> {
    let Some(stored) = meta.get(META_CLUSTER)? else { return Ok(None) };
    let note = decode(stored.value()).ok_or_else(|| damaged(0, "the position in the stream is not what was stored"))?;
    if (note.record, note.record_hash) != (head.seq, head.hash) {
        let (noted, found) = (note.record, head.seq);
        let what = format!(
            "is not of the stream: record {noted} was the last one there, and {found} is the last one here; somebody has \
             opened this journal without the other hosts and appended to it, or put another one in its place"
        );
        return Err(damaged(noted.min(found) + 1, what));
    }
    let Note { journal, generation, seq, n, head, epoch, writer, .. } = note;
    Ok(Some(Position { journal, generation, seq, n, head, epoch, writer }))
}

/// Returns `true` if `meta` notes a position.
pub(super) fn is_noted(meta: &impl ReadableTable<&'static str, &'static [u8]>) -> Result<bool, JournalError> {
    Ok(meta.get(META_CLUSTER)?.is_some())
}

/// Notes the position of a journal that ends with `end`.
pub(super) fn write(txn: &WriteTransaction, position: &Position, end: Head) -> Result<(), JournalError> {
    let Position { journal, generation, seq, n, head, epoch, writer } = *position;
    let note = Note { journal, generation, seq, n, head, epoch, writer, record: end.seq, record_hash: end.hash };
    let mut row = vec![NOTE_FORMAT];
    rmp_serde::encode::write_named(&mut row, &note).map_err(|err| JournalError::Storage(Box::new(err)))?;
    let sum = checksum(&[&row]);
    row.extend_from_slice(&sum);
    txn.open_table(META)?.insert(META_CLUSTER, row.as_slice())?;
    Ok(())
}

fn decode(stored: &[u8]) -> Option<Note> {
    let (row, sum) = stored.split_last_chunk::<CHECKSUM_BYTES>()?;
    match row {
        [NOTE_FORMAT, note @ ..] if checksum(&[row]) == *sum => rmp_serde::from_slice(note).ok(),
        _ => None,
    }
}
