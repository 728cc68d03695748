//! What has no common form of what goes in and what comes out: money, records, and what gateways are asked. The rest is generated.

mod journal;
mod ledger;
mod money;
mod payments;
mod webhooks;

pub(crate) use journal::Record;
pub(crate) use ledger::{FeePolicy, SignedMoney, signed_money};
pub(crate) use money::Money;
pub(crate) use payments::{ChargeRequest, LookupRequest, RefundRequest};
pub(crate) use webhooks::WebhookMessage;

/// What an object looks like to a programmer.
pub(crate) fn repr(object: &pyo3::Bound<'_, pyo3::PyAny>, name: &str, fields: &[&str]) -> pyo3::PyResult<String> {
    use pyo3::types::PyAnyMethods;
    let mut shown = Vec::with_capacity(fields.len());
    for field in fields {
        shown.push(format!("{field}={}", object.getattr(*field)?.repr()?));
    }
    Ok(format!("{name}({})", shown.join(", ")))
}
