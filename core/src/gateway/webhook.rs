//! Inbound webhook events from a card processor.

use std::fmt;
use std::sync::Arc;

use super::{ChargeAnswer, RefundAnswer};
use crate::types::{ChargeId, Money, OrderId, RefundId, Timestamp};

/// A message byte for byte as it was received, because its signature covers the bytes.
#[derive(Clone, Copy)]
pub struct WebhookMessage<'a> {
    /// Headers, with names in lower case.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// Body of the request.
    pub body: &'a [u8],
    /// Time against which the age of the message is checked.
    pub now: Timestamp,
}

impl WebhookMessage<'_> {
    /// Returns the first header named `name`, which must be in lower case, if its value is UTF-8.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(other, _)| *other == name)?;
        std::str::from_utf8(value).ok()
    }
}

impl fmt::Debug for WebhookMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookMessage").field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// An event that the card processor has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The card processor's own id of the event. Redeliveries carry the same id.
    pub id: Arc<str>,
    /// Content of the event; `None` if it does not concern a box office.
    pub report: Option<GatewayReport>,
}

/// Content of an inbound webhook event.
///
/// Charges are identified by the ids with which they were started.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "simulation"), non_exhaustive)]
pub enum GatewayReport {
    /// The state of a charge.
    Charge {
        /// Order for which the charge was started.
        order_id: OrderId,
        /// Id of the charge.
        charge_id: ChargeId,
        /// State of the charge.
        answer: ChargeAnswer,
    },
    /// The state of a refund that the box office requested.
    Refund {
        /// Order of the charge.
        order_id: OrderId,
        /// Id of the charge.
        charge_id: ChargeId,
        /// Id of the refund.
        refund_id: RefundId,
        /// State of the refund.
        answer: RefundAnswer,
    },
    /// A refund that somebody made at the card processor itself.
    RefundElsewhere {
        /// Order of the charge.
        order_id: OrderId,
        /// Id of the charge.
        charge_id: ChargeId,
        /// The card processor's own id of the refund.
        reference: Arc<str>,
        /// Amount that was given back.
        amount: Money,
    },
    /// The refunds of a charge have changed. The box office looks them up by
    /// [`refunds_of`](super::PaymentGateway::refunds_of).
    RefundsChanged {
        /// Order of the charge.
        order_id: OrderId,
        /// Id of the charge.
        charge_id: ChargeId,
    },
    /// A dispute was opened: the buyer's bank withholds the money until the dispute is decided.
    DisputeOpened {
        /// Order of the charge.
        order_id: OrderId,
        /// Id of the charge.
        charge_id: ChargeId,
        /// The card processor's own id of the dispute.
        reference: Arc<str>,
        /// Disputed amount.
        amount: Money,
        /// Reason in the card processor's words.
        reason: Arc<str>,
    },
    /// A dispute was decided.
    DisputeClosed {
        /// Order of the charge.
        order_id: OrderId,
        /// Id of the charge.
        charge_id: ChargeId,
        /// The card processor's own id of the dispute.
        reference: Arc<str>,
        /// `true` if the money came back from the buyer's bank.
        won: bool,
    },
}

impl GatewayReport {
    /// Returns the id of the charge that the event is about.
    pub const fn charge_id(&self) -> ChargeId {
        match self {
            Self::Charge { charge_id, .. }
            | Self::Refund { charge_id, .. }
            | Self::RefundElsewhere { charge_id, .. }
            | Self::RefundsChanged { charge_id, .. }
            | Self::DisputeOpened { charge_id, .. }
            | Self::DisputeClosed { charge_id, .. } => *charge_id,
        }
    }
}

/// Reasons why an inbound webhook event is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The gateway sends no webhook events.
    #[error("this card processor sends no messages")]
    Unsupported,
    /// The signature does not match, so the message does not come from the card processor.
    #[error("the signature does not match")]
    Signature,
    /// The message is too old or from the future; it may be a replay.
    #[error("the message is too old")]
    Stale,
    /// The signature is valid, but the message can't be parsed.
    #[error("the message can't be read: {0}")]
    Malformed(String),
    /// The card processor could not be queried for details that the message omits. It will send the message again.
    #[error("{0}")]
    Unavailable(String),
}
