// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Results of `cluster`, as immutable Python objects.

use crate::generated::prelude::*;

/// State of a host, and of what it knows of its cluster.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClusterStatus(pub(crate) boxoffice::ClusterStatus);

#[pymethods]
impl ClusterStatus {
    /// Id of this host: of its data directory.
    #[getter]
    fn host(&self) -> String {
        self.0.host.to_string()
    }

    /// State of this host.
    #[getter]
    fn state(&self) -> Name<boxoffice::HostState> {
        Name(self.0.state)
    }

    /// Host that writes, by the last claim that this host has read.
    #[getter]
    fn writer(&self) -> String {
        self.0.writer.to_string()
    }

    /// Number of that claim.
    #[getter]
    fn epoch(&self) -> u64 {
        self.0.epoch
    }

    /// Number of the last message of the journal that this host has read.
    #[getter]
    fn message(&self) -> u64 {
        self.0.message
    }

    /// Number of the last message that this host's views include.
    #[getter]
    fn applied(&self) -> u64 {
        self.0.applied
    }

    /// Name of the stream.
    #[getter]
    fn stream(&self) -> String {
        self.0.stream.to_string()
    }

    /// All hosts, this one included.
    #[getter]
    fn hosts(&self) -> Vec<ClusterHost> {
        self.0.hosts.iter().map(|one| ClusterHost(one.clone())).collect()
    }

    /// Reason why this host must not be asked now; none if it may be.
    #[getter]
    fn unready(&self) -> Option<String> {
        self.0.unready.as_ref().map(|one| one.to_string())
    }

    /// What is wrong with the servers or the stream.
    #[getter]
    fn findings(&self) -> Vec<String> {
        self.0.findings.iter().map(|one| one.to_string()).collect()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(
            slf.as_any(),
            "ClusterStatus",
            &["host", "state", "writer", "epoch", "message", "applied", "stream", "hosts", "unready", "findings"],
        )
    }
}

/// A host as another one knows it.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClusterHost(pub(crate) boxoffice::ClusterHost);

#[pymethods]
impl ClusterHost {
    /// Id of the host: of its data directory.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Name of the host; none if it has not joined.
    #[getter]
    fn name(&self) -> Option<String> {
        self.0.name.as_ref().map(|one| one.to_string())
    }

    /// `True` if it votes for the host that writes.
    #[getter]
    fn voter(&self) -> bool {
        self.0.voter
    }

    /// `True` if it writes, by its own word.
    #[getter]
    fn writes(&self) -> bool {
        self.0.writes
    }

    /// Number of the last message that it has read; none if it was not heard.
    #[getter]
    fn message(&self) -> Option<u64> {
        self.0.message.as_ref().map(|one| *one)
    }

    /// Time since it was heard; none if it was not.
    #[getter]
    fn heard_ago(&self) -> Option<Duration> {
        self.0.heard_ago.as_ref().map(|one| *one)
    }

    /// Milliseconds by which its clock is ahead of this host's; negative if it is behind.
    #[getter]
    fn clock_ahead_ms(&self) -> i64 {
        self.0.clock_ahead_ms
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "ClusterHost", &["id", "name", "voter", "writes", "message", "heard_ago", "clock_ahead_ms"])
    }
}

/// A host of a cluster.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Host(pub(crate) Arc<boxoffice::Host>);

#[pymethods]
impl Host {
    /// Id of the host: of its data directory.
    #[getter]
    fn id(&self) -> String {
        self.0.id.to_string()
    }

    /// Name of the host.
    #[getter]
    fn name(&self) -> String {
        self.0.name.to_string()
    }

    /// `True` if it votes for the host that writes.
    #[getter]
    fn voter(&self) -> bool {
        self.0.voter
    }

    /// `True` if it has left.
    #[getter]
    fn left(&self) -> bool {
        self.0.left
    }

    /// Version: 1 after it joined for the first time, incremented by every change.
    #[getter]
    fn version(&self) -> u64 {
        self.0.version
    }

    /// Time at which it joined for the first time.
    #[getter]
    fn joined_at(&self) -> Time {
        Time(self.0.joined_at)
    }

    /// Time of the last change.
    #[getter]
    fn updated_at(&self) -> Time {
        Time(self.0.updated_at)
    }

    /// Returns `True` if the host has joined and votes.
    #[getter]
    fn votes(&self) -> bool {
        self.0.votes()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        repr(slf.as_any(), "Host", &["id", "name", "voter", "left", "version", "joined_at", "updated_at", "votes"])
    }
}
