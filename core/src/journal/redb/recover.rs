//! Recovery of records from a journal that may be damaged, without changing a byte of it.
//!
//! Records come in order, each checked against the hash chain, up to the first that can't be read. While the database
//! can be traversed, it lists the journal's rows. If it can't, because the damage is in a page of its tree or in its
//! header, the bytes of the file are searched for the following records. Each record carries its number and a hash over
//! all records before it, so whatever is found was once written there.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;

use redb::{Database, ReadableDatabase};

use super::error::guarded;
use super::file::{CACHE_BYTES, DATABASE_FILE, builder};
use super::format::storage;
use super::overlay::{Overlay, Source};
use super::records::Records;
use super::scan;
use super::schema::ARCHIVE_FILE;
use crate::event::{Hash, Record};
use crate::journal::codec::{damaged, frames};
use crate::journal::{Head, JournalError};
use crate::types::Timestamp;

/// Function that receives the recovered records.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(Record) -> ControlFlow<()>;

/// Result of a recovery.
#[derive(Debug)]
pub(crate) struct Recovered {
    /// Last record that was recovered.
    pub(crate) head: Head,
    /// Number of records that were found by searching the file.
    pub(crate) searched: u64,
    /// Description of the first damage, with the record at which it is.
    pub(crate) damage: Option<(u64, String)>,
}

/// Passes `visit` every record of the journal in a directory up to the damage.
pub(crate) fn recover(dir: &Path, visit: Visit<'_>) -> Result<Recovered, JournalError> {
    let there = dir.join(ARCHIVE_FILE).try_exists().map_err(storage)?;
    let files = there.then_some(ARCHIVE_FILE).into_iter().chain([DATABASE_FILE]);
    let opener = |name| (name, move || File::open(dir.join(name)).map(Mutex::new).map_err(storage));
    let openers: Vec<_> = files.map(opener).collect();
    from(&openers, visit)
}

/// Recovers from any sources of bytes, those with older records first. Each source is opened twice.
pub(super) fn from<S: Source>(
    files: &[(&'static str, impl Fn() -> Result<S, JournalError>)],
    visit: Visit<'_>,
) -> Result<Recovered, JournalError> {
    let mut walk = Walk { head: Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() }, stopped: false, visit };
    let (mut damage, mut searched) = (None, 0);
    for (name, open) in files {
        let found = match walk.database(name, open()?) {
            Ok(()) => None,
            Err(JournalError::Damaged { what, .. }) => Some(what),
            // A damaged length or position looks to redb like failing storage.
            Err(error @ JournalError::Storage(_)) => Some(told(&error)),
            Err(error) => return Err(error),
        };
        let listed = walk.head.seq;
        if found.is_some() && !walk.stopped {
            walk.file(&open()?)?;
        }
        searched += walk.head.seq - listed;
        damage = damage.or(found);
        if walk.stopped {
            break;
        }
    }
    // Whatever is wrong with a database, the next record is the first lost one.
    let damage = damage.map(|what| (walk.head.seq + 1, what));
    Ok(Recovered { head: walk.head, searched, damage })
}

fn told(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

struct Walk<'v> {
    head: Head,
    stopped: bool,
    visit: Visit<'v>,
}

impl Walk<'_> {
    /// Visits the records that the database lists.
    fn database<S: Source>(&mut self, file: &'static str, source: S) -> Result<(), JournalError> {
        let storage = Overlay::new(source).map_err(storage)?;
        let database: Database = guarded(file, || Ok(builder(CACHE_BYTES).create_with_backend(storage)?))?;
        let records = guarded(file, || Records::only(&database.begin_read()?))?;
        // Archived records may be in both files.
        let mut rows = guarded(file, || records.rows(records.row_of(self.head.seq + 1)?))?;
        while !self.stopped {
            let row = guarded(file, || {
                let row = rows.next().transpose()?;
                Ok(row.map(|(first, row)| (first.value(), row.value().to_vec())))
            })?;
            let Some((first, row)) = row else { break };
            self.row(first, &row)?;
        }
        guarded(file, || {
            drop((rows, records, database));
            Ok(())
        })
        // An error at closing concerns only a copy in memory.
        .or(Ok(()))
    }

    fn row(&mut self, first: u64, row: &[u8]) -> Result<(), JournalError> {
        if first > self.head.seq + 1 {
            return Err(damaged(self.head.seq + 1, "is missing or in another place"));
        }
        let mut scratch = Vec::new();
        for frame in frames(first, row)? {
            let frame = frame?;
            if frame.seq <= self.head.seq {
                if frame.seq == self.head.seq && frame.hash != self.head.hash {
                    return Err(damaged(frame.seq, "is another one in the journal than in its archive"));
                }
                continue;
            }
            if frame.seq != self.head.seq + 1 {
                return Err(damaged(self.head.seq + 1, "is missing or in another place"));
            }
            frame.check(self.head.hash, &mut scratch)?;
            self.take(frame.decode()?);
            if self.stopped {
                break;
            }
        }
        Ok(())
    }

    /// Visits the following records that are found in the bytes of the file.
    fn file<S: Source>(&mut self, source: &S) -> Result<(), JournalError> {
        for found in scan::following(source, self.head).map_err(storage)? {
            let Some(record) = scan::record(source, &found, self.head.hash).map_err(storage)? else { break };
            self.take(record);
            if self.stopped {
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, record: Record) {
        self.head = Head { seq: record.seq, hash: record.hash, at: record.at };
        self.stopped = (self.visit)(record).is_break();
    }
}
