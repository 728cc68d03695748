//! The extractor for ids in paths. An invalid id gets the answer of an unknown id of its resource.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use boxoffice::{ChargeId, Code, OrderId, TicketId};

use crate::error::Failure;

/// An id of a resource, with the code for an unknown one.
pub(crate) trait ResourceId: std::str::FromStr {
    const NOT_FOUND: Code;
}

impl ResourceId for TicketId {
    const NOT_FOUND: Code = Code::TicketNotFound;
}

impl ResourceId for OrderId {
    const NOT_FOUND: Code = Code::OrderNotFound;
}

impl ResourceId for ChargeId {
    const NOT_FOUND: Code = Code::PaymentNotFound;
}

/// The `{id}` of the path.
#[derive(Debug)]
pub(crate) struct PathId<T>(pub(crate) T);

impl<S: Send + Sync, T: ResourceId> FromRequestParts<S> for PathId<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Path(text) = <Path<String>>::from_request_parts(parts, state).await.map_err(|_| T::NOT_FOUND)?;
        text.parse().map(Self).map_err(|_| T::NOT_FOUND.into())
    }
}
