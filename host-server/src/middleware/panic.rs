//! Handling of panics in handlers. The request fails with the common error body, and all others continue.

use std::panic::AssertUnwindSafe;

use axum::response::Response;
use boxoffice::{Code, Error};
use futures_util::FutureExt;

use crate::error::Failure;

/// The message of a panic.
#[derive(Debug, thiserror::Error)]
#[error("panic: {0}")]
struct Panicked(String);

pub(super) async fn caught(answer: impl Future<Output = Response>) -> Result<Response, Failure> {
    // Handlers share state only through the core's locks and channels, which no handler holds while it panics.
    AssertUnwindSafe(answer).catch_unwind().await.map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
        Error::from(Code::Internal).with_source(Panicked(text.to_owned())).into()
    })
}
