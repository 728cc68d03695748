//! What is for sale: one ticket is one place at one show.
//!
//! ```text
//!                 create            lock (order created)            paid
//!    (nothing) ───────────▶ available ───────────────────▶ locked ───────────▶ sold
//!                             │  ▲  └── update title/price/show       │          │
//!                             │  ├────── order cancelled / expired ───┘          │
//!                             │  └────── refunded, back on sale ─────────────────┘
//!                             └──────────▶ withdrawn (by its seller)
//! ```
//!
//! **Invariant:** a ticket has a holder exactly while it is locked or sold, and never two.
//!
//! **Invariant:** only an available ticket is edited or withdrawn, and only by its seller.

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use command::{CreateTickets, Listing, UpdateTicket, WithdrawTicket};
pub(crate) use decide::Rejection;
pub(super) use decide::{create_tickets, update_ticket, withdraw_ticket};
pub use event::{TicketCreated, TicketUpdated, TicketWithdrawn};
pub use state::{Show, Ticket, TicketStatus};
pub(super) use state::{apply_created, apply_updated, apply_withdrawn, free, lock, return_to_sale, sell};
