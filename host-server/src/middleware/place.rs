//! The place of a request, which it has until its answer is written out: whoever never reads theirs can't have one after the other.
//!
//! hyper takes a short answer whole into its buffer and is done with the body, however little the client has read. The place goes on
//! to the connection then, which gives it back when the buffer is empty, or when it lets go of the client.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::{Extensions, header};
use axum::response::Response;

use crate::held_body::HeldBody;
use crate::limits::Share;

/// The places of answers that a connection has made and not written out. It is an extension of the connection's requests; where there
/// is none, a place ends with the body.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unsent(Arc<Mutex<Vec<Share>>>);

impl Unsent {
    /// Returns those of the connection of a request.
    pub(super) fn of(request: &Extensions) -> Self {
        request.get::<Self>().cloned().unwrap_or_default()
    }

    /// Gives all places back, because everything is written out.
    #[cfg(feature = "cli")]
    pub(crate) fn sent(&self) {
        self.places().clear();
    }

    fn places(&self) -> MutexGuard<'_, Vec<Share>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place that goes on to the connection when the body ends.
#[derive(Debug)]
struct Held {
    place: Option<Share>,
    unsent: Unsent,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.unsent.places().extend(self.place.take());
    }
}

/// Keeps the place with the body of the answer. Streams have places of their own, and may go on for hours.
pub(super) fn held(response: Response, place: Option<Share>, unsent: Unsent) -> Response {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let is_stream = content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    if place.is_none() || is_stream {
        return response;
    }
    response.map(|body| Body::new(HeldBody::new(body, Held { place, unsent })))
}
