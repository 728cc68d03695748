//! Why the ticket domain says no.

/// Why the ticket domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such ticket.
    NotFound,
    /// The actor is not the seller.
    NotYours,
    /// An open order holds the ticket.
    Locked,
    /// The ticket is sold.
    Sold,
    /// The ticket was withdrawn.
    Withdrawn,
    /// The ticket has another version than the caller expected.
    VersionMismatch,
    /// The seller is gone, or it is the system, which sells nothing.
    NoSeller,
}
