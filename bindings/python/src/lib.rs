//! The native module of the Python package `boxoffice`: it converts, calls and converts back.
//!
//! The module `generated` is generated from the façade of the core. It has each operation in two façades: a blocking one
//! that releases the interpreter lock, and one that returns an `asyncio.Future`, unless it answers at once. The other
//! modules are hand-written.
//!
//! **Invariant:** this module decides no rule and no default of the box office.

mod bell;
mod call;
mod clock;
mod cluster;
mod completions;
mod convert;
mod errors;
mod feed;
mod gateway;
#[allow(clippy::pedantic, clippy::style, clippy::complexity, reason = "it is written for a reader of the generator")]
mod generated;
mod http;
mod log;
mod office;
mod parts;
mod recover;
mod stripe;
mod values;

/// Returns `true` if `interpreter` is the first that called this, where `interpreter` is a number unique to it.
///
/// Interpreters must not share objects, but static objects of this module would be shared. Only the first interpreter of
/// a process may therefore use it.
#[pyo3::pyfunction]
fn is_first_interpreter(interpreter: usize) -> bool {
    static FIRST: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *FIRST.get_or_init(|| interpreter) == interpreter
}

/// The version of the package.
#[pyo3::pyfunction]
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

generated::native_module! {
    /// Native part of the package `boxoffice`.
    mod _native {
        #[pymodule_export]
        use crate::clock::ManualClock;
        #[pymodule_export]
        use crate::cluster::init_cluster;
        #[pymodule_export]
        use crate::convert::TheSystem;
        #[pymodule_export]
        use crate::errors::codes;
        #[pymodule_export]
        use crate::feed::{AsyncSubscription, Subscription};
        #[pymodule_export]
        use crate::gateway::{check_gateway, refunds_error, webhook_event_error};
        #[pymodule_export]
        use crate::http::{HttpApp, HttpResponse, openapi};
        #[pymodule_export]
        use crate::is_first_interpreter;
        #[pymodule_export]
        use crate::log::{end_log, hear_log, next_log};
        #[pymodule_export]
        use crate::office::Office;
        #[pymodule_export]
        use crate::recover::recover;
        #[pymodule_export]
        use crate::stripe::StripeGateway;
        #[pymodule_export]
        use crate::version;
        #[pymodule_export]
        use crate::values::{
            ChargeRequest, FeePolicy, LookupRequest, Money, WebhookMessage, Record, RefundRequest, SignedMoney, signed_money,
        };
    }
}
