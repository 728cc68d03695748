use boxoffice::gateway;
use napi_derive::napi;

use crate::convert::{Date, date};
use crate::values::Money;

/// One attempt to take the money of one order.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Charge {
    /// The charge's id.
    pub id: String,
    /// The order that is paid.
    pub order_id: String,
    /// How much.
    pub amount: Money,
    /// How it stands.
    #[napi(ts_type = "'pending' | 'succeeded' | 'failed' | 'refunding' | 'refunded'")]
    pub status: &'static str,
    /// The card processor.
    pub gateway: String,
    /// The card processor's own name for the charge.
    pub reference: Option<String>,
    /// Why the card was declined, if it was.
    pub failure: Option<String>,
    /// When it was begun.
    pub created_at: Date,
    /// When it last changed.
    pub updated_at: Date,
}

impl From<&boxoffice::Charge> for Charge {
    fn from(charge: &boxoffice::Charge) -> Self {
        Self {
            id: charge.id.to_string(),
            order_id: charge.order_id.to_string(),
            amount: charge.amount.into(),
            status: charge.status.as_str(),
            gateway: charge.gateway.to_string(),
            reference: charge.reference.as_deref().map(str::to_owned),
            failure: charge.failure.as_deref().map(str::to_owned),
            created_at: date(charge.created_at),
            updated_at: date(charge.updated_at),
        }
    }
}

/// What a gateway is to charge.
#[napi(object, object_from_js = false)]
pub struct ChargeRequest {
    /// The idempotency key: each is charged at most once, however often it is asked for.
    pub charge_id: String,
    /// The order that is paid.
    pub order_id: String,
    /// How much.
    pub amount: Money,
    /// From which card.
    pub token: String,
}

impl std::fmt::Debug for ChargeRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChargeRequest").field("charge_id", &self.charge_id).finish_non_exhaustive()
    }
}

impl From<gateway::ChargeRequest> for ChargeRequest {
    fn from(request: gateway::ChargeRequest) -> Self {
        Self {
            charge_id: request.charge_id.to_string(),
            order_id: request.order_id.to_string(),
            amount: request.amount.into(),
            token: request.token.expose().to_owned(),
        }
    }
}

/// What a gateway is to give back: all that was taken.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct RefundRequest {
    /// The charge; also the idempotency key.
    pub charge_id: String,
    /// How much.
    pub amount: Money,
}

impl From<gateway::RefundRequest> for RefundRequest {
    fn from(request: gateway::RefundRequest) -> Self {
        Self { charge_id: request.charge_id.to_string(), amount: request.amount.into() }
    }
}
