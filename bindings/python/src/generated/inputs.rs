// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Inputs, as immutable Python objects.

use crate::generated::prelude::*;

/// A show as a seller describes it.
///
/// Args:
///     name: Name: 1 to 200 characters.
///     starts_at: Time at which the show starts, in RFC 3339.
///     category: Category: 1 to 40 lower-case letters, digits and hyphens, such as `concert`.
///     venue: Venue: 1 to 200 characters.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewShow(pub(crate) boxoffice::NewShow);

#[pymethods]
impl NewShow {
    #[new]
    #[pyo3(signature = (name, starts_at, *, category=None, venue=None))]
    fn new(name: String, starts_at: When, category: Option<String>, venue: Option<String>) -> Self {
        let mut input = boxoffice::NewShow::new(name, starts_at.0);
        input.category = category;
        input.venue = venue;
        Self(input)
    }
}

/// A ticket as its seller lists it.
///
/// Args:
///     title: Title: 1 to 200 characters.
///     price: Price: a decimal number in major units, such as `19.99`, with at most as many decimals as the
///         currency has.
///     currency: ISO 4217 code of the currency, such as `EUR`; the box office's default currency if there is none.
///     show: Show that the ticket is for.
///     seat: Seat: 1 to 100 characters.
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
        let mut input = boxoffice::NewTicket::new(title, price.0);
        input.currency = currency;
        input.show = show.map(|it| it.0);
        input.seat = seat;
        Self(input)
    }
}

/// The new title and price of a ticket, and what becomes of its show and seat.
///
/// Args:
///     title: Title: 1 to 200 characters.
///     price: Price: a decimal number in major units of the ticket's currency.
///     show: The new show: left as it is unless it is set or cleared.
///     seat: The new seat, 1 to 100 characters: left as it is unless it is set or cleared.
///     expected_version: Version that the ticket must have; `None` accepts any version.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TicketUpdate(pub(crate) boxoffice::TicketUpdate);

#[pymethods]
impl TicketUpdate {
    #[new]
    #[pyo3(signature = (title, price, *, show=Edit::KEEP, seat=Edit::KEEP, expected_version=None))]
    fn new(
        title: String,
        price: Amount,
        show: Edit<NewShow>,
        seat: Edit<String>,
        expected_version: Option<Natural<u64>>,
    ) -> Self {
        let mut input = boxoffice::TicketUpdate::new(title, price.0);
        input.show = show.0.map(|it| it.0);
        input.seat = seat.0;
        input.expected_version = expected_version.map(|it| it.0);
        Self(input)
    }
}
