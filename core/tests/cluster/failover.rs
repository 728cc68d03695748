//! Hosts and servers that come and go while tickets are sold.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use boxoffice::{BoxOffice, DomainEvent, Error, ErrorKind, OrderId, TicketId, UserId};

use crate::support::{LONG, Trio, a_moment, key, tickets, timed, user, within};

/// Sales on one host.
struct Sales {
    office: BoxOffice,
    buyer: UserId,
    ticket: TicketId,
    /// Number of the sales that were answered.
    count: AtomicU64,
}

impl Sales {
    fn on(trio: &Trio, number: usize) -> Self {
        let office: &BoxOffice = &trio.hosts[number];
        let seller = user(office, &format!("seller{number}"));
        let (buyer, ticket) = (user(office, &format!("buyer{number}")), tickets(office, seller, 1)[0]);
        Self { office: office.clone(), buyer, ticket, count: AtomicU64::new(0) }
    }

    /// Holds a ticket and gives it back, again and again. Whatever has no certain answer is sent again under its own name.
    /// Returns the orders that were answered.
    fn run(&self, stop: &AtomicBool) -> Vec<OrderId> {
        let mut answered = Vec::new();
        for round in 0.. {
            let create = || {
                let orders = self.office.blocking().orders().idempotency_key(key(format!("order-{round}")));
                orders.create(self.buyer, &[self.ticket])
            };
            let Some(order) = until_certain(stop, create) else { break };
            answered.push(order.id);
            let cancel = || {
                let orders = self.office.blocking().orders().idempotency_key(key(format!("cancel-{round}")));
                orders.cancel(self.buyer, order.id)
            };
            if until_certain(stop, cancel).is_none() {
                break;
            }
            self.count.fetch_add(1, Ordering::SeqCst);
        }
        answered
    }

    /// Waits for so many more sales.
    fn wait_for(&self, more: u64) {
        let before = self.count.load(Ordering::SeqCst);
        within(LONG, || self.count.load(Ordering::SeqCst) >= before + more);
    }

    /// Waits for some more sales.
    fn wait_for_more(&self) {
        self.wait_for(5);
    }
}

/// Asks until the answer is certain; `None` if it is told to stop before.
fn until_certain<T>(stop: &AtomicBool, ask: impl Fn() -> Result<T, Error>) -> Option<T> {
    while !stop.load(Ordering::SeqCst) {
        match ask() {
            Ok(answer) => return Some(answer),
            Err(error) if error.kind() == ErrorKind::Unavailable => a_moment(),
            Err(error) => panic!("{error}"),
        }
    }
    None
}

/// Tells the sellers to stop, whatever happens to the test.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Sells on these hosts while `disturb` runs. Then checks that every order that was answered is in their journals, and none
/// twice.
fn sell_through(trio: &mut Trio, hosts: &[usize], disturb: impl FnOnce(&mut Trio, &[Sales])) {
    let sales: Vec<Sales> = hosts.iter().map(|host| Sales::on(trio, *host)).collect();
    let stop = AtomicBool::new(false);
    let answered: Vec<OrderId> = std::thread::scope(|scope| {
        let selling: Vec<_> = sales.iter().map(|sales| scope.spawn(|| sales.run(&stop))).collect();
        let stopped = Stop(&stop);
        sales.iter().for_each(Sales::wait_for_more);
        disturb(trio, &sales);
        sales.iter().for_each(Sales::wait_for_more);
        drop(stopped);
        selling.into_iter().flat_map(|seller| seller.join().unwrap()).collect()
    });
    let created = |event: &DomainEvent| match event {
        DomainEvent::OrderCreated(created) => Some(created.order_id),
        _ => None,
    };
    let records = trio.level(hosts);
    let created: Vec<OrderId> = records.iter().filter_map(|record| created(&record.event)).collect();
    let all: BTreeSet<OrderId> = created.iter().copied().collect();
    assert_eq!(all.len(), created.len(), "an order is there twice");
    let lost: Vec<_> = answered.iter().filter(|order| !all.contains(order)).collect();
    assert!(lost.is_empty(), "of {} answered orders these are lost: {lost:?}", answered.len());
    trio.verify(hosts);
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn the_others_sell_on_when_the_writer_dies() {
    let mut trio = Trio::start();
    let (writer, others) = (trio.writer(), trio.followers());
    sell_through(&mut trio, &others, |trio, sales| {
        trio.kill(writer);
        // One that was under way may have been answered by the writer.
        let ((), silent) = timed(|| sales.iter().for_each(|sales| sales.wait_for(2)));
        eprintln!("silent for {silent:?}");
        assert!(silent < Duration::from_secs(5), "{silent:?}");
        assert_ne!(trio.writer(), writer);
    });
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn a_writer_that_is_closed_hands_over_and_comes_back() {
    let mut trio = Trio::start();
    let (writer, others) = (trio.writer(), trio.followers());
    sell_through(&mut trio, &others, |trio, sales| {
        let ((), closed) = timed(|| trio.hosts[writer].blocking().close().unwrap());
        let ((), silent) = timed(|| sales.iter().for_each(|sales| sales.wait_for(2)));
        eprintln!("closed in {closed:?}, and then silent for {silent:?}");
        trio.reopen(writer);
        sales.iter().for_each(Sales::wait_for_more);
    });
    within(LONG, || trio.hosts[writer].check_ready().is_ok());
    trio.level(&[0, 1, 2]);
    trio.verify(&[0, 1, 2]);
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn servers_may_die_one_after_the_other() {
    let mut trio = Trio::start();
    sell_through(&mut trio, &[0, 1, 2], |trio, sales| {
        for server in 0..3 {
            trio.nats.kill(server).unwrap();
            sales.iter().for_each(Sales::wait_for_more);
            trio.nats.restart(server).unwrap();
        }
    });
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn without_a_majority_of_servers_nothing_is_answered_and_nothing_is_lost() {
    let mut trio = Trio::start();
    sell_through(&mut trio, &[0, 1, 2], |trio, sales| {
        trio.nats.kill(0).unwrap();
        trio.nats.kill(1).unwrap();
        within(LONG, || trio.hosts.iter().all(|host| host.check_ready().is_err()));
        let before: Vec<u64> = sales.iter().map(|sales| sales.count.load(Ordering::SeqCst)).collect();
        trio.nats.spawn(0).unwrap();
        trio.nats.restart(1).unwrap();
        sales.iter().for_each(Sales::wait_for_more);
        let after = sales.iter().map(|sales| sales.count.load(Ordering::SeqCst));
        assert!(after.zip(before).all(|(after, before)| after > before));
    });
    within(LONG, || trio.hosts.iter().all(|host| host.check_ready().is_ok()));
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn a_host_that_was_away_catches_up_and_a_host_that_left_is_no_voter() {
    let mut trio = Trio::start();
    let [one, two] = trio.followers();
    trio.hosts[one].blocking().close().unwrap();
    let writer = trio.writer();
    let ann = user(&trio.hosts[writer], "ann");
    for _ in 0..5 {
        tickets(&trio.hosts[two], ann, 200);
    }
    trio.reopen(one);
    trio.level(&[0, 1, 2]);

    let cluster = trio.hosts[writer].cluster().unwrap();
    let gone = trio.hosts[two].cluster().unwrap().status().host;
    trio.hosts[two].blocking().close().unwrap();
    let left = pollster(cluster.remove(boxoffice::Actor::System, gone));
    assert!(left.left);
    let status = cluster.status();
    assert_eq!(status.hosts.iter().filter(|host| host.voter).count(), 2, "{status:?}");
    tickets(&trio.hosts[one], ann, 1);
    trio.level(&[writer, one]);
    trio.verify(&[writer, one]);
}

fn pollster<T>(work: impl Future<Output = Result<T, Error>>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(work).unwrap()
}
