//! Refunds of a charge.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Charge, ChargeStatus};
use crate::domain::payment::RefundReason;
use crate::types::{ChargeId, Money, RefundId};

/// Money of a charge that was given back, or is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Refund {
    /// The refund's id; the gateway's idempotency key.
    pub id: RefundId,
    /// How much.
    pub amount: Money,
    /// Where it is in its life.
    pub status: RefundStatus,
    /// Why.
    pub reason: RefundReason,
    /// The gateway's own name for it.
    pub reference: Option<Arc<str>>,
    /// Whether the tickets are sold anew once it is done.
    pub return_to_sale: bool,
}

/// Where a refund is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefundStatus {
    /// The gateway has not confirmed it yet.
    Pending,
    /// The money was given back.
    Done,
    /// The gateway refused it for good.
    Failed,
}

impl RefundStatus {
    /// The status as published, such as `done`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl Charge {
    /// How much was given back, in minor units.
    pub fn refunded_minor(&self) -> u64 {
        self.refunds_in(&[RefundStatus::Done])
    }

    /// Returns how much was given back; `None` while nothing was.
    pub fn refunded(&self) -> Option<Money> {
        Money::from_minor(self.refunded_minor(), self.amount.currency()).ok()
    }

    /// How much may still be given back, in minor units: what was taken, less what was given back, is about to be, or was taken
    /// back by the buyer's bank.
    pub fn refundable_minor(&self) -> u64 {
        let gone = self.refunds_in(&[RefundStatus::Done, RefundStatus::Pending]) + self.disputed_minor();
        self.amount.minor().saturating_sub(gone)
    }

    /// The same as money; `None` if nothing is left.
    pub(in crate::domain) fn refundable(&self) -> Option<Money> {
        Money::from_minor(self.refundable_minor(), self.amount.currency()).ok()
    }

    /// The refund of this id.
    pub fn refund(&self, id: RefundId) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.id == id)
    }

    /// The refunds that the gateway has not confirmed yet.
    pub fn pending_refunds(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.iter().filter(|refund| refund.status == RefundStatus::Pending)
    }

    fn refunds_in(&self, statuses: &[RefundStatus]) -> u64 {
        self.refunds.iter().filter(|it| statuses.contains(&it.status)).map(|it| it.amount.minor()).sum()
    }

    /// The status that follows from the refunds of a charge that took money.
    pub(in crate::domain::payment) fn status_by_refunds(&self) -> ChargeStatus {
        if self.pending_refunds().next().is_some() {
            ChargeStatus::Refunding
        } else if self.refunded_minor() >= self.amount.minor() {
            ChargeStatus::Refunded
        } else if !self.late {
            ChargeStatus::Succeeded
        } else if self.status == ChargeStatus::Kept {
            ChargeStatus::Kept
        } else {
            // What is left of money that came late still waits for somebody.
            ChargeStatus::Escalated
        }
    }
}

/// The id of the one refund of a charge in journals from before partial refunds.
pub(in crate::domain::payment) fn only_refund(charge: ChargeId) -> RefundId {
    RefundId::from_bytes(*charge.as_bytes())
}
