//! Bodies on their way in and out, as far as their connection is concerned.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;

use super::connection::Connection;
use super::guarded::Timer;
use crate::extract::body::BodyStalled;

/// How long a client may pause while it sends a body.
const STALL_MAX: Duration = Duration::from_secs(10);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request, which ends with an error when it stops coming.
#[derive(Debug)]
pub(super) struct Watched<B = Incoming> {
    body: B,
    connection: Arc<Connection>,
    timer: Timer,
}

impl<B> Watched<B> {
    pub(super) fn new(body: B, connection: Arc<Connection>) -> Self {
        Self { body, connection, timer: Timer::default() }
    }
}

impl<B> http_body::Body for Watched<B>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            if this.timer.is_over(cx, STALL_MAX) {
                return Poll::Ready(Some(Err(BodyStalled.into())));
            }
            return Poll::Pending;
        };
        this.timer.clear();
        if frame.is_none() || this.body.is_end_stream() {
            this.connection.body_ended();
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Ends the request of its connection when it is dropped, which it is with the body of the answer.
#[derive(Debug)]
pub(super) struct Ending(pub(super) Arc<Connection>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}
