//! Lists that are read in parts, as they are iterated.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use boxoffice::Error;
use pyo3::IntoPyObjectExt;
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::{type_hint_identifier, type_hint_subscript};

use crate::call::Shared;
use crate::completions::Conversion;
use crate::errors::exception;

/// Maximum number of entries read at once.
const AHEAD_MAX: usize = 100;

/// Runs a long read without blocking other tasks on the polling thread. On a blocking caller's thread it runs directly.
pub(crate) fn reading<T>(read: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(read)
}

type Outcome = Result<Conversion, Error>;

/// The unread entries of a list.
pub(crate) struct Parts<T> {
    entries: Box<dyn Iterator<Item = Outcome> + Send>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Parts<T>
where
    T: for<'py> IntoPyObject<'py> + Send + 'static,
{
    pub(crate) fn new(entries: impl Iterator<Item = Result<T, Error>> + Send + 'static) -> Self {
        let convert = |entry: T| -> Conversion { Box::new(move |py| entry.into_py_any(py)) };
        Self { entries: Box::new(entries.map(move |entry| entry.map(convert))), kind: PhantomData }
    }
}

/// The entries read ahead, and the unread rest.
struct Source {
    ahead: VecDeque<Outcome>,
    entries: Box<dyn Iterator<Item = Outcome> + Send>,
}

impl Source {
    fn of<T>(parts: Parts<T>) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self { ahead: VecDeque::new(), entries: parts.entries }))
    }

    /// Reads more entries if none is ahead.
    fn fill(&mut self) {
        if self.ahead.is_empty() {
            self.ahead.extend(self.entries.by_ref().take(AHEAD_MAX));
        }
    }
}

fn filled(source: &Mutex<Source>) {
    reading(|| source.lock().unwrap_or_else(PoisonError::into_inner).fill());
}

fn taken(source: &Mutex<Source>) -> Option<Outcome> {
    source.lock().unwrap_or_else(PoisonError::into_inner).ahead.pop_front()
}

/// An iterator over a list.
#[pyclass(frozen, module = "boxoffice._native")]
pub(crate) struct Entries {
    shared: Arc<Shared>,
    source: Arc<Mutex<Source>>,
}

#[pymethods]
impl Entries {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let mut entry = taken(&self.source);
        if entry.is_none() {
            self.shared.block(py, async {
                filled(&self.source);
                Ok(())
            })?;
            entry = taken(&self.source);
        }
        entry.map(|entry| entry.map_err(|error| exception(py, &error))?(py)).transpose()
    }
}

/// An asynchronous iterator over a list.
#[pyclass(frozen, module = "boxoffice._native")]
pub(crate) struct AsyncEntries {
    shared: Arc<Shared>,
    source: Arc<Mutex<Source>>,
}

#[pymethods]
impl AsyncEntries {
    fn __aiter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __anext__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        if let Some(entry) = taken(&self.source) {
            let future = self.shared.completions(py)?.future(py)?;
            let value = entry.map_err(|error| exception(py, &error))?(py)?;
            future.call_method1(py, "set_result", (value,))?;
            return Ok(future);
        }
        let source = Arc::clone(&self.source);
        self.shared.start_iterating(py, async move {
            filled(&source);
            taken(&source).transpose()
        })
    }
}

/// An iterator over values of type `T`.
pub(crate) struct Iter<T>(Entries, PhantomData<fn() -> T>);

impl<T> Iter<T> {
    pub(crate) fn new(shared: &Arc<Shared>, parts: Parts<T>) -> Self {
        Self(Entries { shared: Arc::clone(shared), source: Source::of(parts) }, PhantomData)
    }
}

impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for Iter<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr =
        type_hint_subscript!(type_hint_identifier!("collections.abc", "Iterator"), T::OUTPUT_TYPE);

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        self.0.into_bound_py_any(py)
    }
}

/// An asynchronous iterator over values of type `T`.
pub(crate) struct AsyncIter<T>(AsyncEntries, PhantomData<fn() -> T>);

impl<T> AsyncIter<T> {
    pub(crate) fn new(shared: &Arc<Shared>, parts: Parts<T>) -> Self {
        Self(AsyncEntries { shared: Arc::clone(shared), source: Source::of(parts) }, PhantomData)
    }
}

impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for AsyncIter<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr =
        type_hint_subscript!(type_hint_identifier!("collections.abc", "AsyncIterator"), T::OUTPUT_TYPE);

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        self.0.into_bound_py_any(py)
    }
}
