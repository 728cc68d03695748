//! Answers that wait for the disk of a second host.

use std::time::Duration;

use boxoffice::{Acknowledgement, BoxOffice, ErrorKind};

use crate::support::{LONG, Trio, key, keys, tickets, timed, user, within};

/// Opens a host again that was closed, so that it answers only what another one has.
fn reopen(trio: &mut Trio, number: usize) {
    trio.reopen_as(number, |dir, options| {
        let options = options.acknowledge(Acknowledgement::SecondHost);
        BoxOffice::builder().key_ring(keys()).cluster(options).open(dir).unwrap()
    });
}

#[test]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
fn nothing_is_answered_that_no_other_host_has() {
    let mut trio = Trio::start();
    for number in 0..3 {
        trio.hosts[number].blocking().close().unwrap();
        reopen(&mut trio, number);
        within(LONG, || trio.hosts.iter().all(|host| host.check_ready().is_ok()));
    }
    let (writer, followers) = (trio.writer(), trio.followers());
    let (seller, buyer) = (user(&trio.hosts[followers[0]], "ann"), user(&trio.hosts[writer], "bob"));
    let ((), taken) = timed(|| {
        for _ in 0..10 {
            trio.hosts.iter().for_each(|host| drop(tickets(host, seller, 1)));
        }
    });
    eprintln!("30 batches in {taken:?}");
    assert!(taken < Duration::from_secs(15), "nobody waits for the sync of every second: {taken:?}");
    let ticket = tickets(&trio.hosts[writer], seller, 1)[0];
    trio.level(&[0, 1, 2]);

    for number in followers {
        trio.hosts[number].blocking().close().unwrap();
    }
    let order = |trio: &Trio| {
        let orders = trio.hosts[writer].blocking().orders().idempotency_key(key("alone"));
        orders.create(buyer, &[ticket])
    };
    let error = order(&trio).unwrap_err();
    assert!(error.kind() == ErrorKind::Unavailable && error.to_string().contains("unknown"), "{error}");
    let why = trio.hosts[writer].check_ready().unwrap_err();
    let why = std::error::Error::source(&why).map(ToString::to_string).unwrap_or_default();
    assert!(why.contains("no other voter"), "{why}");

    // It is in the stream, and has its answer as soon as another host is there.
    reopen(&mut trio, followers[0]);
    within(LONG, || trio.hosts[writer].check_ready().is_ok());
    assert_eq!(order(&trio).unwrap().buyer_id, buyer);
    trio.level(&[writer, followers[0]]);
    trio.verify(&[writer, followers[0]]);
}
