//! The extractor for raw bodies, whose bytes are signed.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, Request};

use super::body;
use crate::error::Failure;
use crate::limits::Load;

/// The unchanged body.
#[derive(Debug)]
pub(crate) struct RawBody(pub(crate) Bytes);

impl<S> FromRequest<S> for RawBody
where
    S: Send + Sync,
    Arc<Load>: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (bytes, _room) = body::read(request, &<Arc<Load>>::from_ref(state)).await?;
        Ok(Self(bytes))
    }
}
