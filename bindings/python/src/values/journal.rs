use std::sync::Arc;

use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::type_hint_identifier;
use pyo3::types::PyString;

use crate::convert::{Json, Time};
use crate::values::repr;

/// The published form, the same everywhere.
fn published(value: &impl serde::Serialize) -> serde_json::Value {
    // Every type that is given here serializes to memory without fail.
    serde_json::to_value(value).unwrap_or_default()
}

/// The name of an event on its way to Python.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventName(&'static str);

impl<'py> IntoPyObject<'py> for EventName {
    type Target = PyString;
    type Output = Bound<'py, PyString>;
    type Error = std::convert::Infallible;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("boxoffice._types", "EventName");

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        Ok(PyString::intern(py, self.0))
    }
}

/// An event with the circumstances under which it became a fact.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record(pub(crate) Arc<boxoffice::Record>);

#[pymethods]
impl Record {
    /// The place in the journal: 1, 2, 3, … without a gap.
    #[getter]
    fn seq(&self) -> u64 {
        self.0.seq
    }

    /// When it was decided, by the engine's own time, which never runs backwards.
    #[getter]
    fn at(&self) -> Time {
        Time(self.0.at)
    }

    /// The id of the user who caused it; `None` for the box office itself.
    #[getter]
    fn actor_id(&self) -> Option<String> {
        self.0.actor.user().map(|user| user.to_string())
    }

    /// The command that caused it.
    #[getter]
    fn command_id(&self) -> String {
        self.0.command_id.to_string()
    }

    /// The version of the event's entity after it.
    #[getter]
    fn version(&self) -> u64 {
        self.0.version
    }

    /// The name of the event, such as `OrderCreated`.
    #[getter]
    fn event(&self) -> EventName {
        EventName(self.0.event.name())
    }

    /// The event's data in the published form; `boxoffice.events` has its types.
    #[getter]
    fn data(&self) -> Json {
        Json(published(&self.0.event)["data"].to_string())
    }

    /// The hash over this record and all before it, as 64 hexadecimal digits.
    #[getter]
    fn hash(&self) -> String {
        self.0.hash.to_string()
    }

    /// The cursor of a reader that has this record, for `journal.read_after` and `journal.subscribe_after`.
    #[getter]
    fn cursor(&self) -> String {
        self.0.cursor().to_string()
    }

    /// The whole record in the published form.
    #[getter]
    fn published(&self) -> Published {
        Published(Json(published(&*self.0).to_string()))
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let shown = ["seq", "at", "actor_id", "command_id", "version", "event", "data", "hash"];
        repr(slf.as_any(), "Record", &shown)
    }
}

/// A record in the published form on its way to Python.
#[derive(Debug, Clone)]
pub(crate) struct Published(Json);

impl<'py> IntoPyObject<'py> for Published {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("boxoffice.events", "PublishedRecord");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        self.0.into_pyobject(py)
    }
}
