//! What the platform keeps, as the harness tells any host.

use boxoffice::{Currency, FeePolicy, Money};
use serde_json::{Value, json};

/// A share in percent, and US dollars for each ticket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fees {
    pub(crate) percent: &'static str,
    pub(crate) fixed: &'static str,
}

impl Fees {
    /// For a host in this process.
    pub(super) fn policy(self) -> FeePolicy {
        let fixed = Money::parse(self.fixed, Currency::USD).unwrap();
        FeePolicy::percent(self.percent).unwrap().and_fixed(fixed).unwrap()
    }

    /// For another program.
    pub(super) fn told(self) -> Value {
        json!({ "percent": self.percent, "fixed": [{ "amount": self.fixed, "currency": "USD" }] })
    }
}
