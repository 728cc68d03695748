//! Given, when, then.

mod charge;
mod refund;
