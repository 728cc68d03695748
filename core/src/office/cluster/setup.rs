//! What an operator does to a cluster as a whole.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::opening::{failed, has_host_id, host_id, name_of, note_host_id, noted_host_id, timepiece, unreadable};
use super::options::{ClusterOptions, sealer};
use super::{Cluster, ClusterHost};
use crate::clock::SystemClock;
use crate::domain::cluster::{Host, JoinHost};
use crate::engine::catch_up;
use crate::error::{Code, Error};
use crate::event::{Actor, Hash};
use crate::identity::KeyRing;
use crate::journal::RedbJournal;
use crate::journal::jetstream::What;
use crate::journal::jetstream::nats::{Overview, Setup, SetupFailure};
use crate::office::checkpoint::open_views;
use crate::office::{BoxOffice, Named};
use crate::types::{HostId, HostName};

/// A cluster as it looks from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterOverview {
    /// Identity of the journal.
    pub journal: Hash,
    /// Name of the stream.
    pub stream: String,
    /// Number of messages in the stream.
    pub messages: u64,
    /// Server that leads the stream; none while there is none.
    pub leader: Option<String>,
    /// The other servers with the stream, each with whether it has all of it.
    pub replicas: Vec<(String, bool)>,
    /// Hosts that were heard, each with its last message.
    pub hosts: Vec<ClusterHost>,
    /// What is wrong with the servers or the stream.
    pub findings: Vec<String>,
}

impl ClusterOptions {
    /// Returns `true` if there is a cluster on the servers: if somebody has made its stream.
    ///
    /// ```
    /// # fn example() -> Result<(), boxoffice::Error> {
    /// use boxoffice::ClusterOptions;
    ///
    /// let is_there = ClusterOptions::new(["nats://nats-0:4222"]).exists()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable` with the reason if the servers can't be asked.
    pub fn exists(&self) -> Result<bool, Error> {
        self.setup()?.is_made().map_err(refused)
    }

    /// Makes the box office of a data directory the first host of a new cluster, and the stream that its hosts share. A
    /// directory without a box office gets an empty one. Returns the name of the stream.
    ///
    /// The directory must not be open. If it is cut off, the same call completes it.
    ///
    /// ```
    /// # fn example() -> Result<(), boxoffice::Error> {
    /// use boxoffice::{ClusterOptions, KeyRing};
    ///
    /// let keys = KeyRing::new(b"a secret of at least thirty-two bytes")?;
    /// let stream = ClusterOptions::new(["nats://nats-0:4222"]).init("data", &keys)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable` with the reason if the servers can't be reached, are not what they must be, or have a cluster already,
    /// and if the directory belongs to one; the errors of [`BoxOffice::open`].
    pub fn init(&self, dir: impl AsRef<Path>, keys: &KeyRing) -> Result<String, Error> {
        let dir = dir.as_ref();
        // Before anything is made: the servers say whether there is a cluster already.
        let setup = self.setup()?;
        let host = host_id(dir)?;
        if !is_begun(dir)? {
            setup.check_new().map_err(refused)?;
            self.join_first(dir, host, keys)?;
        }
        setup.init(&RedbJournal::open(dir)?, host).map_err(refused)
    }

    /// Makes a new stream that goes on from the copy in a data directory, because the old one is lost. Take the directory of the
    /// host that has the most, see [`ClusterStatus::message`](crate::ClusterStatus::message): what others have beyond it is lost, and they need new copies.
    /// Returns the name of the new stream.
    ///
    /// Only a host that votes writes, so the directory must be that of one. Any other, such as a backup or the copy of a host outside
    /// that never joined, becomes that of `voter`, a host that votes by the journal: its own directory must be gone for good.
    /// `even_if_there` leaves a stream that is still there; hosts that go on with it are then lost to the new one.
    ///
    /// The directory must not be open. If it is cut off, the same call completes it.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::ClusterOptions;
    ///
    /// let options = ClusterOptions::new(["nats://nats-0:4222"]);
    /// let stream = options.remake("data", None, false)?;
    /// // From a backup, in the place of a host that was lost with all others.
    /// let stream = options.remake("backup", Some(&"boxoffice-0".parse()?), false)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `cluster.host_not_found` with the names of the voters if `voter` is none of them, or there is none and the directory is not
    /// that of a voter; `journal.unavailable` with the reason; the errors of [`BoxOffice::open`].
    pub fn remake(
        &self,
        dir: impl AsRef<Path>,
        voter: Option<&HostName>,
        even_if_there: bool,
    ) -> Result<String, Error> {
        let dir = dir.as_ref();
        if !is_begun(dir)? {
            return Err(refused(SetupFailure::NoCopy));
        }
        let journal = RedbJournal::open(dir)?;
        let host = voter_of(&journal, dir, voter)?;
        self.setup()?.remake(&journal, host, even_if_there, &|| note_host_id(dir, host)).map_err(refused)
    }

    /// Looks at a cluster from outside: at its stream and servers, and, for a moment, at what its hosts say.
    ///
    /// ```
    /// # fn example(keys: boxoffice::KeyRing) -> Result<(), boxoffice::Error> {
    /// use boxoffice::ClusterOptions;
    ///
    /// let overview = ClusterOptions::new(["nats://nats-0:4222"]).overview(&keys)?;
    /// println!("{} hosts", overview.hosts.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable` with the reason if the servers can't be reached, or there is no cluster.
    pub fn overview(&self, keys: &KeyRing) -> Result<ClusterOverview, Error> {
        let now = timepiece(Arc::new(SystemClock::new()));
        Overview::of(&self.servers, sealer(keys), now).map(ClusterOverview::from).map_err(refused)
    }

    fn setup(&self) -> Result<Setup, Error> {
        let now = timepiece(Arc::new(SystemClock::new()));
        Setup::open(self.servers.clone(), now, self.replicas).map_err(refused)
    }

    /// Notes in the directory's own journal that its host is the first of the cluster, while it is on its own.
    fn join_first(&self, dir: &Path, host_id: HostId, keys: &KeyRing) -> Result<(), Error> {
        let name = self.name.clone().unwrap_or_else(|| name_of(host_id));
        let office = BoxOffice::builder().key_ring(keys.clone()).open(dir)?;
        let command = JoinHost { host_id, name, voter: true };
        let joined = pollster::block_on(office.0.submit(command, Actor::System, Named::Fresh));
        pollster::block_on(office.close())?;
        joined.map(drop)
    }
}

impl Cluster {
    /// Returns `true` if a data directory is that of a host of a cluster, and its journal still is as the cluster has it. Opened
    /// without the cluster, it goes on alone: nothing that is recorded there comes to the others, and it can't go back.
    ///
    /// ```
    /// # fn example() -> Result<(), boxoffice::Error> {
    /// use boxoffice::Cluster;
    ///
    /// if Cluster::has_directory("data")? {
    ///     println!("this is a host's copy of a shared journal");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.in_use` if it is open; the other errors of [`BoxOffice::open`].
    pub fn has_directory(dir: impl AsRef<Path>) -> Result<bool, Error> {
        let dir = dir.as_ref();
        if !has_host_id(dir)? {
            return Ok(false);
        }
        match is_begun(dir) {
            // It went on alone, or is damaged, which opening it tells.
            Err(error) if error.code() == Code::JournalDamaged => Ok(false),
            begun => begun,
        }
    }
}

/// Returns `true` if the journal of the directory is a copy already.
fn is_begun(dir: &Path) -> Result<bool, Error> {
    let has_journal = dir.join("journal.redb").try_exists().map_err(unreadable)?;
    Ok(has_journal && RedbJournal::open(dir)?.position()?.is_some())
}

/// Returns the voter that a directory is to be of: the one with this name, or else the one whose directory it is.
fn voter_of(journal: &RedbJournal, dir: &Path, name: Option<&HostName>) -> Result<HostId, Error> {
    let own = if name.is_none() { noted_host_id(dir)? } else { None };
    let state = catch_up(journal, &open_views(journal, dir)?)?;
    let voters = || state.hosts().iter().filter(|host| host.votes());
    let is_meant = |host: &&Arc<Host>| name.map_or(own == Some(host.id), |name| host.name == *name);
    if let Some(host) = voters().find(is_meant) {
        return Ok(host.id);
    }
    let names = voters().map(|host| host.name.as_str()).collect::<Vec<_>>().join(", ");
    let what = match name {
        Some(name) => format!("{name} is no voter of this journal; those are: {names}"),
        None => format!(
            "this directory is not that of a voter, and only voters write; name the one that it becomes, by `--as` of \
             `cluster remake`: {names}"
        ),
    };
    Err(Error::with_message(Code::ClusterHostNotFound, what))
}

impl From<Overview> for ClusterOverview {
    fn from(overview: Overview) -> Self {
        let Overview { journal, stream, findings, hosts } = overview;
        let cluster = stream.cluster.unwrap_or_default();
        let host = |said: &crate::journal::jetstream::Said| ClusterHost {
            writes: said.what == What::Heartbeat,
            message: Some(said.standing.n),
            heard_ago: Some(Duration::ZERO),
            ..ClusterHost::unknown(said.from)
        };
        Self {
            journal,
            stream: stream.config.name,
            messages: stream.state.messages,
            leader: Some(cluster.leader).filter(|leader| !leader.is_empty()),
            replicas: cluster.replicas.into_iter().map(|replica| (replica.name, replica.current)).collect(),
            hosts: hosts.iter().map(host).collect(),
            findings: findings.into_iter().map(|finding| finding.what).collect(),
        }
    }
}

fn refused(failure: SetupFailure) -> Error {
    match failure {
        SetupFailure::Journal(error) => error.into(),
        SetupFailure::Open(failure) => failed(failure),
        failure => Error::with_message(Code::JournalUnavailable, failure.to_string()).with_source(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cluster::LeaveHost;
    use crate::journal::Journal as _;
    use crate::journal::jetstream::Position;

    const fn host(number: u8) -> HostId {
        HostId::from_bytes([number; 16])
    }

    /// Makes a directory a copy of a cluster, in which host-0 and host-1 vote, host-2 doesn't, and host-3 has left.
    fn make_copy(dir: &Path) {
        let office = BoxOffice::open(dir).unwrap();
        for (number, voter) in [(0, true), (1, true), (2, false), (3, true)] {
            let name = format!("host-{number}").parse().unwrap();
            let command = JoinHost { host_id: host(number), name, voter };
            pollster::block_on(office.0.submit(command, Actor::System, Named::Fresh)).unwrap();
        }
        let gone = LeaveHost { host_id: host(3) };
        pollster::block_on(office.0.submit(gone, Actor::System, Named::Fresh)).unwrap();
        pollster::block_on(office.close()).unwrap();
        let journal = RedbJournal::open(dir).unwrap();
        let (id, head) = (journal.history().unwrap().id, Hash::from_bytes([9; 32]));
        let position = Position { journal: id, generation: 1, seq: 7, n: 7, head, epoch: 1, writer: host(0) };
        journal.set_position(&position).unwrap();
    }

    fn chosen(dir: &Path, name: Option<&str>) -> Result<HostId, Error> {
        let name: Option<HostName> = name.map(|name| name.parse().unwrap());
        voter_of(&RedbJournal::open(dir).unwrap(), dir, name.as_ref())
    }

    #[test]
    fn a_directory_goes_on_as_a_voter_alone() {
        let dir = tempfile::tempdir().unwrap();
        make_copy(dir.path());
        let check_refused = |name: Option<&str>, words: &str| {
            let error = chosen(dir.path(), name).unwrap_err();
            assert_eq!(error.code(), Code::ClusterHostNotFound, "{name:?}: {error}");
            let told = error.to_string();
            assert!(told.contains(words) && told.ends_with(": host-0, host-1"), "{name:?}: {told}");
        };
        check_refused(None, "--as");
        for name in ["host-2", "host-3", "nobody"] {
            check_refused(Some(name), name);
        }
        assert_eq!(chosen(dir.path(), Some("host-1")).unwrap(), host(1));
        assert_eq!(noted_host_id(dir.path()).unwrap(), None, "it is noted once the stream is to be made");

        note_host_id(dir.path(), host(1)).unwrap();
        assert_eq!(chosen(dir.path(), None).unwrap(), host(1));
        assert_eq!(chosen(dir.path(), Some("host-0")).unwrap(), host(0));
        for no_voter in [host(2), host(3), host(4)] {
            note_host_id(dir.path(), no_voter).unwrap();
            check_refused(None, "--as");
        }
    }

    #[test]
    fn what_can_not_go_on_is_refused_before_the_servers_are_asked() {
        let dir = tempfile::tempdir().unwrap();
        // Nobody listens there.
        let options = ClusterOptions::new(["nats://127.0.0.1:1"]);
        let error = options.remake(dir.path(), None, false).unwrap_err();
        assert!(error.to_string().contains("no copy of a cluster"), "{error}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);

        make_copy(dir.path());
        let error = options.remake(dir.path(), None, false).unwrap_err();
        assert_eq!(error.code(), Code::ClusterHostNotFound, "{error}");
        assert_eq!(noted_host_id(dir.path()).unwrap(), None);
    }
}
