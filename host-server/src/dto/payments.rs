//! Payments on the wire.

use boxoffice::{Charge, Error, OrderId};
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
    /// What the card processor gave the page in place of the card number; `tok_visa` for the sandbox.
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
    /// `pending`, `succeeded`, `failed`, `refunding` or `refunded`.
    status: &'static str,
    gateway: &'a str,
    /// The card processor's own name for the charge.
    #[schema(required)]
    reference: Option<&'a str>,
    /// Why the card was declined, if it was.
    #[schema(required)]
    failure: Option<&'a str>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
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
            created_at: charge.created_at.to_string(),
            updated_at: charge.updated_at.to_string(),
        }
    }
}
