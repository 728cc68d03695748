//! Tests of the simulation as embedders use it, and of its findings.
#![allow(clippy::unwrap_used, reason = "the helpers of a test binary are tests too")]

#[cfg(feature = "cluster")]
mod cluster;
#[cfg(feature = "failpoints")]
mod failpoints;
mod gateways;
mod own_gateway;
