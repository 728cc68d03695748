//! An embeddable box office: it signs people in, lists tickets, locks a ticket to one buyer, expires the lock, takes the payment
//! and keeps every fact in a durable journal.
//!
//! Start at [`BoxOffice`]. Exactly one buyer ever wins a ticket, an order is charged at most once, and what was answered is
//! still there after any crash.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod blocking;
mod clock;
mod command;
#[cfg(any(test, feature = "simulation"))]
mod disk;
mod domain;
mod engine;
mod error;
mod event;
mod failpoint;
mod failures;
pub mod gateway;
mod identity;
mod ids;
mod in_progress;
mod journal;
mod office;
mod private_file;
#[cfg(any(test, feature = "simulation"))]
#[doc(hidden)]
pub mod simulation;
mod statement;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod types;
mod verify;
mod views;

pub use clock::{Clock, SystemClock, Waker};
pub use domain::Limits;
pub use domain::auth::User;
pub use domain::cluster::Host;
pub use domain::ledger::{Account, BalanceEntryKind, EntryKind, FeeError, FeePolicy, LedgerEntry, Payout, Posting};
pub use domain::order::{Order, OrderStatus};
pub use domain::payment::{
    Charge, ChargeStatus, Dispute, DisputeStatus, LateMoneyPolicy, LateMoneyStep, Refund, RefundStatus,
    UnknownLateMoneyStep,
};
pub use domain::ticket::{Show, Ticket, TicketStatus};
pub use domain::webhook::{Webhook, WebhookProgress};
pub use engine::Subscription;
pub use error::{Code, Error, ErrorKind, FieldError, FieldErrors};
pub use event::*;
pub use failures::LastError;
pub use identity::{KeyRing, Session};
pub use ids::{IdSource, RandomIds};
pub use office::*;
pub use types::*;
pub use verify::{Problem, VerifyReport};
pub use views::{
    Cursor, CursorParseError, LedgerQuery, OrderQuery, Page, PageLimit, PageLimitParseError, PriceBound, SearchText,
    SearchTextError, TicketQuery, TicketSort, TicketStatusFilter,
};

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The examples of the guide are tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/src/guide/rust.md")]
pub struct Guide;
