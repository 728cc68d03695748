use pyo3::prelude::*;

use crate::convert::Time;
use crate::values::{Money, value};

value! {
    /// One attempt to take the money of one order.
    Charge(boxoffice::Charge);
    /// The charge's id.
    id: String = |charge| charge.id.to_string();
    /// The order that is paid.
    order_id: String = |charge| charge.order_id.to_string();
    /// How much.
    amount: Money = |charge| Money(charge.amount);
    /// `pending`, `succeeded`, `failed`, `refunding` or `refunded`.
    status: &'static str = |charge| charge.status.as_str();
    /// The card processor.
    gateway: String = |charge| charge.gateway.to_string();
    /// The card processor's own name for the charge.
    reference: Option<String> = |charge| charge.reference.as_deref().map(str::to_owned);
    /// Why the card was declined, if it was.
    failure: Option<String> = |charge| charge.failure.as_deref().map(str::to_owned);
    /// When it was begun.
    created_at: Time = |charge| Time(charge.created_at);
    /// When it last changed.
    updated_at: Time = |charge| Time(charge.updated_at);
}

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

/// What a gateway is to give back: all that was taken.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct RefundRequest(pub(crate) boxoffice::gateway::RefundRequest);

#[pymethods]
impl RefundRequest {
    /// The charge; also the idempotency key.
    #[getter]
    fn charge_id(&self) -> String {
        self.0.charge_id.to_string()
    }

    /// How much.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    fn __repr__(&self) -> String {
        format!("RefundRequest(charge_id='{}', …)", self.0.charge_id)
    }
}
