//! The stored form of records: payloads, the hash chain, and the rows that carry many records at once.
//!
//! A record's *payload* is the self-describing `MessagePack` form of [`Record`] without its hash. The hash of a record is
//! BLAKE3 over the hash of the record before it, followed by the record's payload.
//!
//! A *row* has one format byte and then, for each of its records: the payload's length (4 bytes, little endian), the hash
//! (32 bytes), the payload. Its key is the sequence number of its first record. Rows exist because inserting into a
//! copy-on-write B-tree is what an append costs most: one insert for the records of a batch, not one for each. They are
//! cut at [`ROW_BYTES_MAX`] or [`ROW_RECORDS_MAX`], so that reading one record never means reading a whole batch.
//!
//! **Invariant:** what was written by any release decodes for ever; `core/tests/it/golden/` has the proof.

use std::ops::Range;

use super::JournalError;
use crate::event::{Hash, Record};

/// The most bytes of a row, unless a single record is larger: with redb's own bytes around it, a row fills a page of 64 KiB
/// and never spills into one of twice that size.
pub(crate) const ROW_BYTES_MAX: usize = 64 * 1024 - 256;

/// The most records of a row.
pub(crate) const ROW_RECORDS_MAX: usize = 256;

/// The first byte of a row in today's form.
const ROW_FORMAT: u8 = 1;

const LEN_BYTES: usize = 4;
const HASH_BYTES: usize = 32;

/// What stands before the payload of a record.
pub(crate) const FRAME_HEAD_BYTES: usize = LEN_BYTES + HASH_BYTES;

/// A buffer above this is given back after the batch that needed it.
const BUFFER_KEPT_BYTES: usize = 8 * 1024 * 1024;

/// Encodes the records of one batch after another into rows, in buffers that are used again.
#[derive(Debug, Default)]
pub(crate) struct RowWriter {
    /// The hash before a record, then its payload: what is hashed.
    hashed: Vec<u8>,
    /// All rows of the batch.
    bytes: Vec<u8>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    first: u64,
    records: usize,
    bytes: Range<usize>,
}

impl RowWriter {
    /// Forgets the last batch.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(BUFFER_KEPT_BYTES);
        self.rows.clear();
    }

    /// Adds a record whose hash is not known yet, and sets its hash.
    pub(crate) fn push(&mut self, prev: Hash, record: &mut Record) -> Result<(), JournalError> {
        record.hash = Hash::ZERO;
        self.hashed.clear();
        self.hashed.extend_from_slice(prev.as_bytes());
        encode(&mut self.hashed, record)?;
        record.hash = Hash::from_bytes(*blake3::hash(&self.hashed).as_bytes());

        let payload = &self.hashed[HASH_BYTES..];
        let len = u32::try_from(payload.len()).map_err(|err| JournalError::Storage(Box::new(err)))?;
        let frame_len = LEN_BYTES + HASH_BYTES + payload.len();
        let fits = self.rows.last().is_some_and(|row| {
            row.records < ROW_RECORDS_MAX && row.bytes.len().saturating_add(frame_len) <= ROW_BYTES_MAX
        });
        if !fits {
            let start = self.bytes.len();
            self.rows.push(Row { first: record.seq, records: 0, bytes: start..start });
            self.bytes.push(ROW_FORMAT);
        }
        self.bytes.extend_from_slice(&len.to_le_bytes());
        self.bytes.extend_from_slice(record.hash.as_bytes());
        self.bytes.extend_from_slice(payload);
        if let Some(row) = self.rows.last_mut() {
            row.records += 1;
            row.bytes.end = self.bytes.len();
        }
        Ok(())
    }

    /// How many rows the batch has.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows of the batch with their keys, in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.rows.iter().map(|row| (row.first, &self.bytes[row.bytes.clone()]))
    }
}

/// Appends the payload of a record to `out`.
pub(crate) fn encode(out: &mut Vec<u8>, record: &Record) -> Result<(), JournalError> {
    rmp_serde::encode::write_named(out, record).map_err(|err| JournalError::Storage(Box::new(err)))
}

/// A record as stored, not yet decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// Its place, by the row's key and its place in the row.
    pub(crate) seq: u64,
    /// Its hash, as stored.
    pub(crate) hash: Hash,
    payload: &'a [u8],
}

impl Frame<'_> {
    /// Whether the stored hash is that of this payload after a record with the hash `prev`. `scratch` is a buffer to use.
    pub(crate) fn check(&self, prev: Hash, scratch: &mut Vec<u8>) -> Result<(), JournalError> {
        scratch.clear();
        scratch.extend_from_slice(prev.as_bytes());
        scratch.extend_from_slice(self.payload);
        if blake3::hash(scratch).as_bytes() == self.hash.as_bytes() {
            Ok(())
        } else {
            Err(damaged(self.seq, "its hash is not the one of its content after the records before it"))
        }
    }

    /// The record.
    pub(crate) fn decode(&self) -> Result<Record, JournalError> {
        let mut record: Record =
            rmp_serde::from_slice(self.payload).map_err(|err| damaged(self.seq, format!("can't be decoded: {err}")))?;
        if record.seq != self.seq {
            return Err(damaged(self.seq, format!("is in the place of record {}", record.seq)));
        }
        record.hash = self.hash;
        Ok(record)
    }
}

/// The records of a row; after an error there are no more.
#[derive(Debug)]
pub(crate) struct Frames<'a> {
    seq: u64,
    rest: &'a [u8],
}

/// The records of the row with the key `first`.
pub(crate) fn frames(first: u64, row: &[u8]) -> Result<Frames<'_>, JournalError> {
    match row {
        [ROW_FORMAT, rest @ ..] if !rest.is_empty() => Ok(Frames { seq: first, rest }),
        [] | [ROW_FORMAT] => Err(damaged(first, "its row is empty")),
        [format, ..] => Err(damaged(first, format!("its row has the unknown form {format}"))),
    }
}

/// The records of such bytes, of which `first` is the first, without a row around them.
pub(crate) fn frames_of(first: u64, bytes: &[u8]) -> Frames<'_> {
    Frames { seq: first, rest: bytes }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<Frame<'a>, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let seq = self.seq;
        if let Some((hash, payload, rest)) = split_frame(self.rest) {
            self.rest = rest;
            self.seq += 1;
            Some(Ok(Frame { seq, hash, payload }))
        } else {
            self.rest = &[];
            Some(Err(damaged(seq, "its row ends too early")))
        }
    }
}

fn split_frame(bytes: &[u8]) -> Option<(Hash, &[u8], &[u8])> {
    let (len, bytes) = bytes.split_first_chunk::<LEN_BYTES>()?;
    let (hash, bytes) = bytes.split_first_chunk::<HASH_BYTES>()?;
    let (payload, rest) = bytes.split_at_checked(usize::try_from(u32::from_le_bytes(*len)).ok()?)?;
    Some((Hash::from_bytes(*hash), payload, rest))
}

/// The records of a row, their hashes taken as they stand.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn decode_row(first: u64, row: &[u8]) -> Result<Vec<Record>, JournalError> {
    frames(first, row)?.map(|frame| frame?.decode()).collect()
}

/// That record `seq` is not what was written.
pub(crate) fn damaged(seq: u64, what: impl Into<String>) -> JournalError {
    JournalError::Damaged { seq, what: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::golden::samples;

    fn rows(count: u64) -> (Vec<Record>, Vec<(u64, Vec<u8>)>) {
        let sample = samples().swap_remove(0);
        let mut writer = RowWriter::default();
        let mut records: Vec<Record> = Vec::new();
        for seq in 1..=count {
            let mut record = Record { seq, ..sample.clone() };
            writer.push(records.last().map_or(Hash::ZERO, |last| last.hash), &mut record).unwrap();
            records.push(record);
        }
        (records, writer.rows().map(|(first, bytes)| (first, bytes.to_vec())).collect())
    }

    fn decode(first: u64, row: &[u8], mut prev: Hash) -> Result<Vec<Record>, JournalError> {
        let mut scratch = Vec::new();
        frames(first, row)?
            .map(|frame| {
                let frame = frame?;
                frame.check(std::mem::replace(&mut prev, frame.hash), &mut scratch)?;
                frame.decode()
            })
            .collect()
    }

    fn damage(first: u64, row: &[u8], prev: Hash) -> (u64, String) {
        match decode(first, row, prev) {
            Err(JournalError::Damaged { seq, what }) => (seq, what),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rows_decode_to_what_was_encoded() {
        let (records, rows) = rows(600);
        assert_eq!(rows.iter().map(|(first, _)| *first).collect::<Vec<_>>(), [1, 257, 513]);
        let mut decoded: Vec<Record> = Vec::new();
        for (first, row) in &rows {
            let prev = decoded.last().map_or(Hash::ZERO, |last| last.hash);
            decoded.extend(decode(*first, row, prev).unwrap());
        }
        assert_eq!(decoded, records);
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let (_, rows) = rows(2);
        let row = &rows[0].1;
        for at in 0..row.len() {
            let mut bad = row.clone();
            bad[at] ^= 1 << (at % 8);
            assert_eq!(damage(1, &bad, Hash::ZERO).0, 1 + u64::from(at > row.len() / 2), "byte {at}");
        }
    }

    #[test]
    fn every_cut_is_found() {
        let (_, rows) = rows(2);
        let row = &rows[0].1;
        for len in (0..row.len()).filter(|len| *len != row.len() / 2 + 1) {
            assert_eq!(damage(1, &row[..len], Hash::ZERO).0, 1 + u64::from(len > row.len() / 2), "{len}");
        }
    }

    #[test]
    fn a_row_in_another_place_is_found() {
        let (_, rows) = rows(2);
        assert_eq!(damage(3, &rows[0].1, Hash::ZERO).0, 3);
        assert_eq!(damage(1, &rows[0].1, Hash::from_bytes([1; 32])).0, 1);
    }

    #[test]
    fn a_record_larger_than_a_row_has_a_row_of_its_own() {
        let mut writer = RowWriter::default();
        let sample = samples().into_iter().find(|record| record.event.name() == "ChargeFailed").unwrap();
        for seq in 1..=3 {
            let mut record = Record { seq, ..sample.clone() };
            if let crate::event::DomainEvent::ChargeFailed(event) = &mut record.event {
                event.reason = if seq == 2 { "x".repeat(ROW_BYTES_MAX).into() } else { "x".into() };
            }
            writer.push(Hash::ZERO, &mut record).unwrap();
        }
        assert_eq!(writer.rows().map(|(first, _)| first).collect::<Vec<_>>(), [1, 2, 3]);
    }
}
