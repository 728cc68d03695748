//! The extractor for raw bodies, whose bytes are signed.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, Request};

use super::json::unread;
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
        let load = <Arc<Load>>::from_ref(state);
        let _room = load.room_for_body(request.headers())?;
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| unread(&rejection).into())
    }
}
