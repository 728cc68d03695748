// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Code generated from the façade. Its documentation is in `index.d.ts`.

#![allow(missing_docs, reason = "what JavaScript sees is documented in index.d.ts")]
#![allow(unused_imports, reason = "the prelude has what any file may need")]
#![allow(clippy::pedantic, clippy::too_many_arguments, reason = "it is written for all types alike")]

mod auth;
mod choices;
mod cluster;
mod inputs;
mod journal;
mod ledger;
mod office;
mod option_sets;
mod orders;
mod parts;
mod payments;
mod texts;
mod tickets;
mod values;

mod prelude {

    pub(crate) use std::collections::HashMap;
    pub(crate) use std::path::PathBuf;
    pub(crate) use std::sync::Arc;

    pub(crate) use boxoffice::{Builder, Change, Error, FieldErrors, Limits};
    pub(crate) use napi::Env;
    pub(crate) use napi::bindgen_prelude::Buffer;
    pub(crate) use napi_derive::napi;

    pub(crate) use super::*;
    pub(crate) use crate::calls::{Parts, Progress, aside, reading, telling};
    pub(crate) use crate::convert::{
        Acting, Date, Shown, When, changed, header_bytes, id, ids, key, millis, natural, parsed, shown_as_name,
        shown_as_secret, shown_as_text, user, written,
    };
    pub(crate) use crate::errors::rejection;
    pub(crate) use crate::feed::Subscription;
    pub(crate) use crate::gateway::GatewayHooks;
    pub(crate) use crate::office::{Office, Shared, present};
    pub(crate) use crate::values::{FeePolicy, JournalRecord, Money, SignedMoney};
}

pub(crate) use auth::Auth;
pub(crate) use choices::NativeOptions;
pub(crate) use cluster::Cluster;
pub(crate) use inputs::*;
pub(crate) use journal::Journal;
pub(crate) use ledger::Ledger;
pub(crate) use option_sets::*;
pub(crate) use orders::Orders;
pub(crate) use parts::*;
pub(crate) use payments::Payments;
pub(crate) use tickets::Tickets;
pub(crate) use values::*;
