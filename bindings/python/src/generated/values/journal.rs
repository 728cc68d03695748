// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Results of `journal`, as immutable Python objects.

use crate::generated::prelude::*;

/// Identity of the history that a journal records.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct JournalHistory(pub(crate) boxoffice::JournalHistory);

#[pymethods]
impl JournalHistory {
    /// Id of the history. A backup gets another one when it is made, so that followers of the original notice that it
    /// was restored.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Number of the last record that the journal shares with every history that it was restored from; `None` if it
    /// never was.
    #[getter]
    fn common(&self) -> Option<u64> {
        self.0.common.as_ref().map(|one| *one)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "JournalHistory", &["id", "common"])
    }
}

/// Result of verifying a journal.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VerifyReport(pub(crate) boxoffice::VerifyReport);

#[pymethods]
impl VerifyReport {
    /// Number of records that are valid.
    #[getter]
    fn records(&self) -> u64 {
        self.0.records
    }

    /// Hash of the last valid record, which is a fingerprint of all records up to it.
    #[getter]
    fn head(&self) -> String {
        self.0.head.to_string()
    }

    /// Number of users created.
    #[getter]
    fn users(&self) -> u64 {
        self.0.users
    }

    /// Number of tickets listed.
    #[getter]
    fn tickets(&self) -> u64 {
        self.0.tickets
    }

    /// Number of orders created.
    #[getter]
    fn orders(&self) -> u64 {
        self.0.orders
    }

    /// Number of charges that took money.
    #[getter]
    fn charges(&self) -> u64 {
        self.0.charges
    }

    /// Number of records of each event.
    #[getter]
    fn by_event(&self) -> BTreeMap<String, u64> {
        self.0.by_event.iter().map(|(name, one)| (name.to_string(), *one)).collect()
    }

    /// Problems, in the order of the journal. The check ends at the first record that does not follow from those before
    /// it.
    #[getter]
    fn problems(&self) -> Vec<Problem> {
        self.0.problems.iter().map(|one| Problem(one.clone())).collect()
    }

    /// Returns `True` if there are no problems.
    #[getter]
    fn is_clean(&self) -> bool {
        self.0.is_clean()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(
            slf.as_any(),
            "VerifyReport",
            &["records", "head", "users", "tickets", "orders", "charges", "by_event", "problems", "is_clean"],
        )
    }
}

/// A problem of a journal.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Problem(pub(crate) boxoffice::Problem);

#[pymethods]
impl Problem {
    /// Number of the record, or of the one that should be there.
    #[getter]
    fn seq(&self) -> u64 {
        self.0.seq
    }

    /// Description of the problem.
    #[getter]
    fn what(&self) -> String {
        self.0.what.to_string()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Problem", &["seq", "what"])
    }
}
