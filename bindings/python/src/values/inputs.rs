use pyo3::prelude::*;

use crate::convert::{Amount, When};

/// A ticket as its seller lists it.
///
/// `price` is a `Decimal`, an `int` or a text such as `"19.99"`, never a float. Without `currency` it is in the box office's
/// default currency. What is wrong is told by the command that takes it.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewTicket(pub(crate) boxoffice::NewTicket);

#[pymethods]
impl NewTicket {
    #[new]
    #[pyo3(signature = (title, price, *, currency=None, show=None, seat=None))]
    fn new(
        title: String,
        price: Amount,
        currency: Option<String>,
        show: Option<NewShow>,
        seat: Option<String>,
    ) -> Self {
        let mut ticket = boxoffice::NewTicket::new(title, price.0);
        ticket.currency = currency;
        ticket.show = show.map(|show| show.0);
        ticket.seat = seat;
        Self(ticket)
    }
}

/// What people attend, as a seller describes it.
///
/// `starts_at` is an aware `datetime` or a text in RFC 3339.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewShow(pub(crate) boxoffice::NewShow);

#[pymethods]
impl NewShow {
    #[new]
    #[pyo3(signature = (name, starts_at, *, category=None, venue=None))]
    fn new(name: String, starts_at: When, category: Option<String>, venue: Option<String>) -> Self {
        let mut show = boxoffice::NewShow::new(name, starts_at.0);
        show.category = category;
        show.venue = venue;
        Self(show)
    }
}

/// What a ticket is to become. Without `show` the show stays as it is; with `expected_version` the ticket must have it.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TicketUpdate(pub(crate) boxoffice::TicketUpdate);

#[pymethods]
impl TicketUpdate {
    #[new]
    #[pyo3(signature = (title, price, *, show=None, expected_version=None))]
    fn new(title: String, price: Amount, show: Option<NewShow>, expected_version: Option<u64>) -> Self {
        let mut update = boxoffice::TicketUpdate::new(title, price.0);
        update.show = show.map(|show| show.0);
        update.expected_version = expected_version;
        Self(update)
    }
}
