//! Second stage of the writer: makes one batch durable while the next one is decided.

use std::sync::Arc;
use std::thread::JoinHandle;

use crate::clock::Stopwatch;
use crate::error::{Code, Error};
use crate::event::Record;
use crate::journal::{Journal, Outcome, Proposal};

/// Result of appending a batch: its records, once they are durable.
pub(super) type Appended = Result<Vec<Arc<Record>>, Error>;

/// Appends batches to the journal, one at a time.
#[derive(Debug)]
pub(super) enum Appender {
    /// Appends on its own thread, in parallel with the decisions.
    Beside(Thread),
    /// Appends on the thread that waits for the result, so that a run can be repeated exactly.
    #[cfg(any(test, feature = "simulation"))]
    Inline { journal: Arc<dyn Journal>, started: Option<Vec<Proposal>> },
}

/// Thread that appends.
#[derive(Debug)]
pub(super) struct Thread {
    journal: Arc<dyn Journal>,
    /// Sender of batches; `None` once the thread has to end.
    batches: Option<flume::Sender<Vec<Proposal>>>,
    done: flume::Receiver<Appended>,
    handle: Option<JoinHandle<()>>,
}

impl Appender {
    /// Creates an appender with its own thread.
    #[expect(clippy::disallowed_methods, reason = "appending has a thread of its own for the life of the engine")]
    pub(super) fn beside(journal: Arc<dyn Journal>) -> Self {
        let (batches, todo) = flume::bounded::<Vec<Proposal>>(1);
        let (results, done) = flume::bounded(1);
        let its_journal = Arc::clone(&journal);
        let handle = std::thread::spawn(move || {
            while let Ok(proposals) = todo.recv() {
                if results.send(append(its_journal.as_ref(), proposals)).is_err() {
                    return;
                }
            }
        });
        Self::Beside(Thread { journal, batches: Some(batches), done, handle: Some(handle) })
    }

    /// Creates an appender that works on the thread that waits for the result.
    #[cfg(any(test, feature = "simulation"))]
    pub(super) fn inline(journal: Arc<dyn Journal>) -> Self {
        Self::Inline { journal, started: None }
    }

    /// Returns `true` if it works on the thread that waits for the result.
    pub(super) fn is_inline(&self) -> bool {
        !matches!(self, Self::Beside(_))
    }

    /// Starts appending a batch. The previous batch must be done.
    ///
    /// If `is_alone`, it may append the batch immediately on the calling thread. That saves two thread switches, which
    /// take about as long as a fast disk.
    pub(super) fn start(&mut self, proposals: Vec<Proposal>, is_alone: bool) -> Option<Appended> {
        match self {
            Self::Beside(thread) if is_alone => return Some(append(thread.journal.as_ref(), proposals)),
            // If the thread is gone, the caller of `wait` gets the error.
            Self::Beside(thread) => drop(thread.batches.as_ref().map(|batches| batches.send(proposals))),
            #[cfg(any(test, feature = "simulation"))]
            Self::Inline { started, .. } => *started = Some(proposals),
        }
        None
    }

    /// Waits until the started batch is durable or has failed.
    pub(super) fn wait(&mut self) -> Appended {
        match self {
            Self::Beside(thread) => thread.done.recv().unwrap_or_else(|_| Err(gone())),
            #[cfg(any(test, feature = "simulation"))]
            Self::Inline { journal, started } => append(journal.as_ref(), started.take().unwrap_or_default()),
        }
    }

    /// Waits for the result of the started batch or the next message, and returns whichever comes first.
    pub(super) fn wait_or<T>(&mut self, queue: &flume::Receiver<T>) -> Result<Appended, Option<T>> {
        match self {
            Self::Beside(thread) => flume::Selector::new()
                .recv(&thread.done, |appended| Ok(appended.unwrap_or_else(|_| Err(gone()))))
                .recv(queue, |message| Err(message.ok()))
                .wait(),
            #[cfg(any(test, feature = "simulation"))]
            Self::Inline { .. } => Ok(self.wait()),
        }
    }

    /// Returns the result of the started batch, if it is known.
    pub(super) fn poll(&mut self) -> Option<Appended> {
        match self {
            Self::Beside(thread) => match thread.done.try_recv() {
                Ok(appended) => Some(appended),
                Err(flume::TryRecvError::Empty) => None,
                Err(flume::TryRecvError::Disconnected) => Some(Err(gone())),
            },
            #[cfg(any(test, feature = "simulation"))]
            Self::Inline { .. } => None,
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.batches = None;
        if self.handle.take().is_some_and(|handle| handle.join().is_err()) {
            tracing::error!("the thread that appends panicked");
        }
    }
}

fn append(journal: &dyn Journal, proposals: Vec<Proposal>) -> Appended {
    let watch = Stopwatch::start();
    let outcomes = journal.append(proposals)?;
    metrics::histogram!("boxoffice_append_seconds").record(watch.elapsed());
    let mut records = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        match outcome {
            Outcome::Committed(committed) => records.extend(committed),
            Outcome::Conflict => return Err(Error::with_message(Code::Internal, "a single writer met a conflict")),
        }
    }
    Ok(records)
}

fn gone() -> Error {
    Error::with_message(Code::Internal, "the thread that appends is gone")
}
