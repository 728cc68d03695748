//! Hand-written types of input and output: money, records, and the requests to gateways. The rest is generated.

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

/// Returns the `repr` of an object with these fields.
pub(crate) fn repr(object: &pyo3::Bound<'_, pyo3::PyAny>, name: &str, fields: &[&str]) -> pyo3::PyResult<String> {
    use pyo3::types::PyAnyMethods;
    let mut shown = Vec::with_capacity(fields.len());
    for field in fields {
        shown.push(format!("{field}={}", object.getattr(*field)?.repr()?));
    }
    Ok(format!("{name}({})", shown.join(", ")))
}
