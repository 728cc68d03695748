//! A box office in a directory of its own, with users and a manual clock.

use std::fs;
use std::future::Future;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use boxoffice::testing::ManualClock;
use boxoffice::{
    BoxOffice, Builder, Clock, Code, Error, IdempotencyKey, NewTicket, Order, Record, SignIn, SignUp, SignedIn,
    Subscription, TicketId, Timestamp, UserId,
};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// Default hold of an order.
pub(crate) const HOLD: Duration = Duration::from_mins(15);

/// Password of every user.
pub(crate) const PASSWORD: &str = "correct horse";

/// Number of users in every box office.
const PEOPLE: usize = 50;

/// Hashing passwords is slow on purpose: the users sign up once, and every test gets a copy of their box office.
static TEMPLATE: LazyLock<Template> = LazyLock::new(Template::make);

struct Template {
    dir: TempDir,
    people: Vec<UserId>,
}

impl Template {
    fn make() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::builder().clock(Arc::new(ManualClock::at(start()))).open(dir.path()).unwrap();
        let sign_up = |at| office.blocking().auth().sign_up(SignUp::new(email(at), PASSWORD)).unwrap().user.id;
        let halves = std::thread::scope(|scope| {
            let other = scope.spawn(|| (PEOPLE / 2..PEOPLE).map(sign_up).collect::<Vec<_>>());
            let one: Vec<_> = (0..PEOPLE / 2).map(sign_up).collect();
            [one, other.join().unwrap()]
        });
        office.blocking().close().unwrap();
        Self { dir, people: halves.concat() }
    }
}

/// Returns the start time of every test.
pub(crate) fn start() -> Timestamp {
    "2027-01-01T12:00:00Z".parse().unwrap()
}

/// Returns the email of user number `at`.
pub(crate) fn email(at: usize) -> String {
    format!("person{at}@example.com")
}

/// Returns the id of user number `at`.
pub(crate) fn person(at: usize) -> UserId {
    TEMPLATE.people[at]
}

/// Returns the seller.
pub(crate) fn ann() -> UserId {
    person(0)
}

/// Returns the buyer.
pub(crate) fn bob() -> UserId {
    person(1)
}

/// Returns a buyer who competes with Bob.
pub(crate) fn cat() -> UserId {
    person(2)
}

/// Returns a user who is not involved.
pub(crate) fn dan() -> UserId {
    person(3)
}

/// Iterates over all users except Ann.
pub(crate) fn buyers() -> impl Iterator<Item = UserId> + Clone {
    TEMPLATE.people.iter().skip(1).copied()
}

/// Returns an idempotency key.
pub(crate) fn key(text: &str) -> IdempotencyKey {
    text.parse().unwrap()
}

/// Returns the code of a refusal.
#[track_caller]
pub(crate) fn refused<T>(result: Result<T, Error>) -> Code {
    result.err().expect("it should have been refused").code()
}

/// Awaits the future, with a timeout that turns a hang into a failure. No test waits for time to pass.
#[track_caller]
pub(crate) fn within<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let here = std::panic::Location::caller();
    async move {
        let outcome = tokio::time::timeout(Duration::from_mins(1), future).await;
        outcome.unwrap_or_else(|_| panic!("{here}: it hangs"))
    }
}

type Settings = Arc<dyn Fn(Builder) -> Builder + Send + Sync>;

/// A box office in a directory of its own. Its journal is verified at the end of the test.
pub(crate) struct World {
    office: Option<BoxOffice>,
    pub(crate) clock: Arc<ManualClock>,
    settings: Settings,
    dir: Arc<TempDir>,
}

impl Deref for World {
    type Target = BoxOffice;

    fn deref(&self) -> &BoxOffice {
        self.office.as_ref().unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.office.as_ref().is_some_and(BoxOffice::is_ready) {
            self.assert_clean();
        }
    }
}

impl World {
    /// Creates a world with the default settings.
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// Creates a world with settings that also apply when it is reopened.
    pub(crate) fn with(settings: impl Fn(Builder) -> Builder + Send + Sync + 'static) -> Self {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        copy(TEMPLATE.dir.path(), dir.path());
        Self::open(dir, Arc::new(ManualClock::at(start())), Arc::new(settings))
    }

    fn open(dir: Arc<TempDir>, clock: Arc<ManualClock>, settings: Settings) -> Self {
        let builder = settings(BoxOffice::builder().hold(HOLD).clock(Arc::clone(&clock) as Arc<dyn Clock>));
        Self { office: Some(builder.open(dir.path()).unwrap()), clock, settings, dir }
    }

    /// Returns the directory.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    /// Drops the box office without closing it, as a program that just ends, and reopens it.
    pub(crate) fn reopen(self) -> Self {
        self.reopen_after(|_| {})
    }

    /// Reopens the box office, and runs `meanwhile` on the directory in between.
    pub(crate) fn reopen_after(mut self, meanwhile: impl FnOnce(&Path)) -> Self {
        self.office = None;
        meanwhile(self.dir.path());
        Self::open(Arc::clone(&self.dir), Arc::clone(&self.clock), Arc::clone(&self.settings))
    }

    /// Reopens the box office with other settings.
    pub(crate) fn reopen_with(mut self, settings: impl Fn(Builder) -> Builder + Send + Sync + 'static) -> Self {
        self.settings = Arc::new(settings);
        self.reopen()
    }

    /// Lists Ann's ticket for 19.99.
    pub(crate) async fn ticket(&self) -> TicketId {
        self.tickets().create(ann(), NewTicket::new("Hamlet", "19.99")).await.unwrap().id
    }

    /// Lists `count` tickets of Ann for 19.99 each.
    pub(crate) async fn list(&self, count: usize) -> Vec<TicketId> {
        let tickets = vec![NewTicket::new("Hamlet", "19.99"); count];
        self.tickets().create_many(ann(), tickets).await.unwrap().iter().map(|ticket| ticket.id).collect()
    }

    /// Lists a ticket and returns it with Bob's order that holds it.
    pub(crate) async fn held(&self) -> (TicketId, Arc<Order>) {
        let ticket = self.ticket().await;
        (ticket, self.order(bob(), ticket).await)
    }

    /// Lists a ticket that Bob buys.
    pub(crate) async fn sold(&self) -> (TicketId, Arc<Order>) {
        let (ticket, order) = self.held().await;
        self.payments().pay(bob(), order.id, "tok_visa").await.unwrap();
        (ticket, self.orders().get(bob(), order.id).unwrap())
    }

    /// Creates a buyer's order of one ticket.
    pub(crate) async fn order(&self, buyer: UserId, ticket: TicketId) -> Arc<Order> {
        self.orders().create(buyer, &[ticket]).await.unwrap()
    }

    /// Creates a buyer's orders of one ticket each. All are submitted at once, so that they share the journal's
    /// batches.
    pub(crate) async fn hold_all(&self, buyer: UserId, tickets: &[TicketId]) -> Vec<Arc<Order>> {
        let mut attempts = JoinSet::new();
        for ticket in tickets.iter().copied() {
            let orders = self.orders();
            attempts.spawn(async move { orders.create(buyer, &[ticket]).await.unwrap() });
        }
        within(attempts.join_all()).await
    }

    /// Returns the status of a ticket.
    pub(crate) fn of_ticket(&self, ticket: TicketId) -> &'static str {
        self.tickets().get(ticket).unwrap().status.as_str()
    }

    /// Returns the status of an order.
    pub(crate) fn of_order(&self, order: &Order) -> &'static str {
        self.orders().get(order.buyer_id, order.id).unwrap().status.as_str()
    }

    /// Creates a session of user number `at`.
    pub(crate) async fn sign_in(&self, at: usize) -> SignedIn {
        self.auth().sign_in(SignIn::new(email(at), PASSWORD)).await.unwrap()
    }

    /// Follows the journal from its end.
    pub(crate) fn feed(&self) -> Feed {
        Feed(self.journal().subscribe(self.head() + 1))
    }

    /// Returns the clock's time in milliseconds.
    pub(crate) fn clock_ms(&self) -> u64 {
        self.clock.now().as_millis()
    }

    /// Returns the number of the last record.
    pub(crate) fn head(&self) -> u64 {
        self.journal().head().unwrap()
    }

    /// Returns the names of the events after record `seq`.
    pub(crate) fn events_after(&self, seq: u64) -> Vec<&'static str> {
        self.journal().read(seq + 1, 10_000).unwrap().iter().map(|record| record.event.name()).collect()
    }

    /// Verifies the journal.
    #[track_caller]
    pub(crate) fn assert_clean(&self) {
        let report = self.journal().verify(&mut |_, _| {}).unwrap();
        assert_eq!(report.problems, []);
        assert_eq!(report.records, report.by_event.values().sum::<u64>());
    }
}

/// A follower of the journal.
pub(crate) struct Feed(pub(crate) Subscription);

impl Feed {
    /// Returns the next record with this event.
    pub(crate) async fn until(&mut self, event: &str) -> Arc<Record> {
        within(async {
            loop {
                let record = self.0.next().await.unwrap();
                if record.event.name() == event {
                    return record;
                }
            }
        })
        .await
    }
}

/// Copies the files of a directory.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// A clock that wakes nobody when it has moved: the next command finds what is due.
#[derive(Debug)]
pub(crate) struct SilentClock(pub(crate) Arc<ManualClock>);

impl Clock for SilentClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn wait_for(&self, _until: Timestamp) -> Option<Duration> {
        None
    }
}
