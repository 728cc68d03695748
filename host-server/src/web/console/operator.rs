//! The extractor that admits operators. Other users get the answer of an unknown route.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use boxoffice::{Actor, BoxOffice, Code};

use crate::error::{Failure, Refusal};
use crate::settings::Settings;
use crate::web::site::Chrome;

/// The operator who made the request, with the chrome of the page.
#[derive(Debug)]
pub(super) struct Operator {
    pub(super) chrome: Chrome,
    pub(super) actor: Actor,
}

impl<S> FromRequestParts<S> for Operator
where
    S: Send + Sync,
    BoxOffice: FromRef<S>,
    Arc<Settings>: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Ok(chrome) = Chrome::from_request_parts(parts, state).await;
        match chrome.user() {
            Some(user) if chrome.is_operator() => Ok(Self { chrome, actor: Actor::User(user) }),
            Some(_) => Err(Refusal::RouteNotFound.into()),
            None => Err(Code::AuthRequired.into()),
        }
    }
}
