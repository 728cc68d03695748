// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Results, by the operations that return them.

mod auth;
mod cluster;
mod journal;
mod ledger;
mod office;
mod orders;
mod tickets;

pub(crate) use auth::*;
pub(crate) use cluster::*;
pub(crate) use journal::*;
pub(crate) use ledger::*;
pub(crate) use office::*;
pub(crate) use orders::*;
pub(crate) use tickets::*;
