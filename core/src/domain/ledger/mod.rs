//! Double-entry ledger of who owns which money, as a view over the journal.
//!
//! ```text
//!   ChargeCreated        the buyer paid             processor +price    sellers -(price - fee)   fees -fee
//!   ChargeRefunded       money went back            processor -amount   sellers and fees + in proportion
//!   LateMoneyReceived    money is nobody's          processor +amount   late -amount
//!   ChargeRefunded       … and went back            processor -amount   late +amount
//!   ChargeTransferred    … or pays a new order      processor -amount   late +amount, then ChargeCreated
//!   EscalationResolved   … or somebody has it       processor or fees - late +amount
//!   ChargeDisputed       the buyer's bank has it    processor -amount   disputed +amount
//!   DisputeClosed        won                        processor +amount   disputed -amount
//!   DisputeClosed        lost                       disputed -amount    sellers and fees + in proportion
//!   PayoutRecorded       the seller has it          processor -amount   seller +amount
//! ```
//!
//! Entries are not commands: they follow from the facts, one for each fact that moves money, and are numbered 1, 2, 3,
//! …. An entry uses only what its fact contains. Therefore the fees of a sale are decided when it is paid and recorded
//! with it, and a new policy never changes past entries.
//!
//! **Invariant:** the postings of an entry sum to zero, in one currency. Therefore the balances of all accounts of a
//! currency sum to zero at every moment.
//!
//! **Invariant:** after a full refund, in however many parts, no seller keeps money of the charge and the platform
//! keeps no fee. No account gives back more than it had of a charge: what a bank or the processor takes beyond that is
//! the platform's loss.

mod fees;
mod postings;
mod record_payout;
mod rejection;
mod split;
mod state;
#[cfg(test)]
mod tests;

pub use fees::{FeeError, FeePolicy};
pub(super) use postings::Entry;
pub use record_payout::PayoutRecorded;
pub(crate) use record_payout::RecordPayout;
pub(crate) use rejection::{Rejection, codes};
pub(crate) use split::Split;
pub(super) use state::Draft;
pub use state::{Account, BalanceEntryKind, EntryKind, LedgerEntry, Payout, Posting};
pub(crate) use state::{Accounts, Ledger, Totals};
