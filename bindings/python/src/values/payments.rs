use pyo3::prelude::*;

use crate::convert::Time;
use crate::values::Money;

/// A request to a gateway to charge a card.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct ChargeRequest(pub(crate) boxoffice::gateway::ChargeRequest);

#[pymethods]
impl ChargeRequest {
    /// Idempotency key: a gateway charges each id at most once, even if the request is repeated.
    #[getter]
    fn charge_id(&self) -> String {
        self.0.charge_id.to_string()
    }

    /// Id of the order to pay.
    #[getter]
    fn order_id(&self) -> String {
        self.0.order_id.to_string()
    }

    /// Amount to charge.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// Card token. It appears in no `repr`.
    #[getter]
    fn token(&self) -> &str {
        self.0.token.expose()
    }

    fn __repr__(&self) -> String {
        format!("ChargeRequest(charge_id='{}', order_id='{}', …)", self.0.charge_id, self.0.order_id)
    }
}

/// The charge to look up, capture or void, with the data that a gateway may need to find it.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct LookupRequest(pub(crate) boxoffice::gateway::LookupRequest);

#[pymethods]
impl LookupRequest {
    /// Id of the charge: the idempotency key under which it was begun.
    #[getter]
    fn charge_id(&self) -> String {
        self.0.charge_id.to_string()
    }

    /// Id of the order for which the charge was begun.
    #[getter]
    fn order_id(&self) -> String {
        self.0.order_id.to_string()
    }

    /// Amount of the charge.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// The card processor's own id of the charge, if known.
    #[getter]
    fn reference(&self) -> Option<String> {
        self.0.reference.as_deref().map(str::to_owned)
    }

    /// Time at which the charge was begun. Its request was not sent earlier.
    #[getter]
    fn created_at(&self) -> Time {
        Time(self.0.created_at)
    }

    fn __repr__(&self) -> String {
        format!("LookupRequest(charge_id='{}', order_id='{}', …)", self.0.charge_id, self.0.order_id)
    }
}

/// A request to a gateway to refund a charge, in full or in part.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct RefundRequest(pub(crate) boxoffice::gateway::RefundRequest);

#[pymethods]
impl RefundRequest {
    /// Idempotency key: a gateway refunds each id at most once, even if the request is repeated.
    #[getter]
    fn refund_id(&self) -> String {
        self.0.refund_id.to_string()
    }

    /// The card processor's own id of the charge, if known.
    #[getter]
    fn reference(&self) -> Option<String> {
        self.0.reference.as_deref().map(str::to_owned)
    }

    /// Id of the charge.
    #[getter]
    fn charge_id(&self) -> String {
        self.0.charge_id.to_string()
    }

    /// Amount to refund.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// Time at which the charge was begun.
    #[getter]
    fn created_at(&self) -> Time {
        Time(self.0.created_at)
    }

    fn __repr__(&self) -> String {
        format!("RefundRequest(refund_id='{}', charge_id='{}', …)", self.0.refund_id, self.0.charge_id)
    }
}
