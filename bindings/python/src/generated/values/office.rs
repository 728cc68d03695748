// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Results of `office`, as immutable Python objects.

use crate::generated::prelude::*;

/// Metrics of the engine at one moment. Reading them is cheap, so they can be scraped.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Metrics(pub(crate) boxoffice::Metrics);

#[pymethods]
impl Metrics {
    /// Number of commands that wait.
    #[getter]
    fn queue_len(&self) -> usize {
        self.0.queue_len
    }

    /// Maximum number of commands that can wait.
    #[getter]
    fn queue_capacity(&self) -> usize {
        self.0.queue_capacity
    }

    /// Number of orders that hold tickets.
    #[getter]
    fn open_orders(&self) -> usize {
        self.0.open_orders
    }

    /// Time for which the most overdue hold has waited for its expiry to be recorded.
    #[getter]
    fn expiry_lag(&self) -> Duration {
        self.0.expiry_lag
    }

    /// Number of the last durable record.
    #[getter]
    fn head_seq(&self) -> u64 {
        self.0.head_seq
    }

    /// Number of users, including erased ones.
    #[getter]
    fn users(&self) -> usize {
        self.0.users
    }

    /// Number of tickets on sale.
    #[getter]
    fn tickets_available(&self) -> usize {
        self.0.tickets_available
    }

    /// Number of tickets held by open orders.
    #[getter]
    fn tickets_locked(&self) -> usize {
        self.0.tickets_locked
    }

    /// Number of changed entities that wait for the next checkpoint.
    #[getter]
    fn checkpoint_lag(&self) -> usize {
        self.0.checkpoint_lag
    }

    /// Number of charges and refunds that wait for the card processor.
    #[getter]
    fn pending_payments(&self) -> usize {
        self.0.pending_payments
    }

    /// The last failure of the storage or of the card processor since the box office was opened, none if nothing has
    /// failed.
    #[getter]
    fn last_error(&self) -> Option<LastError> {
        self.0.last_error.as_ref().map(|one| LastError(one.clone()))
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(
            slf.as_any(),
            "Metrics",
            &[
                "queue_len",
                "queue_capacity",
                "open_orders",
                "expiry_lag",
                "head_seq",
                "users",
                "tickets_available",
                "tickets_locked",
                "checkpoint_lag",
                "pending_payments",
                "last_error",
            ],
        )
    }
}

/// A failure of the storage or of the card processor.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LastError(pub(crate) boxoffice::LastError);

#[pymethods]
impl LastError {
    /// When it happened, by the box office's clock.
    #[getter]
    fn at(&self) -> Time {
        Time(self.0.at)
    }

    /// What failed, and the whole chain of causes: up to 1,000 characters.
    #[getter]
    fn message(&self) -> String {
        self.0.message.to_string()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "LastError", &["at", "message"])
    }
}

/// Result of recovering records from a journal.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recovery(pub(crate) boxoffice::Recovery);

#[pymethods]
impl Recovery {
    /// Number of recovered records. They have the numbers 1 to this one.
    #[getter]
    fn records(&self) -> u64 {
        self.0.records
    }

    /// Number of recovered records, the last ones, that the database no longer lists. They were found by searching the
    /// file for records that continue the chain of hashes. They may include records of a last transaction that was
    /// never finished, and so never acknowledged.
    #[getter]
    fn searched(&self) -> u64 {
        self.0.searched
    }

    /// First missing record, and the reason; `None` if the journal is complete.
    #[getter]
    fn damage(&self) -> Option<Problem> {
        self.0.damage.as_ref().map(|one| Problem(one.clone()))
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Recovery", &["records", "searched", "damage"])
    }
}
