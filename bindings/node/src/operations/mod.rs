//! The operations of the front door, in the order of `bindings/methods.json`.

mod auth;
mod journal;
mod ledger;
mod orders;
mod payments;
mod salvage;
mod tickets;

use boxoffice::Error;
use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, ToNapiValue};

use crate::errors::rejection;

pub(crate) use auth::Auth;
pub(crate) use journal::Journal;
pub(crate) use ledger::Ledger;
pub(crate) use orders::Orders;
pub(crate) use payments::Payments;
pub(crate) use tickets::Tickets;

/// A promise of what is known already. To have another thread find it out would cost more than the rest of the call.
fn known<T: ToNapiValue + Send + 'static>(env: &Env, outcome: Result<T, Error>) -> napi::Result<PromiseRaw<'_, T>> {
    match outcome {
        Ok(value) => PromiseRaw::resolve(env, value),
        Err(error) => env.spawn_future(async move { Err(rejection(error)) }),
    }
}

/// Long reads leave the thread that polls to others.
fn reading<T>(read: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(read)
}
