//! What the engine logs, for Python's logging.
//!
//! The thread that logs puts a record on a bounded queue and never waits; a thread of Python takes it from there. So the writer
//! never waits for the interpreter.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use boxoffice_bindings::{LogRecord, hear};
use pyo3::prelude::*;

/// How many records wait at most; what comes while so many do is dropped, and counted.
const WAITING_MAX: usize = 1024;

/// How long the end waits for a place in the queue.
const END_WITHIN: Duration = Duration::from_secs(5);

/// A level, the name of a logger, a sentence, and what it is about.
type Entry = (&'static str, String, String, Vec<(&'static str, String)>);

enum Said {
    Record(LogRecord),
    End,
}

struct Queue {
    sender: flume::Sender<Said>,
    receiver: flume::Receiver<Said>,
    dropped: AtomicU64,
}

fn queue() -> &'static Queue {
    static QUEUE: OnceLock<Queue> = OnceLock::new();
    QUEUE.get_or_init(|| {
        let (sender, receiver) = flume::bounded(WAITING_MAX);
        Queue { sender, receiver, dropped: AtomicU64::new(0) }
    })
}

/// Begins to queue what is logged.
#[pyfunction]
pub(crate) fn hear_log() {
    let queue = queue();
    hear(|record| {
        if queue.sender.try_send(Said::Record(record)).is_err() {
            queue.dropped.fetch_add(1, Ordering::Relaxed);
        }
    });
}

/// Waits for the next record; `None` once the log has ended.
#[pyfunction]
pub(crate) fn next_log(py: Python<'_>) -> Option<Entry> {
    let queue = queue();
    let dropped = queue.dropped.swap(0, Ordering::Relaxed);
    if dropped > 0 {
        let text = format!("{dropped} records were dropped, because they came faster than they were handled");
        return Some(("warn", "boxoffice".to_owned(), text, Vec::new()));
    }
    match py.detach(|| queue.receiver.recv()) {
        Ok(Said::Record(record)) => Some((record.level, record.name.clone(), record.to_string(), record.fields)),
        Ok(Said::End) | Err(_) => None,
    }
}

/// Ends the log after the records that are queued.
#[pyfunction]
pub(crate) fn end_log(py: Python<'_>) {
    // Waits for a place if the queue is full: whoever takes from it is about to.
    py.detach(|| queue().sender.send_timeout(Said::End, END_WITHIN).is_ok());
}
