//! Disputes of a charge.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Charge;
use crate::types::Money;

/// Money of a charge that the buyer's bank took back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dispute {
    /// The gateway's own name for it.
    pub reference: Arc<str>,
    /// How much.
    pub amount: Money,
    /// Why, in the gateway's words.
    pub reason: Arc<str>,
    /// Where it is in its life.
    pub status: DisputeStatus,
}

/// Where a dispute is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DisputeStatus {
    /// It is not clear yet whose the money is.
    Open,
    /// The money came back from the buyer's bank.
    Won,
    /// The buyer keeps the money.
    Lost,
}

impl DisputeStatus {
    /// The status as published, such as `open`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
}

impl Charge {
    /// The dispute of this name.
    pub fn dispute(&self, reference: &str) -> Option<&Dispute> {
        self.disputes.iter().find(|dispute| &*dispute.reference == reference)
    }

    /// How much the buyer's bank has, in minor units.
    pub(super) fn disputed_minor(&self) -> u64 {
        self.disputes.iter().filter(|it| it.status != DisputeStatus::Won).map(|it| it.amount.minor()).sum()
    }
}
