use pyo3::prelude::*;

use crate::convert::Time;
use crate::values::Money;

/// What a gateway is to charge.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct ChargeRequest(pub(crate) boxoffice::gateway::ChargeRequest);

#[pymethods]
impl ChargeRequest {
    /// The idempotency key: each is charged at most once, however often it is asked for.
    #[getter]
    fn charge_id(&self) -> String {
        self.0.charge_id.to_string()
    }

    /// The order that is paid.
    #[getter]
    fn order_id(&self) -> String {
        self.0.order_id.to_string()
    }

    /// How much.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// From which card. It is in no `repr`.
    #[getter]
    fn token(&self) -> &str {
        self.0.token.expose()
    }

    fn __repr__(&self) -> String {
        format!("ChargeRequest(charge_id='{}', order_id='{}', …)", self.0.charge_id, self.0.order_id)
    }
}

/// The charge that is meant, with what a gateway may need to find it.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct LookupRequest(pub(crate) boxoffice::gateway::LookupRequest);

#[pymethods]
impl LookupRequest {
    /// The charge: the idempotency key under which it was begun.
    #[getter]
    fn charge_id(&self) -> String {
        self.0.charge_id.to_string()
    }

    /// The order for which it was begun.
    #[getter]
    fn order_id(&self) -> String {
        self.0.order_id.to_string()
    }

    /// How much it is about.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// The card processor's own name for the charge, if it has told one.
    #[getter]
    fn reference(&self) -> Option<String> {
        self.0.reference.as_deref().map(str::to_owned)
    }

    /// When the charge was begun; its request can't have been sent earlier.
    #[getter]
    fn created_at(&self) -> Time {
        Time(self.0.created_at)
    }

    fn __repr__(&self) -> String {
        format!("LookupRequest(charge_id='{}', order_id='{}', …)", self.0.charge_id, self.0.order_id)
    }
}

/// What a gateway is to give back: all that was taken, or a part.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct RefundRequest(pub(crate) boxoffice::gateway::RefundRequest);

#[pymethods]
impl RefundRequest {
    /// The idempotency key: each is given back at most once, however often it is asked for.
    #[getter]
    fn refund_id(&self) -> String {
        self.0.refund_id.to_string()
    }

    /// The card processor's own name for the charge, if it has told one.
    #[getter]
    fn reference(&self) -> Option<String> {
        self.0.reference.as_deref().map(str::to_owned)
    }

    /// The charge.
    #[getter]
    fn charge_id(&self) -> String {
        self.0.charge_id.to_string()
    }

    /// How much.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// When the charge was begun.
    #[getter]
    fn created_at(&self) -> Time {
        Time(self.0.created_at)
    }

    fn __repr__(&self) -> String {
        format!("RefundRequest(refund_id='{}', charge_id='{}', …)", self.0.refund_id, self.0.charge_id)
    }
}
