//! The driver and the journal beside real servers. They are started by the tests; `BOXOFFICE_NATS_SERVER` names the program.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use super::setup::{Setup, SetupFailure};
use super::stream::StreamFailure;
use super::*;
use crate::journal::conformance::{self, Subject, proposal};
use crate::journal::jetstream::Now;
use crate::journal::jetstream::journal::ClusterJournal;
use crate::journal::{Journal, JournalError, Proposal, RedbJournal};
use crate::testing::NatsServers;
use crate::types::{HostId, HostState, Timestamp};

/// Time that anything may take here.
const LONG: Duration = Duration::from_mins(1);

const HOST: HostId = HostId::from_bytes([1; 16]);
const OTHER: HostId = HostId::from_bytes([2; 16]);

fn now() -> Timepiece {
    let begun = tokio::time::Instant::now();
    Arc::new(move || {
        let moment = u64::try_from(begun.elapsed().as_millis()).unwrap();
        let wall = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap();
        Now { moment, wall: Timestamp::from_millis(wall) }
    })
}

fn servers_of(nats: &NatsServers, account: usize) -> Servers {
    Servers { urls: nats.urls(account), monitors: nats.monitoring(), ..Servers::default() }
}

fn sealer() -> Sealer {
    Sealer::new(&[[7; 32]])
}

/// A host without an engine: what others write is applied as it comes.
struct Host {
    driver: Arc<Driver>,
    journal: ClusterJournal,
    copy: Arc<RedbJournal>,
    news: flume::Receiver<News>,
}

impl Host {
    fn start(servers: Servers, dir: &Path, id: HostId) -> Self {
        let session = Session::open(servers, sealer(), now(), "test").unwrap();
        let session = if dir.join("journal.redb").exists() { session } else { session.take_copy(dir.into()).unwrap() };
        let copy = Arc::new(RedbJournal::open(dir).unwrap());
        let (told, news) = flume::unbounded();
        let sink = Box::new(move |news| drop(told.send(news)));
        let journal = Arc::clone(&copy);
        let (preferred, waits_for_second) = (false, false);
        let host = super::Host { id, dir: dir.into(), journal, preferred, waits_for_second, news: sink };
        let driver = session.start(host).unwrap();
        let driver = Arc::new(driver);
        let journal = ClusterJournal::new(Arc::clone(&copy), driver.clone());
        let host = Self { driver, journal, copy, news };
        host.vote(&[HOST]);
        host
    }

    /// Tells the driver who votes.
    fn vote(&self, voters: &[HostId]) {
        let position = self.copy.position().unwrap().unwrap();
        self.driver.applied(position, &voters.iter().copied().collect::<BTreeSet<_>>());
    }

    /// Applies news until this host writes.
    fn lead(&self) -> u64 {
        loop {
            match self.news.recv_timeout(LONG).unwrap() {
                News::Lead { epoch } => {
                    self.driver.leads(epoch);
                    return epoch;
                }
                news => self.apply(news),
            }
        }
    }

    /// Applies news until this host has this message.
    fn follow(&self, n: u64) {
        while self.copy.position().unwrap().unwrap().n < n {
            self.apply(self.news.recv_timeout(LONG).unwrap());
        }
    }

    fn apply(&self, news: News) {
        match news {
            News::Apply { position, message } => {
                let is_batch = message.header.kind == crate::journal::jetstream::Kind::Batch;
                let body = if is_batch { &message.body[..] } else { &[] };
                self.copy.apply(&position, body).unwrap();
                self.driver.applied(position, &BTreeSet::from([HOST]));
            }
            News::Depose => {}
            News::Lead { .. } | News::Alarm(_) => panic!("{news:?}"),
        }
    }

    fn n(&self) -> u64 {
        self.driver.status().position.n
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.driver.stop();
    }
}

/// Makes the first copy of a cluster in a new directory.
fn first(servers: &Servers, replicas: u64) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let setup = Setup::open(servers.clone(), now(), replicas).unwrap();
    assert_eq!(setup.init(&RedbJournal::open(dir.path()).unwrap(), HOST).unwrap(), "JOURNAL-1");
    dir
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn the_suite_of_journals_holds_on_real_servers() {
    // The largest proposal of the suite is one message.
    let nats = NatsServers::start_with(3, conformance::ALL.len(), 4 << 20).unwrap();
    for (account, (name, test)) in conformance::ALL.iter().enumerate() {
        eprintln!("{name}");
        let servers = servers_of(&nats, account);
        let dir = first(&servers, 3);
        let host = Host::start(servers, dir.path(), HOST);
        host.lead();
        let journal = ClusterJournal::new(Arc::clone(&host.copy), host.driver.clone());
        test(&Subject { journal: Box::new(journal), _keep: Box::new((host, dir)) });
    }
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn a_new_host_takes_a_copy_and_follows_from_there() {
    let nats = NatsServers::start(3, 1).unwrap();
    let servers = servers_of(&nats, 0);
    let dir = first(&servers, 3);
    let one = Host::start(servers.clone(), dir.path(), HOST);
    let epoch = one.lead();
    for _ in 0..20 {
        one.journal.append(vec![proposal(3)]).unwrap();
    }
    // What is not durable here is in the copy all the same.
    let (other_dir, before) = (tempfile::tempdir().unwrap(), one.n());
    let two = Host::start(servers.clone(), other_dir.path(), OTHER);
    assert_eq!(two.copy.history().unwrap().id, one.copy.history().unwrap().id);
    assert!(two.copy.position().unwrap().unwrap().n > 1, "it begins with a copy");
    let email = "ann@example.com".parse().unwrap();
    assert_eq!(two.copy.email_key(&email), one.copy.email_key(&email), "emails are compared by one key on all hosts");
    one.journal.append(vec![proposal(2)]).unwrap();
    two.follow(one.n());
    assert!(one.n() > before);
    assert_eq!(two.copy.head().unwrap(), one.copy.head().unwrap());
    assert_eq!(conformance::all(&*two.copy), conformance::all(&*one.copy));

    // Nobody but the writer appends, and what was begun in another epoch is lost.
    assert!(matches!(two.journal.append(vec![proposal(1)]), Err(JournalError::Deposed)));
    one.driver.leads(epoch + 1);
    assert!(matches!(one.journal.append(vec![proposal(1)]), Err(JournalError::Deposed)));
    one.driver.leads(epoch);
    assert!(one.journal.append(vec![proposal(1)]).is_ok());

    // What is larger than a message is refused, and the next append goes on.
    let large = Proposal { events: proposal(40_000).events, ..proposal(0) };
    assert!(matches!(one.journal.append(vec![large]), Err(JournalError::TooLarge)));
    assert!(one.journal.append(vec![proposal(1)]).is_ok());
    two.follow(one.n());
    assert_eq!(two.copy.head().unwrap(), one.copy.head().unwrap());

    // The signs of life of a writer bring nothing: it is level with them without its engine.
    one.vote(&[HOST]);
    let (driver, n) = (Arc::clone(&one.driver), one.n() + 1);
    let is_level = one.driver.runtime.wait(async move { driver.level_with(n, LONG).await });
    assert_eq!(is_level, Some(true));

    // A host that leaves says no position that no message has.
    two.driver.leave(LONG);
    assert!(two.driver.level() <= two.n());
    let status = two.driver.status();
    assert!(status.applied <= status.position.n, "{status:?}");
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn the_writer_goes_on_through_the_loss_of_each_server() {
    let mut nats = NatsServers::start(3, 1).unwrap();
    let servers = servers_of(&nats, 0);
    let dir = first(&servers, 3);
    let host = Host::start(servers, dir.path(), HOST);
    host.lead();
    let mut count = 0;
    for server in 0..3 {
        nats.kill(server).unwrap();
        for _ in 0..20 {
            host.journal.append(vec![proposal(1)]).unwrap();
            count += 1;
        }
        nats.restart(server).unwrap();
    }
    assert_eq!(host.copy.head().unwrap().seq, count);
    assert_eq!(host.driver.status().state, HostState::Writer);
    drop(host);

    // The same host comes back, and finds its own messages.
    let host = Host::start(servers_of(&nats, 0), dir.path(), HOST);
    host.lead();
    host.journal.append(vec![proposal(1)]).unwrap();
    assert_eq!(host.copy.head().unwrap().seq, count + 1);
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn a_stream_is_made_once_and_made_anew_from_a_copy() {
    let nats = NatsServers::start(3, 1).unwrap();
    let servers = servers_of(&nats, 0);
    let dir = first(&servers, 3);
    let setup = Setup::open(servers.clone(), now(), 3).unwrap();
    {
        let journal = RedbJournal::open(dir.path()).unwrap();
        assert_eq!(setup.init(&journal, HOST).unwrap(), "JOURNAL-1", "it was cut off after the last step");
        let other = tempfile::tempdir().unwrap();
        let other = setup.init(&RedbJournal::open(other.path()).unwrap(), OTHER);
        assert!(matches!(other, Err(SetupFailure::Stream(StreamFailure::Exists(_)))), "{other:?}");
    }
    let host = Host::start(servers.clone(), dir.path(), HOST);
    host.lead();
    host.journal.append(vec![proposal(3)]).unwrap();
    host.copy.sync_all().unwrap();
    drop(host);

    let journal = RedbJournal::open(dir.path()).unwrap();
    assert!(matches!(setup.init(&journal, HOST), Err(SetupFailure::IsCopy)));
    let noted = Cell::new(0);
    let note = || -> io::Result<()> {
        noted.set(noted.get() + 1);
        Ok(())
    };
    assert!(matches!(setup.remake(&journal, HOST, false, &note), Err(SetupFailure::StillThere(_))));
    assert_eq!(noted.get(), 0, "it goes on with the stream that is there");
    let cut_off = setup.remake(&journal, HOST, true, &|| Err(io::Error::other("cut off")));
    assert!(matches!(cut_off, Err(SetupFailure::Journal(JournalError::Storage(_)))), "{cut_off:?}");
    assert_eq!(Overview::of(&servers, sealer(), now()).unwrap().stream.config.name, "JOURNAL-1");
    // The same command completes it, and need not be told again to leave the old stream.
    assert_eq!(setup.remake(&journal, HOST, false, &note).unwrap(), "JOURNAL-2");
    assert_eq!(noted.get(), 1);
    drop(journal);
    let host = Host::start(servers.clone(), dir.path(), HOST);
    host.lead();
    host.journal.append(vec![proposal(1)]).unwrap();
    assert_eq!(host.copy.head().unwrap().seq, 4);
    let overview = Overview::of(&servers, sealer(), now()).unwrap();
    assert_eq!((overview.stream.config.name.as_str(), overview.hosts.len()), ("JOURNAL-2", 1));
    assert_eq!(overview.findings, []);
    assert_eq!(overview.hosts[0].from, HOST);
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn servers_that_lose_data_are_refused() {
    let nats = NatsServers::start(1, 1).unwrap();
    let servers = servers_of(&nats, 0);
    let refused = Setup::open(servers.clone(), now(), 3).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let journal = RedbJournal::open(dir.path()).unwrap();
    let refused = refused.init(&journal, HOST).unwrap_err();
    assert!(refused.to_string().contains("1 of the 3 servers"), "{refused}");
    drop(journal);

    // A test may use one.
    let test = Servers { is_test: true, ..servers.clone() };
    let dir = first(&test, 1);
    let host = Host::start(test, dir.path(), HOST);
    host.lead();
    host.journal.append(vec![proposal(1)]).unwrap();
    let real = Session::open(servers, sealer(), now(), "test").unwrap_err();
    assert!(real.to_string().contains("has 1 replicas"), "{real}");
}
