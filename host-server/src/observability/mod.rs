//! What operators look at: figures by the minute, the audit trail of one order or ticket, and the check of the whole journal.
//!
//! Everything here is read from the journal, the metrics and the engine's gauges, and is gone with the process: after a start the
//! last hours are read from the journal again.
//!
//! **Invariant:** the journal's writer never waits for anything here, and memory stays bounded whatever the journal's length.

#[cfg(feature = "pages")]
pub(crate) mod audit_trail;
#[cfg(feature = "pages")]
pub(crate) mod chart;
#[cfg(feature = "pages")]
pub(crate) mod history;
pub(crate) mod metrics;
#[cfg(feature = "pages")]
mod position;
#[cfg(any(feature = "pages", feature = "cli"))]
mod throttle;
#[cfg(feature = "pages")]
mod verification;

#[cfg(feature = "cli")]
pub(crate) use throttle::Throttle;
#[cfg(feature = "pages")]
pub(crate) use verification::{State as VerificationState, Verification};
