//! A box office as a host of a cluster: what it tells of itself and the others, and what an operator may do.

mod link;
mod opening;
mod options;
mod payments;
mod setup;
mod webhooks;

use std::sync::Arc;
use std::time::Duration;

pub(super) use self::link::Member;
pub use self::options::ClusterOptions;
pub(super) use self::options::envelopes;
pub use self::setup::ClusterOverview;
pub use self::webhooks::{SharedWebhooks, WebhookDraft, WebhookSecret};
use super::{BoxOffice, Named};
use crate::domain::cluster::{Host, JoinHost, LeaveHost};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::journal::jetstream::nats::Status;
use crate::types::{HostId, HostName, HostState};

/// Operations on the cluster that a box office is a host of.
#[derive(Debug, Clone)]
pub struct Cluster {
    office: BoxOffice,
    member: Arc<Member>,
}

/// State of a host, and of what it knows of its cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterStatus {
    /// Id of this host: of its data directory.
    pub host: HostId,
    /// State of this host.
    pub state: HostState,
    /// Host that writes, by the last claim that this host has read.
    pub writer: HostId,
    /// Number of that claim.
    pub epoch: u64,
    /// Number of the last message of the journal that this host has read.
    pub message: u64,
    /// Number of the last message that this host's views include.
    pub applied: u64,
    /// Name of the stream.
    pub stream: String,
    /// All hosts, this one included.
    pub hosts: Vec<ClusterHost>,
    /// Reason why this host must not be asked now; none if it may be.
    pub unready: Option<String>,
    /// What is wrong with the servers or the stream.
    pub findings: Vec<String>,
}

/// A host as another one knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterHost {
    /// Id of the host: of its data directory.
    pub id: HostId,
    /// Name of the host; none if it has not joined.
    pub name: Option<HostName>,
    /// `true` if it votes for the host that writes.
    pub voter: bool,
    /// `true` if it writes, by its own word.
    pub writes: bool,
    /// Number of the last message that it has read; none if it was not heard.
    pub message: Option<u64>,
    /// Time since it was heard; none if it was not.
    pub heard_ago: Option<Duration>,
    /// Milliseconds by which its clock is ahead of this host's; negative if it is behind.
    pub clock_ahead_ms: i64,
}

/// Reason why a host must not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unready(pub(super) String);

impl BoxOffice {
    /// Returns the operations on the cluster; none if the box office is on one machine.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// if let Some(cluster) = office.cluster() {
    ///     println!("this host is a {}", cluster.status().state);
    /// }
    /// # }
    /// ```
    pub fn cluster(&self) -> Option<Cluster> {
        let member = self.0.cluster.as_ref()?;
        Some(Cluster { office: self.clone(), member: Arc::clone(member) })
    }
}

impl Cluster {
    /// Returns the state of this host, and what it knows of the others.
    ///
    /// ```
    /// # fn example(cluster: boxoffice::Cluster) {
    /// for host in cluster.status().hosts {
    ///     println!("{} has message {:?}", host.id, host.message);
    /// }
    /// # }
    /// ```
    pub fn status(&self) -> ClusterStatus {
        let Status { host, state, position, applied, stream, others, unready, findings } =
            self.member.driver().status();
        let mut hosts: Vec<ClusterHost> =
            self.office.0.views.hosts().iter().filter(|host| !host.left).map(member_of).collect();
        for other in others {
            if let Some(known) = entry(&mut hosts, other.host) {
                known.writes = other.is_writer;
                known.message = Some(other.standing.n);
                known.heard_ago = Some(Duration::from_millis(other.age));
                known.clock_ahead_ms = other.ahead;
            }
        }
        if let Some(own) = entry(&mut hosts, host) {
            own.writes = state == HostState::Writer;
            own.message = Some(position.n);
            own.heard_ago = Some(Duration::ZERO);
        }
        ClusterStatus {
            host,
            state,
            writer: position.writer,
            epoch: position.epoch,
            message: position.n,
            applied,
            stream,
            hosts,
            unready,
            findings: findings.into_iter().map(|finding| finding.what).collect(),
        }
    }

    /// Returns the number of a message of the journal by which all that led to this host's answers has been appended: mostly the last
    /// that its views include, and a later one if an answer could not wait until they did. A caller who has got it from another
    /// host can wait here until this one is as far, see [`Cluster::level_with`].
    ///
    /// ```
    /// # fn example(cluster: boxoffice::Cluster) {
    /// let seen = cluster.message();
    /// # }
    /// ```
    pub fn message(&self) -> u64 {
        self.member.driver().level()
    }

    /// Waits until this host's views include the message with this number, or the time is over. Returns `true` if they do.
    ///
    /// ```
    /// # async fn example(cluster: boxoffice::Cluster) {
    /// use std::time::Duration;
    ///
    /// let is_level = cluster.level_with(17, Duration::from_secs(2)).await;
    /// # }
    /// ```
    pub async fn level_with(&self, message: u64, within: Duration) -> bool {
        let driver = Arc::clone(self.member.driver());
        let waited = self.office.0.runtime_handle.spawn(async move { driver.level_with(message, within).await });
        waited.await.unwrap_or(false)
    }

    /// Makes this host a member of the cluster that votes for the host that writes, under the name that its options have. For hosts
    /// that do not join by themselves, see [`ClusterOptions::joins`]. Call it once [`Cluster::status`] says no more that this host is
    /// `blank`.
    ///
    /// ```
    /// # async fn example(cluster: boxoffice::Cluster) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// let host = cluster.join(Actor::System).await?;
    /// assert!(host.voter);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`, `cluster.name_taken`, `cluster.change_pending` while another host joins or leaves; the errors of
    /// all commands.
    pub async fn join(&self, actor: Actor) -> Result<Arc<Host>, Error> {
        let (host_id, name) = (self.member.driver().status().host, self.member.name().clone());
        self.office.0.submit(JoinHost { host_id, name, voter: true }, actor, Named::Fresh).await
    }

    /// Waits until this host writes, or until it writes no more. Whatever only one host at a time should do ends with that, at the
    /// latest: another host may have begun.
    ///
    /// ```
    /// # async fn example(cluster: boxoffice::Cluster) {
    /// cluster.until_writer(true).await;
    /// println!("this host writes");
    /// cluster.until_writer(false).await;
    /// # }
    /// ```
    pub async fn until_writer(&self, writes: bool) {
        self.member.driver().until_writer(writes).await;
    }

    /// Removes a host from the cluster: it has no vote any more. Its process should be stopped then; started again, it joins
    /// anew.
    ///
    /// ```
    /// # async fn example(cluster: boxoffice::Cluster, gone: boxoffice::HostId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// let host = cluster.remove(Actor::System, gone).await?;
    /// assert!(host.left);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`, `cluster.host_not_found`, `cluster.change_pending` while another host joins or leaves,
    /// `cluster.last_voter`; the errors of all commands.
    pub async fn remove(&self, actor: Actor, host_id: HostId) -> Result<Arc<Host>, Error> {
        self.office.0.submit(LeaveHost { host_id }, actor, Named::Fresh).await
    }

    /// Makes this host the writer without the consent of a majority of the voters. Only for an operator who knows that the
    /// others are gone for good: whatever they had and the stream has not is lost.
    ///
    /// It takes effect only if this host has everything that the stream has, while no other host writes, and within a minute: after
    /// that, say it again.
    ///
    /// ```
    /// # fn example(cluster: boxoffice::Cluster) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// cluster.take_over_alone(Actor::System)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`.
    pub fn take_over_alone(&self, actor: Actor) -> Result<(), Error> {
        let views = self.office.0.views()?;
        if !views.is_operator(actor) {
            return Err(Code::AuthOperatorRequired.into());
        }
        self.member.driver().take_over();
        Ok(())
    }
}

#[cfg(any(test, feature = "testing"))]
impl Cluster {
    /// Ends this host's connection without a word to the others.
    pub(crate) fn end_abruptly(&self) {
        self.member.driver().stop();
    }
}

impl ClusterHost {
    fn unknown(id: HostId) -> Self {
        Self { id, name: None, voter: false, writes: false, message: None, heard_ago: None, clock_ahead_ms: 0 }
    }
}

/// Returns the entry of a host. One that has not joined gets one.
fn entry(hosts: &mut Vec<ClusterHost>, id: HostId) -> Option<&mut ClusterHost> {
    let at = hosts.iter().position(|known| known.id == id).unwrap_or_else(|| {
        hosts.push(ClusterHost::unknown(id));
        hosts.len() - 1
    });
    hosts.get_mut(at)
}

fn member_of(host: &Arc<Host>) -> ClusterHost {
    ClusterHost { name: Some(host.name.clone()), voter: host.voter, ..ClusterHost::unknown(host.id) }
}
