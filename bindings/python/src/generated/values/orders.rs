// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Results of `orders`, as immutable Python objects.

use crate::generated::prelude::*;

/// One buyer's claim on tickets, then their purchase.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order(pub(crate) Arc<boxoffice::Order>);

#[pymethods]
impl Order {
    /// Id of the order.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Buyer of the tickets.
    #[getter]
    fn buyer_id(&self) -> String {
        self.0.buyer_id.to_string()
    }

    /// Status of the order.
    #[getter]
    fn status(&self) -> Name<boxoffice::OrderStatus> {
        Name(self.0.status)
    }

    /// Reason why it was cancelled, if it was.
    #[getter]
    fn cancel_reason(&self) -> Option<Name<boxoffice::CancelReason>> {
        self.0.cancel_reason.as_ref().map(|one| Name(*one))
    }

    /// Sum of the prices.
    #[getter]
    fn total(&self) -> Money {
        Money(self.0.total)
    }

    /// Time at which the hold ends unless a payment has started.
    #[getter]
    fn expires_at(&self) -> Time {
        Time(self.0.expires_at)
    }

    /// Tickets as they were when the order locked them.
    #[getter]
    fn tickets(&self) -> Vec<OrderedTicket> {
        self.0.tickets.iter().map(|one| OrderedTicket(one.clone())).collect()
    }

    /// Attempt to take the money, once there is one.
    #[getter]
    fn charge(&self) -> Option<Charge> {
        self.0.charge.as_ref().map(|one| Charge(one.clone()))
    }

    /// Version: 1 when created, incremented by every event of the order or its charge.
    #[getter]
    fn version(&self) -> u64 {
        self.0.version
    }

    /// Time at which it was created.
    #[getter]
    fn created_at(&self) -> Time {
        Time(self.0.created_at)
    }

    /// Time of the last change.
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
    /// Id of the ticket.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Seller of the ticket.
    #[getter]
    fn seller_id(&self) -> String {
        self.0.seller_id.to_string()
    }

    /// Title of the ticket at that time.
    #[getter]
    fn title(&self) -> String {
        self.0.title.to_string()
    }

    /// Price at that time, which the buyer pays.
    #[getter]
    fn price(&self) -> Money {
        Money(self.0.price)
    }

    /// Version of the ticket after the lock.
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
    /// Id of the charge, which is the gateway's idempotency key.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Id of the order.
    #[getter]
    fn order_id(&self) -> String {
        self.0.order_id.to_string()
    }

    /// Amount that is taken.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// Status of the charge.
    #[getter]
    fn status(&self) -> Name<boxoffice::ChargeStatus> {
        Name(self.0.status)
    }

    /// Name of the gateway.
    #[getter]
    fn gateway(&self) -> String {
        self.0.gateway.to_string()
    }

    /// Gateway's reference for the charge.
    #[getter]
    fn reference(&self) -> Option<String> {
        self.0.reference.as_ref().map(|one| one.to_string())
    }

    /// Reason why it failed, in words that a buyer may read.
    #[getter]
    fn failure(&self) -> Option<String> {
        self.0.failure.as_ref().map(|one| one.to_string())
    }

    /// `True` if the money came for an order that had ended.
    #[getter]
    fn late(&self) -> bool {
        self.0.late
    }

    /// Refunds of all statuses, in the order in which they were started.
    #[getter]
    fn refunds(&self) -> Vec<Refund> {
        self.0.refunds.iter().map(|one| Refund(one.clone())).collect()
    }

    /// Money that the buyer's bank took back, in the order in which it did.
    #[getter]
    fn disputes(&self) -> Vec<Dispute> {
        self.0.disputes.iter().map(|one| Dispute(one.clone())).collect()
    }

    /// Order that the money pays instead, if it came late and its buyer could still have the tickets.
    #[getter]
    fn transferred_to(&self) -> Option<String> {
        self.0.transferred_to.as_ref().map(|one| one.to_string())
    }

    /// Time at which it was started.
    #[getter]
    fn created_at(&self) -> Time {
        Time(self.0.created_at)
    }

    /// Time of the last change.
    #[getter]
    fn updated_at(&self) -> Time {
        Time(self.0.updated_at)
    }

    /// Returns `True` if no money was taken because the shop's payments are not set up right: no other card would help.
    #[getter]
    fn is_misconfigured(&self) -> bool {
        self.0.is_misconfigured()
    }

    /// Returns the amount that was given back; `None` if it is zero.
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
                "is_misconfigured",
                "refunded",
            ],
        )
    }
}

/// Money of a charge that was given back, is being given back, or was refused.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refund(pub(crate) boxoffice::Refund);

#[pymethods]
impl Refund {
    /// Id of the refund, which is the gateway's idempotency key.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Amount of the refund.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// Status of the refund.
    #[getter]
    fn status(&self) -> Name<boxoffice::RefundStatus> {
        Name(self.0.status)
    }

    /// Reason for the refund.
    #[getter]
    fn reason(&self) -> Name<boxoffice::RefundReason> {
        Name(self.0.reason)
    }

    /// Gateway's reference for the refund.
    #[getter]
    fn reference(&self) -> Option<String> {
        self.0.reference.as_ref().map(|one| one.to_string())
    }

    /// `True` if the tickets go back on sale once the refund is done.
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
    /// Gateway's reference for the dispute.
    #[getter]
    fn reference(&self) -> String {
        self.0.reference.to_string()
    }

    /// Disputed amount.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// Reason, in the gateway's words.
    #[getter]
    fn reason(&self) -> String {
        self.0.reason.to_string()
    }

    /// Status of the dispute.
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
