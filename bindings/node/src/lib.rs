//! The native module of the npm package `boxoffice`: it converts, calls and converts back.
//!
//! Operations run on napi's threads and answer with promises. A promise can only be rejected with a text here, so errors travel as
//! one (see `errors`), and the package's `lib/errors.js` makes objects of it.
//!
//! **Invariant:** no rule and no default of the box office is decided here. **Invariant:** the thread that runs JavaScript never
//! waits for the engine, which may be waiting for a clock or a gateway that is written in JavaScript.

#![cfg_attr(test, allow(dead_code, reason = "napi registers functions in builds for Node only"))]

mod calls;
mod clock;
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
