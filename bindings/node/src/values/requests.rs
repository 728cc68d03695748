use boxoffice::gateway;
use napi_derive::napi;

use crate::convert::{Date, date};
use crate::values::Money;

/// A request to a gateway to charge a card.
#[napi(object, object_from_js = false)]
pub struct ChargeRequest {
    /// Idempotency key: a gateway charges each id at most once, even if the request is repeated.
    pub charge_id: String,
    /// Id of the order to pay.
    pub order_id: String,
    /// Amount to charge.
    pub amount: Money,
    /// Card token.
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

/// The charge to look up, capture or void, with the data that a gateway may need to find it.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct LookupRequest {
    /// Id of the charge: the idempotency key under which it was begun.
    pub charge_id: String,
    /// Id of the order for which the charge was begun.
    pub order_id: String,
    /// Amount of the charge.
    pub amount: Money,
    /// The card processor's own id of the charge, if known.
    pub reference: Option<String>,
    /// Time at which the charge was begun. Its request was not sent earlier.
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

/// A request to a gateway to refund a charge, in full or in part.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct RefundRequest {
    /// Idempotency key: a gateway refunds each id at most once, even if the request is repeated.
    pub refund_id: String,
    /// Id of the charge.
    pub charge_id: String,
    /// The card processor's own id of the charge, if known.
    pub reference: Option<String>,
    /// Amount to refund.
    pub amount: Money,
    /// Time at which the charge was begun.
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
