//! Payments.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{Actor, BoxOffice, ChargeId, Payments};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::dto::{ChargeOut, Pay, Resolve};
use crate::error::Failure;
use crate::extract::{Idempotency, JsonBody, PathId, SignedInUser};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(pay)).routes(routes!(escalated)).routes(routes!(get)).routes(routes!(resolve))
}

/// Pay an order.
#[utoipa::path(
    post, path = "/api/payments", tag = "payments", request_body = Pay,
    responses(
        (status = 201, description = "Paid: the order is complete", body = ChargeOut<'_>),
        (status = 202, description = "The outcome is not known yet, or the buyer has to confirm it; the tickets stay held", body = ChargeOut<'_>),
        (status = 402, description = "Declined: the order is cancelled", body = crate::error::ErrorBody)
    ),
    security(("session" = []), ("bearer" = []))
)]
async fn pay(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    Idempotency(key): Idempotency,
    JsonBody(body): JsonBody<Pay>,
) -> Result<Response, Failure> {
    let payments = key.into_iter().fold(office.payments(), Payments::idempotency_key);
    let charge = payments.pay(user.id(), body.order_id()?, &body.token).await?;
    let status = if charge.status.is_settled() { StatusCode::CREATED } else { StatusCode::ACCEPTED };
    let location = HeaderValue::try_from(format!("/api/payments/{}", charge.id)).ok();
    // The own copy may be behind the answer that another host has given.
    let secret = office.payments().client_secret(user.id(), charge.id).ok().flatten();
    let mut response = (status, Json(ChargeOut::from(&charge).with_secret(secret.as_ref()))).into_response();
    response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// Show a charge: for the buyer, the sellers of its tickets, and operators.
#[utoipa::path(
    get, path = "/api/payments/{id}", tag = "payments",
    params(("id" = String, Path, description = "The charge's id")),
    responses((status = 200, description = "The charge", body = ChargeOut<'_>)),
    security(("session" = []), ("bearer" = []))
)]
async fn get(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    PathId(id): PathId<ChargeId>,
) -> Result<Response, Failure> {
    let payments = office.payments();
    let charge = payments.get(user.id(), id)?;
    // Only the buyer may see the client secret; others get the charge without it.
    let secret = payments.client_secret(user.id(), id).ok().flatten();
    Ok(Json(ChargeOut::from(&charge).with_secret(secret.as_ref())).into_response())
}

/// List the charges whose money came late and could not be refunded, oldest first: for operators.
#[utoipa::path(
    get, path = "/api/payments/escalated", tag = "payments",
    responses((status = 200, description = "The charges", body = Vec<ChargeOut<'_>>)),
    security(("session" = []), ("bearer" = []))
)]
async fn escalated(State(office): State<BoxOffice>, user: SignedInUser) -> Result<Response, Failure> {
    let charges = office.payments().escalated(Actor::User(user.id()))?;
    Ok(Json(charges.iter().map(ChargeOut::from).collect::<Vec<_>>()).into_response())
}

/// Record the resolution of money that came late and could not be refunded: for operators.
#[utoipa::path(
    post, path = "/api/payments/{id}/resolve", tag = "payments", request_body = Resolve,
    params(("id" = String, Path, description = "The charge's id")),
    responses((status = 200, description = "The charge, `refunded` or `kept`", body = ChargeOut<'_>)),
    security(("session" = []), ("bearer" = []))
)]
async fn resolve(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    PathId(id): PathId<ChargeId>,
    Idempotency(key): Idempotency,
    JsonBody(body): JsonBody<Resolve>,
) -> Result<Response, Failure> {
    let payments = key.into_iter().fold(office.payments(), Payments::idempotency_key);
    let order = payments.get(user.id(), id)?.order_id;
    let charge = payments.resolve(Actor::User(user.id()), order, body.resolution(), &body.note).await?;
    Ok(Json(ChargeOut::from(&charge)).into_response())
}
