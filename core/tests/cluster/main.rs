//! Several box offices on one journal, beside three real servers, as embedding programs see them.
//!
//! The tests start the servers; `BOXOFFICE_NATS_SERVER` names the program.
#![allow(clippy::unwrap_used, reason = "the helpers of a test binary are tests too")]

mod failover;
mod payments;
mod rotation;
mod second_host;
mod sharing;
mod support;
