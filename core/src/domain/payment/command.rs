//! What can be asked of the payment domain.

use std::sync::Arc;

use super::event::Resolution;
use crate::types::{CardToken, ChargeId, Money, OrderId, RefundId};

/// Note that the gateway is about to be asked for the money; the actor is the order's buyer.
#[derive(Debug, Clone)]
pub(crate) struct StartPayment {
    /// The order.
    pub order_id: OrderId,
    /// The id that the charge will have; the gateway's idempotency key.
    pub charge_id: ChargeId,
    /// The gateway's name.
    pub gateway: Arc<str>,
    /// The card; it goes to the gateway and is never written down.
    pub token: CardToken,
}

/// Note the gateway's answer to a charge; only the system knows it.
#[derive(Debug, Clone)]
pub(crate) struct SettleCharge {
    /// The charge's order.
    pub order_id: OrderId,
    /// The charge.
    pub charge_id: ChargeId,
    /// What the gateway said.
    pub outcome: ChargeOutcome,
    /// The id of the order that the money pays if it comes too late for its own.
    pub new_order_id: OrderId,
}

/// What became of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChargeOutcome {
    /// The money was taken.
    Charged {
        /// The gateway's own name for it.
        reference: Option<Arc<str>>,
    },
    /// The money is set aside.
    Authorized {
        /// The gateway's own name for it.
        reference: Option<Arc<str>>,
    },
    /// The money was not taken, and never will be.
    NotCharged {
        /// Why, in words that a buyer may read.
        reason: Arc<str>,
    },
}

/// Note that the gateway is about to be asked to give money back.
#[derive(Debug, Clone)]
pub(crate) struct StartRefund {
    /// The order.
    pub order_id: OrderId,
    /// The id that the refund will have; the gateway's idempotency key.
    pub refund_id: RefundId,
    /// How much; all that is left if nothing is said.
    pub amount: Option<Money>,
    /// Whether the tickets are to be sold anew.
    pub return_to_sale: bool,
}

/// Note what became of a refund; only the system knows it.
#[derive(Debug, Clone)]
pub(crate) struct SettleRefund {
    /// The charge's order.
    pub order_id: OrderId,
    /// The charge.
    pub charge_id: ChargeId,
    /// The refund.
    pub refund_id: RefundId,
    /// What the gateway said.
    pub outcome: RefundOutcome,
    /// The id of the order that the money pays if it came too late for its own and can't go back.
    pub new_order_id: OrderId,
}

/// What became of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RefundOutcome {
    /// The money was given back.
    Refunded {
        /// The gateway's own name for it.
        reference: Option<Arc<str>>,
    },
    /// The money was not given back, and never will be under this id.
    Refused {
        /// Why, in the gateway's words.
        reason: Arc<str>,
    },
}

/// Note that money was given back at the gateway's own desk; only the system knows it.
#[derive(Debug, Clone)]
pub(crate) struct RecordRefund {
    /// The charge's order.
    pub order_id: OrderId,
    /// The charge.
    pub charge_id: ChargeId,
    /// The id of the refund, made of the gateway's own name for it: it is recorded once.
    pub refund_id: RefundId,
    /// The gateway's own name for it.
    pub reference: Arc<str>,
    /// How much.
    pub amount: Money,
}

/// Note that the buyer's bank took money back; only the system knows it.
#[derive(Debug, Clone)]
pub(crate) struct OpenDispute {
    /// The charge's order.
    pub order_id: OrderId,
    /// The charge.
    pub charge_id: ChargeId,
    /// The gateway's own name for the dispute.
    pub reference: Arc<str>,
    /// How much.
    pub amount: Money,
    /// Why, in the gateway's words.
    pub reason: Arc<str>,
}

/// Note whose disputed money is; only the system knows it.
#[derive(Debug, Clone)]
pub(crate) struct CloseDispute {
    /// The charge's order.
    pub order_id: OrderId,
    /// The charge.
    pub charge_id: ChargeId,
    /// The gateway's own name for the dispute.
    pub reference: Arc<str>,
    /// Whether the money came back from the buyer's bank.
    pub won: bool,
}

/// Note what became of money that was nobody's.
#[derive(Debug, Clone)]
pub(crate) struct ResolveEscalation {
    /// The order that had ended.
    pub order_id: OrderId,
    /// What became of it.
    pub resolution: Resolution,
    /// What the operator wants remembered.
    pub note: Arc<str>,
}
