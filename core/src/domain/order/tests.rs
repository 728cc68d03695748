//! Given, when, then.

mod cancel;
mod create;
