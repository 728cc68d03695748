//! Façade of the journal.

use std::path::Path;

use futures_core::Stream;

use super::BoxOffice;
use super::pages::{Entries, Pages};
use crate::engine::{self, Subscription};
use crate::error::{Code, Error};
use crate::event::{Hash, JournalCursor, Record};
use crate::journal::History;
use crate::verify::{self, VerifyReport};

/// Maximum number of records that one read returns.
const READ_MAX: usize = 10_000;

/// Number of records in one part of a long read.
const PART: usize = 1_000;

/// Identity of the history that a journal records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalHistory {
    /// Id of the history. A backup gets another one when it is made, so that followers of the original notice that it was restored.
    pub id: Hash,
    /// Number of the last record that the journal shares with every history that it was restored from; `None` if it never was.
    pub common: Option<u64>,
}

/// Operations on the journal: read, follow, verify and copy. Reading does not block the writer.
#[derive(Debug, Clone)]
pub struct JournalReader {
    office: BoxOffice,
}

impl JournalReader {
    pub(super) fn new(office: BoxOffice) -> Self {
        Self { office }
    }

    /// Returns the number of the last durable record; 0 if there is none.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// println!("{} records so far", office.journal().head()?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable`, `engine.closed`.
    pub fn head(&self) -> Result<u64, Error> {
        Ok(self.office.0.journal()?.head()?.seq)
    }

    /// Returns at most `limit` records, and at most 10,000, starting with number `from`. The first record has number 1.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// for record in office.journal().read(1, 100)? {
    ///     println!("{} {} {}", record.seq, record.at, record.event.name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.cursor_unknown` if the record before number `from` does not exist; `journal.unavailable`, `journal.damaged`,
    /// `engine.closed`.
    pub fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, Error> {
        self.read_after(JournalCursor::number(from.saturating_sub(1)), limit)
    }

    /// Returns at most `limit` records, and at most 10,000, after the cursor of a reader: that of the last record that it has.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, kept: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// for record in office.journal().read_after(kept.parse()?, 100)? {
    ///     println!("{} {}", record.cursor(), record.event.name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.cursor_unknown` if the cursor lies beyond the end of the journal, or in a history that a restored backup has
    /// replaced: the reader has records that this journal never had, and begins anew; `journal.unavailable`, `journal.damaged`,
    /// `engine.closed`.
    pub fn read_after(&self, cursor: JournalCursor, limit: usize) -> Result<Vec<Record>, Error> {
        let journal = self.office.0.journal()?;
        if !engine::knows(journal, cursor)? {
            return Err(Code::JournalCursorUnknown.into());
        }
        Ok(journal.read(cursor.seq().saturating_add(1), limit.min(READ_MAX))?)
    }

    /// Returns the identity of the journal's history, which is another one in a restored backup.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// println!("history {}", office.journal().history()?.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable`, `engine.closed`.
    pub fn history(&self) -> Result<JournalHistory, Error> {
        let History { id, common } = self.office.0.journal()?.history()?;
        Ok(JournalHistory { id, common })
    }

    /// Iterates over the records from number `from` to the last durable one, read in parts. Includes records that are
    /// appended meanwhile.
    ///
    /// Ends at the end of the journal; [`JournalReader::subscribe`] continues.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// let mut orders = 0;
    /// for record in office.journal().iter(1) {
    ///     orders += u64::from(record?.event.name() == "OrderCreated");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`JournalReader::read`], as the last item.
    pub fn iter(&self, from: u64) -> impl Iterator<Item = Result<Record, Error>> + Send + use<> {
        self.pages(from)
    }

    /// Streams the records of [`JournalReader::iter`]. Polling reads the file and waits for nothing else.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use futures_util::TryStreamExt;
    ///
    /// let records: Vec<_> = office.journal().stream(1).try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`JournalReader::read`], as the last item.
    pub fn stream(&self, from: u64) -> impl Stream<Item = Result<Record, Error>> + Unpin + Send + use<> {
        self.pages(from)
    }

    /// Reads the records part by part.
    fn pages(&self, from: u64) -> impl Entries<Record> + use<> {
        let journal = self.clone();
        Pages::new(from, move |from| {
            let records = journal.read(from, PART)?;
            let next = records.last().map(|last| last.seq + 1);
            Ok((records, next))
        })
    }

    /// Follows the journal from number `from` on: first history, then new records, each exactly once and in order.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// let mut records = office.journal().subscribe(1);
    /// loop {
    ///     let record = records.next().await?; // `engine.closed` ends it
    ///     println!("{} {}", record.seq, record.event.name());
    /// }
    /// # }
    /// ```
    ///
    /// The first wait for a record is refused with `journal.cursor_unknown` if the record before number `from` does not exist.
    pub fn subscribe(&self, from: u64) -> Subscription {
        self.follow(from.saturating_sub(1))
    }

    /// Follows the journal after the cursor of a reader: that of the last record that it has.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, kept: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut records = office.journal().subscribe_after(kept.parse()?)?;
    /// let kept = records.next().await?.cursor().to_string();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.cursor_unknown` if the cursor lies beyond the end of the journal, or in a history that a restored backup has
    /// replaced; `journal.unavailable`, `journal.damaged`, `engine.closed`.
    pub fn subscribe_after(&self, cursor: JournalCursor) -> Result<Subscription, Error> {
        if engine::knows(self.office.0.journal()?, cursor)? {
            Ok(self.follow(cursor.seq()))
        } else {
            Err(Code::JournalCursorUnknown.into())
        }
    }

    fn follow(&self, after: u64) -> Subscription {
        let inner = &self.office.0;
        Subscription::new(inner.journal.clone(), inner.recent.clone(), inner.closed.subscribe(), after)
    }

    /// Verifies the whole journal by replaying it. Checks that no record is missing, altered or out of order, that each
    /// record follows from those before it by the rules, and that the vault matches. Calls `progress` with the number
    /// of checked records and the total.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// let report = office.journal().verify(&mut |checked, all| println!("{checked} of {all}"))?;
    /// assert!(report.is_clean(), "{:?}", report.problems);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable` if it can't be read at all; `engine.closed` if the box office closes meanwhile. Damage is
    /// not an error; it is part of the report.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<VerifyReport, Error> {
        let closed = self.office.0.closed.subscribe();
        verify::verify(self.office.0.journal()?, &|| *closed.borrow(), progress)
    }

    /// Writes a copy of all durable data, as of one moment, to a new directory that opens as a box office. Writers
    /// continue. Calls `progress` with the number of copied records and the total. Returns the number of the last
    /// record in the copy.
    ///
    /// Excludes the session key, a secret that should be stored elsewhere, and the checkpoint, which is created anew.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// let last = office.journal().backup("backup-2027-02-01".as_ref(), &mut |_, _| {})?;
    /// println!("everything up to record {last} is safe");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation` if the directory exists and is not empty; `journal.unavailable` if it can't be written.
    pub fn backup(&self, directory: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<u64, Error> {
        let unavailable = |error: std::io::Error| Error::from(Code::JournalUnavailable).with_source(error);
        std::fs::create_dir_all(directory).map_err(unavailable)?;
        if std::fs::read_dir(directory).map_err(unavailable)?.next().is_some() {
            return Err(Error::invalid("directory", "must be empty or not exist"));
        }
        Ok(self.office.0.journal()?.backup(&directory.join("journal.redb"), progress)?.seq)
    }

    /// Erases in a backup everybody who was erased here, also after it was made: overwrites the keys of their personal data in its
    /// file `vault.keys`, and adds them to its list `erased-users`. Returns the number of users who could still be read there. The
    /// backup must not be open, and keeps all else.
    ///
    /// Personal data that an earlier version stored, and that was not encrypted when the backup was made, stays readable in it.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// let erased = office.journal().erase_in_backup("backup-2027-02-01".as_ref())?;
    /// println!("{erased} users can't be read any more");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation` if there is no backup in the directory; `journal.damaged` if its keys can't be read; `journal.unavailable` if it
    /// can't be written.
    pub fn erase_in_backup(&self, directory: &Path) -> Result<u64, Error> {
        if !directory.join("journal.redb").is_file() {
            return Err(Error::invalid("directory", "must be that of a backup"));
        }
        Ok(self.office.0.journal()?.erase_in_backup(directory)?)
    }
}
