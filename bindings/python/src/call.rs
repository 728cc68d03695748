//! Calling the box office: blocking with the interpreter lock released, or as an asyncio future.

use std::future::Future;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use boxoffice::{BoxOffice, Code, Error};
use futures_util::FutureExt;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyStopAsyncIteration;
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::type_hint_identifier;
use tokio::runtime::Runtime;
use tokio::task::{AbortHandle, JoinHandle};

use crate::completions::{Completions, Conversion};
use crate::errors::exception;

/// Interval at which a blocking call checks for signals, such as Ctrl-C.
const SIGNALS_EVERY: Duration = Duration::from_millis(50);

/// Maximum number of blocking calls into Python (gateways) and long reads that run at once.
const BLOCKING_THREADS_MAX: usize = 80;

/// An open box office and the state that its callers share.
pub(crate) struct Shared {
    /// `None` only during `drop`.
    parts: Option<Parts>,
    /// Id of the process that opened the box office. The engine's threads do not survive a fork.
    process: u32,
    /// Length of sessions; `None` for the default.
    pub(crate) session_length: Option<Duration>,
}

struct Parts {
    office: BoxOffice,
    /// Polls the operations that asyncio awaits and that may take long, calls gateways and serves HTTP.
    runtime: Runtime,
    /// Operations and outcomes, for each event loop that has called and listens.
    completions: Mutex<Vec<Arc<Completions>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("office", &self.parts().office).finish_non_exhaustive()
    }
}

/// Creates the runtime whose threads poll operations and run blocking calls.
pub(crate) fn runtime() -> Result<Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .thread_name("boxoffice-py")
        // Timers, and the network for the gateways of the core.
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

    /// Returns the box office.
    ///
    /// # Errors
    /// `ClosedError` in a fork of the process that opened it.
    pub(crate) fn office(&self, py: Python<'_>) -> PyResult<&BoxOffice> {
        if std::process::id() == self.process { Ok(&self.parts().office) } else { Err(forked(py)) }
    }

    /// Runs `operation` and blocks this thread until it is done. Releases the interpreter lock meanwhile.
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

    /// Starts `operation` on the runtime and returns a future of the running event loop that receives its outcome.
    ///
    /// A cancelled caller stops waiting. The operation continues, because its command may already be decided.
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

    /// Starts `operation` like [`Shared::start`], but the thread of the event loop polls it. No poll may take long or read a file.
    ///
    /// The caller has got the box office from [`Shared::office`], so that it is not that of another process.
    pub(crate) fn start_on_loop<T>(
        &self,
        py: Python<'_>,
        operation: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> PyResult<Awaitable<T>>
    where
        T: for<'py> IntoPyObject<'py> + Send + 'static,
    {
        let completions = self.completions(py)?;
        let future = completions.future(py)?;
        let promise = future.clone_ref(py);
        let operation = async move {
            // A panic would otherwise end the poll of all others, too.
            let outcome = AssertUnwindSafe(operation).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|_| Err(Code::Internal.into()));
            let give: Conversion = Box::new(move |py| into_python(py, outcome));
            (promise, give)
        };
        completions.start(py, Box::pin(operation));
        Ok(Awaitable::new(future))
    }

    /// Starts reading the next entry of an asynchronous iterator. `None` ends the iteration.
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

    /// Starts an operation that changes nothing, such as waiting for records. Cancelling the caller aborts it.
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
        let task = completions.spawn(async move {
            let outcome = operation.await;
            let give: Conversion = Box::new(move |py| give(py, outcome));
            (promise, give)
        });
        Ok((future, task))
    }

    /// Returns the operations and outcomes of the running event loop.
    pub(crate) fn completions(&self, py: Python<'_>) -> PyResult<Arc<Completions>> {
        let event_loop = Completions::running_loop(py)?;
        if let Some(known) = self.known(&event_loop) {
            return Ok(known);
        }
        let completions = Completions::of(&event_loop, self.parts().runtime.handle().clone(), self.process)?;
        self.forget_left();
        self.all_completions().push(Arc::clone(&completions));
        Ok(completions)
    }

    /// Delivers the remaining outcomes and stops listening on the running event loop.
    pub(crate) fn forget_loop(&self, py: Python<'_>) {
        let known = Completions::running_loop(py).ok().and_then(|event_loop| self.known(&event_loop));
        if let Some(completions) = known {
            completions.detach(py);
            self.forget_left();
        }
    }

    fn known(&self, event_loop: &Bound<'_, PyAny>) -> Option<Arc<Completions>> {
        self.all_completions().iter().find(|completions| completions.serve(event_loop)).cloned()
    }

    /// Forgets event loops that do not listen any more.
    fn forget_left(&self) {
        let left: Vec<_> = self.all_completions().extract_if(.., |completions| completions.is_left()).collect();
        // Dropping an event loop may run any Python, which must not find the list locked.
        drop(left);
    }

    /// Locks the list of the event loops. No Python may run meanwhile.
    fn all_completions(&self) -> MutexGuard<'_, Vec<Arc<Completions>>> {
        self.parts().completions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Spawns a task on the runtime.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.parts().runtime.spawn(task)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let Some(parts) = self.parts.take() else { return };
        if std::process::id() != self.process {
            // Dropping would wait for threads that exist only in the process that opened the box office.
            std::mem::forget(parts);
            return;
        }
        let release = move || {
            let Parts { office, runtime, completions } = parts;
            let completions = completions.into_inner().unwrap_or_else(PoisonError::into_inner);
            for of_loop in &completions {
                // Nobody waits for what is in flight, and it would keep the box office open.
                of_loop.abandon();
            }
            drop(office);
            runtime.shutdown_background();
            completions
        };
        // The writer may be calling a clock in Python, so dropping must not hold the interpreter lock.
        if Python::try_attach(|_| ()).is_some() {
            Python::attach(|py| drop(py.detach(release)));
        } else {
            std::mem::forget(release());
        }
    }
}

/// Returns a part that only some box offices have. Its class is made for those alone.
pub(crate) fn present<T>(part: Option<T>) -> Result<T, Error> {
    part.ok_or_else(|| Code::Internal.into())
}

/// Creates the error for calls from a forked process.
fn forked(py: Python<'_>) -> PyErr {
    let text = "This process was forked from the one that opened the box office, and the engine did not come along: open it \
                after the fork, in one process only, or talk to a boxoffice server";
    exception(py, &Error::with_message(Code::EngineClosed, text))
}

/// Polls until the operation is done; returns `None` when it is time to check for signals.
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

/// Converts an outcome to a Python value or an exception.
pub(crate) fn into_python<T>(py: Python<'_>, outcome: Result<T, Error>) -> PyResult<Py<PyAny>>
where
    T: for<'py> IntoPyObject<'py>,
{
    match outcome {
        Ok(value) => value.into_py_any(py),
        Err(error) => Err(exception(py, &error)),
    }
}

/// An `asyncio.Future` that resolves to a `T`.
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

/// Callback that aborts a task once its future is done or cancelled.
#[pyclass(frozen)]
pub(crate) struct Abandon(AbortHandle);

impl Abandon {
    /// Registers a callback that aborts `task` once `future` is done or cancelled.
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
