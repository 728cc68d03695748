//! Payments.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{ChargeId, ChargeStatus, Payments};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::dto::{ChargeOut, Pay};
use crate::error::Failure;
use crate::extract::{Idempotency, JsonBody, PathId, SignedInUser};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(pay)).routes(routes!(get))
}

/// Pay an order.
#[utoipa::path(
    post, path = "/api/payments", tag = "payments", request_body = Pay,
    responses(
        (status = 201, description = "Paid: the order is complete", body = ChargeOut<'_>),
        (status = 202, description = "The outcome is not known yet; the tickets stay held until it is", body = ChargeOut<'_>),
        (status = 402, description = "Declined: the order is cancelled", body = crate::error::ErrorBody)
    ),
    security(("session" = []), ("bearer" = []))
)]
async fn pay(
    State(state): State<AppState>,
    user: SignedInUser,
    Idempotency(key): Idempotency,
    JsonBody(body): JsonBody<Pay>,
) -> Result<Response, Failure> {
    let payments = key.into_iter().fold(state.office.payments(), Payments::idempotency_key);
    let charge = payments.pay(user.id(), body.order_id()?, &body.token).await?;
    let status = if charge.status == ChargeStatus::Pending { StatusCode::ACCEPTED } else { StatusCode::CREATED };
    let location = HeaderValue::try_from(format!("/api/payments/{}", charge.id)).ok();
    let mut response = (status, Json(ChargeOut::from(&charge))).into_response();
    response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// One charge: for the buyer, the sellers of its tickets, and operators.
#[utoipa::path(
    get, path = "/api/payments/{id}", tag = "payments",
    params(("id" = String, Path, description = "The charge's id")),
    responses((status = 200, description = "The charge", body = ChargeOut<'_>)),
    security(("session" = []), ("bearer" = []))
)]
async fn get(
    State(state): State<AppState>,
    user: SignedInUser,
    PathId(id): PathId<ChargeId>,
) -> Result<Response, Failure> {
    let charge = state.office.payments().get(user.id(), id)?;
    Ok(Json(ChargeOut::from(&charge)).into_response())
}
