//! Tests of the order domain, as given, when, then.

mod cancel;
mod create;
