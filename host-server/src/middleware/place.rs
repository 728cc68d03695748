//! The place of a request, which it has until its answer is read: whoever never reads theirs can't have one after the other.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::Response;
use http_body::{Frame, SizeHint};

use crate::limits::Share;

/// Keeps the place with the body of the answer. Streams have places of their own, and may go on for hours.
pub(super) fn held(response: Response, place: Option<Share>) -> Response {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let is_stream = content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    match place.filter(|_| !is_stream) {
        Some(place) => response.map(|body| Body::new(Held { body, _place: place })),
        None => response,
    }
}

#[derive(Debug)]
struct Held {
    body: Body,
    _place: Share,
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
