//! Why the expiration domain says no.

/// Why the expiration domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such order.
    NotFound,
    /// The order is not watched, or its deadline lies ahead.
    NotDue,
}
