//! The simulation as those who embed the box office use it, and what it finds.
#![allow(clippy::unwrap_used, reason = "the helpers of a test binary are tests too")]

#[cfg(feature = "failpoints")]
mod failpoints;
mod gateways;
mod own_gateway;
