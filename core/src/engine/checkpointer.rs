//! The thread that writes the views behind the journal.

use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::clock::Stopwatch;
use crate::views::Views;

/// How many changed entities make a checkpoint due.
pub(super) const DIRTY_MAX: usize = 200_000;

/// How many changed entities make a checkpoint due even if the last one was just written: they are kept in memory until then.
const DIRTY_LIMIT: usize = 500_000;

/// How long a change waits for a checkpoint at most.
const INTERVAL: Duration = Duration::from_mins(1);

/// How long to leave the machine to the commands after a checkpoint. Writing an entity costs about as much as deciding a
/// command, and one that changes several times meanwhile is written once.
const REST: Duration = Duration::from_secs(10);

/// How often to look, while resting, whether too much has changed.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Writes checkpoints in the background. It never blocks an append: it shares only the disk with the writer.
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
    pub(crate) fn start(views: Views) -> Arc<Self> {
        // One signal is enough: a second one while a checkpoint is written says nothing new.
        let (due, signals) = flume::bounded(1);
        let thread = std::thread::spawn(move || run(&views, &signals));
        Arc::new(Self { due, thread: std::sync::Mutex::new(Some(thread)) })
    }

    /// One that writes nothing by itself: whoever owns the views does.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn by_hand() -> Arc<Self> {
        let (due, _) = flume::bounded(1);
        Arc::new(Self { due, thread: std::sync::Mutex::new(None) })
    }

    /// Has a checkpoint written soon.
    pub(super) fn due(&self) {
        let _ = self.due.try_send(Signal::Due);
    }

    /// Stops, after the checkpoint that is being written if there is one.
    pub(crate) fn stop(&self) {
        let _ = self.due.send(Signal::Stop);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the checkpoint thread panicked");
        }
    }
}

fn run(views: &Views, signals: &flume::Receiver<Signal>) {
    let mut rested = Stopwatch::start();
    while goes_on(signals.recv_timeout(INTERVAL)) {
        while let Some(rest) = REST.checked_sub(rested.elapsed())
            && views.dirty() < DIRTY_LIMIT
        {
            if !goes_on(signals.recv_timeout(rest.min(LOOK_EVERY))) {
                return;
            }
        }
        if views.dirty() == 0 {
            continue;
        }
        match views.checkpoint() {
            Ok(head) => tracing::debug!(seq = head.seq, "checkpoint written"),
            // Nothing is lost: the next one tries again, and without any the journal is replayed.
            Err(error) => tracing::warn!(%error, "a checkpoint could not be written"),
        }
        rested = Stopwatch::start();
    }
}

fn goes_on(signal: Result<Signal, flume::RecvTimeoutError>) -> bool {
    matches!(signal, Ok(Signal::Due) | Err(flume::RecvTimeoutError::Timeout))
}
