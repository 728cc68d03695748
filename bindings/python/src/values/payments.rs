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
    /// `pending`, `authorized`, `succeeded`, `failed`, `refunding` or `refunded`; of money that came late also `late`,
    /// `transferred`, `escalated`, `kept`, `voiding` or `voided`.
    status: &'static str = |charge| charge.status.as_str();
    /// The card processor.
    gateway: String = |charge| charge.gateway.to_string();
    /// The card processor's own name for the charge.
    reference: Option<String> = |charge| charge.reference.as_deref().map(str::to_owned);
    /// Why the card was declined, if it was.
    failure: Option<String> = |charge| charge.failure.as_deref().map(str::to_owned);
    /// Whether the money came for an order that had ended.
    late: bool = |charge| charge.late;
    /// How much was given back; `None` while nothing was.
    refunded: Option<Money> = |charge| given_back(charge).map(Money);
    /// What was given back, or is to be, in the order in which it was begun.
    refunds: Vec<Refund> = |charge| charge.refunds.iter().cloned().map(Refund).collect();
    /// What the buyer's bank took back, in the order in which it did.
    disputes: Vec<Dispute> = |charge| charge.disputes.iter().cloned().map(Dispute).collect();
    /// The order that the money pays instead, if it came late and its buyer could still have the tickets.
    transferred_to: Option<String> = |charge| charge.transferred_to.map(|id| id.to_string());
    /// When it was begun.
    created_at: Time = |charge| Time(charge.created_at);
    /// When it last changed.
    updated_at: Time = |charge| Time(charge.updated_at);
}

/// How much of a charge was given back, if any was.
fn given_back(charge: &boxoffice::Charge) -> Option<boxoffice::Money> {
    boxoffice::Money::from_minor(charge.refunded_minor(), charge.amount.currency()).ok()
}

value! {
    /// Money of a charge that was given back, or is to be.
    Refund(boxoffice::Refund);
    /// The refund's id.
    id: String = |refund| refund.id.to_string();
    /// How much.
    amount: Money = |refund| Money(refund.amount);
    /// `pending`, `done`, or `failed` if the card processor refused it for good.
    status: &'static str = |refund| refund.status.as_str();
    /// `requested`; `late` if the money was taken for an order that had ended; `elsewhere` if it was given back at the card
    /// processor's own desk.
    reason: &'static str = |refund| refund.reason.as_str();
    /// The card processor's own name for the refund.
    reference: Option<String> = |refund| refund.reference.as_deref().map(str::to_owned);
}

value! {
    /// Money of a charge that the buyer's bank took back.
    Dispute(boxoffice::Dispute);
    /// The card processor's own name for it.
    reference: String = |dispute| dispute.reference.to_string();
    /// How much.
    amount: Money = |dispute| Money(dispute.amount);
    /// Why, in the card processor's words.
    reason: String = |dispute| dispute.reason.to_string();
    /// `open`, `won` if the money came back, or `lost` if the buyer keeps it.
    status: &'static str = |dispute| dispute.status.as_str();
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
