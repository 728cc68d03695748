//! Records: written a batch at a time, and read the archived ones first, then those in the journal's own file.

use redb::{AccessGuard, Range, ReadOnlyTable, ReadTransaction, ReadableTable as _, StorageError, WriteTransaction};

use super::error::guarded_row;
use super::schema::RECORDS;
use crate::event::{Hash, Record};
use crate::journal::JournalError;
use crate::journal::codec::{Frame, damaged, frames};

/// Rows of records.
pub(super) type Table = ReadOnlyTable<u64, &'static [u8]>;

/// The rows of records that a reader sees, as if they were in one table.
///
/// A record is removed from the journal's file only after it is durable in the archive. So a reader that opens the
/// archive *after* it has begun to read the journal's file finds there everything that is gone from the file.
#[derive(Debug)]
pub(super) struct Records {
    /// `None` if nothing is read from the archive.
    archived: Option<Table>,
    active: Table,
    /// First row of the journal's own file.
    first: u64,
}

impl Records {
    /// Opens the records from `from` on, and the one before it; `archived` opens the archive's rows, if any of them is needed.
    pub(super) fn joined(
        txn: &ReadTransaction,
        from: u64,
        archived: impl FnOnce() -> Result<Option<Table>, JournalError>,
    ) -> Result<Self, JournalError> {
        let active = txn.open_table(RECORDS)?;
        let first = first_row(&active)?.unwrap_or(u64::MAX);
        let archived = if from.saturating_sub(1) < first && first > 1 { archived()? } else { None };
        Ok(Self { archived, active, first })
    }

    /// Opens the records of one database only.
    pub(super) fn only(txn: &ReadTransaction) -> Result<Self, JournalError> {
        Ok(Self { archived: None, active: txn.open_table(RECORDS)?, first: 0 })
    }

    /// Returns the row that contains the record, or the last row before it; 0 if there is none.
    pub(super) fn row_of(&self, seq: u64) -> Result<u64, JournalError> {
        let last_of = |table: &Table| {
            let row = table.range(..=seq)?.next_back().transpose()?;
            Ok::<_, StorageError>(row.map(|(first, _)| first.value()))
        };
        let table = self.archived.as_ref().filter(|_| seq < self.first).unwrap_or(&self.active);
        Ok(last_of(table)?.unwrap_or(0))
    }

    /// Returns the last row; `None` in an empty journal.
    pub(super) fn last_row(&self) -> Result<Option<u64>, JournalError> {
        Ok(self.active.last()?.map(|(first, _)| first.value()))
    }

    /// Iterates over the rows from this one on, in order.
    pub(super) fn rows(&self, from: u64) -> Result<Rows, JournalError> {
        let archived = match &self.archived {
            Some(table) if from < self.first => Some(table.range(from..self.first)?),
            _ => None,
        };
        Ok(Rows { archived, active: self.active.range(from..)? })
    }

    /// Reads at most `limit` records. Records up to at least `end` must exist.
    pub(super) fn read(&self, from: u64, limit: usize, end: u64) -> Result<Vec<Record>, JournalError> {
        // Reading starts with the record before `from`, whose hash is needed to check `from`.
        let before = from.saturating_sub(1);
        let start = self.row_of(before)?;
        let mut records = Vec::with_capacity(limit.min(1024));
        let mut expected = start.max(1);
        let mut prev = (before == 0).then_some(Hash::ZERO);
        let mut scratch = Vec::new();
        for row in self.rows(start)? {
            let (first, row) = row?;
            if first.value() != expected {
                return Err(damaged(expected, "is missing or in another place"));
            }
            for frame in frames(first.value(), row.value())? {
                let frame = frame?;
                expected = frame.seq + 1;
                let prev = prev.replace(frame.hash);
                if frame.seq < from {
                    continue;
                }
                if let Some(prev) = prev {
                    frame.check(prev, &mut scratch)?;
                }
                records.push(frame.decode()?);
                if records.len() == limit {
                    return Ok(records);
                }
            }
        }
        if expected <= end { Err(damaged(expected, "is missing")) } else { Ok(records) }
    }
}

/// Writes rows with the sequence numbers of their first records.
pub(super) fn write_rows<'r>(
    txn: &WriteTransaction,
    rows: impl Iterator<Item = (u64, &'r [u8])>,
) -> Result<(), JournalError> {
    let mut rows = rows.peekable();
    if rows.peek().is_some() {
        let mut table = txn.open_table(RECORDS)?;
        for (first, row) in rows {
            table.insert(first, row)?;
        }
    }
    Ok(())
}

/// Returns the first row of a table; `None` if the table is empty.
pub(super) fn first_row(table: &Table) -> Result<Option<u64>, StorageError> {
    Ok(table.first()?.map(|(first, _)| first.value()))
}

/// Iterator over rows in order.
pub(super) struct Rows {
    archived: Option<Range<'static, u64, &'static [u8]>>,
    active: Range<'static, u64, &'static [u8]>,
}

impl Iterator for Rows {
    type Item = Result<(AccessGuard<'static, u64>, AccessGuard<'static, &'static [u8]>), StorageError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(rows) = &mut self.archived
            && let Some(row) = guarded_row(|| rows.next().transpose()).transpose()
        {
            return Some(row);
        }
        self.archived = None;
        self.active.next()
    }
}

/// Checks that rows are contiguous and chained, so that damage is not copied unnoticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chain {
    /// Last record so far.
    pub(super) seq: u64,
    /// Hash of the last record.
    pub(super) hash: Hash,
}

impl Chain {
    /// State before the first record.
    pub(super) const START: Self = Self { seq: 0, hash: Hash::ZERO };

    /// Advances to the end of this row. `scratch` is a reusable buffer.
    pub(super) fn follow(&mut self, first: u64, row: &[u8], scratch: &mut Vec<u8>) -> Result<(), JournalError> {
        if first != self.seq + 1 {
            return Err(damaged(self.seq + 1, "is missing or in another place"));
        }
        for frame in frames(first, row)? {
            let frame: Frame<'_> = frame?;
            frame.check(self.hash, scratch)?;
            *self = Self { seq: frame.seq, hash: frame.hash };
        }
        Ok(())
    }
}
