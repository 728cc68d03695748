//! Tests of the payment domain, as given, when, then.

mod charge;
mod late;
mod refund;
