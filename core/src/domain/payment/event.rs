//! The facts of the payment domain. They belong to the stream of the charge's order.

use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::order::TicketVersions;
use crate::types::{ChargeId, Money, OrderId, RefundId};

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
    /// What the platform keeps of each, in minor units and the order's sequence; empty if that is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<u64>,
}

/// The money is set aside: the order keeps its tickets until it is captured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeAuthorized {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// The gateway's own name for the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
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
    /// The new refund; the gateway's idempotency key. Journals from before partial refunds have none: there was one a charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<RefundId>,
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
    /// Somebody did it at the card processor's own desk.
    Elsewhere,
}

impl RefundReason {
    /// The reason as published, such as `requested`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Late => "late",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// Money was given back.
///
/// A refund that nobody asked the box office for, because it was made at the card processor's own desk, has no `RefundStarted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeRefunded {
    /// The refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<RefundId>,
    /// The charge.
    pub charge_id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// What was given back.
    pub amount: Money,
    /// The gateway's own name for the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
    /// The tickets that are for sale again.
    #[serde(default, skip_serializing_if = "TicketVersions::is_empty")]
    pub tickets: TicketVersions,
}

/// The gateway refused to give the money back, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundFailed {
    /// The refund.
    pub refund_id: RefundId,
    /// The charge.
    pub charge_id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// What was not given back.
    pub amount: Money,
    /// Why, in the gateway's words.
    pub reason: Arc<str>,
}

/// Money came for an order that had ended.
///
/// What becomes of it is told by the next event of the same moment: [`ChargeTransferred`], [`RefundStarted`] or
/// [`ChargeEscalated`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LateMoneyReceived {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
    /// What was taken.
    pub amount: Money,
    /// The gateway's own name for the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
}

/// A charge that came late pays a new order, because its buyer could still have the tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeTransferred {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
    /// The new order.
    pub to: OrderId,
}

/// Money is nobody's and could not be given back: an operator has to see to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeEscalated {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
    /// How much there is.
    pub amount: Money,
    /// Why.
    pub reason: Arc<str>,
}

/// An operator has seen to money that was nobody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EscalationResolved {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
    /// How much it was about.
    pub amount: Money,
    /// What became of it.
    pub resolution: Resolution,
    /// What the operator wants remembered.
    pub note: Arc<str>,
}

/// What became of money that was nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(not(feature = "simulation"), non_exhaustive)]
pub enum Resolution {
    /// The buyer has it back by another way, such as a bank transfer.
    ReturnedElsewhere,
    /// The platform keeps it.
    Kept,
}

impl Resolution {
    /// The resolution as published, such as `kept`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReturnedElsewhere => "returned_elsewhere",
            Self::Kept => "kept",
        }
    }
}

impl FromStr for Resolution {
    type Err = UnknownResolution;

    fn from_str(text: &str) -> Result<Self, UnknownResolution> {
        let all = [Self::ReturnedElsewhere, Self::Kept];
        all.into_iter().find(|resolution| resolution.as_str() == text).ok_or(UnknownResolution)
    }
}

/// A text that is no [`Resolution`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be returned_elsewhere or kept")]
pub struct UnknownResolution;

/// Money was set aside for an order that had ended; the gateway is about to be asked to release it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoidStarted {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
    /// The gateway's own name for the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Arc<str>>,
}

/// Money that was set aside was released: none was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeVoided {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order that had ended.
    pub order_id: OrderId,
}

/// The buyer's bank took money back until it is clear whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChargeDisputed {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// The gateway's own name for the dispute.
    pub reference: Arc<str>,
    /// How much.
    pub amount: Money,
    /// Why, in the gateway's words.
    pub reason: Arc<str>,
}

/// It is clear whose disputed money is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisputeClosed {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order.
    pub order_id: OrderId,
    /// The gateway's own name for the dispute.
    pub reference: Arc<str>,
    /// How much it was about.
    pub amount: Money,
    /// Whether it came back from the buyer's bank.
    pub won: bool,
}
