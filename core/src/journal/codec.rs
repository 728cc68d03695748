//! The stored form of records: payloads, the hash chain, and rows of several records.
//!
//! A record's *payload* is the self-describing `MessagePack` form of [`Record`] without its hash. The hash of a record
//! is BLAKE3 over the hash of the previous record followed by the record's payload.
//!
//! A *row* consists of one format byte and then, for each record, the payload's length (4 bytes, little endian), the
//! hash (32 bytes) and the payload. Its key is the sequence number of its first record. An insert into a copy-on-write
//! B-tree is the largest cost of an append, so the records of a batch share one insert. Rows are limited to
//! [`ROW_BYTES_MAX`] and [`ROW_RECORDS_MAX`], so that reading one record never means reading a whole batch.
//!
//! **Invariant:** data that any release wrote decodes forever; the fixtures in `core/tests/it/golden/` prove it.

use std::ops::Range;

use super::JournalError;
use crate::event::{Hash, Record};

/// Maximum bytes of a row, unless a single record is larger. With redb's overhead such a row fills a page of 64 KiB and
/// never needs one of twice that size.
pub(crate) const ROW_BYTES_MAX: usize = 64 * 1024 - 256;

/// Maximum records of a row.
pub(crate) const ROW_RECORDS_MAX: usize = 256;

/// First byte of a row in the current format.
const ROW_FORMAT: u8 = 1;

const LEN_BYTES: usize = 4;
const HASH_BYTES: usize = 32;

/// Length of the length and hash that precede a record's payload.
pub(crate) const FRAME_HEAD_BYTES: usize = LEN_BYTES + HASH_BYTES;

/// Buffer capacity that is kept between batches; a larger buffer is shrunk to it.
const BUFFER_KEPT_BYTES: usize = 8 * 1024 * 1024;

/// Encodes the records of successive batches into rows and reuses its buffers.
#[derive(Debug, Default)]
pub(crate) struct RowWriter {
    /// Hash input: the previous hash, then the payload.
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
    /// Discards the rows of the last batch.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(BUFFER_KEPT_BYTES);
        self.rows.clear();
    }

    /// Appends a record and sets its hash.
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

    /// Returns the number of rows of the batch.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Iterates over the rows of the batch with their keys, in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.rows.iter().map(|row| (row.first, &self.bytes[row.bytes.clone()]))
    }
}

/// Appends the payload of a record to `out`.
pub(crate) fn encode(out: &mut Vec<u8>, record: &Record) -> Result<(), JournalError> {
    rmp_serde::encode::write_named(out, record).map_err(|err| JournalError::Storage(Box::new(err)))
}

/// A stored record that is not yet decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// Sequence number, derived from the row's key and the position in the row.
    pub(crate) seq: u64,
    /// Stored hash.
    pub(crate) hash: Hash,
    payload: &'a [u8],
}

impl Frame<'_> {
    /// Verifies that the stored hash is the hash of this payload after a record with the hash `prev`. `scratch` is a
    /// reusable buffer.
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

    /// Decodes the record.
    pub(crate) fn decode(&self) -> Result<Record, JournalError> {
        let mut record: Record =
            rmp_serde::from_slice(self.payload).map_err(|err| damaged(self.seq, format!("can't be decoded: {err}")))?;
        if record.seq != self.seq {
            return Err(damaged(self.seq, format!("is in the place of record {}", record.seq)));
        }
        record.hash = self.hash;
        Ok(record)
    }

    /// Returns the name of the record's event if this version can't read the record: a newer one wrote it, if the hash is right.
    #[cfg(feature = "cluster")]
    pub(crate) fn unknown_event(&self) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Outline {
            event: Tag,
        }
        #[derive(serde::Deserialize)]
        struct Tag {
            #[serde(rename = "type")]
            name: String,
        }
        let outline = rmp_serde::from_slice::<Outline>(self.payload).ok()?;
        rmp_serde::from_slice::<Record>(self.payload).is_err().then_some(outline.event.name)
    }
}

/// Iterator over the records of a row. It ends after the first error.
#[derive(Debug)]
pub(crate) struct Frames<'a> {
    seq: u64,
    rest: &'a [u8],
}

/// Returns the records of the row with the key `first`.
pub(crate) fn frames(first: u64, row: &[u8]) -> Result<Frames<'_>, JournalError> {
    match row {
        [ROW_FORMAT, rest @ ..] if !rest.is_empty() => Ok(Frames { seq: first, rest }),
        [] | [ROW_FORMAT] => Err(damaged(first, "its row is empty")),
        [format, ..] => Err(damaged(first, format!("its row has the unknown form {format}"))),
    }
}

/// Returns the records of bytes without a row header, starting with record `first`.
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

/// Decodes the records of a row without verifying their hashes.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn decode_row(first: u64, row: &[u8]) -> Result<Vec<Record>, JournalError> {
    frames(first, row)?.map(|frame| frame?.decode()).collect()
}

/// Creates the error that record `seq` is not what was written.
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
