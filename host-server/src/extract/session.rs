//! The session of a request, from the `Authorization` header or the cookie.
//!
//! The header takes precedence: a client adds it on purpose, while a browser adds the cookie by itself.

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

/// Name of the session cookie.
const COOKIE: &str = "session";

/// The valid session of the request, if any.
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

/// The session of a request that requires one.
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

/// Returns the token of a request with these headers, valid or not: that of `Authorization` or, without it, the session
/// cookie's.
pub fn token(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    match bearer(headers) {
        Some(token) => Some(token.into()),
        None => session_cookie(headers)
            .map(|cookie| cookie.value_raw().map_or_else(|| cookie.value().to_owned().into(), Cow::Borrowed)),
    }
}

/// Returns the token of the `Authorization` header; empty if the header has another scheme.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" })
}

fn session_cookie(headers: &HeaderMap) -> Option<Cookie<'_>> {
    cookie(headers, COOKIE)
}

/// Returns the request's first cookie with this name.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<Cookie<'a>> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(Cookie::split_parse).filter_map(Result::ok).find(|cookie| cookie.name() == name)
}

/// Returns `true` if no other site can have caused the request: it has a bearer token, which no browser adds by itself,
/// and no session cookie.
pub(crate) fn is_deliberate(headers: &HeaderMap) -> bool {
    bearer(headers).is_some_and(|token| !token.is_empty()) && session_cookie(headers).is_none()
}

/// Returns the `Set-Cookie` of a new session, valid for the session's lifetime.
pub(crate) fn cookie_of(token: String, settings: &Settings) -> SetCookie {
    SetCookie(set(token, settings.session_length, settings.is_https()))
}

/// Returns the `Set-Cookie` that removes the session cookie.
pub(crate) fn no_cookie(settings: &Settings) -> SetCookie {
    SetCookie(set(String::new(), Duration::ZERO, settings.is_https()))
}

/// A response header that sets the session cookie.
#[derive(Debug)]
pub(crate) struct SetCookie(Cookie<'static>);

impl IntoResponseParts for SetCookie {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        // A token is base64 with dots, so it is always a valid header value.
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
