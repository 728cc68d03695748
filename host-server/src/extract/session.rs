//! Who sends a request: the session in the `Authorization` header or in the cookie.
//!
//! The header wins where both are there: who sends it means it, while a browser adds the cookie by itself.

use std::borrow::Cow;
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};
use boxoffice::{BoxOffice, Code, Session, UserId};
use cookie::{Cookie, SameSite};

use crate::error::Failure;
use crate::settings::Settings;

/// The name of the session cookie.
const COOKIE: &str = "session";

/// The session of the request, or `None` if it has none that is good.
#[derive(Debug)]
pub(crate) struct Credentials(pub(crate) Option<Session>);

impl<S> FromRequestParts<S> for Credentials
where
    S: Send + Sync,
    BoxOffice: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(authenticate(&parts.headers, &BoxOffice::from_ref(state)).ok()))
    }
}

/// The session of a request that needs one.
#[derive(Debug)]
pub(crate) struct SignedInUser(pub(crate) Session);

impl SignedInUser {
    pub(crate) fn id(&self) -> UserId {
        self.0.user_id
    }
}

impl<S> FromRequestParts<S> for SignedInUser
where
    S: Send + Sync,
    BoxOffice: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        Ok(Self(authenticate(&parts.headers, &BoxOffice::from_ref(state))?))
    }
}

fn authenticate(headers: &HeaderMap, office: &BoxOffice) -> Result<Session, Failure> {
    let token = token(headers).ok_or(Code::AuthRequired)?;
    Ok(office.auth().authenticate(&token)?)
}

/// The token that a request with these headers shows, good or not: that of `Authorization`, or the session cookie's.
pub fn token(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    match bearer(headers) {
        Some(token) => Some(token.into()),
        None => session_cookie(headers)
            .map(|cookie| cookie.value_raw().map_or_else(|| cookie.value().to_owned().into(), Cow::Borrowed)),
    }
}

/// The token of an `Authorization` header; an empty one if the header is of another scheme.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" })
}

fn session_cookie(headers: &HeaderMap) -> Option<Cookie<'_>> {
    cookie(headers, COOKIE)
}

/// The first cookie of this name that the request has.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<Cookie<'a>> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(Cookie::split_parse).filter_map(Result::ok).find(|cookie| cookie.name() == name)
}

/// Whether the request is sent on purpose: it carries a token that no browser adds by itself, and none that one does.
pub(crate) fn is_deliberate(headers: &HeaderMap) -> bool {
    bearer(headers).is_some_and(|token| !token.is_empty()) && session_cookie(headers).is_none()
}

/// The `Set-Cookie` that hands a fresh session to a browser, for as long as the session lives.
pub(crate) fn cookie_of(token: String, settings: &Settings) -> SetCookie {
    SetCookie(set(token, settings.session_length, settings.is_https()))
}

/// The `Set-Cookie` that makes a browser forget the session.
pub(crate) fn no_cookie(settings: &Settings) -> SetCookie {
    SetCookie(set(String::new(), Duration::ZERO, settings.is_https()))
}

/// The header of a response that sets the session cookie.
#[derive(Debug)]
pub(crate) struct SetCookie(Cookie<'static>);

impl IntoResponseParts for SetCookie {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        // A token is base64 with dots, so it is always a header value.
        if let Ok(value) = HeaderValue::try_from(self.0.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        Ok(response)
    }
}

fn set(value: String, life: Duration, secure: bool) -> Cookie<'static> {
    Cookie::build((COOKIE, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .max_age(cookie::time::Duration::seconds(i64::try_from(life.as_secs()).unwrap_or(i64::MAX)))
        .build()
}
