//! What whoever runs the host asks it, and its own documentation.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use boxoffice::BoxOffice;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Refusal;
use crate::limits::Load;
use crate::observability::metrics::Metrics;
use crate::settings::Settings;
use crate::state::AppState;
use crate::webhooks::Webhooks;

pub(super) fn routes(settings: &Settings) -> OpenApiRouter<AppState> {
    let measured = OpenApiRouter::new();
    let measured = if settings.metrics { measured.routes(routes!(metrics)) } else { measured };
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .merge(measured)
        .routes(routes!(openapi_json))
        .route("/docs", get(docs))
        .route("/docs/docs.css", get(docs_css))
        .route("/docs/docs.js", get(docs_js))
}

/// All is well.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

const OK: Json<Health> = Json(Health { status: "ok" });

/// Whether the process lives.
#[utoipa::path(
    get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "It lives", body = Health))
)]
async fn healthz() -> Json<Health> {
    OK
}

/// Whether requests should be sent here.
#[utoipa::path(
    get, path = "/readyz", tag = "operations",
    responses((status = 200, description = "Ready", body = Health), (status = 503, description = "Not ready, or stopping"))
)]
async fn readyz(
    State(office): State<BoxOffice>,
    State(stopping): State<CancellationToken>,
) -> Result<Json<Health>, Refusal> {
    if office.is_ready() && !stopping.is_cancelled() { Ok(OK) } else { Err(Refusal::NotReady) }
}

/// Figures in Prometheus's text format.
#[utoipa::path(
    get, path = "/metrics", tag = "operations",
    responses((status = 200, description = "The figures", body = String, content_type = "text/plain"))
)]
async fn metrics(
    State(office): State<BoxOffice>,
    State(load): State<Arc<Load>>,
    State(webhooks): State<Option<Webhooks>>,
    State(metrics): State<Metrics>,
) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        metrics.render(&office, &load, webhooks.as_ref()),
    )
}

/// This description.
#[utoipa::path(
    get, path = "/openapi.json", tag = "operations",
    responses((status = 200, description = "OpenAPI", body = serde_json::Value))
)]
async fn openapi_json() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], super::json())
}

async fn docs() -> Response {
    page("text/html; charset=utf-8", include_str!("../docs/index.html"))
}

async fn docs_css() -> Response {
    page("text/css; charset=utf-8", include_str!("../docs/docs.css"))
}

async fn docs_js() -> Response {
    page("text/javascript; charset=utf-8", include_str!("../docs/docs.js"))
}

/// A file of the documentation page. The page may load its own files and the description, and nothing from elsewhere.
fn page(content_type: &'static str, text: &'static str) -> Response {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                  frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (StatusCode::OK, headers, text).into_response()
}
