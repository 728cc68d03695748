//! The facts of the payment domain. They belong to the stream of the charge's order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::order::TicketVersions;
use crate::types::{ChargeId, Money, OrderId};

/// The gateway is about to be asked for the money of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentStarted {
    /// The new charge; the gateway's idempotency key.
    pub charge_id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// What is to be taken.
    pub amount: Money,
    /// The gateway's name.
    pub gateway: Arc<str>,
}

/// The money was taken: the order is complete and its tickets are sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeCreated {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// What was taken.
    pub amount: Money,
    /// The gateway's own name for the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
    /// The tickets that are sold.
    pub tickets: TicketVersions,
}

/// The money was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeFailed {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// Why, in words that a buyer may read.
    pub reason: Arc<str>,
}

/// The gateway is about to be asked to give the money back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundStarted {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// What is to be given back.
    pub amount: Money,
    /// Why.
    pub reason: RefundReason,
    /// Whether the tickets are sold anew once it is done.
    pub return_to_sale: bool,
}

/// Why money is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefundReason {
    /// The seller or an operator asked for it.
    Requested,
    /// The money was taken for an order that had ended.
    Late,
}

/// The money was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeRefunded {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// What was given back.
    pub amount: Money,
    /// The tickets that are for sale again.
    #[serde(default, skip_serializing_if = "TicketVersions::is_empty")]
    pub tickets: TicketVersions,
}
