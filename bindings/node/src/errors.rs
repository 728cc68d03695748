//! Conversion of errors to JavaScript.

use boxoffice::{Code, Error, ErrorKind};
use napi_derive::napi;
use serde_json::json;

/// Prefix of the text of a failure of the box office; JSON follows.
const MARK: &str = "boxoffice:";

/// Returns the name of the class of a kind.
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

/// Converts an error to a text, from which the package creates an error of the kind's class.
pub(crate) fn failure(error: &Error) -> String {
    let name = if error.code() == Code::EngineClosed { "ClosedError" } else { class_of(error.kind()) };
    let fault = |fault: boxoffice::FieldError| match fault.field {
        Some(field) => json!({ "message": fault.message, "field": field }),
        None => json!({ "message": fault.message }),
    };
    let errors: Vec<_> = error.serialize_errors().into_iter().map(fault).collect();
    let text = json!({
        "name": name,
        "code": error.code().as_str(),
        "errors": errors,
        "retryAfterMs": error.retry_after().map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
        "causes": boxoffice_bindings::causes(error),
    });
    format!("{MARK}{text}")
}

/// Converts an error to an exception or a rejection with its text.
pub(crate) fn rejection(error: Error) -> napi::Error {
    napi::Error::from_reason(failure(&error))
}

/// A row of the table of codes.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct CodeRow {
    /// Stable code, such as `ticket.locked`.
    pub code: &'static str,
    /// Name of the error class.
    pub name: &'static str,
    /// HTTP status.
    pub status_code: u16,
    /// Message of the code.
    pub message: &'static str,
}

/// Lists every code with the name of its error class, its HTTP status and its message.
#[napi]
pub fn codes() -> Vec<CodeRow> {
    let row = |code: &Code| CodeRow {
        code: code.as_str(),
        name: class_of(code.kind()),
        status_code: code.kind().status_code(),
        message: code.message(),
    };
    Code::ALL.iter().map(row).collect()
}
