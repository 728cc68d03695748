//! Making of a cluster.

use std::path::PathBuf;

use boxoffice::KeyRing;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::errors::exception;
use crate::generated::ClusterOptions;

/// Makes the box office of a data directory the first host of a new cluster, and the stream that its hosts share. A
/// directory without a box office gets an empty one. Returns the name of the stream.
///
/// Call it once in the life of a cluster, before any host is opened; the directory must not be open. If it is cut off,
/// the same call completes it. The hosts are opened with the same `cluster`, each with a `host_name` of its own, and the
/// same `jwt_key`.
///
/// Raises `UnavailableError` (`journal.unavailable`) with the reason if the servers can't be reached, are not what they
/// must be, or have a cluster already, and if the directory belongs to one; `ValidationError`.
#[pyfunction]
#[pyo3(signature = (path, cluster, jwt_key))]
pub(crate) fn init_cluster(
    py: Python<'_>,
    path: PathBuf,
    cluster: ClusterOptions,
    jwt_key: PyBackedBytes,
) -> PyResult<String> {
    let made = py.detach(|| cluster.0.init(path, &KeyRing::new(&jwt_key)?));
    made.map_err(|error| exception(py, &error))
}
