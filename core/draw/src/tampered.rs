//! Reasons why a published draw is not believed.

use crate::commitment::CommitmentError;
use crate::source::RevealError;

/// Reason why a file or a proof is not that of a draw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Tampered {
    /// The text is no JSON, lacks a field, or has one that there is not.
    #[error("it can't be read: {0}")]
    Text(String),
    /// The file has a format of a later version, or none that there is.
    #[error("it has format {0}, which this version doesn't know")]
    Format(u32),
    /// The draw could not have been made on these terms.
    #[error(transparent)]
    Commitment(#[from] CommitmentError),
    /// What was revealed is not what the source has.
    #[error(transparent)]
    Revealed(#[from] RevealError),
    /// The chance does not follow from the commitment and what was revealed.
    #[error("the chance doesn't follow from the commitment")]
    Chance,
    /// The file has another number of entries than was committed to.
    #[error("it has another number of entries than was committed to")]
    Count,
    /// An entry is there twice.
    #[error("an entry is there twice")]
    Doubled,
    /// The entries are not those that were committed to.
    #[error("its entries are not those that were committed to")]
    Entries,
    /// The entry with this place, from 1, has a smaller number than the one before.
    #[error("place {0} belongs before the one above")]
    Order(u64),
    /// The root of the order is that of another order.
    #[error("its order is not the one of its root")]
    OrderRoot,
    /// A proof's entry is none of those that were committed to.
    #[error("the entry is none of those that were committed to")]
    Membership,
    /// A proof's entry has another place.
    #[error("the entry has another place")]
    Place,
}
