// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Options of a part of the box office, as immutable Python objects.

use crate::generated::prelude::*;

/// Options of a host of a cluster: where its servers are, and what it is among the others.
///
/// All hosts share the journal of one NATS `JetStream` stream, which `init_cluster` makes, and the key that signs
/// sessions. Each has a data directory of its own with a full copy.
///
/// Args:
///     servers: Creates options with the addresses of the servers, such as `nats://nats-0:4222`, or `tls://…` to
///         insist on TLS. One is enough to find the others; all of them help while one is down.
///     credentials_file: Sets the file with this host's token and key at the servers, as `nsc` makes it.
///     nkey_file: Sets the file with the seed of this host's nkey at the servers.
///     user: Sets the user and password of this host at the servers. An address may name them, too:
///         `nats://user:password@nats-0:4222`.
///     certificate_authorities: Sets the file with the certificates of the authorities to trust: those of the
///         machine by default.
///     client_certificate: Sets the files with this host's own certificate and key, for servers that ask for one.
///     monitoring: Sets the addresses of the servers' monitoring, such as `http://nats-0:8222`: port 8222 of each
///         server by default. Only there the servers say whether they sync every write to their disks. A host refuses
///         to start on servers that don't, or if it can't ask a majority of them.
///     host_name: Sets the name of this host, for people: by default one that is made of its id.
///     preferred_writer: Sets whether this host would rather write than the others would: `False` by default.
///     votes: Sets whether this host votes for the host that writes, and may write: `True` by default. A majority
///         of the voters has to be there for a host to begin to write. A host whose directory does not outlive its
///         process should not vote: it would be a new voter at each start.
///     joins: Sets whether this host joins the cluster by itself: `True` by default. One that does not follows the
///         journal, serves reads and forwards commands as any other; it has neither a name nor a vote until an operator
///         lets it join by `cluster.join`, and stays a member from then on.
///     payments: Sets whether this host has the card processor's keys: `True` by default, and `gateway` sets the
///         card processor. A host without them is given no gateway. If it writes, it asks the card processor by way of
///         a host that has them; while there is none, charges wait. It takes the card processor's messages, and shows
///         its buyers what they have to do, as the others do.
///     acknowledge: Sets what a command's answer waits for: by default for the stream alone, which loses nothing
///         while a majority of its servers has its disks. `second_host` waits until another host that votes has it
///         durably, too. That keeps sales that were answered even if the host that writes and the end of the stream are
///         lost together. It costs a sync of that host's disk for each batch. Give it to all hosts: the one that writes
///         goes by its own. While no other host that votes is there, nothing is answered: callers hear after 15 seconds
///         that the outcome is unknown, and the host that writes is not ready. While no other host votes at all, the
///         stream alone is waited for.
///     replicas: Sets the number of servers that have the stream, for `init_cluster`: 3 by default.
///     level_within: Sets the time for which opening waits until this host has what the others have: 20 seconds by
///         default. After that it opens anyway and goes on catching up; `BoxOffice.check_ready` tells when it is done.
///     test_servers: Sets whether the servers are for tests: `False` by default. Then they may be fewer than three,
///         and nobody asks whether they sync every write. **Such servers lose acknowledged sales** with their power.
#[pyclass(frozen, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone)]
pub(crate) struct ClusterOptions(pub(crate) boxoffice::ClusterOptions);

#[pymethods]
impl ClusterOptions {
    #[new]
    #[pyo3(signature = (servers, *, credentials_file=None, nkey_file=None, user=None, certificate_authorities=None, client_certificate=None, monitoring=None, host_name=None, preferred_writer=None, votes=None, joins=None, payments=None, acknowledge=None, replicas=None, level_within=None, test_servers=None))]
    fn new(
        py: Python<'_>,
        servers: Items<String>,
        credentials_file: Option<PathBuf>,
        nkey_file: Option<PathBuf>,
        user: Option<(String, String)>,
        certificate_authorities: Option<PathBuf>,
        client_certificate: Option<(PathBuf, PathBuf)>,
        monitoring: Option<Items<String>>,
        host_name: Option<String>,
        preferred_writer: Option<bool>,
        votes: Option<bool>,
        joins: Option<bool>,
        payments: Option<bool>,
        acknowledge: Option<Given<boxoffice::Acknowledgement>>,
        replicas: Option<Natural<u64>>,
        level_within: Option<Duration>,
        test_servers: Option<bool>,
    ) -> PyResult<Self> {
        let make = move || -> Result<_, Error> {
            let mut options = boxoffice::ClusterOptions::new(servers.0);
            if let Some(it) = credentials_file {
                options = options.credentials_file(it);
            }
            if let Some(it) = nkey_file {
                options = options.nkey_file(it);
            }
            if let Some((user, password)) = user {
                options = options.user(user, password);
            }
            if let Some(it) = certificate_authorities {
                options = options.certificate_authorities(it);
            }
            if let Some((certificate, key)) = client_certificate {
                options = options.client_certificate(certificate, key);
            }
            if let Some(it) = monitoring {
                options = options.monitoring(it.0);
            }
            if let Some(it) = host_name {
                options = options.host_name(parsed("hostName", &it)?);
            }
            if let Some(it) = preferred_writer {
                options = options.preferred_writer(it);
            }
            if let Some(it) = votes {
                options = options.votes(it);
            }
            if let Some(it) = joins {
                options = options.joins(it);
            }
            if let Some(it) = payments {
                options = options.payments(it);
            }
            if let Some(it) = acknowledge {
                options = options.acknowledge(it.checked("acknowledge")?);
            }
            if let Some(it) = replicas {
                options = options.replicas(it.0);
            }
            if let Some(it) = level_within {
                options = options.level_within(it);
            }
            if let Some(it) = test_servers {
                options = options.test_servers(it);
            }
            Ok(options)
        };
        make().map(Self).map_err(|error| exception(py, &error))
    }

    fn __repr__(&self) -> &'static str {
        "ClusterOptions(…)"
    }
}
