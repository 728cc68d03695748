//! Opening a box office as a host of a cluster.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::sleep;

use super::options::{ProcessorKeys, sealer};
use super::{ClusterOptions, Member};
use crate::clock::{Clock, moment};
use crate::domain::cluster::JoinHost;
use crate::engine::cluster::{ClusterParts, Terms};
use crate::error::{Code, Error, ErrorKind};
use crate::event::Actor;
use crate::gateway::{PaymentGateway, Sandbox};
use crate::identity::KnownPlaces;
use crate::ids::{IdSource, RandomIds};
use crate::journal::jetstream::journal::ClusterJournal;
use crate::journal::jetstream::nats::{Host, OpenFailure, Session, Timepiece};
use crate::journal::jetstream::outlet::Outlet;
use crate::journal::{Journal, RedbJournal};
use crate::office::assemble::Opened;
use crate::office::checkpoint::open_views;
use crate::office::erasures::erase_listed;
use crate::office::{BoxOffice, Builder, Inner, Named};
use crate::private_file;
use crate::types::{Acknowledgement, HostId, HostName};

/// File in the data directory with the id of the host. A copy of the directory on another machine needs another one.
const HOST_FILE: &str = "host.id";

/// File of the journal: a directory without it has none.
const JOURNAL_FILE: &str = "journal.redb";

/// Pause before a host tries again to join; and if it was refused.
const JOIN_AGAIN: Duration = Duration::from_secs(1);
const JOIN_LATER: Duration = Duration::from_secs(30);

/// Time after which a host that could not be opened may be tried again.
const OPEN_AGAIN: Duration = Duration::from_secs(1);

impl Builder {
    /// Opens the box office as a host of a cluster. A directory without a journal gets a copy from another host.
    pub(in crate::office) fn open_in_cluster(self, dir: &Path, options: &ClusterOptions) -> Result<BoxOffice, Error> {
        let keys = self.key_ring.clone().ok_or_else(no_key)?;
        let own = gateway(self.gateway.clone(), options.processor_keys)?;
        let (builder, failures) = self.with_clock();
        let now = timepiece(builder.clock_in_use());
        let name_of_host = |host| options.name.clone().unwrap_or_else(|| name_of(host));
        let name = name_of_host(host_id(dir)?);
        let session = Session::open(options.servers.clone(), sealer(&keys), now, name.as_str()).map_err(failed)?;
        let has_journal = dir.join(JOURNAL_FILE).try_exists().map_err(unreadable)?;
        let session = if has_journal { session } else { session.take_copy(dir.to_owned()).map_err(failed)? };
        let copy = Arc::new(RedbJournal::open(dir)?);
        // While this host waited for its stream, whoever made that may have made the directory another host's. Nobody does from now on.
        let host = host_id(dir)?;
        let name = name_of_host(host);
        let (told, news) = flume::unbounded();
        let sink = Box::new(move |news| {
            // It fails only if the engine has ended.
            let _ = told.send(news);
        });
        let journal = Arc::clone(&copy);
        let (preferred, acknowledgement) = (options.preferred, options.acknowledgement);
        let waits_for_second = acknowledgement == Acknowledgement::SecondHost;
        let part = Host { id: host, dir: dir.to_owned(), journal, preferred, waits_for_second, news: sink };
        let driver = Arc::new(session.start(part).map_err(failed)?);
        let member = Member::new(Arc::clone(&driver), news, name.clone(), own.is_some(), acknowledgement);
        let outlet: Arc<dyn Outlet> = driver.clone();
        let journal: Arc<dyn Journal> = Arc::new(ClusterJournal::new(Arc::clone(&copy), outlet));
        let link: Arc<Member> = Arc::clone(&member);
        let parts = ClusterParts { terms: Terms::new(link.clone()), link, replica: copy };
        let views = open_views(journal.as_ref(), dir)?;
        let known = KnownPlaces::open(dir)?;
        let remote = || member.remote().map(|remote| Arc::new(remote) as Arc<dyn PaymentGateway>);
        let gateway = own.or_else(remote).ok_or(Code::Internal)?;
        let opened = Opened { journal, views, known, gateway, failures, cluster: Some((Some(member), parts)) };
        let office = builder.start_opened(opened, &keys)?;
        let joining = Joining { host, name, votes: options.votes, joins: options.joins };
        office.0.runtime_handle.spawn(joining.run(Arc::downgrade(&office.0)));
        if !driver.wait_until_level(options.level_within) {
            tracing::warn!("this host is not level with the others yet, and goes on catching up");
        }
        Ok(office)
    }
}

/// What a host wants to be in its cluster.
struct Joining {
    host: HostId,
    name: HostName,
    votes: bool,
    /// `true` if it joins by itself.
    joins: bool,
}

impl Joining {
    /// Joins the cluster, unless this host is a member as it wants to be or does not join by itself. Then erases whom the list of
    /// erased users names.
    async fn run(self, inner: Weak<Inner>) {
        loop {
            let Some(inner) = inner.upgrade() else { return };
            if *inner.closed.borrow() {
                return;
            }
            if self.is_member(&inner) {
                return erase_listed(&inner).await;
            }
            let is_level = inner.cluster.as_ref().is_some_and(|member| member.driver().is_level());
            if is_level && !self.joins {
                return erase_listed(&inner).await;
            }
            let pause = if is_level { self.join(&inner).await } else { JOIN_AGAIN };
            drop(inner);
            sleep(pause).await;
        }
    }

    fn is_member(&self, inner: &Inner) -> bool {
        let hosts = inner.views.hosts();
        let own = hosts.iter().find(|host| host.id == self.host && !host.left);
        own.is_some_and(|host| host.name == self.name && host.voter == self.votes)
    }

    /// Asks to join; returns when to look again.
    async fn join(&self, inner: &Inner) -> Duration {
        let command = JoinHost { host_id: self.host, name: self.name.clone(), voter: self.votes };
        match inner.submit(command, Actor::System, Named::Fresh).await {
            Ok(host) => {
                tracing::info!(host = %host.id, name = %host.name, voter = host.voter, "joined the cluster");
                Duration::ZERO
            }
            Err(error) => {
                tracing::warn!(%error, "this host has not joined the cluster yet");
                let passes = error.kind() == ErrorKind::Unavailable || error.code() == Code::ClusterChangePending;
                if passes { JOIN_AGAIN } else { JOIN_LATER }
            }
        }
    }
}

/// Returns the time on both clocks of the protocol.
pub(super) fn timepiece(clock: Arc<dyn Clock>) -> Timepiece {
    Arc::new(move || crate::journal::jetstream::Now { moment: moment(), wall: clock.now() })
}

/// Returns the id of the host whose data directory this is. A directory without one gets a new one.
pub(super) fn host_id(dir: &Path) -> Result<HostId, Error> {
    if let Some(id) = noted_host_id(dir)? {
        return Ok(id);
    }
    let id = HostId::from(RandomIds.next());
    note_host_id(dir, id).map_err(unreadable)?;
    Ok(id)
}

/// Returns the id of the host whose data directory this is, if it has one.
pub(super) fn noted_host_id(dir: &Path) -> Result<Option<HostId>, Error> {
    match fs::read_to_string(dir.join(HOST_FILE)) {
        Ok(text) => {
            let damaged = |_| Error::with_message(Code::JournalDamaged, format!("{HOST_FILE} has no id of a host"));
            text.trim().parse().map(Some).map_err(damaged)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(error)),
    }
}

/// Returns `true` if the directory is or was that of a host.
pub(super) fn has_host_id(dir: &Path) -> Result<bool, Error> {
    dir.join(HOST_FILE).try_exists().map_err(unreadable)
}

/// Makes a directory that of this host. The file with the id is written completely or not at all.
pub(super) fn note_host_id(dir: &Path, id: HostId) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let path = dir.join(HOST_FILE);
    let draft = path.with_extension("tmp");
    let mut file = private_file::options().write(true).truncate(true).open(&draft)?;
    file.write_all(format!("{id}\n").as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, &path)?;
    if cfg!(unix) { fs::File::open(dir)?.sync_all() } else { Ok(()) }
}

/// Returns a name for a host that was given none.
pub(super) fn name_of(host: HostId) -> HostName {
    // The last part of an id is random. It is a name as it is.
    let text = format!("host-{}", &host.to_string()[24..]);
    text.parse().unwrap_or_else(|_| unreachable!("an id is lower-case letters, digits and hyphens"))
}

/// Returns the gateway of a host, if it has one: what was `given`, or a sandbox. One without the card processor's keys has none.
fn gateway(
    given: Option<Arc<dyn PaymentGateway>>,
    keys: ProcessorKeys,
) -> Result<Option<Arc<dyn PaymentGateway>>, Error> {
    match (given, keys) {
        (given, ProcessorKeys::Own) => Ok(Some(given.unwrap_or_else(sandbox))),
        (None, ProcessorKeys::Elsewhere) => Ok(None),
        (Some(_), ProcessorKeys::Elsewhere) => {
            Err(Error::invalid("gateway", "must not be set for a host without the card processor's keys"))
        }
    }
}

fn sandbox() -> Arc<dyn PaymentGateway> {
    tracing::warn!("there is no card processor: each host of the cluster has a sandbox of its own, in memory");
    Arc::new(Sandbox::in_memory())
}

pub(super) fn no_key() -> Error {
    Error::invalid("JWT_KEY", "must be set for a cluster: all its hosts share it, and none makes one up")
}

pub(super) fn unreadable(error: io::Error) -> Error {
    Error::from(Code::JournalUnavailable).with_source(error)
}

/// Returns why a host can't take part, and when to try again if that may help.
pub(super) fn failed(failure: OpenFailure) -> Error {
    match failure {
        OpenFailure::Journal(error) => error.into(),
        failure => {
            let passes = failure.passes();
            let error = Error::with_message(Code::JournalUnavailable, failure.to_string()).with_source(failure);
            if passes { error.with_retry_after(OPEN_AGAIN) } else { error }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_keeps_the_id_of_its_host() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("new");
        let id = host_id(&dir).unwrap();
        assert_eq!(host_id(&dir).unwrap(), id);
        assert_ne!(host_id(&dir.join("other")).unwrap(), id);
        let other = HostId::from_bytes([7; 16]);
        note_host_id(&dir, other).unwrap();
        assert_eq!(host_id(&dir).unwrap(), other);
        assert_eq!(noted_host_id(&dir.join("none")).unwrap(), None);
        assert!(!dir.join("none").exists());
        fs::write(dir.join(HOST_FILE), "nobody").unwrap();
        assert_eq!(host_id(&dir).unwrap_err().code(), Code::JournalDamaged);
    }

    #[test]
    fn a_directory_of_one_machine_is_no_hosts() {
        let dir = tempfile::tempdir().unwrap();
        let is_hosts = || crate::office::Cluster::has_directory(dir.path());
        assert!(!is_hosts().unwrap());
        let office = BoxOffice::open(dir.path()).unwrap();
        // A start with a cluster that was refused leaves an id.
        host_id(dir.path()).unwrap();
        assert_eq!(is_hosts().unwrap_err().code(), Code::JournalInUse);
        office.blocking().close().unwrap();
        assert!(!is_hosts().unwrap());
    }

    #[test]
    fn whoever_may_try_again_is_told_when() {
        assert!(failed(OpenFailure::NoStream).retry_after().is_some());
        assert!(failed(OpenFailure::NoCopy).retry_after().is_none());
        assert!(failed(OpenFailure::Unsound(Vec::new())).retry_after().is_none());
    }

    #[test]
    fn a_host_without_keys_has_no_gateway_and_is_given_none() {
        let given = || Some(Arc::new(Sandbox::in_memory()) as Arc<dyn PaymentGateway>);
        assert_eq!(gateway(given(), ProcessorKeys::Elsewhere).unwrap_err().code(), Code::Validation);
        assert!(gateway(None, ProcessorKeys::Elsewhere).unwrap().is_none());
        for given in [None, given()] {
            assert!(gateway(given, ProcessorKeys::Own).unwrap().is_some());
        }
    }

    #[test]
    fn every_host_has_a_name() {
        let id: HostId = "01938f6e-8c7a-7b2e-8f00-0123456789ab".parse().unwrap();
        assert_eq!(name_of(id).as_str(), "host-0123456789ab");
    }

    #[test]
    fn a_cluster_needs_a_key_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let options = ClusterOptions::new(["nats://127.0.0.1:1"]);
        let error = BoxOffice::builder().cluster(options).open(dir.path()).unwrap_err();
        assert_eq!(error.code(), Code::Validation);
        assert!(error.to_string().contains("JWT_KEY"), "{error}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
