//! State of the hosts, and its changes by events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Rejection;
use crate::domain::{Context, Fact, Inconsistency, State};
use crate::types::{HostId, HostName, Timestamp};

/// A host of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Host {
    /// Id of the host: of its data directory.
    pub id: HostId,
    /// Name of the host.
    pub name: HostName,
    /// `true` if it votes for the host that writes.
    pub voter: bool,
    /// `true` if it has left.
    pub left: bool,
    /// Version: 1 after it joined for the first time, incremented by every change.
    pub version: u64,
    /// Time at which it joined for the first time.
    pub joined_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

impl Host {
    /// Returns `true` if the host has joined and votes.
    pub const fn votes(&self) -> bool {
        self.voter && !self.left
    }
}

/// All hosts that ever joined. They are few.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts {
    by_id: BTreeMap<HostId, Arc<Host>>,
    voters: BTreeSet<HostId>,
}

impl Hosts {
    /// Returns the host, also one that has left.
    pub(crate) fn get(&self, id: HostId) -> Option<&Arc<Host>> {
        self.by_id.get(&id)
    }

    /// Iterates over all hosts, those that have left included.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Host>> {
        self.by_id.values()
    }

    /// Returns the hosts that vote.
    pub(crate) fn voters(&self) -> &BTreeSet<HostId> {
        &self.voters
    }

    /// Adds a host, or replaces what it was.
    pub(crate) fn insert(&mut self, host: Arc<Host>) {
        if host.votes() {
            self.voters.insert(host.id);
        } else {
            self.voters.remove(&host.id);
        }
        self.by_id.insert(host.id, host);
    }
}

impl State {
    /// Makes a host a member, or changes one.
    pub(super) fn host_joined(
        &mut self,
        id: HostId,
        name: HostName,
        voter: bool,
        fact: Fact,
    ) -> Result<(), Inconsistency> {
        let known = self.hosts().get(id);
        fact.follows(known.map_or(0, |host| host.version))?;
        let joined_at = known.map_or(fact.at, |host| host.joined_at);
        let (version, updated_at) = (fact.version, fact.at);
        self.restore_host(Arc::new(Host { id, name, voter, left: false, version, joined_at, updated_at }));
        Ok(())
    }

    /// Ends the membership of a host.
    pub(super) fn host_left(&mut self, id: HostId, fact: Fact) -> Result<(), Inconsistency> {
        let member = self.hosts().get(id).filter(|host| !host.left);
        let host = member.ok_or(Inconsistency("a host left that was no member"))?;
        fact.follows(host.version)?;
        let host = Host { left: true, version: fact.version, updated_at: fact.at, ..Host::clone(host) };
        self.restore_host(Arc::new(host));
        Ok(())
    }
}

/// Refuses whoever is no operator.
pub(super) fn demand_operator(state: &State, context: &Context) -> Result<(), Rejection> {
    if state.is_operator(context.actor) { Ok(()) } else { Err(Rejection::OperatorRequired) }
}

/// Refuses a change while another one is not durable, and one after which nobody would vote. `has_vote` is
/// `true` if the host votes after it.
pub(super) fn demand_change(state: &State, id: HostId, has_vote: bool, context: &Context) -> Result<(), Rejection> {
    if context.hosts_changing {
        return Err(Rejection::ChangePending);
    }
    let voters = state.hosts().voters();
    if !has_vote && voters.len() == 1 && voters.contains(&id) {
        return Err(Rejection::LastVoter);
    }
    Ok(())
}
