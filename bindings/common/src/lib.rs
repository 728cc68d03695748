//! What callers and gateways in another language say, as the core has it.
//!
//! Each package checks the form of what a gateway returns in its own language, where it can say best what is wrong, and hands it on
//! in one form that is the same for all. Here it becomes what a gateway in Rust would have returned.

mod answer;
mod cause;
mod log;
mod query;
mod webhook_event;

pub use answer::{charge_answer, refund_answer};
pub use cause::causes;
pub use log::{LogRecord, hear};
pub use query::{TicketQueryInput, ledger_query, order_query};
pub use webhook_event::{webhook_error, webhook_event};
