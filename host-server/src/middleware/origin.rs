//! Forged requests: a browser that another site told to send one says so, in `Origin` or in `Sec-Fetch-Site`.
//!
//! Together with `SameSite=Lax` on the cookie this needs no tokens in forms. Requests of programs carry neither header and
//! pass; so do those whose bearer token nobody but their sender could have added. tower-http's `csrf` layer has no way to see
//! that token, hence these lines.

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
    // Without a public URL the host does not know whether people reach it over https, but it knows its name.
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(Authority::as_str));
    authority.is_some() && authority == host
}
