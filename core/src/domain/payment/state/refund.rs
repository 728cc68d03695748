//! Refunds of a charge.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Charge, ChargeStatus};
use crate::domain::payment::RefundReason;
use crate::types::{ChargeId, Money, RefundId};

/// Money of a charge that was given back, is being given back, or was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Refund {
    /// Id of the refund, which is the gateway's idempotency key.
    pub id: RefundId,
    /// Amount of the refund.
    pub amount: Money,
    /// Status of the refund.
    pub status: RefundStatus,
    /// Reason for the refund.
    pub reason: RefundReason,
    /// Gateway's reference for the refund.
    pub reference: Option<Arc<str>>,
    /// `true` if the tickets go back on sale once the refund is done.
    pub return_to_sale: bool,
}

/// Status of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefundStatus {
    /// The gateway has not confirmed it yet.
    Pending,
    /// The money was given back.
    Done,
    /// The gateway permanently refused it.
    Failed,
}

impl RefundStatus {
    /// Returns the published name of the status, such as `done`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl Charge {
    /// Returns the amount that was given back, in minor units.
    pub fn refunded_minor(&self) -> u64 {
        self.refunds_in(&[RefundStatus::Done])
    }

    /// Returns the amount that was given back; `None` if it is zero.
    pub fn refunded(&self) -> Option<Money> {
        Money::from_minor(self.refunded_minor(), self.amount.currency()).ok()
    }

    /// Returns the amount that may still be given back, in minor units: the charge, less completed refunds, pending
    /// refunds, and money taken back by the buyer's bank.
    pub fn refundable_minor(&self) -> u64 {
        let gone = self.refunds_in(&[RefundStatus::Done, RefundStatus::Pending]) + self.disputed_minor();
        self.amount.minor().saturating_sub(gone)
    }

    /// Returns the amount that may still be given back; `None` if nothing is left.
    pub(in crate::domain) fn refundable(&self) -> Option<Money> {
        Money::from_minor(self.refundable_minor(), self.amount.currency()).ok()
    }

    /// Returns the refund of this id.
    pub fn refund(&self, id: RefundId) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.id == id)
    }

    /// Iterates over the refunds that the gateway has not confirmed yet.
    pub fn pending_refunds(&self) -> impl Iterator<Item = &Refund> {
        self.refunds.iter().filter(|refund| refund.status == RefundStatus::Pending)
    }

    fn refunds_in(&self, statuses: &[RefundStatus]) -> u64 {
        self.refunds.iter().filter(|it| statuses.contains(&it.status)).map(|it| it.amount.minor()).sum()
    }

    /// Returns the status that follows from the refunds of a charge that took money.
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
            // Late money that is left still waits for a resolution.
            ChargeStatus::Escalated
        }
    }
}

/// Returns the id of a charge's only refund in journals from before partial refunds.
pub(in crate::domain::payment) fn only_refund(charge: ChargeId) -> RefundId {
    RefundId::from_bytes(*charge.as_bytes())
}
