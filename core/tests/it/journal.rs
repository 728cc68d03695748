//! Reading and following the journal.

use std::sync::Arc;

use boxoffice::testing::{ManualClock, SeededIds};
use boxoffice::{BoxOffice, Code, JournalCursor, NewTicket, Record, SignUp, Subscription};
use tokio::task::JoinSet;

use crate::support::{World, ann, bob, refused, start, within};

/// Takes `count` records of the subscription, and checks that there is no gap.
async fn take(feed: &mut Subscription, count: usize) -> Vec<Arc<Record>> {
    let mut records: Vec<Arc<Record>> = Vec::new();
    while records.len() < count {
        let record = within(feed.next()).await.unwrap();
        assert!(records.last().is_none_or(|last| last.seq + 1 == record.seq), "a record is missing or repeated");
        records.push(record);
    }
    records
}

#[tokio::test]
async fn ranges_are_read_by_number() {
    let world = World::new();
    world.list(20).await;
    let head = world.head();
    let seqs = |from, limit| {
        let records = world.journal().read(from, limit).unwrap();
        records.iter().map(|record| record.seq).collect::<Vec<_>>()
    };
    assert_eq!(seqs(1, usize::MAX), (1..=head).collect::<Vec<_>>());
    assert_eq!(seqs(0, 2), [1, 2]);
    assert_eq!(seqs(7, 3), [7, 8, 9]);
    assert_eq!(seqs(head, 5), [head]);
    assert_eq!(seqs(head + 1, 5), [0_u64; 0]);
    assert_eq!(seqs(3, 0), [0_u64; 0]);
    for beyond in [head + 2, u64::MAX] {
        assert_eq!(refused(world.journal().read(beyond, 5)), Code::JournalCursorUnknown);
    }
}

#[tokio::test]
async fn a_subscription_starts_where_it_is_told() {
    let world = World::new();
    world.list(20).await;
    let head = world.head();
    let all = world.journal().read(1, 1000).unwrap();
    for from in [0, 1, head / 2, head] {
        let mut feed = world.journal().subscribe(from);
        assert_eq!(feed.position(), from.max(1));
        let count = usize::try_from(head - from.max(1) + 1).unwrap();
        let records = take(&mut feed, count).await;
        assert!(records.iter().map(Arc::as_ref).eq(&all[all.len() - count..]));
        assert!(feed.try_next().unwrap().is_none());
    }
}

#[tokio::test]
async fn a_place_beyond_the_head_is_told_and_stays_unknown() {
    let world = World::new();
    let head = world.head();
    let mut feed = world.journal().subscribe(head + 3);
    for _ in 0..2 {
        assert_eq!(refused(feed.try_next()), Code::JournalCursorUnknown);
        assert_eq!(refused(within(feed.next()).await), Code::JournalCursorUnknown);
        // What it is told does not hang on when it asks.
        world.list(3).await;
    }
    let beyond = JournalCursor::number(world.head() + 1);
    assert_eq!(refused(world.journal().subscribe_after(beyond)), Code::JournalCursorUnknown);
    assert_eq!(refused(world.journal().read_after(beyond, 1)), Code::JournalCursorUnknown);
}

#[tokio::test]
async fn a_cursor_of_a_history_that_is_gone_is_unknown() {
    let world = World::new();
    world.list(2).await;
    let (head, copy) = (world.head(), world.path().join("copy"));
    world.journal().backup(&copy, &mut |_, _| {}).unwrap();
    world.list(3).await;
    let records = world.journal().read(head, 10).unwrap();
    let (shared, gone) = (records[0].cursor(), records[2].cursor());
    assert_eq!(world.journal().read_after(gone, 10).unwrap(), records[3..]);

    let clock = Arc::clone(&world.clock) as Arc<dyn boxoffice::Clock>;
    let restored = BoxOffice::builder().clock(clock).open(&copy).unwrap();
    for cursor in [gone, JournalCursor::number(gone.seq())] {
        assert_eq!(refused(restored.journal().read_after(cursor, 10)), Code::JournalCursorUnknown, "{cursor}");
        assert_eq!(refused(restored.journal().subscribe_after(cursor)), Code::JournalCursorUnknown, "{cursor}");
    }
    let other = vec![boxoffice::NewTicket::new("Macbeth", "5"); 3];
    restored.tickets().create_many(crate::support::ann(), other).await.unwrap();
    // The journal has a record of that number again, and it is another one.
    assert_eq!(refused(restored.journal().read_after(gone, 10)), Code::JournalCursorUnknown);
    assert_eq!(refused(restored.journal().subscribe_after(gone)), Code::JournalCursorUnknown);
    let seqs = |cursor| restored.journal().read_after(cursor, 1).unwrap()[0].seq;
    assert_eq!((seqs(shared), seqs(JournalCursor::number(gone.seq()))), (head + 1, gone.seq() + 1));
    let mut feed = restored.journal().subscribe_after(shared).unwrap();
    assert_eq!(take(&mut feed, 1).await[0].seq, head + 1);

    let (one, two) = (world.journal().history().unwrap(), restored.journal().history().unwrap());
    assert_ne!(one.id, two.id);
    assert_eq!((one.common, two.common), (None, Some(head)));
    restored.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn history_goes_over_into_live_without_a_seam() {
    let world = World::new();
    world.list(2_000).await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let tickets = world.tickets();
        tasks.spawn(async move {
            for count in 1..40 {
                tickets.create_many(ann(), vec![NewTicket::new("Hamlet", "1"); count]).await.unwrap();
            }
        });
    }
    let mut feeds = JoinSet::new();
    for from in [1, 1_000, 2_040] {
        let mut feed = world.journal().subscribe(from);
        feeds.spawn(async move { take(&mut feed, 6_000).await[0].seq == from });
    }
    within(tasks.join_all()).await;
    assert!(within(feeds.join_all()).await.into_iter().all(|started_there| started_there));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_lags_far_behind_misses_nothing_and_stops_nobody() {
    let world = World::new();
    let (head, mut feed) = (world.head(), world.journal().subscribe(world.head() + 1));
    let first = world.ticket().await;
    assert_eq!(take(&mut feed, 1).await[0].seq, head + 1);
    for _ in 0..25 {
        world.list(1_000).await;
    }
    assert_eq!(world.of_ticket(first), "available");
    let mut next = head + 2;
    while next <= world.head() {
        for record in within(feed.next_batch(300)).await.unwrap() {
            assert_eq!(record.seq, next);
            next += 1;
        }
    }
    assert_eq!(next, head + 25_002);
    world.ticket().await;
    assert_eq!(take(&mut feed, 1).await[0].seq, next);
}

#[tokio::test]
async fn a_follower_hears_of_a_record_only_when_it_can_be_seen() {
    let world = World::new();
    let mut feed = world.feed();
    let ticket = world.ticket().await;
    world.order(bob(), ticket).await;
    feed.until("OrderCreated").await;
    assert_eq!((world.of_ticket(ticket), world.metrics().open_orders), ("locked", 1));
}

#[tokio::test]
async fn a_subscription_ends_with_the_box_office() {
    let world = World::new();
    let mut behind = world.journal().subscribe(world.head() + 1);
    world.list(3).await;
    let mut waiting = world.journal().subscribe(world.head() + 1);
    let waiting = tokio::spawn(async move { refused(waiting.next().await) });
    tokio::task::yield_now().await;
    world.close().await.unwrap();
    assert_eq!(within(waiting).await.unwrap(), Code::EngineClosed);
    // A follower that has not received anything yet receives what is still in memory, then the end.
    take(&mut behind, 3).await;
    assert_eq!(refused(within(behind.next()).await), Code::EngineClosed);
}

#[test]
fn threads_follow_too() {
    let world = World::new();
    let office = world.blocking();
    let mut feed = world.journal().subscribe(world.head() + 1);
    std::thread::scope(|scope| {
        let follower = scope.spawn(move || feed.next_blocking().unwrap().event.name());
        office.tickets().create(ann(), NewTicket::new("Hamlet", "1")).unwrap();
        assert_eq!(follower.join().unwrap(), "TicketCreated");
    });
}

#[tokio::test]
async fn the_same_seed_gives_the_same_journal() {
    let mut journals = Vec::new();
    for _ in 0..2 {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(start()));
        let office = BoxOffice::builder().clock(clock).ids(Arc::new(SeededIds::new(7))).open(dir.path()).unwrap();
        let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await.unwrap().user.id;
        let bob = office.auth().sign_up(SignUp::new("bob@example.com", "correct horse")).await.unwrap().user.id;
        let ticket = office.tickets().create(ann, NewTicket::new("Hamlet", "19.99")).await.unwrap();
        let order = office.orders().create(bob, &[ticket.id]).await.unwrap();
        office.payments().pay(bob, order.id, "tok_visa").await.unwrap();
        journals.push(office.journal().read(1, 100).unwrap());
        office.close().await.unwrap();
    }
    assert_eq!(journals[0].len(), 6);
    assert_eq!(journals[0], journals[1]);
}

#[tokio::test]
async fn a_record_is_published_in_camel_case() {
    let world = World::new();
    let (ticket, order) = world.held().await;
    let record = world.journal().read(world.head(), 1).unwrap().remove(0);
    let published = serde_json::to_value(&record).unwrap();
    let expected = serde_json::json!({
        "seq": record.seq,
        "at": "2027-01-01T12:00:00.000Z",
        "actor": { "user": bob().to_string() },
        "commandId": record.command_id.to_string(),
        "version": 1,
        "event": {
            "type": "OrderCreated",
            "data": {
                "orderId": order.id.to_string(),
                "buyerId": bob().to_string(),
                "tickets": [{
                    "id": ticket.to_string(),
                    "sellerId": ann().to_string(),
                    "title": "Hamlet",
                    "price": { "minor": 1999, "currency": "USD" },
                    "version": 2,
                }],
                "total": { "minor": 1999, "currency": "USD" },
                "expiresAt": "2027-01-01T12:15:00.000Z",
            },
        },
        "hash": record.hash.to_string(),
    });
    assert_eq!(published, expected);
    assert_eq!(record.hash.to_string().len(), 64);
    assert_eq!(serde_json::from_value::<Record>(published).unwrap(), record);
}
