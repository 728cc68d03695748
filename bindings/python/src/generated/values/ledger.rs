// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Results of `ledger`, as immutable Python objects.

use crate::generated::prelude::*;

/// Sums of a seller's entries in one currency.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Balance(pub(crate) boxoffice::Balance);

#[pymethods]
impl Balance {
    /// Amount that the seller is owed: sold less refunded, fees and paid out. Negative if money went back to buyers
    /// after it was paid out.
    #[getter]
    fn owed(&self) -> SignedMoney {
        SignedMoney(self.0.owed)
    }

    /// Amount that buyers have paid for the seller's tickets.
    #[getter]
    fn sold(&self) -> SignedMoney {
        SignedMoney(self.0.sold)
    }

    /// Part of `sold` that went back to buyers.
    #[getter]
    fn refunded(&self) -> SignedMoney {
        SignedMoney(self.0.refunded)
    }

    /// Fees that the platform has kept of the rest.
    #[getter]
    fn fees(&self) -> SignedMoney {
        SignedMoney(self.0.fees)
    }

    /// Amount that the seller was paid.
    #[getter]
    fn paid_out(&self) -> SignedMoney {
        SignedMoney(self.0.paid_out)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Balance", &["owed", "sold", "refunded", "fees", "paid_out"])
    }
}

/// A page of a listing. A page may be short, even empty, and yet have a next one.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BalanceEntryPage(pub(crate) boxoffice::Page<boxoffice::BalanceEntry>);

#[pymethods]
impl BalanceEntryPage {
    /// The entries.
    #[getter]
    fn items(&self) -> Vec<BalanceEntry> {
        self.0.items.iter().cloned().map(BalanceEntry).collect()
    }

    /// The cursor of the next page; `None` on the last.
    #[getter]
    fn next(&self) -> Option<String> {
        self.0.next.as_ref().map(ToString::to_string)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "BalanceEntryPage", &["items", "next"])
    }
}

/// An entry of the ledger, as its seller sees it.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BalanceEntry(pub(crate) boxoffice::BalanceEntry);

#[pymethods]
impl BalanceEntry {
    /// Number of the entry in the ledger.
    #[getter]
    fn number(&self) -> u64 {
        self.0.number
    }

    /// Time of the entry.
    #[getter]
    fn at(&self) -> Time {
        Time(self.0.at)
    }

    /// Reason why money moved.
    #[getter]
    fn kind(&self) -> Name<boxoffice::BalanceEntryKind> {
        Name(self.0.kind)
    }

    /// Order, for entries about one.
    #[getter]
    fn order_id(&self) -> Option<String> {
        self.0.order_id.as_ref().map(|one| one.to_string())
    }

    /// Payout, if the entry is one.
    #[getter]
    fn payout_id(&self) -> Option<String> {
        self.0.payout_id.as_ref().map(|one| one.to_string())
    }

    /// Reference by which the bank identifies the payout.
    #[getter]
    fn reference(&self) -> Option<String> {
        self.0.reference.as_ref().map(|one| one.to_string())
    }

    /// Change of the amount that the seller is owed: negative for refunds and payouts.
    #[getter]
    fn amount(&self) -> SignedMoney {
        SignedMoney(self.0.amount)
    }

    /// Change of the platform's fee: negative if it gives a fee back.
    #[getter]
    fn fee(&self) -> SignedMoney {
        SignedMoney(self.0.fee)
    }

    /// Returns the amount that the buyer paid, or got back if negative: the sum of amount and fee.
    #[getter]
    fn gross(&self) -> SignedMoney {
        SignedMoney(self.0.gross())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(
            slf.as_any(),
            "BalanceEntry",
            &["number", "at", "kind", "order_id", "payout_id", "reference", "amount", "fee", "gross"],
        )
    }
}

/// Accounts of the platform in one currency. They sum to zero.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlatformBalance(pub(crate) boxoffice::PlatformBalance);

#[pymethods]
impl PlatformBalance {
    /// Money that the card processor, or the bank behind it, holds.
    #[getter]
    fn processor(&self) -> SignedMoney {
        SignedMoney(self.0.processor)
    }

    /// Money that buyers' banks hold until disputes are closed.
    #[getter]
    fn disputed(&self) -> SignedMoney {
        SignedMoney(self.0.disputed)
    }

    /// Part of both that all sellers are owed.
    #[getter]
    fn sellers(&self) -> SignedMoney {
        SignedMoney(self.0.sellers)
    }

    /// Part of both that the platform has earned.
    #[getter]
    fn fees(&self) -> SignedMoney {
        SignedMoney(self.0.fees)
    }

    /// Part of both that came for orders that had ended, and belongs to nobody yet.
    #[getter]
    fn late(&self) -> SignedMoney {
        SignedMoney(self.0.late)
    }

    /// Returns the money held less all money owed: always zero.
    #[getter]
    fn difference(&self) -> SignedMoney {
        SignedMoney(self.0.difference())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "PlatformBalance", &["processor", "disputed", "sellers", "fees", "late", "difference"])
    }
}

/// A recorded payout.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Payout(pub(crate) boxoffice::Payout);

#[pymethods]
impl Payout {
    /// Id of the payout.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Seller who was paid.
    #[getter]
    fn seller_id(&self) -> String {
        self.0.seller_id.to_string()
    }

    /// Amount paid.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// Reference by which the bank identifies the payout.
    #[getter]
    fn reference(&self) -> String {
        self.0.reference.to_string()
    }

    /// Time at which it was recorded.
    #[getter]
    fn recorded_at(&self) -> Time {
        Time(self.0.recorded_at)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Payout", &["id", "seller_id", "amount", "reference", "recorded_at"])
    }
}
