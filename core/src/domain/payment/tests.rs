//! Given, when, then.

mod charge;
mod late;
mod refund;
