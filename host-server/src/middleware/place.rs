//! The place of a request, which it has until its answer is read: whoever never reads theirs can't have one after the other.

use axum::body::Body;
use axum::http::header;
use axum::response::Response;

use crate::held_body::HeldBody;
use crate::limits::Share;

/// Keeps the place with the body of the answer. Streams have places of their own, and may go on for hours.
pub(super) fn held(response: Response, place: Option<Share>) -> Response {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let is_stream = content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    match place.filter(|_| !is_stream) {
        Some(place) => response.map(|body| Body::new(HeldBody::new(body, place))),
        None => response,
    }
}
