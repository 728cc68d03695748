// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Results of `tickets`, as immutable Python objects.

use crate::generated::prelude::*;

/// One place at one show, listed by a seller at a price.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ticket(pub(crate) Arc<boxoffice::Ticket>);

#[pymethods]
impl Ticket {
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

    /// Title of the ticket.
    #[getter]
    fn title(&self) -> String {
        self.0.title.to_string()
    }

    /// Price of the ticket.
    #[getter]
    fn price(&self) -> Money {
        Money(self.0.price)
    }

    /// Show that the ticket is for.
    #[getter]
    fn show(&self) -> Option<Show> {
        self.0.show.as_ref().map(|one| Show(one.clone()))
    }

    /// Label of the seat in the venue.
    #[getter]
    fn seat(&self) -> Option<String> {
        self.0.seat.as_ref().map(|one| one.to_string())
    }

    /// Status of the ticket.
    #[getter]
    fn status(&self) -> Name<boxoffice::TicketStatus> {
        Name(self.0.status)
    }

    /// Version: 1 when listed, incremented by every change: edit, lock, release, sale, return to sale, withdrawal.
    #[getter]
    fn version(&self) -> u64 {
        self.0.version
    }

    /// Time at which it was listed.
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
            "Ticket",
            &["id", "seller_id", "title", "price", "show", "seat", "status", "version", "created_at", "updated_at"],
        )
    }
}

/// An event that people attend: a concert, a match, a play.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Show(pub(crate) Arc<boxoffice::Show>);

#[pymethods]
impl Show {
    /// Name of the show.
    #[getter]
    fn name(&self) -> String {
        self.0.name.to_string()
    }

    /// Kind of show, such as `concert`.
    #[getter]
    fn category(&self) -> Option<String> {
        self.0.category.as_ref().map(|one| one.to_string())
    }

    /// Place of the show.
    #[getter]
    fn venue(&self) -> Option<String> {
        self.0.venue.as_ref().map(|one| one.to_string())
    }

    /// Time at which the show starts. From then on its tickets can't be ordered.
    #[getter]
    fn starts_at(&self) -> Time {
        Time(self.0.starts_at)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Show", &["name", "category", "venue", "starts_at"])
    }
}

/// A page of a listing. A page may be short, even empty, and yet have a next one.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TicketPage(pub(crate) boxoffice::Page<Arc<boxoffice::Ticket>>);

#[pymethods]
impl TicketPage {
    /// The entries.
    #[getter]
    fn items(&self) -> Vec<Ticket> {
        self.0.items.iter().cloned().map(Ticket).collect()
    }

    /// The cursor of the next page; `None` on the last.
    #[getter]
    fn next(&self) -> Option<String> {
        self.0.next.as_ref().map(ToString::to_string)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "TicketPage", &["items", "next"])
    }
}
