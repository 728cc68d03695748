// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `cluster`.

use crate::generated::prelude::*;

/// Operations on the cluster that a box office is a host of.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct Cluster(pub(crate) Arc<Shared>);

#[pymethods]
impl Cluster {
    /// Returns the state of this host, and what it knows of the others.
    #[pyo3(signature = ())]
    fn status(&self, py: Python<'_>) -> PyResult<ClusterStatus> {
        let office = self.0.office(py)?;
        let value =
            py.detach(|| Ok::<_, Error>(present(office.cluster())?.status())).map_err(|error| exception(py, &error))?;
        Ok(ClusterStatus(value))
    }

    /// Returns the number of a message of the journal by which all that led to this host's answers has been appended:
    /// mostly the last that its views include, and a later one if an answer could not wait until they did. A caller who
    /// has got it from another host can wait here until this one is as far, see `cluster.level_with`.
    #[pyo3(signature = ())]
    fn message(&self, py: Python<'_>) -> PyResult<u64> {
        let office = self.0.office(py)?;
        let value = py
            .detach(|| Ok::<_, Error>(present(office.cluster())?.message()))
            .map_err(|error| exception(py, &error))?;
        Ok(value)
    }

    /// Waits until this host's views include the message with this number, or the time is over. Returns `True` if they
    /// do.
    #[pyo3(signature = (message, within))]
    fn level_with(&self, py: Python<'_>, message: Natural<u64>, within: Duration) -> PyResult<bool> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::level_with(office, message, within))
    }

    /// Makes this host a member of the cluster that votes for the host that writes, under the name that its options
    /// have. For hosts that do not join by themselves, see `ClusterOptions.joins`. Call it once `cluster.status` says
    /// no more that this host is `blank`.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `ForbiddenError` (`auth.operator_required`), `ConflictError` (`cluster.name_taken`,
    /// `cluster.change_pending`) while another host joins or leaves; the errors of all commands.
    #[pyo3(signature = (actor_id))]
    fn join(&self, py: Python<'_>, actor_id: Who) -> PyResult<Host> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::join(office, actor_id))
    }

    /// Removes a host from the cluster: it has no vote any more. Its process should be stopped then; started again, it
    /// joins anew.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`cluster.host_not_found`), `ConflictError`
    /// (`cluster.change_pending`) while another host joins or leaves, `ConflictError` (`cluster.last_voter`); the
    /// errors of all commands.
    #[pyo3(signature = (actor_id, host_id))]
    fn remove(&self, py: Python<'_>, actor_id: Who, host_id: String) -> PyResult<Host> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::remove(office, actor_id, host_id))
    }

    /// Makes this host the writer without the consent of a majority of the voters. Only for an operator who knows that
    /// the others are gone for good: whatever they had and the stream has not is lost.
    ///
    /// It takes effect only if this host has everything that the stream has, while no other host writes, and within a
    /// minute: after that, say it again.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `ForbiddenError` (`auth.operator_required`).
    #[pyo3(signature = (actor_id))]
    fn take_over_alone(&self, py: Python<'_>, actor_id: Who) -> PyResult<Nothing> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::take_over_alone(office, actor_id))
    }
}

/// Native part of the package's `AsyncCluster`.
#[pyclass(frozen, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct AsyncCluster(pub(crate) Arc<Shared>);

#[pymethods]
impl AsyncCluster {
    #[pyo3(signature = ())]
    fn status(&self, py: Python<'_>) -> PyResult<ClusterStatus> {
        let office = self.0.office(py)?;
        let value =
            py.detach(|| Ok::<_, Error>(present(office.cluster())?.status())).map_err(|error| exception(py, &error))?;
        Ok(ClusterStatus(value))
    }

    #[pyo3(signature = ())]
    fn message(&self, py: Python<'_>) -> PyResult<u64> {
        let office = self.0.office(py)?;
        let value = py
            .detach(|| Ok::<_, Error>(present(office.cluster())?.message()))
            .map_err(|error| exception(py, &error))?;
        Ok(value)
    }

    #[pyo3(signature = (message, within))]
    fn level_with(&self, py: Python<'_>, message: Natural<u64>, within: Duration) -> PyResult<Awaitable<bool>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::level_with(office, message, within))
    }

    #[pyo3(signature = (actor_id))]
    fn join(&self, py: Python<'_>, actor_id: Who) -> PyResult<Awaitable<Host>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::join(office, actor_id))
    }

    #[pyo3(signature = (actor_id, host_id))]
    fn remove(&self, py: Python<'_>, actor_id: Who, host_id: String) -> PyResult<Awaitable<Host>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::remove(office, actor_id, host_id))
    }

    #[pyo3(signature = (actor_id))]
    fn take_over_alone(&self, py: Python<'_>, actor_id: Who) -> PyResult<Awaitable<Nothing>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::take_over_alone(office, actor_id))
    }
}

mod run {
    use crate::generated::prelude::*;

    pub(super) async fn level_with(office: BoxOffice, message: Natural<u64>, within: Duration) -> Result<bool, Error> {
        let value = present(office.cluster())?.level_with(message.0, within).await;
        Ok(value)
    }

    pub(super) async fn join(office: BoxOffice, actor_id: Who) -> Result<Host, Error> {
        let actor_id = actor_id.actor("actorId")?;

        let value = present(office.cluster())?.join(actor_id).await?;
        Ok(Host(value))
    }

    pub(super) async fn remove(office: BoxOffice, actor_id: Who, host_id: String) -> Result<Host, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let host_id = id("hostId", &host_id)?;

        let value = present(office.cluster())?.remove(actor_id, host_id).await?;
        Ok(Host(value))
    }

    pub(super) async fn take_over_alone(office: BoxOffice, actor_id: Who) -> Result<Nothing, Error> {
        let actor_id = actor_id.actor("actorId")?;

        present(office.cluster())?.take_over_alone(actor_id)?;
        Ok(Nothing)
    }
}
