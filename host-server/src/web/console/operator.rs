//! Who may look: operators. Others are told what they would be told of a page that there is not.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use boxoffice::{Actor, BoxOffice, Code};

use crate::error::{Failure, Refusal};
use crate::settings::Settings;
use crate::web::site::Chrome;

/// The operator who looks, with what the page shows around its content.
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
