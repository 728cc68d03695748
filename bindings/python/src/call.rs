//! Calling the box office: blocking with the interpreter lock released, or as an asyncio future.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use boxoffice::{BoxOffice, Code, Error};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyStopAsyncIteration;
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::type_hint_identifier;
use tokio::runtime::Runtime;
use tokio::task::{AbortHandle, JoinHandle};

use crate::completions::{Completions, Conversion};
use crate::errors::exception;

/// How often a blocking call looks whether Ctrl-C was pressed.
const SIGNALS_EVERY: Duration = Duration::from_millis(50);

/// How many calls of Python that block (gateways) and long reads may run at once.
const BLOCKING_THREADS_MAX: usize = 80;

/// An open box office with what its callers share.
pub(crate) struct Shared {
    /// `None` only while it is dropped.
    parts: Option<Parts>,
    /// The process that opened it. The engine's threads do not survive a fork.
    process: u32,
    /// How long sessions last, if that was chosen.
    pub(crate) session_length: Option<Duration>,
}

struct Parts {
    office: BoxOffice,
    /// Polls what asyncio awaits, calls gateways and serves HTTP.
    runtime: Runtime,
    /// Where outcomes for the event loop go that asked last.
    completions: Mutex<Option<Arc<Completions>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("office", &self.parts().office).finish_non_exhaustive()
    }
}

/// The threads beside the engine's own.
pub(crate) fn runtime() -> Result<Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .thread_name("boxoffice-py")
        // Time, and the network for gateways of the core's own.
        .enable_all()
        .build()
        .map_err(|error| Error::from(Code::Internal).with_source(error))
}

impl Shared {
    pub(crate) fn new(office: BoxOffice, runtime: Runtime, session_length: Option<Duration>) -> Self {
        let parts = Parts { office, runtime, completions: Mutex::default() };
        Self { parts: Some(parts), process: std::process::id(), session_length }
    }

    fn parts(&self) -> &Parts {
        self.parts.as_ref().expect("only drop takes them")
    }

    /// The box office, unless this is a fork of the process that opened it.
    pub(crate) fn office(&self, py: Python<'_>) -> PyResult<&BoxOffice> {
        if std::process::id() == self.process { Ok(&self.parts().office) } else { Err(forked(py)) }
    }

    /// Has `operation` done, and blocks this thread until it is; others run Python in the meantime.
    pub(crate) fn block<T: Send>(
        &self,
        py: Python<'_>,
        operation: impl Future<Output = Result<T, Error>> + Send,
    ) -> PyResult<T> {
        self.office(py)?;
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        let mut operation = pin!(operation);
        loop {
            match py.detach(|| poll_for(operation.as_mut(), &waker)) {
                Some(Ok(outcome)) => return Ok(outcome),
                Some(Err(error)) => return Err(exception(py, &error)),
                None => py.check_signals()?,
            }
        }
    }

    /// Has `operation` done; the event loop that runs here hears of its outcome.
    ///
    /// A caller that is cancelled stops waiting. The operation goes on: once begun, it may be decided already.
    pub(crate) fn start<T>(
        &self,
        py: Python<'_>,
        operation: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> PyResult<Awaitable<T>>
    where
        T: for<'py> IntoPyObject<'py> + Send + 'static,
    {
        self.begin(py, operation, into_python).map(|(future, _)| Awaitable::new(future))
    }

    /// The same for the next entry of an asynchronous iterator, which ends with `None`.
    pub(crate) fn start_iterating(
        &self,
        py: Python<'_>,
        operation: impl Future<Output = Result<Option<Conversion>, Error>> + Send + 'static,
    ) -> PyResult<Py<PyAny>> {
        let give = |py: Python<'_>, outcome: Result<Option<Conversion>, Error>| match outcome {
            Ok(Some(convert)) => convert(py),
            Ok(None) => Err(PyStopAsyncIteration::new_err(())),
            Err(error) => Err(exception(py, &error)),
        };
        self.begin(py, operation, give).map(|(future, _)| future)
    }

    /// The same for an operation that changes nothing, such as waiting for news: it ends with its caller.
    pub(crate) fn start_waiting<T>(
        &self,
        py: Python<'_>,
        operation: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> PyResult<Awaitable<T>>
    where
        T: for<'py> IntoPyObject<'py> + Send + 'static,
    {
        let (future, task) = self.begin(py, operation, into_python)?;
        Abandon::with(py, &future, &task)?;
        Ok(Awaitable::new(future))
    }

    fn begin<T>(
        &self,
        py: Python<'_>,
        operation: impl Future<Output = Result<T, Error>> + Send + 'static,
        give: impl FnOnce(Python<'_>, Result<T, Error>) -> PyResult<Py<PyAny>> + Send + 'static,
    ) -> PyResult<(Py<PyAny>, JoinHandle<()>)>
    where
        T: Send + 'static,
    {
        self.office(py)?;
        let completions = self.completions(py)?;
        let future = completions.future(py)?;
        let promise = future.clone_ref(py);
        let task = self.parts().runtime.spawn(async move {
            let outcome = operation.await;
            completions.done(promise, Box::new(move |py| give(py, outcome)));
        });
        Ok((future, task))
    }

    /// Where outcomes go for the event loop that runs here.
    pub(crate) fn completions(&self, py: Python<'_>) -> PyResult<Arc<Completions>> {
        let mut last = self.parts().completions.lock().unwrap_or_else(PoisonError::into_inner);
        let event_loop = Completions::running_loop(py)?;
        match last.as_ref() {
            Some(completions) if completions.serve(&event_loop) => Ok(Arc::clone(completions)),
            _ => {
                let completions = Completions::of(&event_loop)?;
                *last = Some(Arc::clone(&completions));
                Ok(completions)
            }
        }
    }

    /// Lets go of the event loop.
    pub(crate) fn forget_loop(&self, py: Python<'_>) {
        let last = self.parts().completions.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(completions) = last {
            completions.detach(py);
        }
    }

    /// Has a task done by the threads beside the engine's.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.parts().runtime.spawn(task)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let Some(parts) = self.parts.take() else { return };
        if std::process::id() != self.process {
            // The threads that this would wait for are in the other process.
            std::mem::forget(parts);
            return;
        }
        let release = move || {
            let Parts { office, runtime, completions } = parts;
            drop(office);
            runtime.shutdown_background();
            completions
        };
        // The writer may be asking a clock in Python for the time: it must be able to.
        if Python::try_attach(|_| ()).is_some() {
            Python::attach(|py| drop(py.detach(release)));
        } else {
            std::mem::forget(release());
        }
    }
}

/// What a fork gets.
fn forked(py: Python<'_>) -> PyErr {
    let text = "This process was forked from the one that opened the box office, and the engine did not come along: open it \
                after the fork, in one process only, or talk to a boxoffice server";
    exception(py, &Error::with_message(Code::EngineClosed, text))
}

/// Polls until it is done, at most until it is time to look for signals.
fn poll_for<F: Future>(mut operation: Pin<&mut F>, waker: &Waker) -> Option<F::Output> {
    let mut waited = false;
    loop {
        if let Poll::Ready(outcome) = operation.as_mut().poll(&mut Context::from_waker(waker)) {
            return Some(outcome);
        }
        if waited {
            return None;
        }
        std::thread::park_timeout(SIGNALS_EVERY);
        waited = true;
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The outcome as Python's: a value or an exception.
pub(crate) fn into_python<T>(py: Python<'_>, outcome: Result<T, Error>) -> PyResult<Py<PyAny>>
where
    T: for<'py> IntoPyObject<'py>,
{
    match outcome {
        Ok(value) => value.into_py_any(py),
        Err(error) => Err(exception(py, &error)),
    }
}

/// An `asyncio.Future` of a `T`.
pub(crate) struct Awaitable<T>(Py<PyAny>, PhantomData<fn() -> T>);

impl<T> Awaitable<T> {
    pub(crate) fn new(future: Py<PyAny>) -> Self {
        Self(future, PhantomData)
    }
}

impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for Awaitable<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr =
        pyo3::type_hint_subscript!(type_hint_identifier!("asyncio", "Future"), T::OUTPUT_TYPE);

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0.into_bound(py))
    }
}

/// Ends a task when nobody waits for it any more.
#[pyclass(frozen)]
pub(crate) struct Abandon(AbortHandle);

impl Abandon {
    /// Ends `task` once `future` is done, cancelled too.
    pub(crate) fn with(py: Python<'_>, future: &Py<PyAny>, task: &JoinHandle<()>) -> PyResult<()> {
        future.call_method1(py, "add_done_callback", (Self(task.abort_handle()),)).map(drop)
    }
}

#[pymethods]
impl Abandon {
    fn __call__(&self, _future: &Bound<'_, PyAny>) {
        self.0.abort();
    }
}
