//! The native module of the npm package `boxoffice`: it converts, calls and converts back.
//!
//! Operations run on napi's threads and return promises. napi can reject a promise only with a text. Errors are encoded
//! as text (see `errors`), from which the package's `lib/errors.js` creates error objects.
//!
//! **Invariant:** this module decides no rule and no default of the box office. **Invariant:** the thread that runs
//! JavaScript never waits for the engine, which may be waiting for a clock or a gateway written in JavaScript.

#![cfg_attr(test, allow(dead_code, reason = "napi registers functions in builds for Node only"))]

mod calls;
mod clock;
mod cluster;
mod convert;
mod errors;
mod feed;
mod gateway;
mod generated;
mod http;
mod log;
mod office;
mod recover;
mod stripe;
mod values;
