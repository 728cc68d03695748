//! Tickets: one ticket is one place at one show.
//!
//! ```text
//!                 create            lock (order created)            paid
//!    (nothing) ───────────▶ available ───────────────────▶ locked ───────────▶ sold
//!                             │  ▲  └── update title/price/show/seat  │          │
//!                             │  ├────── order cancelled / expired ───┘          │
//!                             │  └────── refunded, back on sale ─────────────────┘
//!                             └──────────▶ withdrawn (by its seller)
//! ```
//!
//! **Invariant:** a locked or sold ticket has exactly one holder; other tickets have none.
//!
//! **Invariant:** one seat of one show is on sale once, until the show starts. Journals from before this was decided may hold
//! doubles, which stay as they are.
//!
//! **Invariant:** a ticket can be edited or withdrawn only while it is available, and only by its seller.

mod create_tickets;
mod rejection;
mod reschedule_tickets;
#[cfg(test)]
mod seat_tests;
mod seats;
mod state;
#[cfg(test)]
mod tests;
mod update_ticket;
mod withdraw_ticket;

pub use create_tickets::TicketCreated;
pub(crate) use create_tickets::{CreateTickets, Listing};
pub(crate) use rejection::{Rejection, codes};
pub(crate) use reschedule_tickets::RescheduleTickets;
pub(crate) use seats::{OneShow, SeatKey, SeatKeyMaker, SeatKeys, Seats, seat_of};
pub use state::{Show, Ticket, TicketStatus};
pub(super) use state::{free, lock, return_to_sale, sell};
pub use update_ticket::TicketUpdated;
pub(crate) use update_ticket::UpdateTicket;
pub use withdraw_ticket::TicketWithdrawn;
pub(crate) use withdraw_ticket::WithdrawTicket;
