//! A damaged file is rebuilt: never a panic, never a wrong entity.

use std::path::Path;

use super::world::{Random, World};
use crate::views::active::NOTHING;
use crate::views::query::{TicketSort, TicketStatusFilter};
use crate::views::{TicketQuery, Views, ViewsError};

/// Returns a closed file with active and terminal entities.
fn file(seed: u64) -> (World, Vec<u8>) {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(seed);
    let views = Views::open(Some(dir.path()), &|_| true).unwrap();
    for _ in 0..4 {
        world.batch(&views, 150);
        views.checkpoint().unwrap();
    }
    drop(views);
    (world, std::fs::read(dir.path().join("views.redb")).unwrap())
}

/// Opens the bytes as a file, which gives either what was written or nothing, and reads all of it.
fn check(world: &World, dir: &Path, bytes: &[u8], what: &str) {
    std::fs::write(dir.join("views.redb"), bytes).unwrap();
    let mut views =
        Views::open(Some(dir), &|head| head == world.head).unwrap_or_else(|error| panic!("{what}: {error}"));
    if views.covers() == NOTHING {
        assert_eq!((views.metrics().users, views.metrics().in_memory), (0, 0), "{what}");
        world.clone().batch(&views, 10);
        views.checkpoint().unwrap_or_else(|error| panic!("{what}: {error}"));
        return;
    }
    assert_eq!(views.covers(), world.head, "{what}");
    let state = views.state();
    let mut damaged = false;
    for ticket in world.tickets.values() {
        if ticket.status.is_active() {
            assert_eq!(state.ticket(ticket.id), Some(ticket), "{what}");
        }
        match views.ticket(ticket.id) {
            Ok(found) => assert!(found.is_none_or(|found| found == *ticket), "{what}"),
            Err(error) => damaged |= matches!(error, ViewsError::Damaged(_)),
        }
    }
    for order in world.orders.values() {
        if !order.is_terminal() {
            assert_eq!(state.order(order.id), Some(order), "{what}");
        }
        match views.order(order.id) {
            Ok(found) => assert!(found.is_none_or(|found| found == *order), "{what}"),
            Err(error) => damaged |= matches!(error, ViewsError::Damaged(_)),
        }
    }
    for sort in [TicketSort::Oldest, TicketSort::PriceDesc, TicketSort::StartsAtAsc] {
        let query = TicketQuery::new().status(TicketStatusFilter::All).sort(sort).limit(100);
        damaged |= matches!(views.tickets(&query), Err(ViewsError::Damaged(_)));
    }
    if damaged {
        drop(views);
        views = Views::open(Some(dir), &|_| true).unwrap();
        assert_eq!(views.covers(), NOTHING, "{what}");
    }
}

#[test]
fn truncated_files() {
    let (world, bytes) = file(1);
    let dir = tempfile::tempdir().unwrap();
    for part in 0..40 {
        let len = bytes.len() * part / 40;
        check(&world, dir.path(), &bytes[..len], &format!("{len} of {} bytes", bytes.len()));
    }
}

#[test]
fn flipped_bits_in_the_header() {
    let (world, bytes) = file(2);
    let dir = tempfile::tempdir().unwrap();
    for at in 0..320 {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        check(&world, dir.path(), &bytes, &format!("byte {at}"));
    }
}

#[test]
fn flipped_bytes_anywhere() {
    let (world, bytes) = file(3);
    let dir = tempfile::tempdir().unwrap();
    let mut random = Random(9);
    for _ in 0..200 {
        let mut bytes = bytes.clone();
        let at = usize::try_from(random.below(bytes.len() as u64)).unwrap();
        bytes[at] ^= u8::try_from(1 + random.below(255)).unwrap();
        check(&world, dir.path(), &bytes, &format!("byte {at}"));
    }
}

#[test]
fn overwritten_pages() {
    let (world, bytes) = file(4);
    let dir = tempfile::tempdir().unwrap();
    let mut random = Random(10);
    for _ in 0..60 {
        let mut bytes = bytes.clone();
        let page = usize::try_from(random.below(bytes.len() as u64 / 4096)).unwrap() * 4096;
        let filler = u8::try_from(random.below(256)).unwrap();
        bytes[page..page + 4096].fill(filler);
        check(&world, dir.path(), &bytes, &format!("page at {page} filled with {filler}"));
    }
}

#[test]
fn other_files() {
    let world = World::new(0);
    let dir = tempfile::tempdir().unwrap();
    check(&world, dir.path(), &[], "an empty file");
    check(&world, dir.path(), b"this is no database", "a text");
    check(&world, dir.path(), &vec![0; 100_000], "zeros");
    let other = tempfile::tempdir().unwrap();
    let database = redb::Database::create(other.path().join("other.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(redb::TableDefinition::<u64, u64>::new("meta")).unwrap().insert(1, 1).unwrap();
    transaction.commit().unwrap();
    drop(database);
    check(&world, dir.path(), &std::fs::read(other.path().join("other.redb")).unwrap(), "another database");
}
