//! Runs operations for an event loop, and delivers their outcomes to it in batches.
//!
//! A batch of the engine answers thousands of callers at the same moment. Calling `call_soon_threadsafe` for each would take the
//! interpreter lock thousands of times from another thread. Instead a [`Bell`] rings once, and the loop takes them all. No other
//! thread ever waits for the interpreter.
//!
//! ```text
//!   commands:      polled by the loop's thread; the engine wakes them ─┐
//!                                                                      ├─▶ bell ─▶ the loop resolves their futures
//!   other calls:   polled by the runtime, which queues their outcomes ─┘
//! ```
//!
//! To poll a command takes less time than to wake a thread for it. The interpreter lock is released meanwhile: a clock or a gateway
//! in Python may need it while the engine holds a lock that the poll waits for.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::bell::Bell;

/// Minimum time between two polls that calls cause. Calls in between are polled together: each poll releases the interpreter lock,
/// and may wake the engine's thread.
const POLL_EVERY: Duration = Duration::from_micros(100);

/// Converts an outcome to a Python value; runs with the interpreter attached.
pub(crate) type Conversion = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// A future of an event loop, and the outcome that it receives.
pub(crate) type Outcome = (Py<PyAny>, Conversion);

/// An operation that an event loop polls.
pub(crate) type Operation = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Operations and outcomes for one event loop.
pub(crate) struct Completions {
    event_loop: Py<PyAny>,
    create_future: Py<PyAny>,
    bell: Arc<Bell>,
    /// Rings the bell.
    waker: Waker,
    /// Locked only to add operations, to poll them and to take them away.
    in_flight: Mutex<InFlight>,
    /// Outcomes of operations that the runtime has polled.
    done: Mutex<Vec<Outcome>>,
    /// `true` once the event loop does not listen any more.
    is_left: AtomicBool,
    /// Polls what the event loop must not or can't poll.
    runtime: Handle,
    /// Id of the process that opened the box office.
    process: u32,
}

/// Operations that the thread of the event loop polls.
#[derive(Default)]
struct InFlight {
    operations: FuturesUnordered<Operation>,
    /// Time of the last poll that a call caused.
    polled_at: Option<Instant>,
}

impl InFlight {
    /// Returns `true` if a call should poll now: if the last that did is a moment ago.
    #[expect(clippy::disallowed_methods, reason = "it spaces out polls; no decision depends on it")]
    fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let is_due = self.polled_at.is_none_or(|at| now.duration_since(at) >= POLL_EVERY);
        if is_due {
            self.polled_at = Some(now);
        }
        is_due
    }
}

impl Completions {
    pub(crate) fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        static GET: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        GET.import(py, "asyncio", "get_running_loop")?.call0()
    }

    /// Registers a reader on the event loop. `process` is the id of the process that opened the box office.
    pub(crate) fn of(event_loop: &Bound<'_, PyAny>, runtime: Handle, process: u32) -> PyResult<Arc<Self>> {
        let bell = Arc::new(Bell::new()?);
        let completions = Arc::new(Self {
            event_loop: event_loop.clone().unbind(),
            create_future: event_loop.getattr("create_future")?.unbind(),
            waker: Waker::from(Arc::clone(&bell)),
            bell,
            in_flight: Mutex::default(),
            done: Mutex::default(),
            is_left: AtomicBool::new(false),
            runtime,
            process,
        });
        let reader = Deliver(Arc::clone(&completions));
        event_loop.call_method1("add_reader", (completions.bell.descriptor(), reader))?;
        Ok(completions)
    }

    /// Returns `true` if these belong to `event_loop`, and it listens.
    pub(crate) fn serve(&self, event_loop: &Bound<'_, PyAny>) -> bool {
        self.event_loop.is(event_loop) && !self.is_left()
    }

    /// Returns `true` once the event loop is closed or does not listen any more.
    pub(crate) fn is_left(&self) -> bool {
        self.is_left.load(Ordering::Acquire)
    }

    pub(crate) fn future(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.create_future.call0(py)
    }

    /// Starts an operation that this thread polls, which is the event loop's: now or, if another call has just polled, in the next
    /// turn of the loop.
    pub(crate) fn start(self: &Arc<Self>, py: Python<'_>, operation: Operation) {
        let Some(mut in_flight) = unlocked(&self.in_flight) else {
            // A clock or a gateway in Python, called by an operation that is being polled, has started another one.
            self.spawn(operation);
            return;
        };
        in_flight.operations.push(operation);
        let is_due = in_flight.is_due();
        drop(in_flight);
        if is_due {
            self.deliver(py);
        } else {
            self.bell.ring();
        }
    }

    /// Starts an operation that the runtime polls.
    pub(crate) fn spawn(self: &Arc<Self>, operation: impl Future<Output = Outcome> + Send + 'static) -> JoinHandle<()> {
        let completions = Arc::clone(self);
        self.runtime.spawn(async move {
            let (future, outcome) = operation.await;
            completions.done(future, outcome);
        })
    }

    /// Queues the outcome of `future`. Callable from any thread, without the interpreter lock.
    pub(crate) fn done(&self, future: Py<PyAny>, outcome: Conversion) {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).push((future, outcome));
        self.bell.ring();
    }

    /// Delivers what is done. Stops listening on the event loop, unless operations are in flight: their callers still wait, and the
    /// loop drops the reader when it closes.
    pub(crate) fn detach(&self, py: Python<'_>) {
        self.deliver(py);
        if unlocked(&self.in_flight).is_some_and(|in_flight| in_flight.operations.is_empty()) {
            // A loop that refuses drops the reader when it closes.
            let _ = self.event_loop.call_method1(py, "remove_reader", (self.bell.descriptor(),));
        }
    }

    /// Drops the operations that are in flight. Their commands may still be decided. Called without the interpreter lock, because
    /// the last reference to a box office waits for the engine's threads.
    pub(crate) fn abandon(&self) {
        drop(self.take());
    }

    /// Takes the operations that are in flight; `None` while they are polled, and their event loop is therefore open.
    fn take(&self) -> Option<FuturesUnordered<Operation>> {
        unlocked(&self.in_flight).map(|mut in_flight| std::mem::take(&mut in_flight.operations))
    }

    /// Hands the operations in flight to the runtime. Nobody receives their outcomes, but each may have more than one step.
    fn leave(&self) {
        self.is_left.store(true, Ordering::Release);
        let Some(operations) = self.take().filter(|operations| !operations.is_empty()) else { return };
        if std::process::id() != self.process {
            // Dropping them could wait for threads that exist only in the process that opened the box office.
            std::mem::forget(operations);
            return;
        }
        let runtime = self.runtime.clone();
        // A runtime that has been shut down drops them at once.
        let hand_over = move || drop(runtime.spawn(finish(operations)));
        if Python::try_attach(|_| ()).is_some() {
            Python::attach(|py| py.detach(hand_over));
        } else {
            hand_over();
        }
    }

    /// Polls the operations that are new or were woken; returns the outcomes of those that are done.
    fn poll(&self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        // They are being polled already if a clock or a gateway that they call runs the event loop.
        let Some(mut in_flight) = unlocked(&self.in_flight) else { return outcomes };
        let mut context = Context::from_waker(&self.waker);
        let mut collect = || {
            while let Poll::Ready(Some(outcome)) = in_flight.operations.poll_next_unpin(&mut context) {
                outcomes.push(outcome);
            }
        };
        // `FuturesUnordered` rings after it has polled all that it has, so that others get their turn. Nobody needs that here.
        self.bell.silence();
        collect();
        self.bell.listen();
        collect();
        outcomes
    }

    fn deliver(&self, py: Python<'_>) {
        let mut outcomes = py.detach(|| self.poll());
        outcomes.append(&mut self.done.lock().unwrap_or_else(PoisonError::into_inner));
        for (future, outcome) in outcomes {
            if let Err(error) = settle(py, &future, outcome) {
                error.write_unraisable(py, Some(future.bind(py)));
            }
        }
    }
}

/// Polls the operations until all are done.
async fn finish(mut operations: FuturesUnordered<Operation>) {
    while operations.next().await.is_some() {}
}

/// Locks a mutex, unless it is locked.
fn unlocked<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// Sets the outcome of a future, unless the future is already done or cancelled.
fn settle(py: Python<'_>, future: &Py<PyAny>, outcome: Conversion) -> PyResult<()> {
    let future = future.bind(py);
    if future.call_method0(pyo3::intern!(py, "done"))?.is_truthy()? {
        return Ok(());
    }
    match outcome(py) {
        Ok(value) => future.call_method1(pyo3::intern!(py, "set_result"), (value,))?,
        Err(error) => future.call_method1(pyo3::intern!(py, "set_exception"), (error,))?,
    };
    Ok(())
}

/// Callback of the event loop that polls and delivers. The loop drops it when it closes.
#[pyclass(frozen)]
struct Deliver(Arc<Completions>);

#[pymethods]
impl Deliver {
    fn __call__(&self, py: Python<'_>) {
        self.0.deliver(py);
    }
}

impl Drop for Deliver {
    fn drop(&mut self) {
        self.0.leave();
    }
}
