//! Tests of the host from the outside. Most call the router in this process, with a manual clock; `process` and `crash`
//! start the real binary. With `BOXOFFICE_TEST_HOST`, they call another program, and with `BOXOFFICE_TEST_PROXY` the router
//! through a proxy, except in modules named `inside`, `process`, `crash` and `cluster`.

#![allow(clippy::unwrap_used, reason = "what can't be unwrapped fails the test")]

#[cfg(feature = "cluster")]
mod cluster;
mod connections;
mod console;
mod crash;
mod documents;
mod errors;
mod harness;
mod idempotency;
mod inside;
mod journal;
mod ledger;
mod operations;
mod orders;
mod payments;
mod process;
mod race;
mod recover;
mod refunds;
mod security;
#[cfg(feature = "stripe")]
mod stripe;
mod tickets;
mod unknown_fields;
mod users;
mod webhooks;
