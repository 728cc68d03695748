//! What stands around the routes.
//!
//! One function, [`edge`], because a request passes it some ten thousand times a second: each tower layer of its own would be
//! another allocation and another generic to read. Its steps are in the files beside this one, in the order in which they run:
//! name the request, make room for it, limit its sender, check where it comes from, run it within its time; then, whatever came
//! of it, headers, figures and one line of log.

mod origin;
mod panic;
mod request_id;
mod security_headers;

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::error::{Cause, ERROR_CODE, Failure, Refusal, chain};
use crate::state::AppState;
use crate::web;

pub(crate) use request_id::RequestIds;

/// Puts everything around the routes.
pub(crate) fn around(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    let routes =
        routes.layer(DefaultBodyLimit::max(state.settings.body_limit)).layer(from_fn_with_state(state.clone(), edge));
    if state.settings.cors_origins.is_empty() { routes } else { routes.layer(cors(&state.settings.cors_origins)) }
}

async fn edge(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = state.request_ids.of(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);

    let browser = web::site::Browser::behind(&request);
    let outcome = guarded(&state, request, next, route).await;
    let mut response = outcome.unwrap_or_else(IntoResponse::into_response);
    if let Some(browser) = browser {
        response = browser.understandable(response, &state);
    }

    security_headers::add(response.headers_mut(), &state.settings);
    let latency = started.elapsed();
    state.request_metrics.observe(&method, route, response.status(), latency);
    report(&id, &method, route, &response, latency);
    response.headers_mut().insert(request_id::NAME, id);
    response
}

async fn guarded(state: &AppState, request: Request, next: Next, route: &str) -> Result<Response, Failure> {
    // Whoever looks after the host must hear from it most of all when it is busy.
    let is_api = !matches!(route, "/healthz" | "/readyz" | "/metrics");
    let _place = if is_api { Some(state.load.place_in_flight()?) } else { None };
    if let Some(rates) = state.rates.as_ref().filter(|_| is_api) {
        rates.check(&request, route)?;
    }
    origin::check(&request, &state.settings)?;
    let answer = panic::caught(next.run(request));
    match tokio::time::timeout(state.settings.request_timeout, answer).await {
        Ok(answer) => answer,
        Err(_elapsed) => Err(Refusal::TimedOut.into()),
    }
}

/// Logs the request: its route and never its path or query, which name people and things.
fn report(id: &HeaderValue, method: &Method, route: &str, response: &Response, latency: Duration) {
    let status = response.status();
    let request_id = id.to_str().unwrap_or_default();
    let latency_us = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
    if let Some(Cause(error)) = response.extensions().get() {
        tracing::error!(request_id, error = chain(error.as_ref()), "request failed");
    }
    let code = response.headers().get(ERROR_CODE).and_then(|code| code.to_str().ok());
    tracing::info!(
        target: "boxoffice_server::access",
        request_id, method = method.as_str(), route, status = status.as_u16(), code, latency_us,
    );
}

fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
            request_id::NAME,
        ])
        .expose_headers([header::ETAG, header::LINK, header::RETRY_AFTER, ERROR_CODE, request_id::NAME])
        .max_age(Duration::from_mins(10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_with_all_its_sources() {
        let error = boxoffice::Error::from(boxoffice::Code::JournalUnavailable)
            .with_source(std::io::Error::other("no space left"));
        assert_eq!(chain(&error), "journal.unavailable: The journal is not available right now: no space left");
    }
}
