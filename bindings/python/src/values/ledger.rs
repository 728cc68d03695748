use std::hash::{DefaultHasher, Hash, Hasher};

use boxoffice::Error;
use pyo3::basic::CompareOp;
use pyo3::prelude::*;

use super::money::compared;
use crate::convert::{Amount, Decimal};
use crate::errors::exception;
use crate::values::Money;

/// A sum of money, which may be negative: a `Decimal` in major units and a currency.
///
/// Sums of one currency are ordered. Comparing sums of two currencies raises `TypeError`.
#[pyclass(frozen, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SignedMoney(pub(crate) boxoffice::SignedMoney);

#[pymethods]
impl SignedMoney {
    /// The exact sum in major units.
    #[getter]
    fn amount(&self) -> Decimal {
        Decimal(self.0.decimal())
    }

    /// The ISO 4217 code.
    #[getter]
    fn currency(&self) -> &'static str {
        self.0.currency().code()
    }

    /// The sum in minor units, such as cents.
    #[getter]
    fn minor(&self) -> i128 {
        self.0.minor()
    }

    fn __richcmp__(&self, other: Self, op: CompareOp) -> PyResult<bool> {
        compared((self.0.minor(), self.0.currency()), (other.0.minor(), other.0.currency()), op)
    }

    /// Supports `pickle` and `copy`.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (i128, &'static str))> {
        let sum = slf.get().0;
        let make = slf.py().import("boxoffice._native")?.getattr("signed_money")?;
        Ok((make, (sum.minor(), sum.currency().code())))
    }

    fn __repr__(&self) -> String {
        format!("SignedMoney('{}', '{}')", self.0.decimal(), self.0.currency().code())
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.0.minor(), self.0.currency().code()).hash(&mut hasher);
        hasher.finish()
    }
}

/// Creates a sum from minor units; used by `pickle`.
#[pyfunction]
pub(crate) fn signed_money(py: Python<'_>, minor: i128, currency: &str) -> PyResult<SignedMoney> {
    let currency = currency.parse().map_err(|reason| exception(py, &Error::invalid("currency", reason)))?;
    Ok(SignedMoney(boxoffice::SignedMoney::from_minor(minor, currency)))
}

/// The fee that the platform keeps for each paid ticket: a percentage of its price, and a fixed amount in the currencies
/// that have one.
///
/// >>> from boxoffice import FeePolicy, Money
/// >>> policy = FeePolicy("2.5", fixed=[Money("0.30", "USD")])
/// >>> print(policy.fee(Money("19.99", "USD")))
/// 0.80 USD
///
/// `percent` has at most two decimals. The percentage of the price is rounded to the minor unit, halves up. No fee is
/// greater than the price. Raises `ValidationError`.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FeePolicy(pub(crate) boxoffice::FeePolicy);

#[pymethods]
impl FeePolicy {
    #[new]
    #[pyo3(signature = (percent, *, fixed=None))]
    fn new(py: Python<'_>, percent: Amount, fixed: Option<Vec<Money>>) -> PyResult<Self> {
        let share = boxoffice::FeePolicy::percent(&percent.0).map_err(|reason| Error::invalid("percent", reason));
        let policy = fixed.into_iter().flatten().fold(share, |policy, Money(amount)| {
            policy?.and_fixed(amount).map_err(|reason| Error::invalid("fixed", reason))
        });
        policy.map(Self).map_err(|error| exception(py, &error))
    }

    /// Returns the fee of a ticket at this price.
    fn fee(&self, price: Money) -> SignedMoney {
        SignedMoney(boxoffice::SignedMoney::from_minor(self.0.fee(price.0).into(), price.0.currency()))
    }

    fn __repr__(&self) -> String {
        let share = self.0.share();
        format!("FeePolicy('{}.{:02}', …)", share / 100, share % 100)
    }
}
