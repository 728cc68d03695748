//! Protection against cross-site request forgery. Browsers declare the origin of a request in `Origin` or
//! `Sec-Fetch-Site`.
//!
//! Together with `SameSite=Lax` on the cookie, this check suffices without tokens in forms. Requests of programs have
//! neither header and are accepted. Requests with a bearer token are accepted too, because only the sender itself can
//! add it. tower-http's `csrf` layer can't consider that token, so this module replaces it.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};

use crate::error::Refusal;
use crate::extract::is_deliberate;
use crate::settings::Settings;

pub(super) fn check(request: &Request, settings: &Settings) -> Result<(), Refusal> {
    if request.method().is_safe() {
        return Ok(());
    }
    let headers = request.headers();
    let is_own = match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| is_own(origin, headers, request, settings)),
        None => headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none"),
    };
    if is_own || is_deliberate(headers) { Ok(()) } else { Err(Refusal::ForeignOrigin) }
}

fn is_own(origin: &str, headers: &HeaderMap, request: &Request, settings: &Settings) -> bool {
    if settings.cors_origins.iter().any(|allowed| allowed == origin) {
        return true;
    }
    if let Some(url) = &settings.public_url {
        return origin == url.trim_end_matches('/');
    }
    // Without a public URL, the scheme is unknown, so only the host's name is compared.
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(Authority::as_str));
    authority.is_some() && authority == host
}
