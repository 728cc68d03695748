//! The extractor for the `Idempotency-Key` that every POST accepts.

use axum::extract::FromRequestParts;
use axum::http::HeaderName;
use axum::http::request::Parts;
use boxoffice::{Error, IdempotencyKey};

use crate::error::{Failure, Refusal};

/// The caller's idempotency key for the command, if any.
#[derive(Debug)]
pub(crate) struct Idempotency(pub(crate) Option<IdempotencyKey>);

/// Name of the header in the API's documentation. Comparison ignores case.
pub(crate) const NAME: &str = "Idempotency-Key";
const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

impl<S: Send + Sync> FromRequestParts<S> for Idempotency {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let Some(value) = values.next() else {
            return Ok(Self(None));
        };
        if values.next().is_some() {
            return Err(Refusal::MalformedHeader(NAME).into());
        }
        let text = value.to_str().map_err(|_| Refusal::MalformedHeader(NAME))?;
        let key = text.parse().map_err(|reason| Error::invalid(NAME, reason))?;
        Ok(Self(Some(key)))
    }
}
