//! Verification of the whole journal.

use std::path::Path;

use boxoffice::{Actor, BoxOffice, Code};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use crate::support::{HOLD, World, ann, bob, refused};

const RECORDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("records");

/// Creates a world with a bit of everything, closed with a checkpoint.
async fn busy() -> World {
    let world = World::new();
    world.sold().await;
    let (_, order) = world.sold().await;
    world.payments().refund(Actor::User(ann()), order.id, true).await.unwrap();
    let (_, order) = world.held().await;
    let _ = world.payments().pay(bob(), order.id, "tok_chargeDeclined").await;
    world.held().await;
    world.clock.advance(HOLD);
    world.ticket().await;
    world
}

/// Rewrites the row of records that contains `what`.
fn rewrite(dir: &Path, what: &[u8], change: impl Fn(&mut Vec<u8>, usize)) -> u64 {
    let database = Database::create(dir.join("journal.redb")).unwrap();
    let rows = database.begin_read().unwrap().open_table(RECORDS).unwrap();
    let found = rows.iter().unwrap().map(Result::unwrap).find_map(|(seq, row)| {
        let at = row.value().windows(what.len()).position(|window| window == what)?;
        Some((seq.value(), row.value().to_vec(), at))
    });
    let (seq, mut row, at) = found.unwrap();
    change(&mut row, at);
    let transaction = database.begin_write().unwrap();
    transaction.open_table(RECORDS).unwrap().insert(seq, row.as_slice()).unwrap();
    transaction.commit().unwrap();
    seq
}

#[tokio::test]
async fn a_journal_that_follows_the_rules_is_clean() {
    let world = busy().await;
    let mut told = Vec::new();
    let report = world.journal().verify(&mut |done, total| told.push((done, total))).unwrap();
    assert!(report.is_clean(), "{:?}", report.problems);
    let head = world.head();
    assert_eq!((report.records, told.last()), (head, Some(&(head, head))));
    assert_eq!(report.head, world.journal().read(head, 1).unwrap()[0].hash);
    assert_eq!((report.users, report.tickets, report.orders, report.charges), (50, 5, 4, 2));
    assert_eq!((report.by_event["ChargeRefunded"], report.by_event["OrderExpired"]), (1, 1));
}

#[tokio::test]
async fn an_altered_record_is_found() {
    let world = busy().await;
    let head = world.head();
    world.close().await.unwrap();
    let mut altered = 0;
    let world = world.reopen_after(|dir| {
        altered = rewrite(dir, b"Hamlet", |row, at| row[at + 5] = b's');
    });
    let report = world.journal().verify(&mut |_, _| {}).unwrap();
    assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
    assert!((altered..head).contains(&report.problems[0].seq), "{:?}", report.problems);
    assert_eq!(report.records, report.problems[0].seq - 1, "all before it is in order");
    world.close().await.unwrap();
    // Without the checkpoint, nothing reveals the lost records.
    std::fs::remove_file(world.path().join("views.redb")).unwrap();
    assert_eq!(refused(BoxOffice::open(world.path())), Code::JournalDamaged);
}

#[tokio::test]
async fn a_dropped_record_is_found() {
    let world = busy().await;
    world.close().await.unwrap();
    let mut dropped = 0;
    let world = world.reopen_after(|dir| {
        dropped = rewrite(dir, b"Hamlet", |_, _| {});
        let database = Database::create(dir.join("journal.redb")).unwrap();
        let transaction = database.begin_write().unwrap();
        transaction.open_table(RECORDS).unwrap().remove(dropped).unwrap();
        transaction.commit().unwrap();
    });
    let report = world.journal().verify(&mut |_, _| {}).unwrap();
    assert_eq!(report.problems[0].seq, dropped, "{:?}", report.problems);
    world.close().await.unwrap();
}

#[tokio::test]
async fn it_works_while_others_write() {
    let world = World::new();
    let tickets = world.tickets();
    let writer = tokio::spawn(async move {
        for _ in 0..50 {
            tickets.create(ann(), boxoffice::NewTicket::new("Hamlet", "1")).await.unwrap();
        }
    });
    let mut rounds = 0;
    while !writer.is_finished() || rounds == 0 {
        world.assert_clean();
        rounds += 1;
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
}
