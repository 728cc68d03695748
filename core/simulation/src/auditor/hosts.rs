//! Checks the hosts of the cluster.

use boxoffice::{Actor, HostId, HostJoined, HostLeft, HostName, Record};

use super::{Auditor, Verdict, ensure, follows};

#[derive(Debug)]
pub(super) struct Host {
    pub(super) version: u64,
    name: HostName,
    voter: bool,
    left: bool,
}

impl Host {
    const fn votes(&self) -> bool {
        self.voter && !self.left
    }
}

impl Auditor {
    pub(super) fn host_joined(&mut self, record: &Record, event: &HostJoined) -> Verdict {
        let id = event.host_id;
        self.may_change_hosts(record)?;
        follows(record.version, self.hosts.get(&id).map_or(0, |host| host.version))?;
        let namesake = self.hosts.iter().find(|(other, host)| **other != id && !host.left && host.name == event.name);
        ensure(namesake.is_none(), || format!("{namesake:?} has the name"))?;
        let (name, voter) = (event.name.clone(), event.voter);
        let host = Host { version: record.version, name, voter, left: false };
        self.changes_host(id, host)
    }

    pub(super) fn host_left(&mut self, record: &Record, event: &HostLeft) -> Verdict {
        let id = event.host_id;
        self.may_change_hosts(record)?;
        let host = self.hosts.get(&id).filter(|host| !host.left).ok_or("there is no such member")?;
        follows(record.version, host.version)?;
        let host = Host { version: record.version, left: true, name: host.name.clone(), voter: host.voter };
        self.changes_host(id, host)
    }

    fn may_change_hosts(&self, record: &Record) -> Verdict {
        let Actor::User(id) = record.actor else { return Ok(()) };
        ensure(self.person(id)?.operator, || format!("{id} is no operator"))
    }

    /// Checks that a host votes still, if one did.
    fn changes_host(&mut self, id: HostId, host: Host) -> Verdict {
        let voted = self.hosts.values().any(Host::votes);
        self.hosts.insert(id, host);
        ensure(!voted || self.hosts.values().any(Host::votes), || "no host votes any more".to_owned())
    }
}
