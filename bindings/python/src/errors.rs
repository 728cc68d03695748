//! Conversion of errors to Python exceptions. `boxoffice._errors` has one class for each kind.

use boxoffice::{Code, Error, ErrorKind};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Returns the name of the exception class of a kind.
const fn class_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Validation => "ValidationError",
        ErrorKind::Unauthenticated => "UnauthenticatedError",
        ErrorKind::PaymentDeclined => "PaymentDeclinedError",
        ErrorKind::Forbidden => "ForbiddenError",
        ErrorKind::NotFound => "NotFoundError",
        ErrorKind::Conflict => "ConflictError",
        ErrorKind::PreconditionFailed => "PreconditionFailedError",
        ErrorKind::IdempotencyMismatch => "IdempotencyMismatchError",
        ErrorKind::TooManyRequests => "TooManyRequestsError",
        ErrorKind::Unavailable => "UnavailableError",
        // `ErrorKind` is non-exhaustive: a newer core may add kinds that this module does not know.
        _ => "InternalError",
    }
}

/// Converts an error to a Python exception.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    raise(py, error).unwrap_or_else(|failure| failure)
}

fn raise(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let name = if error.code() == Code::EngineClosed { "ClosedError" } else { class_of(error.kind()) };
    let class = py.import("boxoffice._errors")?.getattr(name)?;
    let mut faults = Vec::new();
    for fault in error.serialize_errors() {
        faults.push((fault.message.into_owned(), fault.field.map(std::borrow::Cow::into_owned)));
    }
    let arguments = PyDict::new(py);
    arguments.set_item("retry_after", error.retry_after())?;
    let exception = class.call((error.code().as_str(), faults), Some(&arguments))?;
    let exception = PyErr::from_value(exception);
    exception.set_cause(py, caused(py, &boxoffice_bindings::causes(error)));
    Ok(exception)
}

/// The causes, each the cause of the one before.
fn caused(py: Python<'_>, causes: &[String]) -> Option<PyErr> {
    causes.iter().rev().fold(None, |next, text| {
        let cause = PyRuntimeError::new_err(text.clone());
        cause.set_cause(py, next);
        Some(cause)
    })
}

/// Lists every code with the name of its exception class, its HTTP status and its message.
#[pyfunction]
pub(crate) fn codes() -> Vec<(&'static str, &'static str, u16, &'static str)> {
    let row = |code: &Code| (code.as_str(), class_of(code.kind()), code.kind().status_code(), code.message());
    Code::ALL.iter().map(row).collect()
}
