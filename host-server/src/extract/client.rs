//! The extractor for the client's address.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use crate::limits::client;
use crate::settings::Settings;

/// The address of the client; `None` without rate limits, because all clients may then share one address.
#[derive(Debug)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

impl<S> FromRequestParts<S> for ClientAddress
where
    S: Send + Sync,
    Arc<Settings>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let settings = <Arc<Settings>>::from_ref(state);
        let address = || client(&parts.headers, &parts.extensions, &settings.trusted_proxies);
        Ok(Self(settings.rate_limit.then(address)))
    }
}
