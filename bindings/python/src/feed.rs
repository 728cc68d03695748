//! Subscriptions to the journal.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use boxoffice::{Code, Error};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyRuntimeError, PyStopAsyncIteration};
use pyo3::prelude::*;
use tokio::sync::watch;

use crate::call::{Abandon, Awaitable, Shared};
use crate::convert::Nothing;
use crate::errors::exception;
use crate::values::Record;

/// Maximum number of records that an iteration reads ahead.
const AHEAD_MAX: usize = 256;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_closed(error: &Error) -> bool {
    error.code() == Code::EngineClosed
}

/// An iterator over the journal: history first, then live, every record once and in order.
///
/// It ends when it or the box office is closed. As a context manager it is closed at the end of the block.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct Subscription {
    shared: Arc<Shared>,
    inner: tokio::sync::Mutex<boxoffice::Subscription>,
    /// `true` once the subscription is closed.
    closed: watch::Sender<bool>,
}

impl Subscription {
    pub(crate) fn new(shared: Arc<Shared>, inner: boxoffice::Subscription) -> Self {
        Self { shared, inner: tokio::sync::Mutex::new(inner), closed: watch::Sender::new(false) }
    }
}

/// Returns the outcome of `operation`, or `None` once the subscription or the box office is closed.
async fn unless_closed<T>(
    mut closed: watch::Receiver<bool>,
    operation: impl Future<Output = Result<T, Error>>,
) -> Result<Option<T>, Error> {
    let ended = async {
        let is_forgotten = closed.wait_for(|closed| *closed).await.is_err();
        // Whoever has let go of the subscription without closing it still waits for its record.
        if is_forgotten {
            std::future::pending::<()>().await;
        }
    };
    let (mut ended, mut operation) = (pin!(ended), pin!(operation));
    std::future::poll_fn(|context| {
        if ended.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(None));
        }
        operation.as_mut().poll(context).map(|outcome| match outcome {
            Err(error) if is_closed(&error) => Ok(None),
            outcome => outcome.map(Some),
        })
    })
    .await
}

#[pymethods]
impl Subscription {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Record>> {
        self.shared.block(py, async {
            let next = unless_closed(self.closed.subscribe(), async { self.inner.lock().await.next().await });
            Ok(next.await?.map(Record))
        })
    }

    /// Closes the subscription: iterations on all threads end. Closing twice has no effect.
    fn close(&self) {
        self.closed.send_replace(true);
    }

    fn __enter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __exit__(&self, _kind: &Bound<'_, PyAny>, _error: &Bound<'_, PyAny>, _traceback: &Bound<'_, PyAny>) {
        self.close();
    }
}

/// An asynchronous iterator over the journal: history first, then live, every record once and in order.
///
/// It ends when it or the box office is closed. As a context manager, plain or asynchronous, it is closed at the end of
/// the block. Cancelling a wait, for example by a timeout, loses no record.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct AsyncSubscription {
    shared: Arc<Shared>,
    inner: Arc<tokio::sync::Mutex<boxoffice::Subscription>>,
    /// Records that were read but not yet returned.
    ahead: Arc<Mutex<VecDeque<Record>>>,
    /// Future of the task that waits for the next record.
    waiting: Mutex<Option<Py<PyAny>>>,
    /// `true` once the subscription is closed.
    closed: watch::Sender<bool>,
}

impl AsyncSubscription {
    pub(crate) fn new(shared: Arc<Shared>, inner: boxoffice::Subscription) -> Self {
        let inner = Arc::new(tokio::sync::Mutex::new(inner));
        let closed = watch::Sender::new(false);
        Self { shared, inner, ahead: Arc::default(), waiting: Mutex::default(), closed }
    }

    /// Returns `true` if a task already waits for the next record. Only one task may wait at a time.
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
        if *self.closed.borrow() {
            future.call_method1(py, "set_exception", (PyStopAsyncIteration::new_err(()),))?;
            return Ok(Awaitable::new(future));
        }
        if let Some(record) = locked(&self.ahead).pop_front() {
            future.call_method1(py, "set_result", (record,))?;
            return Ok(Awaitable::new(future));
        }
        let (inner, ahead, promise) = (Arc::clone(&self.inner), Arc::clone(&self.ahead), future.clone_ref(py));
        let closed = self.closed.subscribe();
        let task = self.shared.spawn(async move {
            let read = unless_closed(closed, async { inner.lock().await.next_batch(AHEAD_MAX).await });
            let outcome = read.await.map(|records| records.map(|it| locked(&ahead).extend(it.into_iter().map(Record))));
            // Removes the record only when its future is resolved, so that a cancelled wait loses none.
            let give = move |py: Python<'_>| match outcome {
                Ok(Some(())) => match locked(&ahead).pop_front() {
                    Some(record) => record.into_py_any(py),
                    None => Err(exception(py, &Code::Internal.into())),
                },
                Ok(None) => Err(PyStopAsyncIteration::new_err(())),
                Err(error) => Err(exception(py, &error)),
            };
            completions.done(promise, Box::new(give));
        });
        Abandon::with(py, &future, &task)?;
        *locked(&self.waiting) = Some(future.clone_ref(py));
        Ok(Awaitable::new(future))
    }
    /// Closes the subscription: a waiting iteration ends. Closing twice has no effect.
    fn close(&self) {
        self.closed.send_replace(true);
    }

    fn __enter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __exit__(&self, _kind: &Bound<'_, PyAny>, _error: &Bound<'_, PyAny>, _traceback: &Bound<'_, PyAny>) {
        self.close();
    }

    fn __aenter__(slf: Bound<'_, Self>) -> PyResult<Awaitable<Py<Self>>> {
        let future = slf.get().shared.completions(slf.py())?.future(slf.py())?;
        future.call_method1(slf.py(), "set_result", (&slf,))?;
        Ok(Awaitable::new(future))
    }

    fn __aexit__(
        &self,
        py: Python<'_>,
        _kind: &Bound<'_, PyAny>,
        _error: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<Awaitable<Nothing>> {
        self.close();
        let future = self.shared.completions(py)?.future(py)?;
        future.call_method1(py, "set_result", (py.None(),))?;
        Ok(Awaitable::new(future))
    }
}
