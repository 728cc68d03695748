//! Why the ledger domain says no.

/// Why the ledger domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// The actor is neither an operator nor the system.
    OperatorRequired,
    /// There is no such seller.
    SellerNotFound,
    /// The seller is owed less.
    ExceedsBalance,
}
