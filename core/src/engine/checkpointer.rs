//! Thread that writes checkpoints of the views, and moves the journal's old records to the archive.

use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::clock::Stopwatch;
use crate::failures::Failures;
use crate::journal::{Head, Journal};
use crate::views::{Views, ViewsError};

/// Number of changed entities that make a checkpoint due.
pub(super) const DIRTY_MAX: usize = 200_000;

/// Number of changed entities that make a checkpoint due even directly after the previous one. They are kept in memory
/// until then.
const DIRTY_LIMIT: usize = 500_000;

/// Maximum time between a change and its checkpoint.
const INTERVAL: Duration = Duration::from_mins(1);

/// Pause after a checkpoint, in which the machine is left to the commands. Writing an entity costs about as much as
/// deciding a command, and an entity that changes several times in the pause is written once.
const REST: Duration = Duration::from_secs(10);

/// Interval, during the pause, of the check for too many changes.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Interval of the question whether the journal is durable up to what a checkpoint covers.
const PERSIST_EVERY: Duration = Duration::from_millis(10);

/// Writes checkpoints and archives records in the background. Never blocks an append: it shares only the disk with the
/// writer.
#[derive(Debug)]
pub(crate) struct Checkpointer {
    due: flume::Sender<Signal>,
    thread: std::sync::Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signal {
    Due,
    Stop,
}

impl Checkpointer {
    #[expect(clippy::disallowed_methods, reason = "checkpoints have a thread of their own for the life of the engine")]
    pub(crate) fn start(views: Views, journal: Arc<dyn Journal>, failures: Arc<Failures>) -> Arc<Self> {
        // One signal is enough: a second one during a checkpoint adds nothing.
        let (due, signals) = flume::bounded(1);
        let thread = std::thread::spawn(move || run(&views, journal.as_ref(), &failures, &signals));
        Arc::new(Self { due, thread: std::sync::Mutex::new(Some(thread)) })
    }

    /// Creates a checkpointer that writes nothing by itself: the owner of the views writes checkpoints.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn by_hand() -> Arc<Self> {
        let (due, _) = flume::bounded(1);
        Arc::new(Self { due, thread: std::sync::Mutex::new(None) })
    }

    /// Requests a checkpoint soon.
    pub(super) fn due(&self) {
        let _ = self.due.try_send(Signal::Due);
    }

    /// Stops after the current checkpoint, if there is one.
    pub(crate) fn stop(&self) {
        let _ = self.due.send(Signal::Stop);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the checkpoint thread panicked");
        }
    }
}

fn run(views: &Views, journal: &dyn Journal, failures: &Failures, signals: &flume::Receiver<Signal>) {
    let mut archiver = Archiver { journal, failures, failed: None };
    let mut rested = Stopwatch::start();
    let (mut is_due, mut more, mut stops) = (false, false, false);
    loop {
        let wait = if is_due || more { LOOK_EVERY } else { INTERVAL };
        match signals.recv_timeout(wait) {
            Ok(Signal::Due) => is_due = true,
            Err(flume::RecvTimeoutError::Timeout) => {}
            Ok(Signal::Stop) | Err(flume::RecvTimeoutError::Disconnected) => return,
        }
        more = archiver.archive();
        let (changed, rest) = (views.dirty(), rested.elapsed());
        is_due = changed > 0 && (is_due || rest >= INTERVAL);
        if is_due && (rest >= REST || changed >= DIRTY_LIMIT) {
            match views.checkpoint_after(&mut |covers| persist(journal, covers, signals, &mut stops)) {
                Ok(head) => tracing::debug!(seq = head.seq, "checkpoint written"),
                Err(_) if stops => return,
                // Nothing is lost: the next checkpoint tries again, and without any, the journal is replayed.
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "a checkpoint could not be written");
                    failures.note("a checkpoint could not be written", &error);
                }
            }
            is_due = false;
            rested = Stopwatch::start();
        }
    }
}

/// Waits until the records up to here survive a crash. Only a journal that several hosts share keeps anybody waiting, until
/// the append under way has ended. `stops` is set if the thread has to end meanwhile.
fn persist(
    journal: &dyn Journal,
    covers: Head,
    signals: &flume::Receiver<Signal>,
    stops: &mut bool,
) -> Result<(), ViewsError> {
    while !journal.persist(covers.seq).map_err(|error| ViewsError::Storage(Box::new(error)))? {
        match signals.recv_timeout(PERSIST_EVERY) {
            Ok(Signal::Due) | Err(flume::RecvTimeoutError::Timeout) => {}
            Ok(Signal::Stop) | Err(flume::RecvTimeoutError::Disconnected) => {
                *stops = true;
                return Err(ViewsError::Storage("the engine stops".into()));
            }
        }
    }
    Ok(())
}

/// Archives records, and pauses after a failure.
struct Archiver<'j> {
    journal: &'j dyn Journal,
    failures: &'j Failures,
    failed: Option<Stopwatch>,
}

impl Archiver<'_> {
    /// Archives a portion, if there is one; returns `true` if there may be another.
    fn archive(&mut self) -> bool {
        if self.failed.as_ref().is_some_and(|failed| failed.elapsed() < INTERVAL) {
            return false;
        }
        match self.journal.archive() {
            Ok(more) => {
                self.failed = None;
                more
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "records could not be archived; they stay where they are"
                );
                self.failures.note("records could not be archived", &error);
                self.failed = Some(Stopwatch::start());
                false
            }
        }
    }
}
