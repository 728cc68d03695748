//! What can be asked of the ledger domain.

use crate::types::{Money, PayoutId, PayoutReference, UserId};

/// Note that a seller was paid what they are owed, or a part of it.
#[derive(Debug, Clone)]
pub(crate) struct RecordPayout {
    /// The id that the payout will have.
    pub payout_id: PayoutId,
    /// Who was paid.
    pub seller_id: UserId,
    /// How much.
    pub amount: Money,
    /// By what it is found at the bank.
    pub reference: PayoutReference,
}
