//! Subscriptions to the journal: first history, then new records, without a gap.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use super::Recent;
use crate::error::{Code, Error};
use crate::event::{JournalCursor, Record};
use crate::journal::{Journal, JournalError};

/// Maximum number of records read from the journal at once.
const READ_MAX: usize = 512;

/// Follows the journal from a given record on. Returns every record once, in order.
///
/// A subscription occupies no place in any queue. A slow one never blocks the writer and never misses a record: it
/// reads records from the file that are no longer in memory.
pub struct Subscription {
    journal: Arc<dyn Journal>,
    recent: Arc<Recent>,
    head: watch::Receiver<u64>,
    closed: watch::Receiver<bool>,
    /// Number of the next record to read into `ahead`.
    next: u64,
    /// Records that were read but not yet returned.
    ahead: VecDeque<Arc<Record>>,
    /// `true` if the journal did not have the record before the first one.
    is_beyond: bool,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("next", &self.position()).finish_non_exhaustive()
    }
}

impl Subscription {
    pub(crate) fn new(
        journal: Arc<dyn Journal>,
        recent: Arc<Recent>,
        closed: watch::Receiver<bool>,
        after: u64,
    ) -> Self {
        let head = recent.watch();
        // A record that is in the journal already may not be published yet.
        let is_beyond = after > recent.head() && journal.head().is_ok_and(|head| after > head.seq);
        Self { journal, recent, head, closed, next: after.saturating_add(1), ahead: VecDeque::new(), is_beyond }
    }

    /// Returns the number of the next record.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// assert_eq!(office.journal().subscribe(7).position(), 7);
    /// # }
    /// ```
    pub fn position(&self) -> u64 {
        self.ahead.front().map_or(self.next, |record| record.seq)
    }

    /// Waits for the next record and returns it. Cancel safe.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// let mut records = office.journal().subscribe(1);
    /// println!("{}", records.next().await?.event.name());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `engine.closed` once the box office is closed; `journal.cursor_unknown` if the record before the first one did not exist when the
    /// subscription was made; `journal.unavailable` or `journal.damaged` if the journal can't be read, after which it may
    /// be tried again.
    pub async fn next(&mut self) -> Result<Arc<Record>, Error> {
        self.fill().await?;
        self.ahead.pop_front().ok_or_else(|| Code::Internal.into())
    }

    /// Waits for records and returns at least one and at most `max` of them. Cancel safe.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// let mut records = office.journal().subscribe(1);
    /// for record in records.next_batch(100).await? {
    ///     println!("{}", record.seq);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Subscription::next`].
    pub async fn next_batch(&mut self, max: usize) -> Result<Vec<Arc<Record>>, Error> {
        self.fill().await?;
        let count = max.max(1).min(self.ahead.len());
        Ok(self.ahead.drain(..count).collect())
    }

    /// Blocks the thread until there is a next record, and returns it. For callers without a runtime.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// let mut records = office.journal().subscribe(1);
    /// println!("{}", records.next_blocking()?.event.name());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Subscription::next`].
    pub fn next_blocking(&mut self) -> Result<Arc<Record>, Error> {
        pollster::block_on(self.next())
    }

    /// Returns the next record if there is one now.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// let mut records = office.journal().subscribe(1);
    /// while let Some(record) = records.try_next()? {
    ///     println!("{}", record.seq);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Subscription::next`].
    pub fn try_next(&mut self) -> Result<Option<Arc<Record>>, Error> {
        if self.ahead.is_empty() {
            self.read()?;
        }
        Ok(self.ahead.pop_front())
    }

    async fn fill(&mut self) -> Result<(), Error> {
        while self.ahead.is_empty() {
            self.head.mark_unchanged();
            self.read()?;
            if !self.ahead.is_empty() {
                break;
            }
            if *self.closed.borrow() {
                return Err(Code::EngineClosed.into());
            }
            wait(&mut self.head, &mut self.closed).await;
        }
        Ok(())
    }

    /// Reads durable records ahead, up to a limit.
    fn read(&mut self) -> Result<(), Error> {
        if self.is_beyond {
            return Err(Code::JournalCursorUnknown.into());
        }
        if self.next > self.recent.head() {
            return Ok(());
        }
        let records = match self.recent.read(self.next, READ_MAX) {
            Some(records) => records,
            None => match self.journal.read(self.next, READ_MAX) {
                Ok(records) => records.into_iter().map(Arc::new).collect(),
                // The box office was closed, and its journal with it, after this read began.
                Err(_) if *self.closed.borrow() => return Err(Code::EngineClosed.into()),
                Err(error) => return Err(error.into()),
            },
        };
        if let Some(last) = records.last() {
            self.next = last.seq + 1;
        }
        self.ahead.extend(records);
        Ok(())
    }
}

/// Returns `true` if the journal has the place of the cursor, in the cursor's history.
pub(crate) fn knows(journal: &dyn Journal, cursor: JournalCursor) -> Result<bool, JournalError> {
    if cursor.seq() > journal.head()?.seq {
        return Ok(false);
    }
    if !cursor.is_marked() {
        return Ok(true);
    }
    Ok(journal.read(cursor.seq(), 1)?.first().is_some_and(|record| cursor.is_after(record)))
}

/// Waits until either changes.
async fn wait(head: &mut watch::Receiver<u64>, closed: &mut watch::Receiver<bool>) {
    let mut head = std::pin::pin!(head.changed());
    let mut closed = std::pin::pin!(closed.changed());
    std::future::poll_fn(|context| {
        let news = head.as_mut().poll(context).is_ready() || closed.as_mut().poll(context).is_ready();
        if news { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
