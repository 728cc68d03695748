//! The session of a request, from the `Authorization` header or the cookie.
//!
//! The header wins where both are there: who sends it means it, while a browser adds the cookie by itself. A browser may send several
//! cookies of the name, others' and ours of before; the first that is a good session is taken.
//!
//! Over https only the cookie that no other host can plant counts: a sibling host could sign a visitor into a stranger's account
//! by the other one.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};
use boxoffice::{BoxOffice, Code, Session, UserId};
use cookie::{Cookie, SameSite};

use super::cookies;
use crate::error::Failure;
use crate::settings::Settings;

/// The name of the session cookie over plain http. Over https it is cleared, because earlier versions set it there too.
const PLAIN: &str = "session";

/// The name over https. With the prefix no other host of the same domain, and no page over plain http, can plant one.
const SECURE: &str = "__Host-session";

/// The valid session of the request, if any.
#[derive(Debug)]
pub(crate) struct Credentials(pub(crate) Option<Session>);

impl<S> FromRequestParts<S> for Credentials
where
    S: Send + Sync,
    BoxOffice: FromRef<S>,
    Arc<Settings>: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(signed_in(parts, state).ok().map(|user| user.session)))
    }
}

/// Every session that the request has, also under the name that does not count: signing out ends them all.
#[derive(Debug)]
pub(crate) struct EverySession(pub(crate) Vec<Session>);

impl<S> FromRequestParts<S> for EverySession
where
    S: Send + Sync,
    BoxOffice: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let auth = BoxOffice::from_ref(state).auth();
        let sessions = tokens(&parts.headers).filter_map(|token| auth.authenticate(&token).ok());
        let mut all: Vec<Session> = Vec::new();
        for session in sessions {
            if all.iter().all(|other| other.session_id != session.session_id) {
                all.push(session);
            }
        }
        Ok(Self(all))
    }
}

/// The user of a request that requires one.
pub(crate) struct SignedInUser {
    pub(crate) session: Session,
    /// The token of the session, by which an answer of long life asks again whether the session is still good.
    pub(crate) token: String,
}

impl SignedInUser {
    pub(crate) fn id(&self) -> UserId {
        self.session.user_id
    }
}

impl fmt::Debug for SignedInUser {
    /// Leaves out the token, which is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedInUser").field("session", &self.session).finish_non_exhaustive()
    }
}

impl<S> FromRequestParts<S> for SignedInUser
where
    S: Send + Sync,
    BoxOffice: FromRef<S>,
    Arc<Settings>: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        signed_in(parts, state)
    }
}

fn signed_in<S>(parts: &Parts, state: &S) -> Result<SignedInUser, Failure>
where
    BoxOffice: FromRef<S>,
    Arc<Settings>: FromRef<S>,
{
    let https = <Arc<Settings>>::from_ref(state).is_https();
    authenticate(&parts.headers, &BoxOffice::from_ref(state), https)
}

/// Returns who makes the request: of its tokens the first that is good counts.
pub(crate) fn authenticate(headers: &HeaderMap, office: &BoxOffice, https: bool) -> Result<SignedInUser, Failure> {
    let auth = office.auth();
    let mut refused = Code::AuthRequired.into();
    for token in candidates(headers, https) {
        match auth.authenticate(&token) {
            Ok(session) => return Ok(SignedInUser { session, token: token.into_owned() }),
            Err(error) => refused = error,
        }
    }
    Err(refused.into())
}

/// Returns the token that a request with these headers shows, good or not: that of `Authorization`, or the session cookie's, by
/// either of its names. Of several cookies it is the first that has the form of a token; [`session_tokens`](tokens) has them all.
pub fn token(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let has_form = |token: &Cow<'_, str>| {
        let is_word = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        token.split('.').count() == 3 && token.split('.').all(|part| !part.is_empty() && is_word(part))
    };
    tokens(headers).find(has_form).or_else(|| tokens(headers).next())
}

/// Iterates over the tokens that a request with these headers shows, good or not, by either name of the cookie. Whoever looks after
/// sessions by themselves takes the first that is good.
///
/// Beside a host, [`AppState::session_tokens`](crate::AppState::session_tokens) has those that count there.
pub fn tokens(headers: &HeaderMap) -> impl Iterator<Item = Cow<'_, str>> {
    candidates(headers, false)
}

/// Iterates over the tokens that count where people reach the host over https, or over plain http.
pub(crate) fn candidates(headers: &HeaderMap, https: bool) -> impl Iterator<Item = Cow<'_, str>> {
    let bearer = bearer(headers);
    let cookies = session_cookies(headers, https).filter(move |_| bearer.is_none());
    bearer.into_iter().chain(cookies).map(Cow::Borrowed)
}

/// Returns the token of the `Authorization` header; empty if the header has another scheme.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" })
}

fn session_cookies(headers: &HeaderMap, https: bool) -> impl Iterator<Item = &str> {
    cookies::values(headers, SECURE).chain(cookies::values(headers, PLAIN).filter(move |_| !https))
}

/// Returns `true` if no other site can have caused the request: it has a bearer token, which no browser adds by itself,
/// and no session cookie.
pub(crate) fn is_deliberate(headers: &HeaderMap) -> bool {
    bearer(headers).is_some_and(|token| !token.is_empty()) && session_cookies(headers, false).next().is_none()
}

/// Returns the `Set-Cookie` of a new session, valid for the session's lifetime.
pub(crate) fn cookie_of(token: String, settings: &Settings) -> SetCookies {
    session(token, settings.session_length, settings)
}

/// Returns the `Set-Cookie` that removes the session cookie.
pub(crate) fn no_cookie(settings: &Settings) -> SetCookies {
    session(String::new(), Duration::ZERO, settings)
}

fn session(token: String, life: Duration, settings: &Settings) -> SetCookies {
    if !settings.is_https() {
        return SetCookies(vec![lasting(PLAIN, token, life, false)]);
    }
    // Under the name of earlier versions there may be another session, which must not come back when this one has ended.
    SetCookies(vec![lasting(SECURE, token, life, true), lasting(PLAIN, String::new(), Duration::ZERO, true)])
}

/// The headers of a response that set cookies.
#[derive(Debug)]
pub(crate) struct SetCookies(pub(super) Vec<Cookie<'static>>);

impl IntoResponseParts for SetCookies {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        for cookie in self.0 {
            // Tokens and ids are always header values.
            if let Ok(value) = HeaderValue::try_from(cookie.to_string()) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
        }
        Ok(response)
    }
}

/// A cookie for the whole site, which no script can read.
pub(super) fn lasting(name: &'static str, value: String, life: Duration, secure: bool) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .max_age(cookie::time::Duration::seconds(i64::try_from(life.as_secs()).unwrap_or(i64::MAX)))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))])
    }

    #[test]
    fn the_token_that_looks_like_one_is_taken() {
        let check = |cookie, expected: Option<&str>| {
            assert_eq!(token(&headers(cookie)).as_deref(), expected, "{cookie}");
        };
        check("session=a.b.c", Some("a.b.c"));
        check("session=x; session=a.b.c", Some("a.b.c"));
        check("session=s%3Aabc.def; session=\"a.b.c\"", Some("a.b.c"));
        check("session=x; session=y", Some("x"));
        check("session=a.b.c; __Host-session=d.e.f", Some("d.e.f"));
        check("theme=dark", None);
    }

    #[test]
    fn over_https_the_cookie_that_others_can_plant_does_not_count() {
        let check = |cookie, https: &[&str], http: &[&str]| {
            let headers = headers(cookie);
            assert_eq!(candidates(&headers, true).collect::<Vec<_>>(), https, "{cookie}");
            assert_eq!(candidates(&headers, false).collect::<Vec<_>>(), http, "{cookie}");
        };
        check("session=a.b.c", &[], &["a.b.c"]);
        check("session=a.b.c; __Host-session=d.e.f", &["d.e.f"], &["d.e.f", "a.b.c"]);
        check("__host-session=a.b.c; __Host-session=", &[""], &[""]);
    }

    #[test]
    fn a_bearer_token_goes_before_every_cookie() {
        let mut headers = headers("session=a.b.c");
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic abc"));
        assert_eq!(tokens(&headers).collect::<Vec<_>>(), [""]);
        assert!(!is_deliberate(&headers));
    }
}
