// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! What comes out of `orders`, as immutable Python objects.

use crate::generated::prelude::*;

/// One buyer's claim on tickets, then their purchase.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order(pub(crate) Arc<boxoffice::Order>);

#[pymethods]
impl Order {
    /// The order's id.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Who buys.
    #[getter]
    fn buyer_id(&self) -> String {
        self.0.buyer_id.to_string()
    }

    /// Where it is in its life.
    #[getter]
    fn status(&self) -> Name<boxoffice::OrderStatus> {
        Name(self.0.status)
    }

    /// Why it was cancelled, if it was.
    #[getter]
    fn cancel_reason(&self) -> Option<Name<boxoffice::CancelReason>> {
        self.0.cancel_reason.as_ref().map(|one| Name(*one))
    }

    /// The sum of the prices.
    #[getter]
    fn total(&self) -> Money {
        Money(self.0.total)
    }

    /// When the hold ends unless a payment has started.
    #[getter]
    fn expires_at(&self) -> Time {
        Time(self.0.expires_at)
    }

    /// The tickets as they were at the moment of the lock.
    #[getter]
    fn tickets(&self) -> Vec<OrderedTicket> {
        self.0.tickets.iter().map(|one| OrderedTicket(one.clone())).collect()
    }

    /// The attempt to take the money, once there is one.
    #[getter]
    fn charge(&self) -> Option<Charge> {
        self.0.charge.as_ref().map(|one| Charge(one.clone()))
    }

    /// 1 when created, one more after every event of the order or its charge.
    #[getter]
    fn version(&self) -> u64 {
        self.0.version
    }

    /// When it was created.
    #[getter]
    fn created_at(&self) -> Time {
        Time(self.0.created_at)
    }

    /// When it last changed.
    #[getter]
    fn updated_at(&self) -> Time {
        Time(self.0.updated_at)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(
            slf.as_any(),
            "Order",
            &[
                "id",
                "buyer_id",
                "status",
                "cancel_reason",
                "total",
                "expires_at",
                "tickets",
                "charge",
                "version",
                "created_at",
                "updated_at",
            ],
        )
    }
}

/// A ticket as it was when an order locked it.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderedTicket(pub(crate) boxoffice::OrderedTicket);

#[pymethods]
impl OrderedTicket {
    /// The ticket.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Who sells it.
    #[getter]
    fn seller_id(&self) -> String {
        self.0.seller_id.to_string()
    }

    /// What it was called.
    #[getter]
    fn title(&self) -> String {
        self.0.title.to_string()
    }

    /// What it cost; what the buyer pays.
    #[getter]
    fn price(&self) -> Money {
        Money(self.0.price)
    }

    /// The ticket's version after the lock.
    #[getter]
    fn version(&self) -> u64 {
        self.0.version
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "OrderedTicket", &["id", "seller_id", "title", "price", "version"])
    }
}

/// One attempt to take the money of one order.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Charge(pub(crate) boxoffice::Charge);

#[pymethods]
impl Charge {
    /// The charge's id; the gateway's idempotency key.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// The order.
    #[getter]
    fn order_id(&self) -> String {
        self.0.order_id.to_string()
    }

    /// What is taken.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// Where it is in its life.
    #[getter]
    fn status(&self) -> Name<boxoffice::ChargeStatus> {
        Name(self.0.status)
    }

    /// The gateway's name.
    #[getter]
    fn gateway(&self) -> String {
        self.0.gateway.to_string()
    }

    /// The gateway's own name for the charge.
    #[getter]
    fn reference(&self) -> Option<String> {
        self.0.reference.as_ref().map(|one| one.to_string())
    }

    /// Why it failed, in words that a buyer may read.
    #[getter]
    fn failure(&self) -> Option<String> {
        self.0.failure.as_ref().map(|one| one.to_string())
    }

    /// Whether the money came for an order that had ended.
    #[getter]
    fn late(&self) -> bool {
        self.0.late
    }

    /// What was given back, or is to be, in the order in which it was begun.
    #[getter]
    fn refunds(&self) -> Vec<Refund> {
        self.0.refunds.iter().map(|one| Refund(one.clone())).collect()
    }

    /// What the buyer's bank took back, in the order in which it did.
    #[getter]
    fn disputes(&self) -> Vec<Dispute> {
        self.0.disputes.iter().map(|one| Dispute(one.clone())).collect()
    }

    /// The order that the money pays instead, if it came late and its buyer could still have the tickets.
    #[getter]
    fn transferred_to(&self) -> Option<String> {
        self.0.transferred_to.as_ref().map(|one| one.to_string())
    }

    /// When it was started.
    #[getter]
    fn created_at(&self) -> Time {
        Time(self.0.created_at)
    }

    /// When it last changed.
    #[getter]
    fn updated_at(&self) -> Time {
        Time(self.0.updated_at)
    }

    /// Returns how much was given back; `None` while nothing was.
    #[getter]
    fn refunded(&self) -> Option<Money> {
        self.0.refunded().map(|one| Money(one))
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(
            slf.as_any(),
            "Charge",
            &[
                "id",
                "order_id",
                "amount",
                "status",
                "gateway",
                "reference",
                "failure",
                "late",
                "refunds",
                "disputes",
                "transferred_to",
                "created_at",
                "updated_at",
                "refunded",
            ],
        )
    }
}

/// Money of a charge that was given back, or is to be.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refund(pub(crate) boxoffice::Refund);

#[pymethods]
impl Refund {
    /// The refund's id; the gateway's idempotency key.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// How much.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// Where it is in its life.
    #[getter]
    fn status(&self) -> Name<boxoffice::RefundStatus> {
        Name(self.0.status)
    }

    /// Why.
    #[getter]
    fn reason(&self) -> Name<boxoffice::RefundReason> {
        Name(self.0.reason)
    }

    /// The gateway's own name for it.
    #[getter]
    fn reference(&self) -> Option<String> {
        self.0.reference.as_ref().map(|one| one.to_string())
    }

    /// Whether the tickets are sold anew once it is done.
    #[getter]
    fn return_to_sale(&self) -> bool {
        self.0.return_to_sale
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Refund", &["id", "amount", "status", "reason", "reference", "return_to_sale"])
    }
}

/// Money of a charge that the buyer's bank took back.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dispute(pub(crate) boxoffice::Dispute);

#[pymethods]
impl Dispute {
    /// The gateway's own name for it.
    #[getter]
    fn reference(&self) -> String {
        self.0.reference.to_string()
    }

    /// How much.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// Why, in the gateway's words.
    #[getter]
    fn reason(&self) -> String {
        self.0.reason.to_string()
    }

    /// Where it is in its life.
    #[getter]
    fn status(&self) -> Name<boxoffice::DisputeStatus> {
        Name(self.0.status)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Dispute", &["reference", "amount", "reason", "status"])
    }
}

/// A page of a listing. A page may be short, even empty, and yet have a next one.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderPage(pub(crate) boxoffice::Page<Arc<boxoffice::Order>>);

#[pymethods]
impl OrderPage {
    /// The entries.
    #[getter]
    fn items(&self) -> Vec<Order> {
        self.0.items.iter().cloned().map(Order).collect()
    }

    /// The cursor of the next page; `None` on the last.
    #[getter]
    fn next(&self) -> Option<String> {
        self.0.next.as_ref().map(ToString::to_string)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "OrderPage", &["items", "next"])
    }
}
