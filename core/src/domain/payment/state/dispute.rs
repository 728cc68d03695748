//! Disputes of a charge.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Charge;
use crate::types::Money;

/// Money of a charge that the buyer's bank took back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dispute {
    /// Gateway's reference for the dispute.
    pub reference: Arc<str>,
    /// Disputed amount.
    pub amount: Money,
    /// Reason, in the gateway's words.
    pub reason: Arc<str>,
    /// Status of the dispute.
    pub status: DisputeStatus,
}

/// Status of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DisputeStatus {
    /// The dispute is not decided yet.
    Open,
    /// The money came back from the buyer's bank.
    Won,
    /// The buyer keeps the money.
    Lost,
}

impl DisputeStatus {
    /// Returns the published name of the status, such as `open`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
}

impl Charge {
    /// Returns the dispute with this reference.
    pub fn dispute(&self, reference: &str) -> Option<&Dispute> {
        self.disputes.iter().find(|dispute| &*dispute.reference == reference)
    }

    /// Returns the amount that the buyer's bank has, in minor units.
    pub(super) fn disputed_minor(&self) -> u64 {
        self.disputes.iter().filter(|it| it.status != DisputeStatus::Won).map(|it| it.amount.minor()).sum()
    }
}
