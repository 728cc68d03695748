//! The box office through its façade, as an embedding program sees it.
#![allow(clippy::unwrap_used, reason = "the helpers of a test binary are tests too")]
#![allow(clippy::unchecked_time_subtraction, reason = "a test that subtracts too much should panic")]

mod admin;
mod attack;
mod auth;
mod backup;
mod breakdown;
mod contention;
mod expiration;
mod gateway_branches;
mod gateway_facts;
mod gateways;
mod idempotency;
mod inbound_webhooks;
mod journal;
mod ledger;
mod lifecycle;
mod orders;
mod pages;
mod payments;
mod refunds;
mod seats;
mod sessions;
mod support;
mod upgrade;
mod verify;
