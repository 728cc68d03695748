//! The native module of the npm package `boxoffice`: it converts, calls and converts back.
//!
//! An operation gets the slot of a promise, which the package keeps, and outcomes are delivered in batches (see
//! `completions`). Other calls return promises of napi, which it can reject only with a text. Errors are encoded as text
//! (see `errors`), from which the package's `lib/errors.js` creates error objects.
//!
//! **Invariant:** this module decides no rule and no default of the box office. **Invariant:** the thread that runs
//! JavaScript never waits for the engine, which may be waiting for a clock or a gateway written in JavaScript.

#![cfg_attr(test, allow(dead_code, reason = "napi registers functions in builds for Node only"))]

mod calls;
mod clock;
mod cluster;
mod completions;
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
