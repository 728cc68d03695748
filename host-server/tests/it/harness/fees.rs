//! The platform's fees, for all kinds of hosts.

use boxoffice::{Currency, FeePolicy, Money};
use serde_json::{Value, json};

/// A percentage, and a fixed amount in US dollars per ticket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fees {
    pub(crate) percent: &'static str,
    pub(crate) fixed: &'static str,
}

impl Fees {
    /// Returns the fees for a host in this process.
    pub(super) fn policy(self) -> FeePolicy {
        let fixed = Money::parse(self.fixed, Currency::USD).unwrap();
        FeePolicy::percent(self.percent).unwrap().and_fixed(fixed).unwrap()
    }

    /// Returns the fees as JSON, for another program.
    pub(super) fn told(self) -> Value {
        json!({ "percent": self.percent, "fixed": [{ "amount": self.fixed, "currency": "USD" }] })
    }
}
