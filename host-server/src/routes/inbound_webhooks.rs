//! Inbound webhooks: reports by card processors.

use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::HeaderMap;
use boxoffice::BoxOffice;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::{Failure, Refusal};
use crate::extract::RawBody;
use crate::state::AppState;

/// Maximum size of a message, in bytes. A message contains one object of the card processor.
const BODY_MAX: usize = 256 << 10;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(receive_webhook)).layer(DefaultBodyLimit::max(BODY_MAX))
}

/// Receive a message of the card processor, such as a webhook of Stripe. Its signature is checked, and the answer is
/// sent when its content is durable. Repeated messages change nothing. Unknown kinds are accepted and ignored.
#[utoipa::path(
    post, path = "/api/payments/webhooks/{gateway}", tag = "payments", operation_id = "receive_notice",
    request_body(content = Object, description = "The message as the card processor makes it; its signature is over its bytes"),
    params(
        ("gateway" = String, Path, description = "The card processor that this box office has, such as `stripe`"),
        ("Stripe-Signature" = Option<String>, Header, description = "For Stripe: when and with what the message was signed")
    ),
    responses((status = 200, description = "Taken note of", body = Object))
)]
async fn receive_webhook(
    State(office): State<BoxOffice>,
    Path(gateway): Path<String>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Json<Value>, Failure> {
    let payments = office.payments();
    if !payments.takes_webhooks_of(&gateway) {
        return Err(Refusal::RouteNotFound.into());
    }
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    payments.receive_webhook(&headers, &body).await?;
    Ok(Json(json!({})))
}
