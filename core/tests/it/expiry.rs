//! Holds end at their deadline: not before, not after, and in order.

use std::time::Duration;

use boxoffice::{DomainEvent, OrderId};

use crate::support::{HOLD, World, code, until};

const MS: Duration = Duration::from_millis(1);

#[tokio::test]
async fn a_hold_ends_at_its_deadline() {
    let world = World::new();
    let (_, _, ticket, order) = world.sale().await;
    let mut news = world.follow();
    world.clock.advance(HOLD - MS);
    world.user("carol").await;
    assert_eq!(world.status(ticket), "locked");
    world.clock.advance(MS);
    let expired = until(&mut news, "OrderExpired").await;
    assert_eq!(expired.at, order.expires_at);
    assert_eq!((world.status(ticket), world.order_status(&order)), ("available", "expired"));
}

#[tokio::test]
async fn paying_is_possible_until_the_deadline_and_not_at_it() {
    for (wait, expected) in [(HOLD - MS, "ok"), (HOLD, "order.expired"), (HOLD + MS, "order.expired")] {
        let world = World::new();
        let (_, bob, _, order) = world.sale().await;
        world.clock.advance(wait);
        assert_eq!(code(world.office.payments().pay(bob, order.id, "tok_visa").await), expected, "{wait:?}");
        world.assert_clean();
    }
}

#[tokio::test]
async fn a_rival_gets_the_ticket_at_the_deadline() {
    let world = World::new();
    let (_, _, ticket, _) = world.sale().await;
    let carol = world.user("carol").await;
    assert_eq!(code(world.office.orders().create(carol, &[ticket]).await), "ticket.locked");
    world.clock.advance(HOLD);
    assert_eq!(code(world.office.orders().create(carol, &[ticket]).await), "ok");
}

#[tokio::test]
async fn many_deadlines_at_one_instant_end_in_order_and_starve_nobody() {
    let world = World::new();
    let (ann, bob) = (world.user("ann").await, world.user("bob").await);
    let tickets = world.tickets(ann, 10_000).await;
    for ticket in tickets.chunks(10) {
        world.office.orders().create(bob, ticket).await.unwrap();
    }
    let more = world.tickets(ann, 9_000).await;
    let mut orders = Vec::new();
    for ticket in &more {
        let (office, ticket) = (world.office.orders(), *ticket);
        orders.push(tokio::spawn(async move { office.create(bob, &[ticket]).await }));
    }
    for order in orders {
        order.await.unwrap().unwrap();
    }
    let spare = world.ticket(ann).await;
    let carol = world.user("carol").await;
    let mut news = world.follow();
    world.clock.advance(HOLD);
    // Decided while thousands of expiries wait, on a ticket that has nothing to do with them; and on one that has.
    world.office.orders().create(carol, &[spare]).await.unwrap();
    world.office.orders().create(carol, &more[8_999..]).await.unwrap();
    let mut expired: Vec<OrderId> = Vec::new();
    while expired.len() < 10_000 {
        if let DomainEvent::OrderExpired(event) = &until(&mut news, "OrderExpired").await.event {
            expired.push(event.order_id);
        }
    }
    assert!(expired.is_sorted(), "orders of one deadline expire by age");
    assert_eq!(world.status(tickets[0]), "available");
    world.assert_clean();
}

#[tokio::test]
async fn what_fell_due_while_closed_has_expired_before_anything_is_answered() {
    let mut world = World::new();
    let (_, bob, ticket, order) = world.sale().await;
    world.office.close().await.unwrap();
    world.clock.advance(HOLD);
    world.reopen().await;
    assert_eq!((world.status(ticket), world.order_status(&order)), ("available", "expired"));
    assert_eq!(code(world.office.payments().pay(bob, order.id, "tok_visa").await), "order.expired");
}

#[tokio::test]
async fn a_clock_that_is_set_back_moves_no_deadline() {
    let mut world = World::new();
    let (ann, bob, ticket, order) = world.sale().await;
    world.clock.advance(HOLD / 3);
    world.user("carol").await;
    world.clock.set("2027-01-01T11:00:00Z".parse().unwrap());
    // The engine only knows how far the clock has come since it last looked.
    world.office.now();
    let mut news = world.follow();
    world.clock.advance(HOLD / 3);
    let second = world.ticket(ann).await;
    assert_eq!(world.status(ticket), "locked");
    world.clock.advance(HOLD / 3 - MS);
    world.office.orders().create(bob, &[second]).await.unwrap();
    assert_eq!(world.status(ticket), "locked");
    world.clock.advance(MS);
    let expired = until(&mut news, "OrderExpired").await;
    assert_eq!(expired.at, order.expires_at);

    world.clock.set("2026-01-01T00:00:00Z".parse().unwrap());
    world.reopen().await;
    world.ticket(ann).await;
    let times: Vec<_> = world.records().iter().map(|record| record.at).collect();
    assert!(times.is_sorted());
    world.assert_clean();
}
