//! One buyer's claim on tickets, then their purchase.
//!
//! ```text
//!    created ──pay──▶ awaiting_payment ──charged──▶ complete
//!       │                 │  └── declined ─────────▶ cancelled (payment_failed)
//!       │                 └── outcome unknown: stays until the gateway tells (see payment)
//!       ├── buyer cancels ─────────────────────────▶ cancelled (buyer)
//!       └── expires_at reached ────────────────────▶ expired
//! ```
//!
//! **Invariant:** an order locks all of its tickets or none, and while it is open nobody else holds one of them.
//!
//! **Invariant:** `cancelled`, `expired` and `complete` are final. Every end but `complete` frees the tickets in the same event.

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use command::{CancelOrder, CreateOrder, TicketIds};
pub(crate) use decide::Rejection;
pub(super) use decide::{cancel_order, create_order, orderable_again, payable};
pub(crate) use event::TicketVersions;
pub use event::{CancelReason, OrderCancelled, OrderCreated, OrderedTicket, TicketVersion};
pub use state::{Order, OrderStatus};
pub(super) use state::{after_this, apply_cancelled, apply_created, end, version_step};
