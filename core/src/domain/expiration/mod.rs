//! Ends holds at their deadline.
//!
//! ```text
//!   order created ──▶ watched ──deadline reached──▶ expired (OrderExpired)
//!                       │
//!                       └── payment started, or cancelled ──▶ no longer watched
//! ```
//!
//! **Invariant:** exactly the orders in state `created` are watched.
//!
//! **Invariant:** orders expire in the order of their deadlines, and never before the engine's own time has reached the
//! deadline. Every other decision checks the deadline too, so a late timer never prolongs a hold.

mod expire_order;
mod rejection;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use expire_order::ExpireOrder;
pub use expire_order::OrderExpired;
pub(crate) use rejection::{Rejection, codes};
pub(crate) use state::Deadlines;
