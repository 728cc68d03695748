//! Second stage of the writer: makes one batch durable while the next one is decided.

use std::sync::Arc;
use std::thread::JoinHandle;

#[cfg(feature = "cluster")]
use super::cluster::Replica;
#[cfg(all(feature = "cluster", any(test, feature = "simulation")))]
use super::cluster::polled::Polled;
use crate::clock::Stopwatch;
use crate::error::{Code, Error};
use crate::event::Record;
#[cfg(feature = "cluster")]
use crate::journal::jetstream::Position;
use crate::journal::{Journal, JournalError, Outcome, Proposal};

/// Result of appending a batch, once it is known.
pub(super) type Appended = Result<Durable, NotAppended>;

/// A batch that is durable.
#[derive(Debug)]
pub(super) struct Durable {
    pub(super) records: Vec<Arc<Record>>,
    /// How far this host's copy is after it, in a cluster.
    #[cfg(feature = "cluster")]
    pub(super) position: Option<Position>,
}

/// Reason why a batch is not durable.
#[derive(Debug)]
pub(super) enum NotAppended {
    /// The journal failed. Whether the batch is durable is unknown.
    Failed(Error),
    /// Another host is the writer, and the batch is not in the journal.
    #[cfg(feature = "cluster")]
    Deposed,
    /// It is larger than a batch may be, and is not in the journal.
    #[cfg(feature = "cluster")]
    TooLarge,
    /// Whether it is in the journal that hosts share is not known, and won't be in this process.
    #[cfg(feature = "cluster")]
    Unresolved,
}

impl From<NotAppended> for Error {
    fn from(reason: NotAppended) -> Self {
        match reason {
            NotAppended::Failed(error) => error,
            #[cfg(feature = "cluster")]
            NotAppended::Deposed => JournalError::Deposed.into(),
            #[cfg(feature = "cluster")]
            NotAppended::TooLarge => JournalError::TooLarge.into(),
            #[cfg(feature = "cluster")]
            NotAppended::Unresolved => JournalError::Unresolved.into(),
        }
    }
}

/// Where batches are appended.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) journal: Arc<dyn Journal>,
    /// This host's copy of the journal, in a cluster.
    #[cfg(feature = "cluster")]
    pub(super) replica: Option<Arc<dyn Replica>>,
}

/// Appends batches to the journal, one at a time.
#[derive(Debug)]
pub(super) enum Appender {
    /// Appends on its own thread, in parallel with the decisions.
    Beside(Thread),
    /// Appends on the thread that waits for the result, so that a run can be repeated exactly.
    #[cfg(any(test, feature = "simulation"))]
    Inline { target: Target, started: Option<Vec<Proposal>> },
    /// Appends whenever the stream of a cluster has decided, on the thread that asks.
    #[cfg(all(feature = "cluster", any(test, feature = "simulation")))]
    Polled { journal: Box<dyn Polled>, target: Target, refused: Option<NotAppended> },
}

/// Thread that appends.
#[derive(Debug)]
pub(super) struct Thread {
    target: Target,
    /// Sender of batches; `None` once the thread has to end.
    batches: Option<flume::Sender<Vec<Proposal>>>,
    done: flume::Receiver<Appended>,
    handle: Option<JoinHandle<()>>,
}

impl Appender {
    /// Creates an appender with its own thread.
    #[expect(clippy::disallowed_methods, reason = "appending has a thread of its own for the life of the engine")]
    pub(super) fn beside(target: Target) -> Self {
        let (batches, todo) = flume::bounded::<Vec<Proposal>>(1);
        let (results, done) = flume::bounded(1);
        let its_target = target.clone();
        let handle = std::thread::spawn(move || {
            while let Ok(proposals) = todo.recv() {
                if results.send(its_target.append(proposals)).is_err() {
                    return;
                }
            }
        });
        Self::Beside(Thread { target, batches: Some(batches), done, handle: Some(handle) })
    }

    /// Creates an appender that works on the thread that waits for the result.
    #[cfg(any(test, feature = "simulation"))]
    pub(super) fn inline(target: Target) -> Self {
        Self::Inline { target, started: None }
    }

    /// Creates an appender that works on the thread that asks for the result.
    #[cfg(all(feature = "cluster", any(test, feature = "simulation")))]
    pub(super) fn polled(journal: Box<dyn Polled>, target: Target) -> Self {
        Self::Polled { journal, target, refused: None }
    }

    /// Returns the results of the thread that appends, if there is one.
    #[cfg(feature = "cluster")]
    #[cfg_attr(
        not(any(test, feature = "simulation")),
        expect(clippy::unnecessary_wraps, reason = "a simulation has no such thread")
    )]
    pub(super) fn done(&self) -> Option<&flume::Receiver<Appended>> {
        match self {
            Self::Beside(thread) => Some(&thread.done),
            #[cfg(any(test, feature = "simulation"))]
            Self::Inline { .. } | Self::Polled { .. } => None,
        }
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
            Self::Beside(thread) if is_alone => return Some(thread.target.append(proposals)),
            // If the thread is gone, the caller of `wait` gets the error.
            Self::Beside(thread) => drop(thread.batches.as_ref().map(|batches| batches.send(proposals))),
            #[cfg(any(test, feature = "simulation"))]
            Self::Inline { started, .. } => *started = Some(proposals),
            #[cfg(all(feature = "cluster", any(test, feature = "simulation")))]
            Self::Polled { journal, refused, .. } => *refused = journal.begin(proposals).err().map(NotAppended::from),
        }
        None
    }

    /// Waits until the started batch is durable or has failed.
    pub(super) fn wait(&mut self) -> Appended {
        match self {
            Self::Beside(thread) => thread.done.recv().unwrap_or_else(|_| Err(gone())),
            #[cfg(any(test, feature = "simulation"))]
            Self::Inline { target, started } => target.append(started.take().unwrap_or_default()),
            #[cfg(all(feature = "cluster", any(test, feature = "simulation")))]
            Self::Polled { .. } => self.poll().unwrap_or_else(|| Err(NotAppended::Failed(unresolved()))),
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
            #[cfg(all(feature = "cluster", any(test, feature = "simulation")))]
            Self::Polled { .. } => Ok(self.wait()),
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
            #[cfg(all(feature = "cluster", any(test, feature = "simulation")))]
            Self::Polled { journal, target, refused } => match refused.take() {
                Some(refused) => Some(Err(refused)),
                None => journal.poll().map(|appended| target.durable(appended)),
            },
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

impl Target {
    fn append(&self, proposals: Vec<Proposal>) -> Appended {
        let watch = Stopwatch::start();
        let appended = self.journal.append(proposals);
        if appended.is_ok() {
            metrics::histogram!("boxoffice_append_seconds").record(watch.elapsed());
        }
        self.durable(appended)
    }

    #[cfg_attr(not(feature = "cluster"), expect(clippy::unused_self, reason = "in a cluster its copy has a position"))]
    fn durable(&self, appended: Result<Vec<Outcome>, JournalError>) -> Appended {
        let outcomes = appended?;
        let mut records = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            match outcome {
                Outcome::Committed(committed) => records.extend(committed),
                Outcome::Conflict => return Err(NotAppended::Failed(conflict())),
            }
        }
        Ok(Durable {
            records,
            #[cfg(feature = "cluster")]
            position: self.replica.as_ref().and_then(|replica| replica.position()),
        })
    }
}

impl From<JournalError> for NotAppended {
    fn from(error: JournalError) -> Self {
        match error {
            #[cfg(feature = "cluster")]
            JournalError::Deposed => Self::Deposed,
            #[cfg(feature = "cluster")]
            JournalError::TooLarge => Self::TooLarge,
            #[cfg(feature = "cluster")]
            JournalError::Unresolved => Self::Unresolved,
            error => Self::Failed(error.into()),
        }
    }
}

fn conflict() -> Error {
    Error::with_message(Code::Internal, "a single writer met a conflict")
}

/// Returns what a lost thread leaves behind.
pub(super) fn gone() -> NotAppended {
    NotAppended::Failed(Error::with_message(Code::Internal, "the thread that appends is gone"))
}

#[cfg(all(feature = "cluster", any(test, feature = "simulation")))]
fn unresolved() -> Error {
    Error::with_message(Code::Internal, "nobody has decided about the append")
}
