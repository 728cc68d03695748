// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `office`.

use crate::generated::prelude::*;

/// A box office: signs users in, lists tickets, locks them, takes the money, and records every fact.
///
/// Cheap to clone and safe to share between threads: all clones are one box office. Its methods return once the outcome
/// is durable. A command whose future is dropped after its first poll may or may not have been decided; give it an
/// idempotency key to be able to repeat it.
///
/// Async methods run on any executor. `BoxOffice.blocking` has blocking methods for callers without one.
#[pyclass(frozen, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct OfficeFacade(pub(crate) Arc<Shared>);

#[pymethods]
impl OfficeFacade {
    #[getter]
    fn auth(&self) -> Auth {
        Auth(self.0.clone())
    }

    #[getter]
    fn tickets(&self) -> Tickets {
        Tickets(self.0.clone())
    }

    #[getter]
    fn orders(&self) -> Orders {
        Orders(self.0.clone())
    }

    #[getter]
    fn payments(&self) -> Payments {
        Payments(self.0.clone())
    }

    #[getter]
    fn ledger(&self) -> Ledger {
        Ledger(self.0.clone())
    }

    #[getter]
    fn journal(&self) -> Journal {
        Journal(self.0.clone())
    }

    #[getter]
    fn cluster(&self, py: Python<'_>) -> PyResult<Option<Cluster>> {
        Ok(self.0.office(py)?.cluster().map(|_| Cluster(self.0.clone())))
    }

    /// Returns the current metrics of the engine.
    #[pyo3(signature = ())]
    fn metrics(&self, py: Python<'_>) -> PyResult<Metrics> {
        let office = self.0.office(py)?;
        let value = py.detach(|| office.metrics());
        Ok(Metrics(value))
    }

    /// Returns `True` if the box office accepts commands.
    #[pyo3(signature = ())]
    fn is_ready(&self, py: Python<'_>) -> PyResult<bool> {
        let office = self.0.office(py)?;
        let value = py.detach(|| office.is_ready());
        Ok(value)
    }

    /// Checks that commands can be recorded: that the journal is open, that its file is still in its directory, and
    /// that the disk has room. It blocks for some calls of the system, and writes nothing unless the last command could
    /// not be recorded.
    ///
    /// Raises `ClosedError` (`engine.closed`); `UnavailableError` (`journal.unavailable`), whose source says what is
    /// wrong.
    #[pyo3(signature = ())]
    fn check_ready(&self, py: Python<'_>) -> PyResult<Nothing> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::check_ready(office))
    }

    /// Returns the engine's own time, which never runs backwards.
    #[pyo3(signature = ())]
    fn now(&self, py: Python<'_>) -> PyResult<Time> {
        let office = self.0.office(py)?;
        let value = py.detach(|| office.now());
        Ok(Time(value))
    }

    /// Reclaims unused disk space in the directory's files; returns `True` if any was freed. Blocks.
    ///
    /// Files keep the space of replaced data and reuse it. Therefore this helps only after much data was removed: when
    /// a backlog of a million changes was checkpointed, when a long history was replayed, or when a long journal that
    /// was restored or came from an earlier version has moved its old records to the archive. In a file of several
    /// gigabytes it takes minutes, and commands wait meanwhile: run it while no tickets are sold.
    ///
    /// A crash in the middle leaves valid files, because each step is a transaction. The next opening then walks the
    /// whole file once.
    ///
    /// Raises `UnavailableError` (`journal.unavailable`) while the journal or a long listing is being read: nothing was
    /// changed, try again later.
    #[pyo3(signature = ())]
    fn compact(&self, py: Python<'_>) -> PyResult<bool> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::compact(office))
    }

    /// Closes the box office: accepts no more commands, waits until all accepted commands are decided and durable, and
    /// releases the directory.
    ///
    /// No payment begins any more from then on, and those that have begun are waited for, at most 10 seconds. Payments
    /// whose outcome is not known by then continue when the directory is opened again. Other clones get `ClosedError`
    /// (`engine.closed`) from then on. Closing twice is allowed.
    ///
    /// Raises `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written: no data is lost, but
    /// the next opening takes longer.
    #[pyo3(signature = ())]
    fn close(&self, py: Python<'_>) -> PyResult<Nothing> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::close(office))
    }
}

/// Native part of the package's `AsyncOfficeFacade`.
#[pyclass(frozen, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct AsyncOfficeFacade(pub(crate) Arc<Shared>);

#[pymethods]
impl AsyncOfficeFacade {
    #[getter]
    fn auth(&self) -> AsyncAuth {
        AsyncAuth(self.0.clone())
    }

    #[getter]
    fn tickets(&self) -> AsyncTickets {
        AsyncTickets(self.0.clone())
    }

    #[getter]
    fn orders(&self) -> AsyncOrders {
        AsyncOrders(self.0.clone())
    }

    #[getter]
    fn payments(&self) -> AsyncPayments {
        AsyncPayments(self.0.clone())
    }

    #[getter]
    fn ledger(&self) -> AsyncLedger {
        AsyncLedger(self.0.clone())
    }

    #[getter]
    fn journal(&self) -> AsyncJournal {
        AsyncJournal(self.0.clone())
    }

    #[getter]
    fn cluster(&self, py: Python<'_>) -> PyResult<Option<AsyncCluster>> {
        Ok(self.0.office(py)?.cluster().map(|_| AsyncCluster(self.0.clone())))
    }

    #[pyo3(signature = ())]
    fn metrics(&self, py: Python<'_>) -> PyResult<Metrics> {
        let office = self.0.office(py)?;
        let value = py.detach(|| office.metrics());
        Ok(Metrics(value))
    }

    #[pyo3(signature = ())]
    fn is_ready(&self, py: Python<'_>) -> PyResult<bool> {
        let office = self.0.office(py)?;
        let value = py.detach(|| office.is_ready());
        Ok(value)
    }

    #[pyo3(signature = ())]
    fn check_ready(&self, py: Python<'_>) -> PyResult<Awaitable<Nothing>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::check_ready(office))
    }

    #[pyo3(signature = ())]
    fn now(&self, py: Python<'_>) -> PyResult<Time> {
        let office = self.0.office(py)?;
        let value = py.detach(|| office.now());
        Ok(Time(value))
    }

    #[pyo3(signature = ())]
    fn compact(&self, py: Python<'_>) -> PyResult<Awaitable<bool>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::compact(office))
    }

    #[pyo3(signature = ())]
    fn close(&self, py: Python<'_>) -> PyResult<Awaitable<Nothing>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::close(office))
    }
}

mod run {
    use crate::generated::prelude::*;

    pub(super) async fn check_ready(office: BoxOffice) -> Result<Nothing, Error> {
        reading(|| office.check_ready())?;
        Ok(Nothing)
    }

    pub(super) async fn compact(office: BoxOffice) -> Result<bool, Error> {
        let value = reading(|| office.compact())?;
        Ok(value)
    }

    pub(super) async fn close(office: BoxOffice) -> Result<Nothing, Error> {
        office.close().await?;
        Ok(Nothing)
    }
}
