//! Requests and responses about webhooks.

use boxoffice::Error;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::webhooks::{Delivery, NewSubscription, Progress, Status, Subscription, SubscriptionEdit, deliverable_types};

/// A webhook to create.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewWebhook {
    /// URL that deliveries are sent to: https, on the public Internet.
    #[serde(default)]
    #[schema(required, max_length = 2048, pattern = "^https?://", example = "https://receiver.example/hooks")]
    url: String,
    /// Types of the delivered events; empty for all.
    #[serde(default)]
    #[schema(schema_with = event_types_schema)]
    event_types: Vec<String>,
    /// Secret that signs deliveries; generated if not given.
    #[schema(pattern = "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$", format = Password)]
    secret: Option<String>,
    /// Number of the last record that is not delivered; 0 for the whole journal. By default, only later records are
    /// delivered.
    #[serde(default, deserialize_with = "sequence_number")]
    #[schema(minimum = 0)]
    after: Option<u64>,
}

/// Parses the number of a record; in JSON, `1` and `1.0` are the same number.
fn sequence_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let Some(number) = Option::<serde_json::Number>::deserialize(deserializer)? else { return Ok(None) };
    let text = number.to_string();
    let whole = text.split_once('.').filter(|(_, decimals)| decimals.bytes().all(|digit| digit == b'0'));
    let digits = whole.map_or(text.as_str(), |(digits, _)| digits);
    let seq = digits.parse().ok().filter(|seq| i64::try_from(*seq).is_ok());
    seq.map(Some).ok_or_else(|| de::Error::custom("must be the number of a record"))
}

impl From<NewWebhook> for NewSubscription {
    fn from(body: NewWebhook) -> Self {
        Self { url: body.url, event_types: body.event_types, secret: body.secret, after: body.after }
    }
}

/// Changes to a webhook. Omitted fields stay unchanged.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WebhookEdit {
    /// URL that deliveries are sent to.
    #[schema(max_length = 2048, pattern = "^https?://")]
    url: Option<String>,
    /// Types of the delivered events; empty for all.
    #[schema(schema_with = event_types_or_null_schema)]
    event_types: Option<Vec<String>>,
}

impl From<WebhookEdit> for SubscriptionEdit {
    fn from(body: WebhookEdit) -> Self {
        Self { url: body.url, event_types: body.event_types }
    }
}

fn event_types_array() -> ArrayBuilder {
    let name = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(deliverable_types().iter().map(String::as_str)));
    ArrayBuilder::new().items(RefOr::T(Schema::Object(name.build())))
}

fn event_types_schema() -> RefOr<Schema> {
    let about = "The events that are delivered; all if there are none here.";
    RefOr::T(Schema::Array(event_types_array().description(Some(about)).build()))
}

fn event_types_or_null_schema() -> RefOr<Schema> {
    let about = "The events that are delivered; all if there are none here. What is left out stays.";
    let types = utoipa::openapi::schema::SchemaType::from_iter([Type::Array, Type::Null]);
    RefOr::T(Schema::Array(event_types_array().schema_type(types).description(Some(about)).build()))
}

/// A webhook.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Webhook)]
pub(crate) struct WebhookOut {
    pub(crate) id: Uuid,
    /// URL that deliveries are sent to.
    pub(crate) url: String,
    /// Types of the delivered events; empty for all.
    pub(crate) event_types: Vec<String>,
    /// `active` or `disabled`.
    #[schema(pattern = "^(active|disabled)$")]
    pub(crate) status: String,
    /// Reason for which it is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) disabled_reason: Option<String>,
    /// Number of the last record that needs no more delivery.
    pub(crate) cursor: u64,
    /// Number of failed attempts of the next delivery.
    pub(crate) attempts: u32,
    /// Time before which the next delivery is not retried.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    pub(crate) next_try_at: Option<String>,
    /// Time until which the previous secret also signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    pub(crate) previous_secret_until: Option<String>,
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Secret that signs deliveries. It is shown only when it is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) secret: Option<String>,
}

impl WebhookOut {
    /// Creates the response for a webhook, without its secret.
    pub(crate) fn of((subscription, progress): &(Subscription, Progress)) -> Self {
        let (status, disabled_reason) = match &subscription.status {
            Status::Active => ("active", None),
            Status::Disabled { reason, .. } => ("disabled", Some(reason.clone())),
        };
        Self {
            id: subscription.id,
            url: subscription.url.clone(),
            event_types: subscription.event_types.clone(),
            status: status.to_owned(),
            disabled_reason,
            cursor: progress.cursor,
            attempts: progress.attempts,
            next_try_at: progress.next_try.map(|at| at.to_string()),
            previous_secret_until: subscription.previous_secret.as_ref().map(|previous| previous.until.to_string()),
            created_at: subscription.created_at.to_string(),
            secret: None,
        }
    }

    /// Creates the response for a webhook with a new secret, including the secret.
    pub(crate) fn with_secret(made: &(Subscription, Progress)) -> Self {
        Self { secret: Some(made.0.secret.reveal().to_owned()), ..Self::of(made) }
    }
}

/// A logged attempt of a delivery.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDelivery)]
pub(crate) struct DeliveryOut {
    /// Number in the log of the webhook.
    pub(crate) id: u64,
    /// Number of the record; absent for a ping.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) seq: Option<u64>,
    /// Type of the event.
    pub(crate) event_type: String,
    /// The `webhook-id` header that was sent.
    pub(crate) message_id: String,
    /// Number of the attempt; 0 for a manual delivery.
    pub(crate) attempt: u32,
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Duration of the attempt, in milliseconds.
    pub(crate) took_ms: u64,
    /// `true` if it was delivered.
    pub(crate) delivered: bool,
    /// HTTP status of the answer, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) status: Option<u16>,
    /// Reason of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) error: Option<String>,
}

impl From<Delivery> for DeliveryOut {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            seq: delivery.seq,
            event_type: delivery.event_type,
            message_id: delivery.message_id,
            attempt: delivery.attempt,
            at: delivery.at.to_string(),
            took_ms: delivery.took_ms,
            delivered: delivery.error.is_none(),
            status: delivery.status,
            error: delivery.error,
        }
    }
}

/// The deliveries to show.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryQuery {
    /// Cursor of the page, from the `Link` of the previous page.
    #[param(value_type = Option<u64>)]
    cursor: Option<String>,
    /// Maximum number of deliveries: 1 to 100, by default 50.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
    limit: Option<String>,
}

impl DeliveryQuery {
    /// Returns the exclusive upper bound of the delivery numbers on the page.
    pub(crate) fn before(&self) -> Result<u64, Error> {
        let invalid = || Error::invalid("cursor", "must be the number of a delivery");
        self.cursor.as_deref().map_or(Ok(u64::MAX), |text| super::record_number(text).ok_or_else(invalid))
    }

    pub(crate) fn limit(&self) -> Result<usize, Error> {
        super::journal::page_limit(self.limit.as_deref())
    }
}
