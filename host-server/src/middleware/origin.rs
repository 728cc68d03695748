//! Protection against cross-site request forgery. Browsers declare the origin of a request in `Origin` or
//! `Sec-Fetch-Site`.
//!
//! Together with `SameSite=Lax` on the cookie, this check suffices without tokens in forms. Requests of programs have
//! neither header and are accepted. Requests with a bearer token are accepted too, because only the sender itself can
//! add it. tower-http's `csrf` layer can't consider that token, so this module replaces it.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, header};

use crate::error::Refusal;
use crate::extract::is_deliberate;
use crate::settings::Settings;
use crate::web_origin;

/// How much of an origin is worth logging.
const LOGGED_LEN_MAX: usize = 200;

pub(super) fn check(request: &Request, settings: &Settings) -> Result<(), Refusal> {
    if request.method().is_safe() {
        return Ok(());
    }
    let headers = request.headers();
    let mut origins = headers.get_all(header::ORIGIN).iter().peekable();
    let is_own = if origins.peek().is_some() {
        origins.all(|origin| origin.to_str().is_ok_and(|origin| is_own(origin, request, settings)))
    } else {
        headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none")
    };
    if is_own || is_deliberate(headers) {
        return Ok(());
    }
    report(request, settings);
    Err(Refusal::ForeignOrigin)
}

/// Logs both origins: where they differ by a name or a port of ours, the settings or the proxy are at fault.
fn report(request: &Request, settings: &Settings) {
    let text = |name| request.headers().get(name).map_or(b"none".as_slice(), HeaderValue::as_bytes);
    let origin = String::from_utf8_lossy(text(header::ORIGIN));
    let origin: String = origin.chars().take(LOGGED_LEN_MAX).collect();
    let own: Vec<&str> = settings.public_urls().collect();
    let host = host(request).unwrap_or("none");
    if own.is_empty() {
        tracing::warn!(
            ?origin,
            ?host,
            "a request was refused because its page is of another origin than the host that was asked: if both are yours, let the proxy \
             pass Host on, or set --public-url"
        );
    } else {
        tracing::warn!(
            ?origin,
            ?own,
            "a request was refused because its page is of another origin than --public-url: if it is yours, add it there"
        );
    }
}

fn is_own(origin: &str, request: &Request, settings: &Settings) -> bool {
    let normalized = web_origin::normalized(origin);
    let is = |allowed: &str| allowed == origin || Some(allowed) == normalized.as_deref();
    if settings.cors_origins.iter().any(|allowed| is(allowed)) {
        return true;
    }
    if settings.public_url.is_some() {
        return settings.public_urls().any(is);
    }
    // Without a public URL, the scheme is unknown, so only the host's name is compared.
    host(request).is_some_and(|host| web_origin::is_of_host(origin, host))
}

/// The name that the request asks for.
fn host(request: &Request) -> Option<&str> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    host.or_else(|| request.uri().authority().map(Authority::as_str))
}
