//! A panic in a handler is a bug of ours: its request fails with the common shape, and every other goes on.

use std::panic::AssertUnwindSafe;

use axum::response::Response;
use boxoffice::{Code, Error};
use futures_util::FutureExt;

use crate::error::Failure;

/// What a panic said.
#[derive(Debug, thiserror::Error)]
#[error("panic: {0}")]
struct Panicked(String);

pub(super) async fn caught(answer: impl Future<Output = Response>) -> Result<Response, Failure> {
    // What the handler shared with others is behind the core's own locks and channels, which a panic here can't have held.
    AssertUnwindSafe(answer).catch_unwind().await.map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Error::from(Code::Internal).with_source(Panicked(text.to_owned())).into()
    })
}
