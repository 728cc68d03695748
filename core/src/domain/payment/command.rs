//! What can be asked of the payment domain.

use std::sync::Arc;

use crate::types::{CardToken, ChargeId, OrderId};

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
}

/// What became of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ChargeOutcome {
    /// The money was taken.
    Charged {
        /// The gateway's own name for it.
        reference: Option<Arc<str>>,
    },
    /// The money was not taken, and never will be.
    NotCharged {
        /// Why, in words that a buyer may read.
        reason: Arc<str>,
    },
}

/// Note that the gateway is about to be asked to give the money back.
#[derive(Debug, Clone)]
pub(crate) struct StartRefund {
    /// The order.
    pub order_id: OrderId,
    /// Whether the tickets are to be sold anew.
    pub return_to_sale: bool,
}

/// Note that the money was given back; only the system knows it.
#[derive(Debug, Clone)]
pub(crate) struct SettleRefund {
    /// The charge's order.
    pub order_id: OrderId,
    /// The charge.
    pub charge_id: ChargeId,
}
