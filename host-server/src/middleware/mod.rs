//! The middleware of all routes.
//!
//! It is one function, [`pass`], because about ten thousand requests per second run through it, and each separate tower
//! layer would cost an allocation and a generic type. Its steps run in this order: assign the request id, reserve a
//! place, apply the rate limits, check the origin, wait in a cluster for what the client has seen elsewhere, and run the
//! handler with a timeout. After every outcome, it adds the headers, updates the metrics and writes one line of log. The steps
//! are in the files of this folder.

mod compression;
mod origin;
mod panic;
mod place;
#[cfg(feature = "cluster")]
mod position;
mod request_id;
mod security_headers;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::cause::chain;
use crate::error::{self, Cause, ERROR_CODE, Failure, Refusal};
use crate::extract::JOURNAL_CURSOR;
use crate::limits::{Client, Clients, Load, Rates};
use crate::observability::metrics::RequestMetrics;
use crate::settings::Settings;
use crate::state::AppState;
#[cfg(feature = "pages")]
use crate::web::site::{Browser, ErrorPages};
#[cfg(feature = "cli")]
pub(crate) use place::Unsent;
#[cfg(feature = "cluster")]
use position::Position;
use request_id::RequestIds;

/// The state of the middleware.
#[derive(Debug, Clone)]
pub(crate) struct Edge(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    settings: Arc<Settings>,
    load: Arc<Load>,
    rates: Option<Arc<Rates>>,
    clients: Arc<Clients>,
    request_ids: RequestIds,
    requests: RequestMetrics,
    /// The position that travels with clients; none outside of a cluster.
    #[cfg(feature = "cluster")]
    position: Option<Position>,
    #[cfg(feature = "pages")]
    error_pages: ErrorPages,
}

impl Edge {
    /// Returns the headers that only hosts of a cluster have.
    #[cfg(feature = "cluster")]
    fn more_headers(edge: &Self) -> Vec<HeaderName> {
        edge.0.position.is_some().then_some(position::NAME).into_iter().collect()
    }

    #[cfg(not(feature = "cluster"))]
    fn more_headers(_: &Self) -> Vec<HeaderName> {
        Vec::new()
    }

    /// Creates the middleware of a host with this state.
    pub(crate) fn new(state: &AppState) -> Self {
        Self(Arc::new(Shared {
            settings: Arc::clone(&state.settings),
            load: Arc::clone(&state.load),
            rates: state.rates.clone(),
            clients: Arc::clone(&state.clients),
            request_ids: RequestIds::default(),
            requests: RequestMetrics::default(),
            #[cfg(feature = "cluster")]
            position: Position::of(state),
            #[cfg(feature = "pages")]
            error_pages: ErrorPages::new(state.office.clone(), Arc::clone(&state.settings)),
        }))
    }
}

/// Adds the middleware to the routes.
pub(crate) fn around(routes: Router<AppState>, edge: Edge) -> Router<AppState> {
    let (settings, more_headers) = (Arc::clone(&edge.0.settings), Edge::more_headers(&edge));
    let routes = routes
        .layer(DefaultBodyLimit::max(settings.body_limit))
        .layer(from_fn_with_state(edge, pass))
        .layer(compression::layer());
    if settings.cors_origins.is_empty() { routes } else { routes.layer(cors(&settings.cors_origins, &more_headers)) }
}

async fn pass(State(Edge(edge)): State<Edge>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let client = edge.clients.of(&request);
    request.extensions_mut().insert(client);
    let id = edge.request_ids.of(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);

    #[cfg(feature = "pages")]
    let browser = if edge.settings.pages { Browser::behind(&request) } else { None };
    #[cfg(feature = "cluster")]
    let seen = edge.position.as_ref().filter(|_| is_api(route)).map(|position| (position, position.seen_by(&request)));
    let outcome = guarded(&edge, request, next, client, route).await;
    let mut response = outcome.unwrap_or_else(IntoResponse::into_response);
    #[cfg(feature = "pages")]
    if let Some(browser) = browser {
        response = edge.error_pages.understandable(&browser, response);
    }

    #[cfg(feature = "cluster")]
    if let Some((position, seen)) = seen {
        position.note(response.headers_mut(), seen);
    }
    security_headers::add(response.headers_mut(), &edge.settings);
    let latency = started.elapsed();
    edge.requests.observe(&method, route, response.status(), latency);
    if let Some(code) = response.headers().get(ERROR_CODE).and_then(|code| code.to_str().ok()) {
        RequestMetrics::refused(code);
    }
    report(&id, &method, route, &response, latency);
    response.headers_mut().insert(request_id::NAME, id);
    response
}

async fn guarded(
    edge: &Shared,
    mut request: Request,
    next: Next,
    client: Client,
    route: &str,
) -> Result<Response, Failure> {
    if !edge.settings.serves_admin && is_for_admins(request.uri().path()) {
        return Err(Refusal::RouteNotFound.into());
    }
    let is_api = is_api(route);
    let place = if is_api { Some(edge.load.place_in_flight(Some(client.network()))?) } else { None };
    if let Some(rates) = edge.rates.as_ref().filter(|_| is_api)
        && let Some(used_up) = rates.check(client, request.method(), route)?
    {
        request.extensions_mut().insert(used_up);
    }
    origin::check(&request, &edge.settings)?;
    #[cfg(feature = "cluster")]
    if let Some(position) = edge.position.as_ref().filter(|_| is_api) {
        let seen = position.seen_by(&request);
        position.wait(seen).await;
    }
    let unsent = place::Unsent::of(request.extensions());
    let answer = panic::caught(next.run(request));
    match tokio::time::timeout(edge.settings.request_timeout, answer).await {
        Ok(answer) => answer.map(|response| place::held(error::shaped(response), place, unsent)),
        Err(_elapsed) => Err(Refusal::TimedOut.into()),
    }
}

/// Returns `false` for health checks and metrics, which must be answered under overload too.
fn is_api(route: &str) -> bool {
    !matches!(route, "/healthz" | "/readyz" | "/metrics")
}

/// Whether a path is of what has an address of its own, if there is one.
fn is_for_admins(path: &str) -> bool {
    path == "/metrics" || path == "/console" || path.starts_with("/console/")
}

/// Logs the request with its route. Its path and query are not logged, because they may contain personal data.
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

fn cors(origins: &[String], more_headers: &[HeaderName]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let with_more = |headers: &[HeaderName]| [headers, more_headers].concat();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(with_more(&[
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
            request_id::NAME,
        ]))
        .expose_headers(with_more(&[
            header::ETAG,
            header::LINK,
            header::RETRY_AFTER,
            ERROR_CODE,
            JOURNAL_CURSOR,
            request_id::NAME,
        ]))
        .max_age(Duration::from_mins(10))
}
