//! Webhooks, for operators: subscriptions and the log of deliveries.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRef, FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use boxoffice::{Actor, BoxOffice, Code};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::dto::{DeliveryOut, DeliveryQuery, NewWebhook, WebhookEdit, WebhookOut};
use crate::error::{Failure, Refusal};
use crate::extract::{JsonBody, Query, SignedInUser, next_link};
use crate::settings::Settings;
use crate::state::AppState;
use crate::webhooks::Webhooks;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, edit, remove))
        .routes(routes!(resume))
        .routes(routes!(rotate_secret))
        .routes(routes!(ping))
        .routes(routes!(deliveries))
        .routes(routes!(resend))
}

/// The extractor for webhooks that admits operators only.
struct Operated(Webhooks);

impl<S> FromRequestParts<S> for Operated
where
    S: Send + Sync,
    BoxOffice: FromRef<S>,
    Arc<Settings>: FromRef<S>,
    Option<Webhooks>: FromRef<S>,
{
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let user = SignedInUser::from_request_parts(parts, state).await?;
        if !user.session.operator {
            return Err(Code::AuthOperatorRequired.into());
        }
        let webhooks = <Option<Webhooks>>::from_ref(state).ok_or(Refusal::WebhooksUnavailable)?;
        Ok(Self(webhooks.by(Actor::User(user.session.user_id))))
    }
}

/// The id of the path. An invalid id gets the answer of an unknown webhook.
struct WebhookId(Uuid);

impl<S: Send + Sync> FromRequestParts<S> for WebhookId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let path = <Path<std::collections::HashMap<String, String>>>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|path| path.get("id")?.parse().ok());
        id.map(Self).ok_or(Refusal::WebhookNotFound)
    }
}

/// Create a webhook. Events are sent to its URL, signed, in order, at least once.
#[utoipa::path(
    post, path = "/api/webhooks", tag = "webhooks", request_body = NewWebhook,
    responses((status = 201, description = "The webhook with its secret", body = WebhookOut)),
    security(("session" = []), ("bearer" = []))
)]
async fn create(Operated(webhooks): Operated, JsonBody(body): JsonBody<NewWebhook>) -> Result<Response, Failure> {
    let made = webhooks.add(body.into()).await?;
    let location = HeaderValue::try_from(format!("/api/webhooks/{}", made.0.id)).ok();
    let mut response = (StatusCode::CREATED, Json(WebhookOut::with_secret(&made))).into_response();
    response.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
    Ok(response)
}

/// List all webhooks, oldest first.
#[utoipa::path(
    get, path = "/api/webhooks", tag = "webhooks",
    responses((status = 200, description = "All webhooks", body = Vec<WebhookOut>)),
    security(("session" = []), ("bearer" = []))
)]
async fn list(Operated(webhooks): Operated) -> Result<Json<Vec<WebhookOut>>, Failure> {
    Ok(Json(webhooks.list().await?.iter().map(WebhookOut::of).collect()))
}

/// Show a webhook.
#[utoipa::path(
    get, path = "/api/webhooks/{id}", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = WebhookOut)),
    security(("session" = []), ("bearer" = []))
)]
async fn get(Operated(webhooks): Operated, WebhookId(id): WebhookId) -> Result<Json<WebhookOut>, Failure> {
    Ok(Json(WebhookOut::of(&webhooks.get(id).await?)))
}

/// Change a webhook's URL or event types.
#[utoipa::path(
    patch, path = "/api/webhooks/{id}", tag = "webhooks", request_body = WebhookEdit,
    params(("id" = Uuid, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = WebhookOut)),
    security(("session" = []), ("bearer" = []))
)]
async fn edit(
    Operated(webhooks): Operated,
    WebhookId(id): WebhookId,
    JsonBody(body): JsonBody<WebhookEdit>,
) -> Result<Json<WebhookOut>, Failure> {
    Ok(Json(WebhookOut::of(&webhooks.edit(id, body.into()).await?)))
}

/// Remove a webhook with its log.
#[utoipa::path(
    delete, path = "/api/webhooks/{id}", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The webhook's id")),
    responses((status = 204, description = "It is gone")),
    security(("session" = []), ("bearer" = []))
)]
async fn remove(Operated(webhooks): Operated, WebhookId(id): WebhookId) -> Result<StatusCode, Failure> {
    webhooks.remove(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Resume deliveries at once, from where they stopped.
#[utoipa::path(
    post, path = "/api/webhooks/{id}/resume", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = WebhookOut)),
    security(("session" = []), ("bearer" = []))
)]
async fn resume(Operated(webhooks): Operated, WebhookId(id): WebhookId) -> Result<Json<WebhookOut>, Failure> {
    Ok(Json(WebhookOut::of(&webhooks.resume(id).await?)))
}

/// Create a new secret. For a day, the previous one also signs.
#[utoipa::path(
    post, path = "/api/webhooks/{id}/rotate-secret", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook with its new secret", body = WebhookOut)),
    security(("session" = []), ("bearer" = []))
)]
async fn rotate_secret(Operated(webhooks): Operated, WebhookId(id): WebhookId) -> Result<Json<WebhookOut>, Failure> {
    Ok(Json(WebhookOut::with_secret(&webhooks.rotate_secret(id).await?)))
}

/// Send a `webhook.ping` once, at once, to test the receiver.
#[utoipa::path(
    post, path = "/api/webhooks/{id}/ping", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The webhook's id")),
    responses((status = 200, description = "What came of it", body = DeliveryOut)),
    security(("session" = []), ("bearer" = []))
)]
async fn ping(Operated(webhooks): Operated, WebhookId(id): WebhookId) -> Result<Json<DeliveryOut>, Failure> {
    Ok(Json(webhooks.ping(id).await?.into()))
}

/// List the last 1,000 attempts, latest first.
#[utoipa::path(
    get, path = "/api/webhooks/{id}/deliveries", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The webhook's id"), DeliveryQuery),
    responses((status = 200, description = "A page of attempts", body = Vec<DeliveryOut>,
        headers(("Link" = String, description = "The next page, as `<…>; rel=\"next\"`, if there is one")))),
    security(("session" = []), ("bearer" = []))
)]
async fn deliveries(
    Operated(webhooks): Operated,
    WebhookId(id): WebhookId,
    uri: Uri,
    Query(query): Query<DeliveryQuery>,
) -> Result<Response, Failure> {
    let limit = query.limit()?;
    let page = webhooks.deliveries(id, query.before()?, limit).await?;
    let next = page.last().filter(|last| page.len() == limit && last.id > 1).map(|last| last.id.to_string());
    let link = next.and_then(|cursor| next_link(&uri, "cursor", &cursor));
    let mut response = Json(page.into_iter().map(DeliveryOut::from).collect::<Vec<_>>()).into_response();
    response.headers_mut().extend(link.map(|link| (header::LINK, link)));
    Ok(response)
}

/// Repeat a delivery with the same `webhook-id`.
#[utoipa::path(
    post, path = "/api/webhooks/{id}/deliveries/{deliveryId}/resend", tag = "webhooks",
    params(
        ("id" = Uuid, Path, description = "The webhook's id"),
        ("deliveryId" = u64, Path, description = "The delivery's number in the log")
    ),
    responses((status = 200, description = "What came of it", body = DeliveryOut)),
    security(("session" = []), ("bearer" = []))
)]
async fn resend(
    Operated(webhooks): Operated,
    WebhookId(id): WebhookId,
    Path((_, number)): Path<(String, String)>,
) -> Result<Json<DeliveryOut>, Failure> {
    let number = crate::dto::record_number(&number).ok_or(Refusal::DeliveryNotFound)?;
    Ok(Json(webhooks.resend(id, number).await?.into()))
}
