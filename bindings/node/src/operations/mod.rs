//! The operations of the front door, in the order of `bindings/methods.json`.

mod auth;
mod journal;
mod ledger;
mod orders;
mod payments;
mod salvage;
mod tickets;

pub(crate) use auth::Auth;
pub(crate) use journal::Journal;
pub(crate) use ledger::Ledger;
pub(crate) use orders::Orders;
pub(crate) use payments::Payments;
pub(crate) use tickets::Tickets;

/// Long reads leave the thread that polls to others.
fn reading<T>(read: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(read)
}
