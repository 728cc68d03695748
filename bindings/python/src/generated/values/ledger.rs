// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! What comes out of `ledger`, as immutable Python objects.

use crate::generated::prelude::*;

/// Sums up a seller's entries in one currency.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Balance(pub(crate) boxoffice::Balance);

#[pymethods]
impl Balance {
    /// What the seller is to get: sold less refunded, fees and paid out. Below zero if money of sales that were paid
    /// out already went back to their buyers.
    #[getter]
    fn owed(&self) -> SignedMoney {
        SignedMoney(self.0.owed)
    }

    /// What buyers have paid for the seller's tickets.
    #[getter]
    fn sold(&self) -> SignedMoney {
        SignedMoney(self.0.sold)
    }

    /// What of that went back to them.
    #[getter]
    fn refunded(&self) -> SignedMoney {
        SignedMoney(self.0.refunded)
    }

    /// What the platform has kept of the rest.
    #[getter]
    fn fees(&self) -> SignedMoney {
        SignedMoney(self.0.fees)
    }

    /// What the seller got.
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
    /// The number of the entry in the ledger.
    #[getter]
    fn number(&self) -> u64 {
        self.0.number
    }

    /// When it came to be.
    #[getter]
    fn at(&self) -> Time {
        Time(self.0.at)
    }

    /// Why money moved.
    #[getter]
    fn kind(&self) -> Name<boxoffice::BalanceEntryKind> {
        Name(self.0.kind)
    }

    /// The order, of sales and refunds.
    #[getter]
    fn order_id(&self) -> Option<String> {
        self.0.order_id.as_ref().map(|one| one.to_string())
    }

    /// The payout, if it is one.
    #[getter]
    fn payout_id(&self) -> Option<String> {
        self.0.payout_id.as_ref().map(|one| one.to_string())
    }

    /// By what the payout is found at the bank.
    #[getter]
    fn reference(&self) -> Option<String> {
        self.0.reference.as_ref().map(|one| one.to_string())
    }

    /// By how much the seller is owed more: below zero for refunds and payouts.
    #[getter]
    fn amount(&self) -> SignedMoney {
        SignedMoney(self.0.amount)
    }

    /// What the platform keeps more: below zero if it gives back.
    #[getter]
    fn fee(&self) -> SignedMoney {
        SignedMoney(self.0.fee)
    }

    /// Returns what the buyer paid, or, below zero, got back: amount and fee together.
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

/// The platform's accounts in one currency: they come to zero.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlatformBalance(pub(crate) boxoffice::PlatformBalance);

#[pymethods]
impl PlatformBalance {
    /// What the card processor, or the bank behind it, has.
    #[getter]
    fn processor(&self) -> SignedMoney {
        SignedMoney(self.0.processor)
    }

    /// What buyers' banks have until it is clear whose it is.
    #[getter]
    fn disputed(&self) -> SignedMoney {
        SignedMoney(self.0.disputed)
    }

    /// What of both all sellers are owed.
    #[getter]
    fn sellers(&self) -> SignedMoney {
        SignedMoney(self.0.sellers)
    }

    /// What of both the platform has earned.
    #[getter]
    fn fees(&self) -> SignedMoney {
        SignedMoney(self.0.fees)
    }

    /// What of both came for orders that had ended, and is nobody's yet.
    #[getter]
    fn late(&self) -> SignedMoney {
        SignedMoney(self.0.late)
    }

    /// Returns what there is less all that is owed of it: always zero.
    #[getter]
    fn difference(&self) -> SignedMoney {
        SignedMoney(self.0.difference())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "PlatformBalance", &["processor", "disputed", "sellers", "fees", "late", "difference"])
    }
}

/// A payout as it was recorded.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Payout(pub(crate) boxoffice::Payout);

#[pymethods]
impl Payout {
    /// Its id.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Who was paid.
    #[getter]
    fn seller_id(&self) -> String {
        self.0.seller_id.to_string()
    }

    /// How much.
    #[getter]
    fn amount(&self) -> Money {
        Money(self.0.amount)
    }

    /// By what it is found at the bank.
    #[getter]
    fn reference(&self) -> String {
        self.0.reference.to_string()
    }

    /// When it was recorded.
    #[getter]
    fn recorded_at(&self) -> Time {
        Time(self.0.recorded_at)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Payout", &["id", "seller_id", "amount", "reference", "recorded_at"])
    }
}
