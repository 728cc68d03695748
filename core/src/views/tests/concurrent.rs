//! Readers concurrent with a writer and continuous checkpoints.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Fault;
use super::model::check;
use super::world::{USERS, World, user_id};
use crate::types::{OrderId, TicketId};
use crate::views::checkpoint::Source;
use crate::views::query::{TicketSort, TicketStatusFilter};
use crate::views::{OrderQuery, TicketQuery, Views};

/// Checks that a listing by an immutable key contains every entity that existed before it, and none twice.
fn read_tickets(views: &Views, sort: TicketSort, before: &[TicketId]) {
    let mut query = TicketQuery::new().status(TicketStatusFilter::All).sort(sort).limit(7);
    let mut seen = HashSet::new();
    loop {
        let page = views.tickets(&query).unwrap();
        for ticket in page.items {
            assert!(seen.insert(ticket.id), "{} is there twice", ticket.id);
        }
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    for id in before {
        assert!(seen.contains(id), "{id} is missing");
        assert!(views.ticket(*id).unwrap().is_some());
    }
}

fn read_orders(views: &Views, before: &[OrderId]) {
    let mut seen = HashSet::new();
    for number in 0..USERS {
        let mut query = OrderQuery::new().limit(7);
        loop {
            let page = views.orders(user_id(number), &query).unwrap();
            for order in page.items {
                assert!(seen.insert(order.id), "{} is there twice", order.id);
            }
            query.cursor = page.next;
            if query.cursor.is_none() {
                break;
            }
        }
    }
    for id in before {
        assert!(seen.contains(id), "{id} is missing");
        assert!(views.order(*id).unwrap().is_some());
    }
}

#[test]
fn nothing_is_missing_or_there_twice() {
    let dir = tempfile::tempdir().unwrap();
    let views = Views::open(Some(dir.path()), &|_| true).unwrap();
    let mut world = World::new(11);
    world.without_returns = true;
    world.batch(&views, 400);
    let tickets: Vec<_> = world.tickets.keys().copied().collect();
    let orders: Vec<_> = world.orders.keys().copied().collect();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for sort in [TicketSort::Newest, TicketSort::Oldest] {
            let (views, tickets, orders, done) = (&views, &tickets, &orders, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    read_tickets(views, sort, tickets);
                    read_orders(views, orders);
                }
            });
        }
        // Two threads, to check that checkpoints wait for each other.
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    views.checkpoint().unwrap();
                }
            });
        }
        for _ in 0..150 {
            world.batch(&views, 8);
        }
        done.store(true, Ordering::Relaxed);
    });
    check(&mut world, &views);
}

#[test]
fn what_changes_during_a_checkpoint_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let fault = Fault::default();
    let source = Source::Faulty(dir.path().join("views.redb"), fault.clone());
    let views = Views::open_source(source, &|_| true).unwrap();
    let mut world = World::new(12);
    world.batch(&views, 400);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // Checkpoints fail while the storage does.
                let _ = views.checkpoint();
            }
        });
        for _ in 0..400 {
            fault.set(world.random.below(4) == 0);
            world.batch(&views, 8);
        }
        done.store(true, Ordering::Relaxed);
    });
    fault.set(false);
    check(&mut world, &views);
    views.checkpoint().unwrap();
    check(&mut world, &views);
    drop(views);
    check(&mut world, &Views::open(Some(dir.path()), &|_| true).unwrap());
}

#[test]
fn who_publishes_more_than_is_written_waits_for_the_checkpoint() {
    let views = Views::open(None, &|_| true).unwrap();
    let mut world = World::new(9);
    for _ in 0..super::super::BACKLOG_MAX {
        world.list();
    }
    world.publish(&views);
    let (covers, under_way) = (views.covers(), views.0.checkpointed.lock().unwrap());
    std::thread::scope(|scope| {
        let (started, start) = std::sync::mpsc::channel();
        let (world, views) = (&mut world, &views);
        let publisher = scope.spawn(move || {
            world.list();
            started.send(()).unwrap();
            world.publish(views);
        });
        start.recv().unwrap();
        // Readers are not blocked, and don't see the change yet.
        assert_eq!(views.covers(), covers);
        drop(under_way);
        publisher.join().unwrap();
        assert_eq!(views.covers().seq, covers.seq + 1);
    });
    views.checkpoint().unwrap();
    assert_eq!(views.dirty(), 0);
}
