//! Parallel replay: one thread reads rows in order, several threads check and decode them, and the caller's thread
//! visits the records in order.
//!
//! The hash that precedes a chunk of rows is in the row before it, so chunks are checked concurrently and the chain is
//! still checked from end to end.

use std::collections::VecDeque;
use std::thread;

use super::error::{at, guarded};
use super::file::DATABASE_FILE;
use super::records::{Records, Rows};
use crate::event::{Hash, Record};
use crate::journal::codec::{ROW_BYTES_MAX, damaged, frames};
use crate::journal::{Head, JournalError};

/// Approximate bytes that a thread decodes at a time.
const CHUNK_BYTES: usize = 4 * ROW_BYTES_MAX;

/// Number of records below which starting threads costs more than it saves.
const PARALLEL_RECORDS_MIN: u64 = 8 * 1024;

/// Maximum number of threads. More of them only wait for the visitor.
const WORKERS_MAX: usize = 4;

/// Function that is called with each record.
pub(super) type Visit<'a> = &'a mut dyn FnMut(Record) -> Result<(), JournalError>;

/// Visits every record after `after`. Records up to at least `end` must exist.
pub(super) fn replay(records: &Records, after: Head, end: Head, visit: Visit<'_>) -> Result<Head, JournalError> {
    if after.seq > end.seq {
        return Err(damaged(end.seq + 1, "is missing"));
    }
    if after.seq == end.seq && after.hash != end.hash {
        return Err(damaged(after.seq, "is not the record that was to be followed"));
    }
    let mut head = after;
    let mut step = |record: Record| {
        head = Head { seq: record.seq, hash: record.hash, at: record.at };
        visit(record)
    };
    let mut reader = guarded(DATABASE_FILE, || Reader::new(records, after)).map_err(|err| at(err, after.seq + 1))?;
    if end.seq - after.seq < PARALLEL_RECORDS_MIN {
        while let Some(chunk) = reader.next()? {
            chunk.decode(after).visit(&mut step)?;
        }
    } else {
        in_parallel(&mut reader, after, &mut step)?;
    }
    if head.seq < end.seq { Err(damaged(head.seq + 1, "is missing")) } else { Ok(head) }
}

fn in_parallel(reader: &mut Reader, after: Head, visit: Visit<'_>) -> Result<(), JournalError> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX);
    thread::scope(|scope| {
        let (jobs, queue) = flume::bounded::<(Chunk, flume::Sender<Decoded>)>(2 * workers);
        for _ in 0..workers {
            let queue = queue.clone();
            let work = move || {
                for (chunk, answer) in queue {
                    // The receiver is gone once the replay has failed.
                    let _ = answer.send(chunk.decode(after));
                }
            };
            let builder = thread::Builder::new().name("boxoffice-replay".into());
            builder.spawn_scoped(scope, work).map_err(|err| JournalError::Storage(Box::new(err)))?;
        }
        let stopped = || JournalError::Storage("a thread of the replay stopped".into());
        let mut pending = VecDeque::new();
        loop {
            while pending.len() < 2 * workers {
                let Some(chunk) = reader.next()? else { break };
                let (answer, decoded) = flume::bounded(1);
                jobs.send((chunk, answer)).map_err(|_| stopped())?;
                pending.push_back(decoded);
            }
            let Some(decoded) = pending.pop_front() else { return Ok(()) };
            decoded.recv().map_err(|_| stopped())?.visit(visit)?;
        }
    })
}

/// Reads rows in order, a chunk at a time.
struct Reader {
    rows: Rows,
    /// Expected first record of the next chunk.
    seq: u64,
    /// Hash of the record before it.
    prev: Hash,
    done: bool,
}

impl Reader {
    fn new(records: &Records, after: Head) -> Result<Self, JournalError> {
        let start = records.row_of(after.seq + 1)?;
        // The first row may begin before the first requested record; then the row's own start is expected.
        let seq = if start == 0 { 1.max(after.seq + 1) } else { start };
        Ok(Self { rows: records.rows(start)?, seq, prev: after.hash, done: false })
    }

    fn next(&mut self) -> Result<Option<Chunk>, JournalError> {
        let seq = self.seq;
        guarded(DATABASE_FILE, || self.read()).map_err(|err| at(err, seq))
    }

    fn read(&mut self) -> Result<Option<Chunk>, JournalError> {
        if self.done {
            return Ok(None);
        }
        let mut chunk =
            Chunk { seq: self.seq, prev: self.prev, bytes: Vec::with_capacity(CHUNK_BYTES), rows: Vec::new() };
        while chunk.bytes.len() < CHUNK_BYTES - ROW_BYTES_MAX {
            let Some((first, row)) = self.rows.next().transpose()? else {
                self.done = true;
                break;
            };
            chunk.bytes.extend_from_slice(row.value());
            chunk.rows.push((first.value(), row.value().len()));
        }
        self.follow(&chunk);
        Ok(if chunk.rows.is_empty() { None } else { Some(chunk) })
    }

    /// Finds the start of the next chunk. A damaged row ends the reading; decoding it reports the damage.
    fn follow(&mut self, chunk: &Chunk) {
        let Some((first, row)) = chunk.rows().last() else { return };
        let last = frames(first, row).and_then(|mut frames| frames.try_fold(None, |_, frame| frame.map(Some)));
        if let Ok(Some(last)) = last {
            self.seq = last.seq + 1;
            self.prev = last.hash;
        } else {
            self.done = true;
        }
    }
}

/// Contiguous rows.
struct Chunk {
    seq: u64,
    prev: Hash,
    bytes: Vec<u8>,
    /// Key and length of each row.
    rows: Vec<(u64, usize)>,
}

impl Chunk {
    fn rows(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut rest = self.bytes.as_slice();
        self.rows.iter().map(move |(first, len)| {
            let (row, after) = rest.split_at(*len);
            rest = after;
            (*first, row)
        })
    }

    /// Decodes the records that come after `after`.
    fn decode(&self, after: Head) -> Decoded {
        let mut decoded = Decoded { records: Vec::with_capacity(self.bytes.len() / 256), error: None };
        decoded.error = self.decode_into(after, &mut decoded.records).err();
        decoded
    }

    fn decode_into(&self, after: Head, records: &mut Vec<Record>) -> Result<(), JournalError> {
        let (mut expected, mut prev) = (self.seq, self.prev);
        let mut scratch = Vec::new();
        for (first, row) in self.rows() {
            if first != expected {
                return Err(damaged(expected, "is missing or in another place"));
            }
            for frame in frames(first, row)? {
                let frame = frame?;
                expected = frame.seq + 1;
                if frame.seq > after.seq {
                    frame.check(prev, &mut scratch)?;
                    records.push(frame.decode()?);
                    prev = frame.hash;
                } else if frame.seq == after.seq && frame.hash != after.hash {
                    return Err(damaged(frame.seq, "is not the record that was to be followed"));
                }
            }
        }
        Ok(())
    }
}

/// Records of a chunk up to the first damaged one.
struct Decoded {
    records: Vec<Record>,
    error: Option<JournalError>,
}

impl Decoded {
    fn visit(self, visit: Visit<'_>) -> Result<(), JournalError> {
        self.records.into_iter().try_for_each(visit)?;
        self.error.map_or(Ok(()), Err)
    }
}
