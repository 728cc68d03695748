//! Orders: lock, look, cancel, refund.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{Actor, BoxOffice, OrderId, Orders, Payments};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::page;
use crate::dto::{ChargeOut, OrderOut, OrderQuery, PlaceOrder, Refund};
use crate::error::Failure;
use crate::extract::{Idempotency, JsonBody, PathId, Query, SignedInUser};
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, cancel)).routes(routes!(refund))
}

/// Lock tickets in a new order. Of any number of competing buyers, exactly one wins.
#[utoipa::path(
    post, path = "/api/orders", tag = "orders", request_body = PlaceOrder,
    responses((status = 201, description = "The order; pay it before `expiresAt`", body = OrderOut<'_>)),
    security(("session" = []), ("bearer" = []))
)]
async fn create(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    Idempotency(key): Idempotency,
    JsonBody(body): JsonBody<PlaceOrder>,
) -> Result<Response, Failure> {
    let orders = key.into_iter().fold(office.orders(), Orders::idempotency_key);
    let ids = body.ticket_ids()?;
    let order = match (body.prices()?, body.total()) {
        (Some(prices), _) => orders.create_at_prices(user.id(), &ids, &prices).await?,
        (None, Some(total)) => orders.create_at(user.id(), &ids, total).await?,
        (None, None) => orders.create(user.id(), &ids).await?,
    };
    let location = HeaderValue::try_from(format!("/api/orders/{}", order.id)).ok();
    let mut response = (StatusCode::CREATED, Json(OrderOut::from(order.as_ref()))).into_response();
    response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// List my orders, latest first.
#[utoipa::path(
    get, path = "/api/orders", tag = "orders", params(OrderQuery),
    responses((status = 200, description = "A page of orders", body = Vec<OrderOut<'_>>,
        headers(("Link" = String, description = "The next page, as `<…>; rel=\"next\"`, if there is one")))),
    security(("session" = []), ("bearer" = []))
)]
async fn list(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    uri: Uri,
    Query(query): Query<OrderQuery>,
) -> Result<Response, Failure> {
    Ok(page!(office.orders().list(user.id(), &query.try_into()?)?, uri, OrderOut))
}

/// Show one of my orders.
#[utoipa::path(
    get, path = "/api/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 200, description = "The order", body = OrderOut<'_>)),
    security(("session" = []), ("bearer" = []))
)]
async fn get(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    PathId(id): PathId<OrderId>,
) -> Result<Response, Failure> {
    let order = office.orders().get(user.id(), id)?;
    Ok(Json(OrderOut::from(order.as_ref())).into_response())
}

/// Cancel an unpaid order. Its tickets are available again at once.
#[utoipa::path(
    delete, path = "/api/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 204, description = "Cancelled")),
    security(("session" = []), ("bearer" = []))
)]
async fn cancel(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    PathId(id): PathId<OrderId>,
) -> Result<StatusCode, Failure> {
    office.orders().cancel(user.id(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refund a complete order, or a part of its money: for the seller of its tickets, and operators.
#[utoipa::path(
    post, path = "/api/orders/{id}/refund", tag = "orders", request_body = Option<Refund>,
    params(("id" = String, Path, description = "The order's id")),
    responses((status = 200, description = "The charge, `refunded` or still `refunding`", body = ChargeOut<'_>)),
    security(("session" = []), ("bearer" = []))
)]
async fn refund(
    State(office): State<BoxOffice>,
    user: SignedInUser,
    PathId(id): PathId<OrderId>,
    Idempotency(key): Idempotency,
    body: Option<JsonBody<Refund>>,
) -> Result<Response, Failure> {
    let payments = key.into_iter().fold(office.payments(), Payments::idempotency_key);
    let body = body.map(|JsonBody(body)| body).unwrap_or_default();
    let actor = Actor::User(user.id());
    let charge = match body.amount()? {
        Some(amount) => payments.refund_part(actor, id, amount).await?,
        None => payments.refund(actor, id, body.return_to_sale).await?,
    };
    Ok(Json(ChargeOut::from(&charge)).into_response())
}
