//! Requests and responses about payments.

use boxoffice::{Charge, ClientSecret, Dispute, Error, Money, OrderId, Refund, Resolution};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Amount;

/// The order to pay and the card to pay it with.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Payment)]
pub(crate) struct Pay {
    #[schema(format = Uuid)]
    order_id: String,
    /// Token that the card processor gave the page in place of the card number, such as the sandbox's `tok_visa`.
    #[schema(pattern = "^[!-~]{1,255}$", example = "tok_visa")]
    pub(crate) token: String,
}

impl Pay {
    pub(crate) fn order_id(&self) -> Result<OrderId, Error> {
        self.order_id.parse().map_err(|_| Error::invalid("orderId", "must be an id"))
    }
}

/// One attempt to take the money of an order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Charge)]
pub(crate) struct ChargeOut<'a> {
    #[schema(format = Uuid)]
    id: String,
    #[schema(format = Uuid)]
    order_id: String,
    #[schema(inline)]
    amount: Amount,
    /// An ISO 4217 code.
    currency: &'static str,
    /// `pending`, `requires_action` (the buyer must confirm it), `authorized`, `succeeded`, `failed`, `refunding` or
    /// `refunded`. For money that arrived after the order had ended: `transferred` to another order, `voiding`,
    /// `voided`, `late`, `escalated` or `kept`.
    status: &'static str,
    gateway: &'a str,
    /// The card processor's id of the charge.
    #[schema(required)]
    reference: Option<&'a str>,
    /// Reason of the decline, if the card was declined.
    #[schema(required)]
    failure: Option<&'a str>,
    /// Refunded amount, if any.
    #[schema(inline, required)]
    refunded: Option<Amount>,
    /// Refunds of the charge, including pending ones.
    #[schema(inline)]
    refunds: Vec<RefundOut<'a>>,
    /// Disputes of the charge.
    #[schema(inline)]
    disputes: Vec<DisputeOut<'a>>,
    /// Id of the order that the late money pays instead, if its tickets were still available.
    #[schema(required, format = Uuid)]
    transferred_to: Option<String>,
    /// Secret with which the buyer's page confirms the payment, while the card processor waits for that. Only the buyer
    /// gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A refund of a charge, done or pending.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RefundOut<'a> {
    #[schema(format = Uuid)]
    id: String,
    #[schema(inline)]
    amount: Amount,
    /// `pending`, `done`, or `failed` if the card processor refused it finally.
    status: &'static str,
    /// `requested`, `late` (the money arrived after the order had ended) or `elsewhere` (started at the card
    /// processor).
    reason: &'static str,
    /// The card processor's id of the refund.
    #[schema(required)]
    reference: Option<&'a str>,
}

/// A dispute: money of a charge that the buyer's bank took back.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DisputeOut<'a> {
    /// The card processor's id of the dispute.
    reference: &'a str,
    #[schema(inline)]
    amount: Amount,
    /// Reason, in the card processor's words.
    reason: &'a str,
    /// `open`, `won` (the money came back) or `lost`.
    status: &'static str,
}

/// The resolution of escalated money.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Resolve {
    resolution: ResolutionIn,
    /// Note to record with the resolution.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub(crate) note: String,
}

/// The outcome of escalated money.
#[derive(Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum ResolutionIn {
    /// The buyer got it back by other means, such as a bank transfer.
    ReturnedElsewhere,
    /// The platform keeps it.
    Kept,
}

impl Resolve {
    pub(crate) fn resolution(&self) -> Resolution {
        match self.resolution {
            ResolutionIn::ReturnedElsewhere => Resolution::ReturnedElsewhere,
            ResolutionIn::Kept => Resolution::Kept,
        }
    }
}

impl ChargeOut<'_> {
    /// Adds the secret, for the buyer whose confirmation the card processor waits for.
    pub(crate) fn with_secret(self, secret: Option<&ClientSecret>) -> Self {
        match secret {
            Some(secret) => Self { status: "requires_action", client_secret: Some(secret.expose().to_owned()), ..self },
            None => self,
        }
    }
}

impl<'a> From<&'a Refund> for RefundOut<'a> {
    fn from(refund: &'a Refund) -> Self {
        Self {
            id: refund.id.to_string(),
            amount: Amount(refund.amount),
            status: refund.status.as_str(),
            reason: refund.reason.as_str(),
            reference: refund.reference.as_deref(),
        }
    }
}

impl<'a> From<&'a Dispute> for DisputeOut<'a> {
    fn from(dispute: &'a Dispute) -> Self {
        let Dispute { reference, amount, reason, status, .. } = dispute;
        Self { reference, amount: Amount(*amount), reason, status: status.as_str() }
    }
}

impl<'a> From<&'a Charge> for ChargeOut<'a> {
    fn from(charge: &'a Charge) -> Self {
        Self {
            id: charge.id.to_string(),
            order_id: charge.order_id.to_string(),
            amount: Amount(charge.amount),
            currency: charge.amount.currency().code(),
            status: charge.status.as_str(),
            gateway: &charge.gateway,
            reference: charge.reference.as_deref(),
            failure: charge.failure.as_deref(),
            refunded: Money::from_minor(charge.refunded_minor(), charge.amount.currency()).ok().map(Amount),
            refunds: charge.refunds.iter().map(RefundOut::from).collect(),
            disputes: charge.disputes.iter().map(DisputeOut::from).collect(),
            transferred_to: charge.transferred_to.map(|id| id.to_string()),
            client_secret: None,
            created_at: charge.created_at.to_string(),
            updated_at: charge.updated_at.to_string(),
        }
    }
}
