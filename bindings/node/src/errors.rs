//! Our errors on their way to JavaScript.

use boxoffice::{Code, Error, ErrorKind};
use napi_derive::napi;
use serde_json::json;

/// What the text of a rejection begins with if it is one of ours; JSON follows.
const MARK: &str = "boxoffice:";

/// The name of the class of a kind.
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
        // A kind of a newer core than this module knows is one of ours as well.
        _ => "InternalError",
    }
}

/// An error as the text of a rejection, of which the package makes an object of the kind's class.
pub(crate) fn rejection(error: Error) -> napi::Error {
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
        "causes": boxoffice_bindings::causes(&error),
    });
    napi::Error::from_reason(format!("{MARK}{text}"))
}

/// A row of the table of codes.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct CodeRow {
    /// The code, such as `ticket.locked`.
    pub code: &'static str,
    /// The class of its errors.
    pub name: &'static str,
    /// Its HTTP status.
    pub status_code: u16,
    /// Its sentence.
    pub message: &'static str,
}

/// Every code: what the table of codes looks like from here.
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
