//! What a card processor tells without being asked.

use std::fmt;
use std::sync::Arc;

use super::{ChargeAnswer, RefundAnswer};
use crate::types::{ChargeId, Money, OrderId, RefundId, Timestamp};

/// A message as it came, byte for byte, because that is what is signed.
#[derive(Clone, Copy)]
pub struct NoticeMessage<'a> {
    /// The headers, with names in lower case.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body.
    pub body: &'a [u8],
    /// The time by which its age is judged.
    pub now: Timestamp,
}

impl NoticeMessage<'_> {
    /// The first header of this name, which is in lower case, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(other, _)| *other == name)?;
        std::str::from_utf8(value).ok()
    }
}

impl fmt::Debug for NoticeMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoticeMessage").field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// A message that comes from the card processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The card processor's own name for the message, the same whenever it comes again.
    pub id: Arc<str>,
    /// What it says; `None` if that is of no concern to a box office.
    pub fact: Option<NoticeFact>,
}

/// What a card processor may tell.
///
/// Charges are named by the ids that they were begun with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "simulation"), non_exhaustive)]
pub enum NoticeFact {
    /// What became of a charge.
    Charge {
        /// The order for which it was begun.
        order_id: OrderId,
        /// The charge.
        charge_id: ChargeId,
        /// What became of it.
        answer: ChargeAnswer,
    },
    /// What became of a refund that the box office asked for.
    Refund {
        /// The order.
        order_id: OrderId,
        /// The charge.
        charge_id: ChargeId,
        /// The refund.
        refund_id: RefundId,
        /// What became of it.
        answer: RefundAnswer,
    },
    /// Money was given back by somebody at the card processor's own desk.
    RefundElsewhere {
        /// The order.
        order_id: OrderId,
        /// The charge.
        charge_id: ChargeId,
        /// The card processor's own name for the refund.
        reference: Arc<str>,
        /// How much.
        amount: Money,
    },
    /// The buyer's bank takes money back until it is clear whose it is.
    DisputeOpened {
        /// The order.
        order_id: OrderId,
        /// The charge.
        charge_id: ChargeId,
        /// The card processor's own name for the dispute.
        reference: Arc<str>,
        /// How much.
        amount: Money,
        /// Why, in the card processor's words.
        reason: Arc<str>,
    },
    /// It is clear whose the disputed money is.
    DisputeClosed {
        /// The order.
        order_id: OrderId,
        /// The charge.
        charge_id: ChargeId,
        /// The card processor's own name for the dispute.
        reference: Arc<str>,
        /// Whether it came back from the buyer's bank.
        won: bool,
    },
}

impl NoticeFact {
    /// The charge that it is about.
    pub const fn charge_id(&self) -> ChargeId {
        match self {
            Self::Charge { charge_id, .. }
            | Self::Refund { charge_id, .. }
            | Self::RefundElsewhere { charge_id, .. }
            | Self::DisputeOpened { charge_id, .. }
            | Self::DisputeClosed { charge_id, .. } => *charge_id,
        }
    }
}

/// Why a message is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoticeError {
    /// The gateway knows no such messages.
    #[error("this card processor sends no messages")]
    Unsupported,
    /// It does not come from the card processor.
    #[error("the signature does not match")]
    Signature,
    /// It is too old or from the future: perhaps somebody has recorded it and sends it again.
    #[error("the message is too old")]
    Stale,
    /// It is signed, but not in a form that is understood.
    #[error("the message can't be read: {0}")]
    Malformed(String),
    /// The card processor could not be asked for what the message leaves out; it will send the message again.
    #[error("{0}")]
    Unavailable(String),
}
