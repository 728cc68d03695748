//! Bodies byte for byte, because that is what is signed.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

use super::json::unread;
use crate::error::Failure;
use crate::state::AppState;

/// The body as it came, whatever it is.
#[derive(Debug)]
pub(crate) struct RawBody(pub(crate) Bytes);

impl FromRequest<AppState> for RawBody {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        let _room = state.load.room_for_body(request.headers())?;
        Bytes::from_request(request, state).await.map(Self).map_err(|rejection| unread(&rejection).into())
    }
}
