//! The facts of the ledger domain. All other entries follow from the facts of payments.

use serde::{Deserialize, Serialize};

use crate::types::{Money, PayoutId, PayoutReference, UserId};

/// A seller was paid what they were owed, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PayoutRecorded {
    /// The payout.
    pub payout_id: PayoutId,
    /// Who was paid.
    pub seller_id: UserId,
    /// How much.
    pub amount: Money,
    /// By what it is found at the bank.
    pub reference: PayoutReference,
}
