//! Holds end at their deadline: not before, all of them, and in order.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::{Code, DomainEvent, Limits, NewTicket, OrderId, TicketUpdate, Timestamp};

use crate::support::{Feed, HOLD, SilentClock, World, ann, bob, cat, dan, refused};

const MS: Duration = Duration::from_millis(1);

/// Creates a world in which one buyer may hold a whole show.
fn large() -> World {
    World::with(|builder| builder.limits(Limits::new().open_orders_max(20_000)))
}

/// Creates a world whose clock wakes nobody: the next command finds what is due.
fn silent() -> World {
    let world = large();
    let clock = Arc::clone(&world.clock);
    let limits = Limits::new().open_orders_max(20_000);
    world.reopen_with(move |builder| builder.limits(limits).clock(Arc::new(SilentClock(Arc::clone(&clock)))))
}

/// Returns the orders that expired after record `seq`, in the order of the journal.
fn expired_after(world: &World, seq: u64) -> Vec<OrderId> {
    let head = world.head();
    let pages = (seq + 1..=head).step_by(10_000).map(|from| world.journal().read(from, 10_000).unwrap());
    let records: Vec<_> = pages.flatten().collect();
    let expired = records.iter().filter_map(|record| match &record.event {
        DomainEvent::OrderExpired(event) => Some(event.order_id),
        _ => None,
    });
    expired.collect()
}

#[tokio::test]
async fn a_hold_ends_at_its_deadline_and_not_before() {
    let world = World::new();
    let (ticket, order) = world.held().await;
    let mut feed = world.feed();
    world.clock.advance(HOLD - MS);
    world.ticket().await;
    assert_eq!((world.of_order(&order), world.of_ticket(ticket)), ("created", "locked"));
    world.clock.advance(MS);
    let record = feed.until("OrderExpired").await;
    assert_eq!((record.at, record.actor.user()), (order.expires_at, None));
    assert_eq!((world.of_order(&order), world.of_ticket(ticket)), ("expired", "available"));
    assert_eq!((world.metrics().open_orders, world.metrics().expiry_lag), (0, Duration::ZERO));
    world.order(cat(), ticket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_of_the_clock_returns_when_what_fell_due_is_durable_and_visible() {
    let world = large();
    // More than expire in one batch.
    let tickets = world.list(5_000).await;
    let orders = world.hold_all(bob(), &tickets).await;
    let head = world.head();
    world.clock.advance(HOLD - MS);
    assert_eq!((world.head(), world.metrics().open_orders), (head, orders.len()));
    world.clock.advance(MS);
    assert_eq!(world.head(), head + 5_000);
    assert_eq!(expired_after(&world, head).len(), orders.len());
    assert!(tickets.iter().all(|ticket| world.of_ticket(*ticket) == "available"));
    assert_eq!((world.metrics().open_orders, world.metrics().expiry_lag), (0, Duration::ZERO));
    // Nobody is waited for who is gone.
    world.close().await.unwrap();
    world.clock.advance(HOLD);
}

#[tokio::test]
async fn the_hold_is_as_long_as_the_builder_says() {
    let world = World::with(|builder| builder.hold(Duration::from_secs(5)));
    let (_, order) = world.held().await;
    let mut feed = world.feed();
    world.clock.advance(Duration::from_secs(5));
    feed.until("OrderExpired").await;
    assert_eq!(world.of_order(&order), "expired");
}

#[tokio::test]
async fn orders_that_are_cancelled_or_paid_do_not_expire() {
    let world = World::new();
    let (_, cancelled) = world.held().await;
    world.orders().cancel(bob(), cancelled.id).await.unwrap();
    let (_, complete) = world.sold().await;
    let head = world.head();
    world.clock.advance(2 * HOLD);
    world.ticket().await;
    assert_eq!(world.events_after(head), ["TicketCreated"]);
    assert_eq!((world.of_order(&cancelled), world.of_order(&complete)), ("cancelled", "complete"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_holds_due_at_once_end_in_order_while_others_are_served() {
    let world = silent();
    let tickets = world.list(10_000).await;
    let mut orders = Vec::new();
    for tickets in tickets.chunks(2_500) {
        orders.extend(world.hold_all(bob(), tickets).await);
        world.clock.advance(MS);
    }
    orders.sort_by_key(|order| (order.expires_at, order.id));
    let (head, mut feed) = (world.head(), world.feed());
    world.clock.advance(HOLD);
    // This command triggers the expiries, and does not wait for all of them.
    let served = world.tickets().create(cat(), NewTicket::new("Macbeth", "1")).await.unwrap();
    for _ in 0..orders.len() {
        feed.until("OrderExpired").await;
    }
    let expected: Vec<_> = orders.iter().map(|order| order.id).collect();
    assert!(expired_after(&world, head) == expected, "they ended in another order");
    let place =
        world.journal().read(head + 1, 10_000).unwrap().iter().position(
            |record| matches!(&record.event, DomainEvent::TicketCreated(event) if event.ticket_id == served.id),
        );
    assert!(place.is_some_and(|place| place < 5_000), "it waited for {place:?} expiries");
    assert_eq!((world.metrics().open_orders, world.metrics().tickets_locked), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_once_ends_everything_that_is_due() {
    let world = large();
    let tickets = world.list(5_000).await;
    world.hold_all(bob(), &tickets).await;
    let mut feed = world.feed();
    world.clock.advance(HOLD);
    for _ in 0..tickets.len() {
        feed.until("OrderExpired").await;
    }
    assert_eq!(world.metrics().open_orders, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fell_due_while_closed_has_ended_before_the_first_command() {
    let world = large();
    let tickets = world.list(3_000).await;
    let orders = world.hold_all(bob(), &tickets).await;
    let (_, open) = {
        world.clock.advance(MS);
        world.held().await
    };
    let head = world.head();
    let clock = Arc::clone(&world.clock);
    let world = world.reopen_after(|_| clock.advance(HOLD - MS));
    assert_eq!(world.head(), head + 3_000);
    assert_eq!(expired_after(&world, head).len(), orders.len());
    assert_eq!((world.of_order(&open), world.metrics().open_orders), ("created", 1));
}

#[tokio::test]
async fn whoever_comes_at_the_deadline_gets_the_ticket() {
    let world = silent();
    let (ticket, order) = world.held().await;
    let head = world.head();
    world.clock.advance(HOLD);
    let rival = world.order(cat(), ticket).await;
    assert_eq!(world.events_after(head), ["OrderExpired", "OrderCreated"]);
    assert_eq!((world.of_order(&order), world.of_order(&rival)), ("expired", "created"));
}

#[tokio::test]
async fn the_seller_edits_a_ticket_at_the_deadline_of_its_hold() {
    let world = silent();
    let (ticket, _) = world.held().await;
    world.clock.advance(HOLD - MS);
    let early = world.tickets().update(ann(), ticket, TicketUpdate::new("Hamlet", "30")).await;
    assert_eq!(refused(early), Code::TicketLocked);
    world.clock.advance(MS);
    world.tickets().update(ann(), ticket, TicketUpdate::new("Hamlet", "30")).await.unwrap();
    world.tickets().withdraw(ann(), ticket, None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rival_gets_the_ticket_even_when_its_expiry_is_far_down_the_backlog() {
    let world = silent();
    let tickets = world.list(5_000).await;
    world.hold_all(bob(), &tickets).await;
    world.clock.advance(MS);
    let (ticket, last) = world.held().await;
    world.clock.advance(HOLD);
    let rival = world.order(dan(), ticket).await;
    assert_eq!((world.of_order(&last), world.of_order(&rival)), ("expired", "created"));
    assert_eq!(world.of_ticket(ticket), "locked");
}

#[tokio::test]
async fn a_clock_set_back_an_hour_ends_nothing_early_or_late() {
    let world = World::new();
    let (_, order) = world.held().await;
    let mut feed = world.feed();
    world.clock.advance(Duration::from_mins(5));
    assert_eq!(world.now(), order.created_at.plus(Duration::from_mins(5)));
    world.clock.set(Timestamp::from_millis(world.clock_ms() - 3_600_000));
    assert_eq!(world.now(), order.created_at.plus(Duration::from_mins(5)));
    world.ticket().await;
    world.clock.advance(Duration::from_mins(10) - MS);
    world.ticket().await;
    assert_eq!(world.of_order(&order), "created");
    world.clock.advance(MS);
    assert_eq!(feed.until("OrderExpired").await.at, order.expires_at);
    let times: Vec<_> = world.journal().read(1, 10_000).unwrap().iter().map(|record| record.at).collect();
    assert!(times.is_sorted());
}

#[tokio::test]
async fn a_clock_that_is_behind_at_the_start_ends_nothing_early_or_late() {
    let world = World::new();
    let (ticket, order) = world.held().await;
    world.clock.advance(Duration::from_mins(10));
    world.ticket().await;
    let (head, clock) = (world.head(), Arc::clone(&world.clock));
    let world = world.reopen_after(|_| clock.set(Timestamp::from_millis(order.created_at.as_millis() - 3_600_000)));
    assert_eq!(world.now(), order.created_at.plus(Duration::from_mins(10)));
    world.clock.advance(Duration::from_mins(5) - MS);
    assert_eq!(refused(world.orders().create(cat(), &[ticket]).await), Code::TicketLocked);
    world.clock.advance(MS);
    let expired = Feed(world.journal().subscribe(head + 1)).until("OrderExpired").await;
    assert_eq!(expired.at, order.expires_at);
}
