//! The box office as an embedder sees it.

#![allow(clippy::unwrap_used, reason = "what can't be unwrapped fails the test")]

mod expiry;
mod idempotency;
mod payments;
mod races;
mod support;
