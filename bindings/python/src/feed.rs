//! Following the journal.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use boxoffice::{Code, Error};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyRuntimeError, PyStopAsyncIteration};
use pyo3::prelude::*;

use crate::call::{Abandon, Awaitable, Shared};
use crate::errors::exception;
use crate::values::Record;

/// How many records an iteration reads ahead at most.
const AHEAD_MAX: usize = 256;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_closed(error: &Error) -> bool {
    error.code() == Code::EngineClosed
}

/// An iterator over the journal: history first, then live, every record once and in order. It ends when the box office is
/// closed.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct Subscription {
    shared: Arc<Shared>,
    inner: tokio::sync::Mutex<boxoffice::Subscription>,
}

impl Subscription {
    pub(crate) fn new(shared: Arc<Shared>, inner: boxoffice::Subscription) -> Self {
        Self { shared, inner: tokio::sync::Mutex::new(inner) }
    }
}

#[pymethods]
impl Subscription {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Record>> {
        self.shared.block(py, async {
            match self.inner.lock().await.next().await {
                Ok(record) => Ok(Some(Record(record))),
                Err(error) if is_closed(&error) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }
}

/// An asynchronous iterator over the journal: history first, then live, every record once and in order. It ends when the box
/// office is closed. A wait that is cancelled, as by a timeout, loses no record.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct AsyncSubscription {
    shared: Arc<Shared>,
    inner: Arc<tokio::sync::Mutex<boxoffice::Subscription>>,
    /// Records that were read but not yet given.
    ahead: Arc<Mutex<VecDeque<Record>>>,
    /// Who waits for the next record.
    waiting: Mutex<Option<Py<PyAny>>>,
}

impl AsyncSubscription {
    pub(crate) fn new(shared: Arc<Shared>, inner: boxoffice::Subscription) -> Self {
        let inner = Arc::new(tokio::sync::Mutex::new(inner));
        Self { shared, inner, ahead: Arc::default(), waiting: Mutex::default() }
    }

    /// Whether a task waits for a record already; two would have to share one.
    fn is_awaited(&self, py: Python<'_>) -> PyResult<bool> {
        match locked(&self.waiting).as_ref() {
            Some(future) => Ok(!future.call_method0(py, "done")?.extract::<bool>(py)?),
            None => Ok(false),
        }
    }
}

#[pymethods]
impl AsyncSubscription {
    fn __aiter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __anext__(&self, py: Python<'_>) -> PyResult<Awaitable<Record>> {
        self.shared.office(py)?;
        if self.is_awaited(py)? {
            return Err(PyRuntimeError::new_err("another task is waiting for the next record of this subscription"));
        }
        let completions = self.shared.completions(py)?;
        let future = completions.future(py)?;
        if let Some(record) = locked(&self.ahead).pop_front() {
            future.call_method1(py, "set_result", (record,))?;
            return Ok(Awaitable::new(future));
        }
        let (inner, ahead, promise) = (Arc::clone(&self.inner), Arc::clone(&self.ahead), future.clone_ref(py));
        let task = self.shared.spawn(async move {
            let outcome = inner.lock().await.next_batch(AHEAD_MAX).await;
            let outcome = outcome.map(|records| locked(&ahead).extend(records.into_iter().map(Record)));
            // Taken only once somebody is there to get it.
            let give = move |py: Python<'_>| match outcome {
                Ok(()) => match locked(&ahead).pop_front() {
                    Some(record) => record.into_py_any(py),
                    None => Err(exception(py, &Code::Internal.into())),
                },
                Err(error) if is_closed(&error) => Err(PyStopAsyncIteration::new_err(())),
                Err(error) => Err(exception(py, &error)),
            };
            completions.done(promise, Box::new(give));
        });
        Abandon::with(py, &future, &task)?;
        *locked(&self.waiting) = Some(future.clone_ref(py));
        Ok(Awaitable::new(future))
    }
}
