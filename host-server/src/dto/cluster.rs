//! Responses about the cluster.

use boxoffice::BoxOffice;
#[cfg(feature = "cluster")]
use boxoffice::{ClusterHost, ClusterStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// State of a host, and of what it knows of its cluster.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Cluster)]
pub(crate) struct ClusterOut {
    /// Id of this host.
    #[schema(format = Uuid)]
    pub(crate) host: String,
    /// State of this host: `blank` while it catches up, `follower`, `candidate`, `writer`, `leaving` or `alarm`.
    #[schema(pattern = "^(blank|follower|candidate|writer|leaving|alarm)$")]
    pub(crate) state: String,
    /// Id of the host that writes, by the last claim that this host has read.
    #[schema(format = Uuid)]
    pub(crate) writer: String,
    /// Number of that claim.
    pub(crate) epoch: u64,
    /// Number of the last message of the journal that this host has read.
    pub(crate) message: u64,
    /// Number of the last message that this host's answers include.
    pub(crate) applied: u64,
    /// Name of the stream.
    pub(crate) stream: String,
    /// Reason why this host must not be asked now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) unready: Option<String>,
    /// What is wrong with the servers or the stream.
    pub(crate) findings: Vec<String>,
    /// All hosts, this one included.
    pub(crate) hosts: Vec<ClusterHostOut>,
}

/// A host as another one knows it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClusterHost)]
pub(crate) struct ClusterHostOut {
    /// Id of the host.
    #[schema(format = Uuid)]
    pub(crate) id: String,
    /// Name of the host, if it has joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) name: Option<String>,
    /// `true` if it votes for the host that writes.
    pub(crate) voter: bool,
    /// `true` if it writes, by its own word.
    pub(crate) writes: bool,
    /// Number of the last message that it has read, if it was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) message: Option<u64>,
    /// Milliseconds since it was heard, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) heard_ago_ms: Option<u64>,
    /// Milliseconds by which its clock is ahead of this host's; negative if it is behind.
    pub(crate) clock_ahead_ms: i64,
}

impl ClusterOut {
    /// Returns the cluster of a box office; none if it is on one machine.
    #[cfg(feature = "cluster")]
    pub(crate) fn of(office: &BoxOffice) -> Option<Self> {
        office.cluster().map(|cluster| cluster.status().into())
    }

    #[cfg(not(feature = "cluster"))]
    pub(crate) fn of(_: &BoxOffice) -> Option<Self> {
        None
    }

    /// Returns the name of a host, or its id if it has none.
    #[cfg(any(feature = "pages", all(feature = "cli", feature = "cluster")))]
    pub(crate) fn name_of<'a>(&'a self, id: &'a str) -> &'a str {
        let host = self.hosts.iter().find(|host| host.id == id);
        host.and_then(|host| host.name.as_deref()).unwrap_or(id)
    }
}

#[cfg(feature = "cluster")]
impl From<ClusterStatus> for ClusterOut {
    fn from(status: ClusterStatus) -> Self {
        let mut hosts: Vec<_> = status.hosts.iter().map(ClusterHostOut::from).collect();
        hosts.sort_by(|one, other| one.order().cmp(&other.order()));
        Self {
            host: status.host.to_string(),
            state: status.state.as_str().to_owned(),
            writer: status.writer.to_string(),
            epoch: status.epoch,
            message: status.message,
            applied: status.applied,
            stream: status.stream,
            unready: status.unready,
            findings: status.findings,
            hosts,
        }
    }
}

#[cfg(feature = "cluster")]
impl ClusterHostOut {
    /// Returns the key by which hosts are sorted: members first, by name.
    fn order(&self) -> (bool, Option<&str>, &str) {
        (self.name.is_none(), self.name.as_deref(), &self.id)
    }
}

#[cfg(feature = "cluster")]
impl From<&ClusterHost> for ClusterHostOut {
    fn from(host: &ClusterHost) -> Self {
        Self {
            id: host.id.to_string(),
            name: host.name.as_ref().map(ToString::to_string),
            voter: host.voter,
            writes: host.writes,
            message: host.message,
            heard_ago_ms: host.heard_ago.map(|ago| u64::try_from(ago.as_millis()).unwrap_or(u64::MAX)),
            clock_ahead_ms: host.clock_ahead_ms,
        }
    }
}
