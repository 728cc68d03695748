use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use boxoffice::{Currency, Error};
use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::convert::{Amount, Decimal};
use crate::errors::exception;

/// An amount of money: a `Decimal` in major units and a currency.
///
/// >>> from boxoffice import Money
/// >>> price = Money("19.99", "USD")
/// >>> price.amount, price.currency, price.minor
/// (Decimal('19.99'), 'USD', 1999)
/// >>> print(price)
/// 19.99 USD
/// >>> price < Money("20", "USD")
/// True
///
/// Amounts of one currency are ordered. Comparing amounts of two currencies raises `TypeError`.
#[pyclass(frozen, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Money(pub(crate) boxoffice::Money);

#[pymethods]
impl Money {
    #[new]
    fn new(py: Python<'_>, amount: Amount, currency: &str) -> PyResult<Self> {
        let money = currency.parse().map_err(|reason| Error::invalid("currency", reason)).and_then(|currency| {
            boxoffice::Money::parse(&amount.0, currency).map_err(|reason| Error::invalid("amount", reason))
        });
        money.map(Self).map_err(|error| exception(py, &error))
    }

    /// The exact amount in major units.
    #[getter]
    fn amount(&self) -> Decimal {
        Decimal(self.0.decimal())
    }

    /// The ISO 4217 code.
    #[getter]
    fn currency(&self) -> &'static str {
        self.0.currency().code()
    }

    /// The amount in minor units, such as cents.
    #[getter]
    fn minor(&self) -> u64 {
        self.0.minor()
    }

    fn __richcmp__(&self, other: Self, op: CompareOp) -> PyResult<bool> {
        let (one, two) = (self.0, other.0);
        compared((one.minor().into(), one.currency()), (two.minor().into(), two.currency()), op)
    }

    /// Supports `pickle` and `copy`.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (String, &'static str)) {
        let money = slf.get().0;
        (slf.get_type().into_any(), (money.decimal(), money.currency().code()))
    }

    fn __repr__(&self) -> String {
        format!("Money('{}', '{}')", self.0.decimal(), self.0.currency().code())
    }

    fn __str__(&self) -> String {
        format!("{} {}", self.0.decimal(), self.0.currency().code())
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher.finish()
    }
}

/// Compares two sums. Sums of different currencies are unequal, and ordering them raises `TypeError`.
pub(super) fn compared(one: (i128, Currency), two: (i128, Currency), op: CompareOp) -> PyResult<bool> {
    let ordering = match (one.1 == two.1, op) {
        (true, _) => one.0.cmp(&two.0),
        (false, CompareOp::Eq | CompareOp::Ne) => Ordering::Less,
        (false, _) => {
            let text = format!("{} and {} can't be compared", one.1.code(), two.1.code());
            return Err(PyTypeError::new_err(text));
        }
    };
    Ok(op.matches(ordering))
}
