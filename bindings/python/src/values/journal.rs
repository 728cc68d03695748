use std::sync::Arc;

use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::type_hint_identifier;
use pyo3::types::PyString;

use crate::convert::{Json, Time};
use crate::values::repr;

/// Serializes a value in the published form.
fn published(value: &impl serde::Serialize) -> serde_json::Value {
    // Serializing the types that are passed here to memory can't fail.
    serde_json::to_value(value).unwrap_or_default()
}

/// The name of an event, converted to Python as text.
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

/// An event with its number, time, actor, command, version and hash.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record(pub(crate) Arc<boxoffice::Record>);

#[pymethods]
impl Record {
    /// Number of the record in the journal: 1, 2, 3, … without gaps.
    #[getter]
    fn seq(&self) -> u64 {
        self.0.seq
    }

    /// Time of the decision. The engine's time never runs backwards.
    #[getter]
    fn at(&self) -> Time {
        Time(self.0.at)
    }

    /// Id of the user who caused the event; `None` for the box office itself.
    #[getter]
    fn actor_id(&self) -> Option<String> {
        self.0.actor.user().map(|user| user.to_string())
    }

    /// Id of the command that caused the event.
    #[getter]
    fn command_id(&self) -> String {
        self.0.command_id.to_string()
    }

    /// Version of the entity after the event.
    #[getter]
    fn version(&self) -> u64 {
        self.0.version
    }

    /// Name of the event, such as `OrderCreated`.
    #[getter]
    fn event(&self) -> EventName {
        EventName(self.0.event.name())
    }

    /// Data of the event in the published form; `boxoffice.events` has the types.
    #[getter]
    fn data(&self) -> Json {
        Json(published(&self.0.event)["data"].to_string())
    }

    /// Hash over this record and all records before it, as 64 hexadecimal digits.
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

/// A record in the published form, converted to Python as a `dict`.
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
