use std::hash::{DefaultHasher, Hash, Hasher};

use boxoffice::Error;
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
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
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
