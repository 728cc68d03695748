use boxoffice::gateway;
use napi_derive::napi;

use crate::convert::{Date, date};
use crate::values::Money;

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

/// The charge that is meant, with what a gateway may need to find it.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct LookupRequest {
    /// The charge: the idempotency key under which it was begun.
    pub charge_id: String,
    /// The order for which it was begun.
    pub order_id: String,
    /// How much it is about.
    pub amount: Money,
    /// The card processor's own name for the charge, if it has told one.
    pub reference: Option<String>,
    /// When the charge was begun; its request can't have been sent earlier.
    pub created_at: Date,
}

impl From<gateway::LookupRequest> for LookupRequest {
    fn from(request: gateway::LookupRequest) -> Self {
        Self {
            charge_id: request.charge_id.to_string(),
            order_id: request.order_id.to_string(),
            amount: request.amount.into(),
            reference: request.reference.as_deref().map(str::to_owned),
            created_at: date(request.created_at),
        }
    }
}

/// What a gateway is to give back: all that was taken, or a part.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct RefundRequest {
    /// The idempotency key: each is given back at most once, however often it is asked for.
    pub refund_id: String,
    /// The charge.
    pub charge_id: String,
    /// The card processor's own name for the charge, if it has told one.
    pub reference: Option<String>,
    /// How much.
    pub amount: Money,
    /// When the charge was begun.
    pub created_at: Date,
}

impl From<gateway::RefundRequest> for RefundRequest {
    fn from(request: gateway::RefundRequest) -> Self {
        Self {
            refund_id: request.refund_id.to_string(),
            charge_id: request.charge_id.to_string(),
            reference: request.reference.as_deref().map(str::to_owned),
            amount: request.amount.into(),
            created_at: date(request.created_at),
        }
    }
}
