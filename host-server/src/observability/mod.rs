//! Observability for operators: metrics per minute, audit trails, and the verification of the journal.
//!
//! Everything here is computed from the journal, the metrics and the engine's gauges, and is not stored. After a start,
//! the journal's last hours are read again.
//!
//! **Invariant:** the journal's writer never waits for anything here, and memory stays bounded for journals of any
//! length.

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
