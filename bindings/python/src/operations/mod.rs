//! The operations of the front door, in the order of `bindings/methods.json`.

mod auth;
mod journal;
mod ledger;
mod orders;
mod payments;
mod tickets;

pub(crate) use auth::{AsyncAuth, Auth};
pub(crate) use journal::{AsyncJournal, Journal};
pub(crate) use ledger::{AsyncLedger, AsyncStatement, Ledger, Statement};
pub(crate) use orders::{AsyncOrders, Orders};
pub(crate) use payments::{AsyncPayments, Payments};
pub(crate) use tickets::{AsyncTickets, Tickets};

/// Long reads leave the thread that polls to others; a blocking caller's own thread does them itself.
pub(crate) fn reading<T>(read: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(read)
}
