//! Stripe's webhooks: verification of the sender and conversion of the events.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::Sha256;

use super::http::Failure;
use super::intent::{Intent, IntentOf, Metadata, Refund, Standing, from_smallest_unit, or_default};
use super::{Stripe, StripeMode};
use crate::gateway::{ChargeAnswer, GatewayError, GatewayReport, WebhookError, WebhookEvent, WebhookMessage};
use crate::types::{ChargeId, OrderId, Timestamp};

/// Maximum distance of a message's time from now, in the past or the future; the tolerance of Stripe's own libraries.
const TOLERANCE: Duration = Duration::from_mins(5);

/// Secret with which messages are signed.
pub(super) struct Secret(Box<[u8]>);

impl Secret {
    pub(super) fn new(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    id: Arc<str>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    livemode: bool,
    #[serde(borrow)]
    data: Contents<'a>,
}

#[derive(Deserialize)]
struct Contents<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

/// A charge, as far as it names its intent.
#[derive(Deserialize)]
struct Refunded {
    payment_intent: Option<Arc<str>>,
}

#[derive(Deserialize)]
struct Dispute {
    id: Arc<str>,
    amount: u64,
    currency: String,
    #[serde(default, deserialize_with = "or_default")]
    reason: String,
    status: String,
    payment_intent: Option<Arc<str>>,
}

impl Stripe {
    pub(super) async fn read(&self, message: &WebhookMessage<'_>) -> Result<WebhookEvent, WebhookError> {
        let header = message.header("stripe-signature").ok_or(WebhookError::Signature)?;
        verify(&self.webhook_secrets, header, message.body, message.now)?;
        let malformed = |error: serde_json::Error| WebhookError::Malformed(error.to_string());
        let event: Envelope<'_> = serde_json::from_slice(message.body).map_err(malformed)?;
        let report = if event.livemode == (self.mode == StripeMode::Live) {
            self.report(&event.kind, event.data.object.get()).await?
        } else {
            tracing::warn!(event = %event.id, "a message of Stripe's other mode is ignored");
            None
        };
        Ok(WebhookEvent { id: event.id, report })
    }

    async fn report(&self, kind: &str, object: &str) -> Result<Option<GatewayReport>, WebhookError> {
        let malformed = |error: serde_json::Error| WebhookError::Malformed(error.to_string());
        match kind {
            "payment_intent.succeeded"
            | "payment_intent.payment_failed"
            | "payment_intent.canceled"
            | "payment_intent.requires_action"
            | "payment_intent.amount_capturable_updated" => {
                Ok(charge(&serde_json::from_str(object).map_err(malformed)?))
            }
            // Its object is the charge, and does not identify the refund. An account may send this event alone.
            "charge.refunded" => {
                let refunded: Refunded = serde_json::from_str(object).map_err(malformed)?;
                let names = self.names(refunded.payment_intent.as_deref()).await.map_err(unavailable)?;
                let changed = |(order_id, charge_id)| GatewayReport::RefundsChanged { order_id, charge_id };
                Ok(names.map(changed))
            }
            "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
                self.refund_report(&serde_json::from_str(object).map_err(malformed)?).await
            }
            "charge.dispute.created" | "charge.dispute.closed" => {
                let dispute = serde_json::from_str(object).map_err(malformed)?;
                self.dispute_report(dispute, kind == "charge.dispute.closed").await
            }
            _ => Ok(None),
        }
    }

    async fn refund_report(&self, refund: &Refund) -> Result<Option<GatewayReport>, WebhookError> {
        let names = self.names_of(refund).await.map_err(|failure| unavailable(failure.into()))?;
        Ok(names.and_then(|(order_id, charge_id)| refund.report(order_id, charge_id)))
    }

    async fn dispute_report(&self, dispute: Dispute, closed: bool) -> Result<Option<GatewayReport>, WebhookError> {
        // An inquiry (`warning_…`) withholds no money.
        if dispute.status.starts_with("warning_") {
            return Ok(None);
        }
        let Some((order_id, charge_id)) = self.names(dispute.payment_intent.as_deref()).await.map_err(unavailable)?
        else {
            return Ok(None);
        };
        let (reference, reason) = (dispute.id, dispute.reason.into());
        if closed {
            let won = dispute.status == "won";
            return Ok(Some(GatewayReport::DisputeClosed { order_id, charge_id, reference, won }));
        }
        let amount = from_smallest_unit(dispute.amount, &dispute.currency);
        let opened = |amount| GatewayReport::DisputeOpened { order_id, charge_id, reference, amount, reason };
        Ok(amount.map(opened))
    }

    /// Looks up the order and the charge of an intent, because charges and disputes carry only the intent's id; `None`
    /// if it is not ours.
    async fn names(&self, intent: Option<&str>) -> Result<Option<(OrderId, ChargeId)>, GatewayError> {
        let Some(id) = intent else { return Ok(None) };
        Ok(ids(&self.intent(id).await?.metadata))
    }

    /// Returns the order and the charge of a refund, whose intent is looked up unless Stripe has expanded it; `None` if
    /// it is not ours.
    pub(super) async fn names_of(&self, refund: &Refund) -> Result<Option<(OrderId, ChargeId)>, Failure> {
        match &refund.payment_intent {
            Some(IntentOf::Whole(intent)) => Ok(ids(&intent.metadata)),
            Some(IntentOf::Id(id)) => Ok(ids(&self.intent(id).await?.metadata)),
            None => Ok(None),
        }
    }
}

fn unavailable(error: GatewayError) -> WebhookError {
    WebhookError::Unavailable(error.0)
}

/// Returns the report that an intent reports about its charge; `None` if it is not ours or not final.
fn charge(intent: &Intent) -> Option<GatewayReport> {
    let (order_id, charge_id) = ids(&intent.metadata)?;
    match intent.standing() {
        // A failed intent counts as declined only once it is cancelled: until then another card could be tried.
        Standing::New | Standing::Failed | Standing::Is(ChargeAnswer::Pending) => None,
        Standing::Is(answer) => Some(GatewayReport::Charge { order_id, charge_id, answer }),
    }
}

fn ids(metadata: &Metadata) -> Option<(OrderId, ChargeId)> {
    Some((metadata.order.as_deref()?.parse().ok()?, metadata.charge.as_deref()?.parse().ok()?))
}

/// Verifies that one of the signatures was made with one of the secrets, over this body and a time within the
/// tolerance.
pub(super) fn verify(secrets: &[Secret], header: &str, body: &[u8], now: Timestamp) -> Result<(), WebhookError> {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let (_, time) = parts().find(|(name, _)| *name == "t").ok_or(WebhookError::Signature)?;
    let signed = |signature: &[u8]| secrets.iter().any(|secret| is_signed(secret, time, body, signature));
    let mut signatures = parts().filter(|(name, _)| *name == "v1").filter_map(|(_, text)| from_hex(text));
    if !signatures.any(|signature| signed(&signature)) {
        return Err(WebhookError::Signature);
    }
    let time: u64 = time.parse().map_err(|_| WebhookError::Signature)?;
    if time.abs_diff(now.as_secs()) > TOLERANCE.as_secs() { Err(WebhookError::Stale) } else { Ok(()) }
}

fn is_signed(secret: &Secret, time: &str, body: &[u8], signature: &[u8]) -> bool {
    // HMAC accepts keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&secret.0) else { return false };
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    // Compares in constant time.
    mac.verify_slice(signature).is_ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}
