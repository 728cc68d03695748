//! The only module that creates the common error body, `{"errors": [{"message": …, "field"?: …}]}`.
//!
//! Every error of a request becomes a [`Failure`]: the core's [`boxoffice::Error`], with its own code and status, or a
//! [`Refusal`] by the host if the request did not reach the core.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{Code, FieldError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::webhooks::WebhookError;

/// Header with the stable code of the error, such as `ticket.locked`, for programs.
pub(crate) const ERROR_CODE: HeaderName = HeaderName::from_static("x-error-code");

/// A refusal of a request by the host itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    RouteNotFound,
    MethodNotAllowed,
    MalformedBody,
    EmptyBody,
    BodyTooLarge,
    UnsupportedMediaType,
    MalformedQuery,
    MalformedHeader(&'static str),
    ForeignOrigin,
    #[cfg(feature = "pages")]
    ForgedForm,
    #[cfg(feature = "pages")]
    NotAForm,
    TimedOut,
    Overloaded,
    NotReady,
    WebhookNotFound,
    DeliveryNotFound,
    WebhookLimitReached,
    WebhooksUnavailable,
}

impl Refusal {
    const fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::RouteNotFound => (StatusCode::NOT_FOUND, "route.not_found", "No such route"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "route.method_not_allowed", "The route has no such method")
            }
            Self::MalformedBody => (StatusCode::BAD_REQUEST, "body.malformed", "The body is not valid JSON"),
            Self::EmptyBody => {
                (StatusCode::BAD_REQUEST, "body.malformed", "The body is empty; it must be a JSON object")
            }
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body.too_large", "The body is too large"),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "body.unsupported_media_type",
                "The body must be JSON, with Content-Type: application/json",
            ),
            Self::MalformedQuery => (StatusCode::BAD_REQUEST, "query.malformed", "The query is malformed"),
            Self::MalformedHeader(_) => (StatusCode::BAD_REQUEST, "header.malformed", "A header is malformed"),
            Self::ForeignOrigin => {
                (StatusCode::FORBIDDEN, "origin.forbidden", "Requests from other sites are not accepted")
            }
            #[cfg(feature = "pages")]
            Self::ForgedForm => (
                StatusCode::FORBIDDEN,
                "form.forged",
                "The form is out of date: go back, reload the page and try again",
            ),
            #[cfg(feature = "pages")]
            Self::NotAForm => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "form.unsupported", "This is not a form of these pages")
            }
            Self::TimedOut => (StatusCode::SERVICE_UNAVAILABLE, "request.timeout", "The request took too long"),
            Self::Overloaded => {
                (StatusCode::SERVICE_UNAVAILABLE, Code::EngineOverloaded.as_str(), Code::EngineOverloaded.message())
            }
            Self::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "engine.not_ready", "Not ready"),
            Self::WebhookNotFound => (StatusCode::NOT_FOUND, "webhook.not_found", "Webhook not found"),
            Self::DeliveryNotFound => (StatusCode::NOT_FOUND, "webhook.delivery_not_found", "Delivery not found"),
            Self::WebhookLimitReached => {
                (StatusCode::CONFLICT, "webhook.limit_reached", "There are as many webhooks as there may be")
            }
            Self::WebhooksUnavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, "webhook.unavailable", "Webhooks are not available")
            }
        }
    }

    const fn field(self) -> Option<&'static str> {
        match self {
            Self::MalformedHeader(name) => Some(name),
            _ => None,
        }
    }

    const fn retry_after(self) -> Option<Duration> {
        match self {
            Self::TimedOut | Self::Overloaded | Self::NotReady | Self::WebhooksUnavailable => {
                Some(Duration::from_secs(1))
            }
            _ => None,
        }
    }
}

/// The error of a request.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    Core(boxoffice::Error),
    Host(Refusal),
}

impl From<boxoffice::Error> for Failure {
    fn from(error: boxoffice::Error) -> Self {
        Self::Core(error)
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::Core(code.into())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Host(refusal)
    }
}

impl From<WebhookError> for Failure {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Invalid(error) => error.into(),
            WebhookError::NotFound => Refusal::WebhookNotFound.into(),
            WebhookError::DeliveryNotFound => Refusal::DeliveryNotFound.into(),
            WebhookError::LimitReached => Refusal::WebhookLimitReached.into(),
            WebhookError::Busy => Refusal::Overloaded.into(),
            WebhookError::Damaged(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "webhooks are not available");
                Refusal::WebhooksUnavailable.into()
            }
            WebhookError::Unavailable(ref source) => {
                tracing::error!(error = source.as_ref() as &dyn std::error::Error, "webhooks are not available");
                Refusal::WebhooksUnavailable.into()
            }
        }
    }
}

/// The body of all error responses.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Errors)]
pub(crate) struct ErrorBody {
    /// The errors, one entry for each.
    #[schema(value_type = Vec<ErrorEntry>)]
    errors: Vec<FieldError>,
}

/// A single error.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Error)]
pub(crate) struct ErrorEntry {
    /// Message for people.
    #[schema(example = "Price must be greater than 0")]
    message: String,
    /// Field that the error is about, if any.
    #[schema(required = false, example = "price")]
    field: Option<String>,
}

/// The core's error that caused a response, for the log.
#[derive(Debug, Clone)]
pub(crate) struct Cause(pub(crate) Arc<boxoffice::Error>);

/// The content of an error, for the page that a browser gets instead of the body.
#[cfg(feature = "pages")]
#[derive(Debug, Clone)]
pub(crate) struct ErrorSummary {
    pub(crate) code: &'static str,
    pub(crate) faults: Arc<[FieldError]>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Host(refusal) => {
                let (status, code, message) = refusal.parts();
                let fault = FieldError::new(message, refusal.field().map(Cow::Borrowed));
                respond(status, code, vec![fault], refusal.retry_after())
            }
            Self::Core(error) => {
                let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let wait =
                    error.retry_after().or(matches!(status.as_u16(), 429 | 503).then_some(Duration::from_secs(1)));
                let mut response = respond(status, error.code().as_str(), error.serialize_errors(), wait);
                if status.is_server_error() {
                    response.extensions_mut().insert(Cause(Arc::new(error)));
                }
                response
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Failure::Host(self).into_response()
    }
}

fn respond(status: StatusCode, code: &'static str, errors: Vec<FieldError>, retry_after: Option<Duration>) -> Response {
    #[cfg(feature = "pages")]
    let summary = ErrorSummary { code, faults: errors.as_slice().into() };
    let mut response = (status, axum::Json(ErrorBody { errors })).into_response();
    #[cfg(feature = "pages")]
    response.extensions_mut().insert(summary);
    let headers = response.headers_mut();
    headers.insert(ERROR_CODE, HeaderValue::from_static(code));
    if let Some(wait) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_secs(wait)));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// Returns the wait in whole seconds, rounded up so that a retry is never too early; at least 1.
fn wait_secs(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

pub(crate) async fn route_not_found() -> Refusal {
    Refusal::RouteNotFound
}

pub(crate) async fn method_not_allowed() -> Refusal {
    Refusal::MethodNotAllowed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_rounded_up_to_whole_seconds() {
        let secs = |ms| wait_secs(Duration::from_millis(ms));
        assert_eq!((secs(0), secs(1), secs(1000), secs(1001)), (1, 1, 1, 2));
    }

    #[test]
    fn every_code_of_the_core_leaves_with_its_status() {
        for code in Code::ALL {
            let response = Failure::from(*code).into_response();
            assert_eq!(response.status().as_u16(), code.kind().status_code(), "{code:?}");
            assert_eq!(response.headers()[ERROR_CODE], code.as_str(), "{code:?}");
        }
    }
}
