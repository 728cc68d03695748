//! What is done on one host is seen on all.

use std::sync::Barrier;
use std::time::Duration;

use boxoffice::{Code, OrderQuery, SignIn};

use crate::support::{LONG, PASSWORD, Trio, key, tickets, timed, user, within};

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn what_is_sold_on_one_host_is_seen_on_all() {
    let trio = Trio::start();
    let [one, two] = trio.followers();
    let writer = trio.writer();
    let ann = user(&trio.hosts[one], "ann");
    let bob = user(&trio.hosts[two], "bob");
    let ticket = tickets(&trio.hosts[writer], ann, 1)[0];

    // Whoever got an answer from a host sees there what it led to.
    let order = trio.hosts[one].blocking().orders().create(bob, &[ticket]).unwrap();
    assert_eq!(trio.hosts[one].orders().get(bob, order.id).unwrap().id, order.id);
    let charge = trio.hosts[two].blocking().payments().pay(bob, order.id, "tok_visa").unwrap();
    assert_eq!(charge.status.as_str(), "succeeded");
    let cat = user(&trio.hosts[writer], "cat");
    let sold = trio.hosts[two].blocking().orders().create(cat, &[ticket]).unwrap_err();
    assert_eq!(sold.code(), Code::TicketSold);

    let records = trio.level(&[0, 1, 2]);
    assert!(records.iter().any(|record| record.event.name() == "ChargeCreated"));
    for host in &trio.hosts {
        within(LONG, || host.orders().list(bob, &OrderQuery::new()).unwrap().items.len() == 1);
        // The key of the password's row has come to every host.
        within(LONG, || host.blocking().auth().sign_in(SignIn::new("bob@example.com", PASSWORD)).is_ok());
    }
    trio.verify(&[0, 1, 2]);
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn rivals_on_three_hosts_buy_a_ticket_once() {
    let trio = Trio::start();
    let ann = user(&trio.hosts[0], "ann");
    let buyers: Vec<_> = (0..12).map(|at| user(&trio.hosts[at % 3], &format!("buyer{at}"))).collect();
    for round in 0..10 {
        let ticket = tickets(&trio.hosts[round % 3], ann, 1)[0];
        trio.level(&[0, 1, 2]);
        let start = Barrier::new(buyers.len());
        let won: Vec<bool> = std::thread::scope(|scope| {
            let race = |at: usize| {
                let (start, host, buyer) = (&start, &trio.hosts[at % 3], buyers[at]);
                move || {
                    start.wait();
                    match host.blocking().orders().create(buyer, &[ticket]) {
                        Ok(_) => true,
                        Err(error) => {
                            assert_eq!(error.code(), Code::TicketLocked, "{error}");
                            false
                        }
                    }
                }
            };
            let racing: Vec<_> = (0..buyers.len()).map(|at| scope.spawn(race(at))).collect();
            racing.into_iter().map(|rival| rival.join().unwrap()).collect()
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "round {round}");
    }
    trio.level(&[0, 1, 2]);
    trio.verify(&[0, 1, 2]);
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn a_command_that_comes_again_to_another_host_gets_its_first_answer() {
    let trio = Trio::start();
    let ann = user(&trio.hosts[0], "ann");
    let bob = user(&trio.hosts[1], "bob");
    let listed = tickets(&trio.hosts[2], ann, 2);
    let order = |host: usize, ticket: usize| {
        let orders = trio.hosts[host].blocking().orders().idempotency_key(key("once"));
        orders.create(bob, &[listed[ticket]])
    };
    let first = order(0, 0).unwrap();
    for host in [1, 2, 0] {
        assert_eq!(order(host, 0).unwrap().id, first.id);
        assert_eq!(order(host, 1).unwrap_err().code(), Code::CommandKeyReused);
    }
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn an_erased_user_is_erased_on_all_hosts() {
    let trio = Trio::start();
    let [one, two] = trio.followers();
    let signed_up = {
        let sign_up = boxoffice::SignUp::new("ann@example.com", PASSWORD);
        trio.hosts[one].blocking().auth().sign_up(sign_up).unwrap()
    };
    let session = trio.hosts[one].auth().authenticate(&signed_up.token).unwrap();
    within(LONG, || trio.hosts[two].auth().authenticate(&signed_up.token).is_ok());
    trio.hosts[two].blocking().auth().erase_user(&session, PASSWORD).unwrap();
    trio.level(&[0, 1, 2]);
    for host in &trio.hosts {
        let denied = host.blocking().auth().sign_in(SignIn::new("ann@example.com", PASSWORD)).unwrap_err();
        assert_eq!(denied.code(), Code::AuthInvalidCredentials);
    }
    trio.verify(&[0, 1, 2]);
    // The name is free again.
    user(&trio.hosts[two], "ann");
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn a_directory_of_a_cluster_opens_alone_and_does_not_come_back() {
    let trio = Trio::start();
    let ann = user(&trio.hosts[0], "ann");
    let [one, _] = trio.followers();
    trio.level(&[0, 1, 2]);
    trio.hosts[one].blocking().close().unwrap();
    let alone =
        boxoffice::BoxOffice::builder().key_ring(crate::support::keys()).open(trio.hosts[one].dir.path()).unwrap();
    tickets(&alone, ann, 1);
    alone.blocking().close().unwrap();
    let options = trio.options(one);
    let builder = boxoffice::BoxOffice::builder().key_ring(crate::support::keys()).cluster(options);
    let (refused, took) = timed(|| builder.open(trio.hosts[one].dir.path()).unwrap_err());
    assert_eq!(refused.code(), Code::JournalDamaged, "{refused}");
    assert!(took < Duration::from_secs(30), "{took:?}");
}
