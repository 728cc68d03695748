//! The cluster, for operators.

use axum::Json;
use axum::extract::State;
use boxoffice::{BoxOffice, Code};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::dto::ClusterOut;
use crate::error::{Failure, Refusal};
use crate::extract::SignedInUser;
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(cluster))
}

/// Show the cluster as this host sees it: hosts, who writes, and how far each has read. On one machine there is none.
#[utoipa::path(
    get, path = "/api/cluster", tag = "operations",
    responses((status = 200, description = "The cluster", body = ClusterOut)),
    security(("session" = []), ("bearer" = []))
)]
async fn cluster(
    State(office): State<BoxOffice>,
    user: Result<SignedInUser, Failure>,
) -> Result<Json<ClusterOut>, Failure> {
    let cluster = ClusterOut::of(&office).ok_or(Refusal::RouteNotFound)?;
    if !user?.session.operator {
        return Err(Code::AuthOperatorRequired.into());
    }
    Ok(Json(cluster))
}
