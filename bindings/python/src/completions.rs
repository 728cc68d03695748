//! Delivers outcomes to an event loop in batches.
//!
//! A batch of the engine answers thousands of callers at the same moment. Calling `call_soon_threadsafe` for each would take the
//! interpreter lock thousands of times from another thread. Instead outcomes are put on a list, one byte on a socket tells the loop
//! that there are some, and the loop takes them all. No other thread ever waits for the interpreter.

use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// Converts an outcome to a Python value; runs with the interpreter attached.
pub(crate) type Conversion = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// Queue of outcomes for one event loop.
pub(crate) struct Completions {
    event_loop: Py<PyAny>,
    create_future: Py<PyAny>,
    done: Mutex<Vec<(Py<PyAny>, Conversion)>>,
    bell: UnixStream,
    ear: UnixStream,
}

impl Completions {
    pub(crate) fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        static GET: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        GET.import(py, "asyncio", "get_running_loop")?.call0()
    }

    /// Creates a queue and registers its reader on the event loop.
    pub(crate) fn of(event_loop: &Bound<'_, PyAny>) -> PyResult<Arc<Self>> {
        let (bell, ear) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        ear.set_nonblocking(true)?;
        let descriptor = ear.as_raw_fd();
        let completions = Arc::new(Self {
            create_future: event_loop.getattr("create_future")?.unbind(),
            event_loop: event_loop.clone().unbind(),
            done: Mutex::default(),
            bell,
            ear,
        });
        event_loop.call_method1("add_reader", (descriptor, Deliver(Arc::clone(&completions))))?;
        Ok(completions)
    }

    /// Returns `true` if the queue belongs to `event_loop`.
    pub(crate) fn serve(&self, event_loop: &Bound<'_, PyAny>) -> bool {
        self.event_loop.is(event_loop)
    }

    pub(crate) fn future(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.create_future.call0(py)
    }

    /// Queues the outcome of `future`. Callable from any thread, without the interpreter lock.
    pub(crate) fn done(&self, future: Py<PyAny>, outcome: Conversion) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.push((future, outcome));
        if done.len() == 1 {
            // A full socket has already notified the loop; a closed one has no reader.
            let _ = (&self.bell).write(&[1]);
        }
    }

    /// Delivers the remaining outcomes and removes the reader from the event loop.
    pub(crate) fn detach(&self, py: Python<'_>) {
        self.deliver(py);
        let closed = self.event_loop.call_method0(py, "is_closed").and_then(|closed| closed.extract::<bool>(py));
        if matches!(closed, Ok(false)) {
            // A loop of another thread may refuse. It then drops the reader when it closes.
            let _ = self.event_loop.call_method1(py, "remove_reader", (self.ear.as_raw_fd(),));
        }
    }

    fn deliver(&self, py: Python<'_>) {
        let mut bytes = [0; 64];
        while let Err(error) = (&self.ear).read(&mut bytes) {
            if error.kind() != io::ErrorKind::Interrupted {
                break;
            }
        }
        let done = std::mem::take(&mut *self.done.lock().unwrap_or_else(PoisonError::into_inner));
        for (future, outcome) in done {
            if let Err(error) = settle(py, &future, outcome) {
                error.write_unraisable(py, Some(future.bind(py)));
            }
        }
    }
}

/// Sets the outcome of a future, unless the future is already done or cancelled.
fn settle(py: Python<'_>, future: &Py<PyAny>, outcome: Conversion) -> PyResult<()> {
    let future = future.bind(py);
    if future.call_method0(pyo3::intern!(py, "done"))?.extract()? {
        return Ok(());
    }
    match outcome(py) {
        Ok(value) => future.call_method1(pyo3::intern!(py, "set_result"), (value,))?,
        Err(error) => future.call_method1(pyo3::intern!(py, "set_exception"), (error,))?,
    };
    Ok(())
}

/// Callback of the event loop that delivers the queued outcomes.
#[pyclass(frozen)]
struct Deliver(Arc<Completions>);

#[pymethods]
impl Deliver {
    fn __call__(&self, py: Python<'_>) {
        self.0.deliver(py);
    }
}
