//! The simulation as those who embed the box office use it, and what it finds.
#![allow(clippy::unwrap_used, reason = "the helpers of a test binary are tests too")]

mod gateways;
#[cfg(feature = "failpoints")]
mod mistakes;
mod own_gateway;
