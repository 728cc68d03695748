//! Three servers and three box offices.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use boxoffice::gateway::{PaymentGateway, Sandbox};
use boxoffice::testing::{NatsServers, end_abruptly};
use boxoffice::{
    BoxOffice, ClusterOptions, HostState, IdempotencyKey, KeyRing, NewTicket, Record, SignUp, TicketId, UserId,
};
use tempfile::TempDir;

/// Time that anything may take here.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// Password of every user.
pub(crate) const PASSWORD: &str = "correct horse";

/// A host with its data directory.
pub(crate) struct Host {
    office: BoxOffice,
    pub(crate) dir: TempDir,
}

impl Deref for Host {
    type Target = BoxOffice;

    fn deref(&self) -> &BoxOffice {
        &self.office
    }
}

/// Three servers, and hosts that share one journal there.
pub(crate) struct Trio {
    pub(crate) nats: NatsServers,
    pub(crate) hosts: Vec<Host>,
    /// Hosts that were killed, whose last word means nothing.
    killed: BTreeSet<usize>,
    gateways: [Arc<dyn PaymentGateway>; 3],
}

impl Trio {
    /// Starts three servers and three hosts, and waits until all of them vote.
    pub(crate) fn start() -> Self {
        let gateway: Arc<dyn PaymentGateway> = Arc::new(Sandbox::in_memory());
        Self::start_with([Arc::clone(&gateway), Arc::clone(&gateway), gateway])
    }

    /// Starts them with a card processor for each host.
    pub(crate) fn start_with(gateways: [Arc<dyn PaymentGateway>; 3]) -> Self {
        let nats = NatsServers::start(3, 1).unwrap();
        let mut trio = Self { nats, hosts: Vec::new(), killed: BTreeSet::new(), gateways };
        let first = tempfile::tempdir().unwrap();
        trio.options(0).init(first.path(), &keys()).unwrap();
        let office = trio.open(first.path(), 0);
        trio.hosts.push(Host { office, dir: first });
        for number in 1..3 {
            let dir = tempfile::tempdir().unwrap();
            let office = trio.open(dir.path(), number);
            trio.hosts.push(Host { office, dir });
        }
        within(LONG, || {
            trio.hosts.iter().all(|host| {
                let status = host.cluster().unwrap().status();
                host.check_ready().is_ok() && status.hosts.iter().filter(|host| host.voter).count() == 3
            })
        });
        trio
    }

    pub(crate) fn options(&self, number: usize) -> ClusterOptions {
        ClusterOptions::new(self.nats.urls(0))
            .monitoring(self.nats.monitoring())
            .host_name(format!("host-{number}").parse().unwrap())
    }

    /// Opens a directory as the host with this number.
    pub(crate) fn open(&self, dir: &Path, number: usize) -> BoxOffice {
        let builder = BoxOffice::builder().key_ring(keys()).gateway(Arc::clone(&self.gateways[number]));
        builder.cluster(self.options(number)).open(dir).unwrap()
    }

    /// Opens the directory of a host again that was closed.
    pub(crate) fn reopen(&mut self, number: usize) {
        let office = self.open(self.hosts[number].dir.path(), number);
        self.hosts[number].office = office;
    }

    /// Opens the directory of a host again that was closed, as `open` does.
    pub(crate) fn reopen_as(&mut self, number: usize, open: impl FnOnce(&Path, ClusterOptions) -> BoxOffice) {
        let office = open(self.hosts[number].dir.path(), self.options(number));
        self.hosts[number].office = office;
    }

    /// Returns the number of the host that writes, as soon as there is one.
    pub(crate) fn writer(&self) -> usize {
        let mut writer = None;
        within(LONG, || {
            let leads = |host: &Host| host.cluster().unwrap().status().state == HostState::Writer;
            writer = (0..3).find(|number| !self.killed.contains(number) && leads(&self.hosts[*number]));
            writer.is_some()
        });
        writer.unwrap()
    }

    /// Returns two hosts that don't write.
    pub(crate) fn followers(&self) -> [usize; 2] {
        let writer = self.writer();
        [(writer + 1) % 3, (writer + 2) % 3]
    }

    /// Ends a host as a crash would: without a word to the others.
    pub(crate) fn kill(&mut self, number: usize) {
        end_abruptly(&self.hosts[number].office);
        self.killed.insert(number);
    }

    /// Waits until these hosts have the same journal; returns it.
    pub(crate) fn level(&self, numbers: &[usize]) -> Vec<Record> {
        let head = |number: &usize| self.hosts[*number].journal().head().unwrap();
        within(LONG, || numbers.iter().map(head).collect::<BTreeSet<_>>().len() == 1);
        let read = |number: usize| self.hosts[number].journal().read(1, usize::MAX).unwrap();
        let first = read(numbers[0]);
        for number in &numbers[1..] {
            assert!(read(*number) == first, "hosts {} and {number} have different journals", numbers[0]);
        }
        first
    }

    /// Checks that nothing is wrong with the journals of these hosts, once the keys of personal data have come that were made
    /// while a host was away.
    pub(crate) fn verify(&self, numbers: &[usize]) {
        for number in numbers {
            let verify = || self.hosts[*number].journal().verify(&mut |_, _| {});
            // While it waits for a key, it can't tell.
            within(LONG, || {
                verify().is_ok_and(|report| !report.problems.iter().any(|it| it.what.contains("the key of")))
            });
            assert_eq!(verify().unwrap().problems, [], "host {number}");
        }
    }
}

/// Secret that all hosts share.
pub(crate) const SECRET: &[u8] = b"a secret that all hosts of the test share";

pub(crate) fn keys() -> KeyRing {
    KeyRing::new(SECRET).unwrap()
}

pub(crate) fn key(text: impl Into<String>) -> IdempotencyKey {
    text.into().parse().unwrap()
}

/// Signs a user up on a host.
pub(crate) fn user(office: &BoxOffice, name: &str) -> UserId {
    let sign_up = SignUp::new(format!("{name}@example.com"), PASSWORD);
    office.blocking().auth().sign_up(sign_up).unwrap().user.id
}

/// Lists tickets on a host.
pub(crate) fn tickets(office: &BoxOffice, seller: UserId, count: usize) -> Vec<TicketId> {
    let new = vec![NewTicket::new("Hamlet", "19.99"); count];
    let listed = office.blocking().tickets().create_many(seller, new).unwrap();
    listed.iter().map(|ticket| ticket.id).collect()
}

/// Waits until something is so.
#[expect(clippy::disallowed_methods, reason = "real servers and several processes tell nobody when they are done")]
pub(crate) fn within(most: Duration, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < most, "it has not come to it");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits for a moment.
#[expect(clippy::disallowed_methods, reason = "a client that asks again leaves others their turn")]
pub(crate) fn a_moment() {
    std::thread::sleep(Duration::from_millis(5));
}

/// Measures how long something takes.
#[expect(clippy::disallowed_methods, reason = "the tests measure how long sales are silent")]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}
