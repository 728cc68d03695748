//! The facts themselves.

use std::path::PathBuf;

use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::{Borrowed, type_hint_identifier, type_hint_subscript};

use crate::faces::faces;
use crate::feed::{AsyncSubscription, Subscription};
use crate::operations::reading;
use crate::values::{Record, VerifyReport};

/// A callable that hears of progress. What it raises is shown as an unraisable exception and stops nothing.
pub(crate) struct Progress(Py<PyAny>);

impl FromPyObject<'_, '_> for Progress {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("collections.abc", "Callable"),
        PyStaticExpr::List { elts: &[INT, INT] },
        type_hint_identifier!("builtins", "object")
    );

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Ok(Self(object.to_owned().unbind()))
    }
}

const INT: PyStaticExpr = type_hint_identifier!("builtins", "int");

fn telling(callable: Option<Progress>) -> impl FnMut(u64, u64) {
    move |done, total| {
        let Some(Progress(callable)) = &callable else { return };
        Python::try_attach(|py| {
            if let Err(error) = callable.call1(py, (done, total)) {
                error.write_unraisable(py, Some(callable.bind(py)));
            }
        });
    }
}

faces! {
    /// The facts themselves. Reading takes nothing from the writer.
    Journal,
    /// The facts themselves; as `Journal`, for asyncio.
    AsyncJournal;

    /// The number of the last durable record; 0 if there is none.
    fn head(office) () -> u64 {
        let journal = office.journal();
        async move { reading(|| journal.head()) }
    }

    /// At most `limit` records, and at most 10,000, from number `from_seq` on. The first record has number 1.
    fn read(office, from_seq: u64, limit: usize) (from_seq, limit) -> Vec<Record> {
        async move {
            let records = reading(|| office.journal().read(from_seq, limit))?;
            Ok(records.into_iter().map(|record| Record(record.into())).collect())
        }
    }

    /// Replays the whole journal and checks it. `progress` is called with how many of how many records are checked.
    fn verify(office, progress: Option<Progress>) (*, progress=None) -> VerifyReport {
        async move { reading(|| office.journal().verify(&mut telling(progress))).map(VerifyReport) }
    }

    /// Writes a copy of everything durable, as it is at one moment, to a new directory that opens as a box office of its own.
    /// Returns the number of the last record that is in it.
    ///
    /// Raises `ValidationError` if the directory exists and is not empty.
    fn backup(office, directory: PathBuf, progress: Option<Progress>) (directory, *, progress=None) -> u64 {
        async move { reading(|| office.journal().backup(&directory, &mut telling(progress))) }
    }
    ;
    only blocking {
        /// Follows the journal from number `from_seq` on: an iterator over history first, then live.
        #[pyo3(signature = (from_seq))]
        fn subscribe(&self, py: Python<'_>, from_seq: u64) -> PyResult<Subscription> {
            let inner = self.0.office(py)?.journal().subscribe(from_seq);
            Ok(Subscription::new(self.0.clone(), inner))
        }
    }
    only asyncio {
        /// Follows the journal from number `from_seq` on: an asynchronous iterator over history first, then live.
        #[pyo3(signature = (from_seq))]
        fn subscribe(&self, py: Python<'_>, from_seq: u64) -> PyResult<AsyncSubscription> {
            let inner = self.0.office(py)?.journal().subscribe(from_seq);
            Ok(AsyncSubscription::new(self.0.clone(), inner))
        }
    }
}
