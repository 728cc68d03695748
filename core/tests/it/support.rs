//! A box office to test with: a directory, a clock that is moved by hand, people and tickets.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::gateway::PaymentGateway;
use boxoffice::testing::ManualClock;
use boxoffice::{
    BoxOffice, Builder, Error, Limits, NewTicket, Order, Record, SignUp, Subscription, Ticket, TicketId, UserId,
};
use tempfile::TempDir;

/// How long an asynchronous effect may take before the test counts as hung.
const HANG: Duration = Duration::from_secs(60);

/// How long a hold lasts in these tests.
pub(crate) const HOLD: Duration = Duration::from_mins(15);

pub(crate) struct World {
    pub(crate) office: BoxOffice,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) dir: TempDir,
    builder: Builder,
}

impl World {
    /// A box office with the defaults.
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// A box office whose card processor is this one, looked up at once and often.
    pub(crate) fn with_gateway(gateway: Arc<dyn PaymentGateway>) -> Self {
        Self::with(|builder| builder.gateway(gateway))
    }

    /// A box office that is built otherwise.
    pub(crate) fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse().unwrap()));
        let builder = BoxOffice::builder()
            .clock(clock.clone())
            .reconcile_after(Duration::from_millis(1), Duration::from_millis(5))
            .limits(Limits { open_orders_max: 100_000, ..Limits::default() });
        let builder = change(builder);
        let dir = tempfile::tempdir().unwrap();
        let office = builder.clone().open(dir.path()).unwrap();
        Self { office, clock, dir, builder }
    }

    /// Closes the box office and opens it again, built as before but for `change`.
    pub(crate) async fn reopen_with(&mut self, change: impl FnOnce(Builder) -> Builder) {
        self.office.close().await.unwrap();
        self.builder = change(self.builder.clone());
        self.office = self.builder.clone().open(self.dir.path()).unwrap();
    }

    pub(crate) async fn reopen(&mut self) {
        self.reopen_with(|builder| builder).await;
    }

    /// Somebody new.
    pub(crate) async fn user(&self, name: &str) -> UserId {
        let sign_up = SignUp::new(format!("{name}@example.com"), "correct horse");
        self.office.auth().sign_up(sign_up).await.unwrap().user.id
    }

    /// A ticket on sale.
    pub(crate) async fn ticket(&self, seller: UserId) -> TicketId {
        self.office.tickets().create(seller, NewTicket::new("Hamlet", "19.99")).await.unwrap().id
    }

    /// Many tickets on sale.
    pub(crate) async fn tickets(&self, seller: UserId, count: usize) -> Vec<TicketId> {
        let tickets = (0..count).map(|at| NewTicket::new(format!("Seat {at}"), "19.99")).collect();
        self.office.tickets().create_many(seller, tickets).await.unwrap().iter().map(|ticket| ticket.id).collect()
    }

    /// A seller, a buyer, a ticket and the buyer's order of it.
    pub(crate) async fn sale(&self) -> (UserId, UserId, TicketId, Arc<Order>) {
        let (ann, bob) = (self.user("ann").await, self.user("bob").await);
        let ticket = self.ticket(ann).await;
        let order = self.office.orders().create(bob, &[ticket]).await.unwrap();
        (ann, bob, ticket, order)
    }

    pub(crate) fn see(&self, ticket: TicketId) -> Arc<Ticket> {
        self.office.tickets().get(ticket).unwrap()
    }

    pub(crate) fn status(&self, ticket: TicketId) -> &'static str {
        self.see(ticket).status.as_str()
    }

    pub(crate) fn order_status(&self, order: &Order) -> &'static str {
        self.office.orders().get(order.buyer_id, order.id).unwrap().status.as_str()
    }

    /// All records, as far as they are durable.
    pub(crate) fn records(&self) -> Vec<Record> {
        self.office.journal().read(1, 10_000).unwrap()
    }

    /// How many records have this event.
    pub(crate) fn count(&self, event: &str) -> usize {
        self.records().iter().filter(|record| record.event.name() == event).count()
    }

    /// Waits for the next record of this event, from now on.
    pub(crate) fn follow(&self) -> Subscription {
        self.office.journal().subscribe(self.office.journal().head().unwrap() + 1)
    }

    /// The journal must be in order whatever has happened.
    pub(crate) fn assert_clean(&self) {
        let report = self.office.journal().verify(&mut |_, _| {}).unwrap();
        assert!(report.is_clean(), "{:?}", report.problems);
    }
}

/// Follows until there is a record of this event.
pub(crate) async fn until(news: &mut Subscription, event: &str) -> Arc<Record> {
    let wanted = async {
        loop {
            let record = news.next().await.unwrap();
            if record.event.name() == event {
                return record;
            }
        }
    };
    tokio::time::timeout(HANG, wanted).await.unwrap_or_else(|_| panic!("no {event} came"))
}

/// The code of a refusal.
pub(crate) fn code<T>(result: Result<T, Error>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}
