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
    /// How it stands; from `late` on, it is about money that came late.
    #[napi(
        ts_type = "'pending' | 'authorized' | 'succeeded' | 'failed' | 'refunding' | 'refunded' | 'late' | 'transferred' | 'escalated' | 'kept' | 'voiding' | 'voided'"
    )]
    pub status: &'static str,
    /// The card processor.
    pub gateway: String,
    /// The card processor's own name for the charge.
    pub reference: Option<String>,
    /// Why the card was declined, if it was.
    pub failure: Option<String>,
    /// Whether the money came for an order that had ended.
    pub late: bool,
    /// How much was given back; not there while nothing was.
    pub refunded: Option<Money>,
    /// What was given back, or is to be, in the order in which it was begun.
    pub refunds: Vec<Refund>,
    /// What the buyer's bank took back, in the order in which it did.
    pub disputes: Vec<Dispute>,
    /// The order that the money pays instead, if it came late and its buyer could still have the tickets.
    pub transferred_to: Option<String>,
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
            late: charge.late,
            refunded: given_back(charge).map(Into::into),
            refunds: charge.refunds.iter().map(Into::into).collect(),
            disputes: charge.disputes.iter().map(Into::into).collect(),
            transferred_to: charge.transferred_to.map(|id| id.to_string()),
            created_at: date(charge.created_at),
            updated_at: date(charge.updated_at),
        }
    }
}

/// How much of a charge was given back, if any was.
fn given_back(charge: &boxoffice::Charge) -> Option<boxoffice::Money> {
    boxoffice::Money::from_minor(charge.refunded_minor(), charge.amount.currency()).ok()
}

/// Money of a charge that was given back, or is to be.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Refund {
    /// The refund's id.
    pub id: String,
    /// How much.
    pub amount: Money,
    /// How it stands: `failed` if the card processor refused it for good.
    #[napi(ts_type = "'pending' | 'done' | 'failed'")]
    pub status: &'static str,
    /// Why: `late` if the money was taken for an order that had ended, `elsewhere` if it was given back at the card processor's own
    /// desk.
    #[napi(ts_type = "'requested' | 'late' | 'elsewhere'")]
    pub reason: &'static str,
    /// The card processor's own name for the refund.
    pub reference: Option<String>,
}

impl From<&boxoffice::Refund> for Refund {
    fn from(refund: &boxoffice::Refund) -> Self {
        Self {
            id: refund.id.to_string(),
            amount: refund.amount.into(),
            status: refund.status.as_str(),
            reason: refund.reason.as_str(),
            reference: refund.reference.as_deref().map(str::to_owned),
        }
    }
}

/// Money of a charge that the buyer's bank took back.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Dispute {
    /// The card processor's own name for it.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// Why, in the card processor's words.
    pub reason: String,
    /// How it stands: `won` if the money came back, `lost` if the buyer keeps it.
    #[napi(ts_type = "'open' | 'won' | 'lost'")]
    pub status: &'static str,
}

impl From<&boxoffice::Dispute> for Dispute {
    fn from(dispute: &boxoffice::Dispute) -> Self {
        Self {
            reference: dispute.reference.to_string(),
            amount: dispute.amount.into(),
            reason: dispute.reason.to_string(),
            status: dispute.status.as_str(),
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
