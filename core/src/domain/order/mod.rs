//! Orders: one buyer's claim on tickets, then their purchase.
//!
//! ```text
//!    created ──pay──▶ awaiting_payment ──charged──▶ complete
//!       │                 │  └── declined ─────────▶ cancelled (payment_failed)
//!       │                 └── outcome unknown: stays until the gateway tells (see payment)
//!       ├── buyer cancels ─────────────────────────▶ cancelled (buyer)
//!       └── expires_at reached ────────────────────▶ expired
//! ```
//!
//! **Invariant:** an order locks all of its tickets or none. No other order holds one of them while it is open.
//!
//! **Invariant:** `cancelled`, `expired` and `complete` are final. Every end but `complete` frees the tickets in the same event.

mod cancel_order;
mod create_order;
mod rejection;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use cancel_order::CancelOrder;
pub use cancel_order::{CancelReason, OrderCancelled};
pub(super) use create_order::orderable_again;
pub(crate) use create_order::{Agreed, CreateOrder, TicketIds};
pub use create_order::{OrderCreated, OrderedTicket};
pub(crate) use rejection::{Rejection, codes};
pub(crate) use state::TicketVersions;
pub use state::{Order, OrderStatus, TicketVersion};
pub(super) use state::{after_this, end, payable, version_step};
