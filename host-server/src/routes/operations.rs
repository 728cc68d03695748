//! Routes for the host's administrators, and its API documentation.

use std::iter;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use boxoffice::{BoxOffice, Code, FieldError};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::cluster;
use crate::error::{Failure, Refusal};
use crate::limits::Load;
use crate::observability::metrics::Metrics;
use crate::services::Service;
use crate::settings::Settings;
use crate::state::AppState;
use crate::webhooks::Webhooks;

pub(super) fn routes(settings: &Settings) -> OpenApiRouter<AppState> {
    let health = OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz));
    if settings.services.is_only(Service::Expiration) {
        return health;
    }
    let measured = if settings.metrics { health.routes(routes!(metrics)) } else { health };
    measured
        .routes(routes!(openapi_json))
        .route("/docs", get(docs))
        .route("/docs/docs.css", get(docs_css))
        .route("/docs/docs.js", get(docs_js))
}

/// The state of the host.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
    /// What is wrong with the servers or the stream of a cluster, although its host may be asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    findings: Vec<String>,
}

const OK: Json<Health> = Json(Health { status: "ok", findings: Vec::new() });

/// Check that the process is alive.
#[utoipa::path(
    get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "It lives", body = Health))
)]
async fn healthz() -> Json<Health> {
    OK
}

/// Permits to look at the disk.
static CHECKS: Semaphore = Semaphore::const_new(2);

/// Whether requests should be sent here: the journal is open, in its directory, and has room on the disk.
/// A host of a cluster also knows what is new, and has found nothing wrong with the servers.
#[utoipa::path(
    get, path = "/readyz", tag = "operations",
    responses((status = 200, description = "Ready", body = Health), (status = 503, description = "Not ready, or stopping"))
)]
async fn readyz(
    State(office): State<BoxOffice>,
    State(stopping): State<CancellationToken>,
) -> Result<Json<Health>, Failure> {
    if !office.is_ready() || stopping.is_cancelled() {
        return Err(Refusal::NotReady.into());
    }
    let findings = cluster::findings(&office);
    if let Some(why) = cluster::unready(&office) {
        let others = findings.into_iter().filter(|finding| *finding != why);
        let reasons = iter::once(format!("Not ready: {why}")).chain(others);
        return Err(Failure::Described(
            Refusal::NotReady,
            reasons.map(|reason| FieldError::new(reason, None)).collect(),
        ));
    }
    // A disk that hangs must not hold up anybody else, nor take thread after thread.
    let permit = CHECKS.acquire().await.map_err(|_| Code::Internal)?;
    let check = move || {
        let _permit = permit;
        office.check_ready()
    };
    tokio::task::spawn_blocking(check).await.map_err(|_| Code::Internal)??;
    Ok(Json(Health { findings, ..OK.0 }))
}

/// Show metrics in Prometheus's text format.
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

/// Show the OpenAPI document.
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

/// Returns a file of the documentation page. The page may load its own files and the OpenAPI document only.
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
