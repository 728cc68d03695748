//! Backups during writes, and the oldest journals.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use boxoffice::{BoxOffice, Code, NewTicket, OrderId, TicketId};
use tokio::task::JoinSet;

use crate::support::{World, ann, buyers, refused, within};

/// Tickets and orders that callers have been acknowledged.
#[derive(Debug, Clone, Default)]
struct Acknowledged {
    tickets: BTreeSet<TicketId>,
    orders: BTreeSet<OrderId>,
}

/// Lists, orders, pays and cancels until `stop` is set, and records what was acknowledged.
fn sell(world: &World, known: &Arc<Mutex<Acknowledged>>, stop: &Arc<AtomicBool>) -> JoinSet<()> {
    let mut people = JoinSet::new();
    for buyer in buyers().take(8) {
        let (tickets, orders, payments) = (world.tickets(), world.orders(), world.payments());
        let (known, stop) = (Arc::clone(known), Arc::clone(stop));
        people.spawn(async move {
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                let ticket = tickets.create(ann(), NewTicket::new("Hamlet", "19.99")).await.unwrap().id;
                let order = orders.create(buyer, &[ticket]).await.unwrap().id;
                // Some are bought and a few are held until the end, and no buyer exceeds the limit of open orders.
                if number % 3 == 0 {
                    payments.pay(buyer, order, "tok_visa").await.unwrap();
                } else if number % 24 != 2 {
                    orders.cancel(buyer, order).await.unwrap();
                }
                number += 1;
                let mut known = known.lock().unwrap();
                known.tickets.insert(ticket);
                known.orders.insert(order);
                if number >= 200 {
                    break;
                }
            }
        });
    }
    people
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_under_load_holds_all_that_was_acknowledged_before() {
    let world = World::new();
    let (known, stop) = (Arc::new(Mutex::new(Acknowledged::default())), Arc::new(AtomicBool::new(false)));
    let people = sell(&world, &known, &stop);
    let copies = tempfile::tempdir().unwrap();
    let mut last = 0;
    for round in 0..4 {
        let enough = |known: &Acknowledged| known.orders.len() >= 20 * (round + 1);
        within(async {
            while !enough(&known.lock().unwrap()) {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let before = known.lock().unwrap().clone();
        let (journal, dir) = (world.journal(), copies.path().join(round.to_string()));
        let to = dir.clone();
        let copy = tokio::task::spawn_blocking(move || journal.backup(&to, &mut |_, _| {}));
        let seq = within(copy).await.unwrap().unwrap();
        assert!(seq > last, "the copy of round {round} has nothing new");
        last = seq;
        restored(&dir, seq, &before).await;
    }
    stop.store(true, Ordering::Relaxed);
    within(people.join_all()).await;
    assert!(world.head() >= last);
}

/// Checks that the copy opens, is clean, ends where the backup reported, and is complete.
async fn restored(dir: &Path, seq: u64, before: &Acknowledged) {
    let office = BoxOffice::open(dir).unwrap();
    let report = office.journal().verify(&mut |_, _| {}).unwrap();
    assert_eq!(report.problems, []);
    assert!(report.records >= seq, "{} of {seq}", report.records);
    for id in &before.tickets {
        office.tickets().get(*id).unwrap();
    }
    let mut there = BTreeSet::new();
    for buyer in buyers().take(8) {
        there.extend(orders_of(&office, buyer));
    }
    let missing: Vec<_> = before.orders.difference(&there).collect();
    assert_eq!(missing, Vec::<&OrderId>::new());
    office.close().await.unwrap();
}

fn orders_of(office: &BoxOffice, buyer: boxoffice::UserId) -> Vec<OrderId> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let query = boxoffice::OrderQuery::new().limit(100).after(cursor);
        let page = office.orders().list(buyer, &query).unwrap();
        found.extend(page.items.iter().map(|order| order.id));
        cursor = page.next;
        if cursor.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn a_journal_that_lost_its_end_does_not_open_in_silence() {
    let world = World::new();
    world.sold().await;
    let copies = tempfile::tempdir().unwrap();
    let old = copies.path().join("old");
    let seq = world.journal().backup(&old, &mut |_, _| {}).unwrap();
    world.sold().await;
    world.close().await.unwrap();
    // The remaining checkpoint covers more records.
    fs::copy(old.join("journal.redb"), world.path().join("journal.redb")).unwrap();
    let refusal = BoxOffice::open(world.path()).unwrap_err().to_string();
    assert!(refusal.contains(&format!("record {}", seq + 1)) && refusal.contains("views.redb"), "{refusal}");
    assert_eq!(refused(BoxOffice::open(world.path())), Code::JournalDamaged, "the proof is not thrown away");
    let recover = BoxOffice::recover(world.path(), &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((recover.records, recover.damage), (seq, None));
    fs::remove_file(world.path().join("views.redb")).unwrap();
    assert_eq!(BoxOffice::open(world.path()).unwrap().journal().head().unwrap(), seq);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_erased_after_the_backup_is_erased_again_after_a_restore() {
    let world = World::new();
    let copy = world.path().join("copy");
    world.journal().backup(&copy, &mut |_, _| {}).unwrap();
    let email = crate::support::email(7);
    let sign_in = || boxoffice::SignIn::new(email.clone(), crate::support::PASSWORD);
    let signed_in = world.auth().sign_in(sign_in()).await.unwrap();
    world.auth().erase_user(&signed_in.session, crate::support::PASSWORD).await.unwrap();
    assert_eq!(world.journal().erase_in_backup(&copy).unwrap(), 1);
    let elsewhere = world.path().join("nowhere");
    assert_eq!(refused(world.journal().erase_in_backup(&elsewhere)), Code::Validation);

    let clock = Arc::clone(&world.clock) as Arc<dyn boxoffice::Clock>;
    let restored = BoxOffice::builder().clock(clock).open(&copy).unwrap();
    assert_eq!(refused(restored.auth().sign_in(sign_in()).await), Code::AuthInvalidCredentials);
    let erased = |name: &str| restored.journal().iter(1).filter(|it| it.as_ref().unwrap().event.name() == name).count();
    within(async {
        while erased("UserErased") == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let other = boxoffice::SignIn::new(crate::support::email(8), crate::support::PASSWORD);
    restored.auth().sign_in(other).await.unwrap();
    assert!(restored.journal().verify(&mut |_, _| {}).unwrap().is_clean());
    // The address is free again.
    restored.auth().sign_up(boxoffice::SignUp::new(email, "another password")).await.unwrap();
    restored.close().await.unwrap();
}
