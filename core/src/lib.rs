//! An embeddable box office: it signs people in, lists tickets, locks a ticket to one buyer, expires the lock, takes the payment
//! and keeps every fact in a durable journal.
//!
//! Start at [`BoxOffice`]. Exactly one buyer ever wins a ticket, an order is charged at most once, and what was answered is
//! still there after any crash.

pub mod blocking;
mod clock;
mod command;
mod domain;
mod engine;
mod error;
mod event;
pub mod gateway;
mod ids;
mod journal;
mod mistake;
mod office;
mod private_file;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod types;
mod views;

pub use clock::{Clock, SystemClock, Waker};
pub use domain::Limits;
pub use domain::auth::User;
pub use domain::ledger::{Account, EntryKind, FeeError, FeePolicy, LedgerEntry, Payout, Posting};
pub use domain::order::{Order, OrderStatus};
pub use domain::payment::{
    Charge, ChargeStatus, Dispute, DisputeStatus, LateMoneyPolicy, LateMoneyStep, Refund, RefundStatus,
    UnknownLateMoneyStep,
};
pub use domain::ticket::{Show, Ticket, TicketStatus};
pub use engine::Subscription;
pub use error::{Code, Error, ErrorKind, Fault};
pub use event::*;
pub use ids::{IdSource, RandomIds};
pub use office::*;
pub use types::*;
pub use views::{Cursor, CursorParseError, Page, RawLedgerQuery, RawOrderQuery, RawTicketQuery};

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The examples of the guide are tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/src/guide/rust.md")]
pub struct Guide;
