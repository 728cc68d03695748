//! Recovery of the records of a directory that no longer opens.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use boxoffice::BoxOffice;
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::{Borrowed, PyTypeInfo as _, type_hint_identifier, type_hint_subscript};

use crate::errors::exception;
use crate::generated::Recovery;
use crate::values::Record;

/// A callable that receives records until it returns `False` or raises.
pub(crate) struct Visit(Py<PyAny>);

impl FromPyObject<'_, '_> for Visit {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("collections.abc", "Callable"),
        PyStaticExpr::List { elts: &[Record::TYPE_HINT] },
        type_hint_identifier!("builtins", "object")
    );

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Ok(Self(object.to_owned().unbind()))
    }
}

impl Visit {
    /// Calls the callable with a record; returns `Break` if it returned `False`, or its exception.
    fn sees(&self, py: Python<'_>, record: boxoffice::Record) -> PyResult<ControlFlow<()>> {
        let answer = self.0.call1(py, (Record(Arc::new(record)),))?;
        let ends = answer.bind(py).cast::<pyo3::types::PyBool>().is_ok_and(|goes_on| !goes_on.is_true());
        Ok(if ends { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}

#[pyfunction]
pub(crate) fn recover(py: Python<'_>, directory: PathBuf, visit: Visit) -> PyResult<Recovery> {
    let mut raised = None;
    let recovered = py.detach(|| {
        BoxOffice::recover(directory, &mut |record| {
            let seen = Python::try_attach(|py| visit.sees(py, record)).unwrap_or(Ok(ControlFlow::Break(())));
            seen.unwrap_or_else(|error| {
                raised = Some(error);
                ControlFlow::Break(())
            })
        })
    });
    match raised {
        Some(error) => Err(error),
        None => recovered.map(Recovery).map_err(|error| exception(py, &error)),
    }
}
