//! The only module that creates the common error body, `{"errors": [{"message": …, "field"?: …}]}`.
//!
//! Every error of a request becomes a [`Failure`]: the core's [`boxoffice::Error`], with its own code and status, or a
//! [`Refusal`] by the host if the request did not reach the core.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
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
    MalformedRequest,
    UriTooLong,
    HeadTooLarge,
    #[cfg(feature = "cli")]
    HeadTimedOut,
    BodyTimedOut,
    ClientBusy,
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
    /// Returns its code.
    #[cfg(feature = "cli")]
    pub(crate) const fn code(self) -> &'static str {
        self.parts().1
    }

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
            Self::MalformedRequest => (StatusCode::BAD_REQUEST, "request.malformed", "The request is malformed"),
            Self::UriTooLong => (StatusCode::URI_TOO_LONG, "request.uri_too_long", "The address is too long"),
            Self::HeadTooLarge => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "request.head_too_large",
                "The headers are too large: at most 100 of them, and 64 KiB with the address",
            ),
            #[cfg(feature = "cli")]
            Self::HeadTimedOut => {
                (StatusCode::REQUEST_TIMEOUT, "request.head_timeout", "The headers did not come in time")
            }
            Self::BodyTimedOut => (StatusCode::REQUEST_TIMEOUT, "body.timeout", "The body did not come in time"),
            Self::ClientBusy => (
                StatusCode::TOO_MANY_REQUESTS,
                "client.busy",
                "Too much is under way from your address: wait until some of it is done",
            ),
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
            Self::TimedOut | Self::Overloaded | Self::ClientBusy | Self::NotReady | Self::WebhooksUnavailable => {
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
    /// A refusal that says more than it usually does.
    Described(Refusal, Vec<FieldError>),
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
            Self::Described(refusal, faults) => {
                let (status, code, _) = refusal.parts();
                respond(status, code, faults, refusal.retry_after())
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
    note(headers, code, retry_after);
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// Notes the code of an error, and how long to wait, in the headers of its answer.
pub(crate) fn note(headers: &mut HeaderMap, code: &'static str, retry_after: Option<Duration>) {
    headers.insert(ERROR_CODE, HeaderValue::from_static(code));
    if let Some(wait) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_secs(wait)));
    }
}

/// Gives the common shape to an error that another library has answered with its own plain text, such as an extractor of axum's.
pub(crate) fn shaped(response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let is_plain = |value: &HeaderValue| value.as_bytes().starts_with(b"text/plain");
    let is_bare = response.headers().get(header::CONTENT_TYPE).is_none_or(is_plain);
    if !is_error || !is_bare || response.headers().contains_key(ERROR_CODE) {
        return response;
    }
    let refusal = match status {
        StatusCode::NOT_FOUND => Refusal::RouteNotFound,
        StatusCode::METHOD_NOT_ALLOWED => Refusal::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Refusal::UnsupportedMediaType,
        StatusCode::URI_TOO_LONG => Refusal::UriTooLong,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Refusal::HeadTooLarge,
        StatusCode::REQUEST_TIMEOUT => Refusal::BodyTimedOut,
        status if status.is_server_error() => return Failure::from(Code::Internal).into_response(),
        _ => Refusal::MalformedRequest,
    };
    let mut shaped = refusal.into_response();
    if refusal == Refusal::MalformedRequest {
        *shaped.status_mut() = status;
    }
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            shaped.headers_mut().append(name, value.clone());
        }
    }
    shaped
}

/// Returns the whole answer of a refusal as bytes of HTTP/1.1, for connections that are let go before there is a request.
#[cfg(feature = "cli")]
pub(crate) fn bytes_of(refusal: Refusal) -> Vec<u8> {
    let (status, code, message) = refusal.parts();
    let body = ErrorBody { errors: vec![FieldError::new(message, None)] };
    // Two texts are always written.
    let body = serde_json::to_string(&body).unwrap_or_default();
    let retry_after = refusal.retry_after().map(|wait| format!("retry-after: {}\r\n", wait_secs(wait)));
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-error-code: {code}\r\nx-content-type-options: nosniff\r\n\
         cache-control: no-store\r\n{}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        retry_after.unwrap_or_default(),
        body.len(),
    )
    .into_bytes()
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

    #[tokio::test]
    async fn plain_errors_of_others_get_the_common_shape() {
        for (status, code) in
            [(400, "request.malformed"), (404, "route.not_found"), (413, "body.too_large"), (418, "request.malformed")]
        {
            let status = StatusCode::from_u16(status).unwrap();
            let response = shaped((status, [(header::ALLOW, "GET")], "Invalid UTF-8 in `key`").into_response());
            assert_eq!((response.status(), response.headers()[ERROR_CODE].as_bytes()), (status, code.as_bytes()));
            assert_eq!(response.headers()[header::ALLOW], "GET");
            let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
            assert!(body.starts_with(b"{\"errors\":[{\"message\":"), "{body:?}");
        }
        let page = (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "text/html")], "a page").into_response();
        assert!(shaped(page).headers().get(ERROR_CODE).is_none());
        assert!(shaped("fine".into_response()).headers().get(ERROR_CODE).is_none());
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
