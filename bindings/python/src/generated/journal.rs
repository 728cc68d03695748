// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `journal`.

use crate::generated::prelude::*;

/// Operations on the journal: read, follow, verify and copy. Reading does not block the writer.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct Journal(pub(crate) Arc<Shared>);

#[pymethods]
impl Journal {
    /// Returns the number of the last durable record; 0 if there is none.
    ///
    /// Raises `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
    #[pyo3(signature = ())]
    fn head(&self, py: Python<'_>) -> PyResult<u64> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::head(office))
    }

    /// Returns at most `limit` records, and at most 10,000, starting with number `from_seq`. The first record has
    /// number 1.
    ///
    /// Raises `ConflictError` (`journal.cursor_unknown`) if the record before number `from_seq` does not exist;
    /// `UnavailableError` (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError`
    /// (`engine.closed`).
    #[pyo3(signature = (from_seq, limit))]
    fn read(&self, py: Python<'_>, from_seq: Natural<u64>, limit: Natural<usize>) -> PyResult<Vec<Record>> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::read(office, from_seq, limit))
    }

    /// Returns at most `limit` records, and at most 10,000, after the cursor of a reader: that of the last record that
    /// it has.
    ///
    /// Raises `ConflictError` (`journal.cursor_unknown`) if the cursor lies beyond the end of the journal, or in a
    /// history that a restored backup has replaced: the reader has records that this journal never had, and begins
    /// anew; `UnavailableError` (`journal.unavailable`), `InternalError` (`journal.damaged`), `ClosedError`
    /// (`engine.closed`).
    #[pyo3(signature = (cursor, limit))]
    fn read_after(&self, py: Python<'_>, cursor: String, limit: Natural<usize>) -> PyResult<Vec<Record>> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::read_after(office, cursor, limit))
    }

    /// Returns the identity of the journal's history, which is another one in a restored backup.
    ///
    /// Raises `UnavailableError` (`journal.unavailable`), `ClosedError` (`engine.closed`).
    #[pyo3(signature = ())]
    fn history(&self, py: Python<'_>) -> PyResult<JournalHistory> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::history(office))
    }

    /// Iterates over the records from number `from_seq` to the last durable one, read in parts. Includes records that
    /// are appended meanwhile.
    ///
    /// Ends at the end of the journal; `journal.subscribe` continues.
    ///
    /// Raises the errors of `journal.read`, as the last item.
    #[pyo3(signature = (from_seq))]
    fn iter(&self, py: Python<'_>, from_seq: Natural<u64>) -> PyResult<Iter<Record>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(py, run::iter(office, from_seq))?;
        Ok(Iter::new(&self.0, parts))
    }

    /// Follows the journal from number `from_seq` on: first history, then new records, each exactly once and in order.
    ///
    /// The first wait for a record is refused with `ConflictError` (`journal.cursor_unknown`) if the record before
    /// number `from_seq` does not exist.
    #[pyo3(signature = (from_seq))]
    fn subscribe(&self, py: Python<'_>, from_seq: Natural<u64>) -> PyResult<Subscription> {
        let office = self.0.office(py)?.clone();
        Ok(Subscription::new(self.0.clone(), office.journal().subscribe(from_seq.0)))
    }

    /// Follows the journal after the cursor of a reader: that of the last record that it has.
    ///
    /// Raises `ConflictError` (`journal.cursor_unknown`) if the cursor lies beyond the end of the journal, or in a
    /// history that a restored backup has replaced; `UnavailableError` (`journal.unavailable`), `InternalError`
    /// (`journal.damaged`), `ClosedError` (`engine.closed`).
    #[pyo3(signature = (cursor))]
    fn subscribe_after(&self, py: Python<'_>, cursor: String) -> PyResult<Subscription> {
        let office = self.0.office(py)?.clone();
        let made = py.detach(|| {
            let cursor = parsed("cursor", &cursor)?;
            office.journal().subscribe_after(cursor)
        });
        let records = made.map_err(|error: Error| exception(py, &error))?;
        Ok(Subscription::new(self.0.clone(), records))
    }

    /// Verifies the whole journal by replaying it. Checks that no record is missing, altered or out of order, that each
    /// record follows from those before it by the rules, and that the vault matches. Calls `progress` with the number
    /// of checked records and the total.
    ///
    /// Raises `UnavailableError` (`journal.unavailable`) if it can't be read at all; `ClosedError` (`engine.closed`) if
    /// the box office closes meanwhile. Damage is not an error; it is part of the report.
    #[pyo3(signature = (*, progress=None))]
    fn verify(&self, py: Python<'_>, progress: Option<Progress>) -> PyResult<VerifyReport> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::verify(office, progress))
    }

    /// Writes a copy of all durable data, as of one moment, to a new directory that opens as a box office. Writers
    /// continue. Calls `progress` with the number of copied records and the total. Returns the number of the last
    /// record in the copy.
    ///
    /// Excludes the session key, a secret that should be stored elsewhere, and the checkpoint, which is created anew.
    ///
    /// Raises `ValidationError` if the directory exists and is not empty; `UnavailableError` (`journal.unavailable`) if
    /// it can't be written.
    #[pyo3(signature = (directory, *, progress=None))]
    fn backup(&self, py: Python<'_>, directory: PathBuf, progress: Option<Progress>) -> PyResult<u64> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::backup(office, directory, progress))
    }

    /// Erases in a backup everybody who was erased here, also after it was made: overwrites the keys of their personal
    /// data in its file `vault.keys`, and adds them to its list `erased-users`. Returns the number of users who could
    /// still be read there. The backup must not be open, and keeps all else.
    ///
    /// Personal data that an earlier version stored, and that was not encrypted when the backup was made, stays
    /// readable in it.
    ///
    /// Raises `ValidationError` if there is no backup in the directory; `InternalError` (`journal.damaged`) if its keys
    /// can't be read; `UnavailableError` (`journal.unavailable`) if it can't be written.
    #[pyo3(signature = (directory))]
    fn erase_in_backup(&self, py: Python<'_>, directory: PathBuf) -> PyResult<u64> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::erase_in_backup(office, directory))
    }
}

/// Native part of the package's `AsyncJournal`.
#[pyclass(frozen, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct AsyncJournal(pub(crate) Arc<Shared>);

#[pymethods]
impl AsyncJournal {
    #[pyo3(signature = ())]
    fn head(&self, py: Python<'_>) -> PyResult<Awaitable<u64>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::head(office))
    }

    #[pyo3(signature = (from_seq, limit))]
    fn read(&self, py: Python<'_>, from_seq: Natural<u64>, limit: Natural<usize>) -> PyResult<Awaitable<Vec<Record>>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::read(office, from_seq, limit))
    }

    #[pyo3(signature = (cursor, limit))]
    fn read_after(&self, py: Python<'_>, cursor: String, limit: Natural<usize>) -> PyResult<Awaitable<Vec<Record>>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::read_after(office, cursor, limit))
    }

    #[pyo3(signature = ())]
    fn history(&self, py: Python<'_>) -> PyResult<Awaitable<JournalHistory>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::history(office))
    }

    #[pyo3(signature = (from_seq))]
    fn iter(&self, py: Python<'_>, from_seq: Natural<u64>) -> PyResult<AsyncIter<Record>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(py, run::iter(office, from_seq))?;
        Ok(AsyncIter::new(&self.0, parts))
    }

    #[pyo3(signature = (from_seq))]
    fn subscribe(&self, py: Python<'_>, from_seq: Natural<u64>) -> PyResult<AsyncSubscription> {
        let office = self.0.office(py)?.clone();
        Ok(AsyncSubscription::new(self.0.clone(), office.journal().subscribe(from_seq.0)))
    }

    #[pyo3(signature = (cursor))]
    fn subscribe_after(&self, py: Python<'_>, cursor: String) -> PyResult<AsyncSubscription> {
        let office = self.0.office(py)?.clone();
        let made = py.detach(|| {
            let cursor = parsed("cursor", &cursor)?;
            office.journal().subscribe_after(cursor)
        });
        let records = made.map_err(|error: Error| exception(py, &error))?;
        Ok(AsyncSubscription::new(self.0.clone(), records))
    }

    #[pyo3(signature = (progress))]
    fn verify(&self, py: Python<'_>, progress: Option<Progress>) -> PyResult<Awaitable<VerifyReport>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::verify(office, progress))
    }

    #[pyo3(signature = (directory, progress))]
    fn backup(&self, py: Python<'_>, directory: PathBuf, progress: Option<Progress>) -> PyResult<Awaitable<u64>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::backup(office, directory, progress))
    }

    #[pyo3(signature = (directory))]
    fn erase_in_backup(&self, py: Python<'_>, directory: PathBuf) -> PyResult<Awaitable<u64>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::erase_in_backup(office, directory))
    }
}

mod run {
    use crate::generated::prelude::*;

    pub(super) async fn head(office: BoxOffice) -> Result<u64, Error> {
        let value = reading(|| office.journal().head())?;
        Ok(value)
    }

    pub(super) async fn read(
        office: BoxOffice,
        from_seq: Natural<u64>,
        limit: Natural<usize>,
    ) -> Result<Vec<Record>, Error> {
        let value = reading(|| office.journal().read(from_seq.0, limit.0))?;
        Ok(value.into_iter().map(|one| Record(Arc::new(one))).collect())
    }

    pub(super) async fn read_after(
        office: BoxOffice,
        cursor: String,
        limit: Natural<usize>,
    ) -> Result<Vec<Record>, Error> {
        let cursor = parsed("cursor", &cursor)?;

        let value = reading(|| office.journal().read_after(cursor, limit.0))?;
        Ok(value.into_iter().map(|one| Record(Arc::new(one))).collect())
    }

    pub(super) async fn history(office: BoxOffice) -> Result<JournalHistory, Error> {
        let value = office.journal().history()?;
        Ok(JournalHistory(value))
    }

    pub(super) async fn iter(office: BoxOffice, from_seq: Natural<u64>) -> Result<Parts<Record>, Error> {
        let parts = office.blocking().journal().iter(from_seq.0);
        Ok(Parts::new(parts.map(|part| part.map(|part| Record(Arc::new(part))))))
    }

    pub(super) async fn verify(office: BoxOffice, progress: Option<Progress>) -> Result<VerifyReport, Error> {
        let value = reading(|| office.journal().verify(&mut telling(progress)))?;
        Ok(VerifyReport(value))
    }

    pub(super) async fn backup(
        office: BoxOffice,
        directory: PathBuf,
        progress: Option<Progress>,
    ) -> Result<u64, Error> {
        let value = reading(|| office.journal().backup(&directory, &mut telling(progress)))?;
        Ok(value)
    }

    pub(super) async fn erase_in_backup(office: BoxOffice, directory: PathBuf) -> Result<u64, Error> {
        let value = reading(|| office.journal().erase_in_backup(&directory))?;
        Ok(value)
    }
}
