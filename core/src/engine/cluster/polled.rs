//! Appends that don't block, so that whoever steps the writer steps the stream, too.

use std::fmt::Debug;
use std::sync::Arc;

use crate::journal::jetstream::journal::{ClusterJournal, Started};
use crate::journal::{JournalError, Outcome, Proposal};

/// A journal whose appends don't block: their outcome is asked for.
pub(crate) trait Polled: Debug + Send {
    /// Begins to append the proposals. The append before must be over.
    ///
    /// # Errors
    /// Those of [`Journal::append`](crate::journal::Journal::append); nothing is begun then.
    fn begin(&mut self, proposals: Vec<Proposal>) -> Result<(), JournalError>;

    /// Returns the outcome of the append, once it is known.
    fn poll(&mut self) -> Option<Result<Vec<Outcome>, JournalError>>;
}

/// The journal that hosts share, appended to without waiting.
#[derive(Debug)]
pub(crate) struct PolledJournal {
    journal: Arc<ClusterJournal>,
    started: Option<Started>,
}

impl PolledJournal {
    /// Creates the journal to append to, of the journal that the hosts share.
    pub(crate) fn new(journal: Arc<ClusterJournal>) -> Self {
        Self { journal, started: None }
    }
}

impl Polled for PolledJournal {
    fn begin(&mut self, proposals: Vec<Proposal>) -> Result<(), JournalError> {
        self.started = Some(self.journal.start(proposals)?);
        Ok(())
    }

    fn poll(&mut self) -> Option<Result<Vec<Outcome>, JournalError>> {
        let resolution = self.journal.poll(self.started.as_ref()?)?;
        let started = self.started.take()?;
        Some(self.journal.finish(started, resolution))
    }
}
