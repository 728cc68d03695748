//! Conversion of input from callers and gateways in other languages to types of the core.
//!
//! Each package checks the answers of gateways in its own language, where error messages can be most precise. It passes
//! them on in one form common to all packages. This crate converts that form to the types that gateways in Rust return.

mod answer;
mod cause;
mod log;
mod query;
mod webhook_event;

pub use answer::{amount_answer, charge_answer, refund_answer, refunds_answer};
pub use cause::causes;
pub use log::{LogRecord, hear};
pub use query::{TicketQueryInput, ledger_query, order_query};
pub use webhook_event::{listed_refunds, webhook_error, webhook_event};
