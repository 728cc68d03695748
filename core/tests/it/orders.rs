//! Orders: holds, cancellations, and permissions.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::{Code, Limits, NewShow, NewTicket, OrderId, OrderQuery, TicketId, TicketUpdate};

use crate::support::{HOLD, SilentClock, World, ann, bob, cat, dan, person, refused, start};

#[tokio::test]
async fn a_hold_locks_the_ticket_at_its_price_for_a_quarter_of_an_hour() {
    let world = World::new();
    let (ticket, order) = world.held().await;
    assert_eq!(order.status.as_str(), "created");
    assert_eq!(order.expires_at, start().plus(HOLD));
    assert_eq!((order.total.decimal(), order.total.currency().code()), ("19.99".to_owned(), "USD"));
    assert_eq!(world.of_ticket(ticket), "locked");
    assert_eq!(world.metrics().tickets_locked, 1);
}

#[tokio::test]
async fn what_an_order_must_name() {
    let world = World::new();
    let tickets = world.list(11).await;
    for wrong in [&tickets[..0], &tickets[..11], &[tickets[0], tickets[1], tickets[0]]] {
        let error = world.orders().create(bob(), wrong).await.unwrap_err();
        assert_eq!((error.code(), error.serialize_errors()[0].field.as_deref()), (Code::Validation, Some("ticketIds")));
    }
    let nowhere = [tickets[0], TicketId::from_bytes([7; 16])];
    assert_eq!(refused(world.orders().create(bob(), &nowhere).await), Code::TicketNotFound);
    assert_eq!(world.orders().create(bob(), &tickets[..10]).await.unwrap().tickets.len(), 10);
}

#[tokio::test]
async fn an_order_is_made_at_the_prices_that_the_buyer_saw_or_not_at_all() {
    let world = World::new();
    let tickets = world.list(2).await;
    let at = async |prices: &[&str]| {
        let prices: Vec<String> = prices.iter().map(|price| (*price).to_owned()).collect();
        world.orders().create_at_prices(bob(), &tickets, &prices).await
    };
    for (ticket, price) in tickets.iter().zip(["9.99", "29.99"]) {
        world.tickets().update(ann(), *ticket, TicketUpdate::new("Hamlet", price)).await.unwrap();
    }
    assert_eq!(refused(at(&["19.99", "19.99"]).await), Code::OrderPriceChanged);
    for (wrong, field) in [(["9.99"].as_slice(), "prices"), (["9.99", "29.999"].as_slice(), "prices[1]")] {
        let error = at(wrong).await.unwrap_err();
        assert_eq!((error.code(), error.serialize_errors()[0].field.as_deref()), (Code::Validation, Some(field)));
    }
    assert_eq!(world.of_ticket(tickets[0]), "available");
    assert_eq!(at(&["9.99", "29.99"]).await.unwrap().total.decimal(), "39.98");
}

#[tokio::test]
async fn nobody_buys_their_own_ticket() {
    let world = World::new();
    let ticket = world.ticket().await;
    assert_eq!(refused(world.orders().create(ann(), &[ticket]).await), Code::OrderOwnTicket);
    assert_eq!(world.of_ticket(ticket), "available");
}

#[tokio::test]
async fn one_order_has_one_currency() {
    let world = World::new();
    let ticket = world.ticket().await;
    let other = world.tickets().create(ann(), NewTicket::new("Hamlet", "20").currency("EUR")).await.unwrap();
    assert_eq!(refused(world.orders().create(bob(), &[ticket, other.id]).await), Code::OrderMixedCurrencies);
}

#[tokio::test]
async fn a_show_that_has_started_is_not_sold() {
    let world = World::new();
    let show = NewShow::new("Hamlet", "2027-01-01T12:10:00Z");
    let ticket = world.tickets().create(ann(), NewTicket::new("Hamlet", "5").show(show)).await.unwrap().id;
    world.clock.advance(Duration::from_mins(10) - Duration::from_millis(1));
    let order = world.order(bob(), ticket).await;
    world.orders().cancel(bob(), order.id).await.unwrap();
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(refused(world.orders().create(bob(), &[ticket]).await), Code::TicketShowStarted);
}

#[tokio::test]
async fn nobody_hoards_a_show() {
    let world = World::new();
    let tickets = world.list(11).await;
    for ticket in &tickets[..10] {
        world.order(bob(), *ticket).await;
    }
    assert_eq!(refused(world.orders().create(bob(), &[tickets[10]]).await), Code::OrderTooManyOpen);
    world.order(cat(), tickets[10]).await;
}

#[tokio::test]
async fn holds_that_are_over_by_the_clock_do_not_count_as_open() {
    // More orders are due at once than one batch expires, and Cat's are the last in line.
    let limits = Limits::new().open_orders_max(1024);
    let world = World::with(|builder| builder);
    let clock = Arc::clone(&world.clock);
    let world = world.reopen_with(move |builder| builder.limits(limits).clock(Arc::new(SilentClock(clock.clone()))));
    let tickets = world.list(3 * 1024 + 1).await;
    for (buyer, tickets) in [bob(), dan(), cat()].into_iter().zip(tickets.chunks(1024)) {
        world.hold_all(buyer, tickets).await;
    }
    world.clock.advance(HOLD);
    world.orders().create(cat(), &tickets[3 * 1024..]).await.unwrap();
}

#[tokio::test]
async fn cancelling_frees_the_ticket_at_once() {
    let world = World::new();
    let (ticket, order) = world.held().await;
    world.orders().cancel(bob(), order.id).await.unwrap();
    assert_eq!((world.of_order(&order), world.of_ticket(ticket)), ("cancelled", "available"));
    assert_eq!(refused(world.orders().cancel(bob(), order.id).await), Code::OrderCancelled);
}

#[tokio::test]
async fn a_stale_cancel_frees_nobody_elses_hold() {
    let world = World::new();
    let (ticket, stale) = world.held().await;
    world.orders().cancel(bob(), stale.id).await.unwrap();
    let (fresh, expired) = (world.order(cat(), ticket).await, world.held().await.1);
    assert_eq!(refused(world.orders().cancel(bob(), stale.id).await), Code::OrderCancelled);
    world.clock.advance(HOLD);
    assert_eq!(refused(world.orders().cancel(bob(), expired.id).await), Code::OrderExpired);
    assert_eq!(world.of_order(&fresh), "expired");
    let fresh = world.order(dan(), ticket).await;
    assert_eq!(refused(world.orders().cancel(cat(), stale.id).await), Code::OrderNotYours);
    assert_eq!((world.of_order(&fresh), world.of_ticket(ticket)), ("created", "locked"));
}

#[tokio::test]
async fn a_complete_order_is_not_cancelled_and_its_ticket_stays_sold() {
    let world = World::new();
    let (ticket, order) = world.sold().await;
    assert_eq!(refused(world.orders().cancel(bob(), order.id).await), Code::OrderAlreadyPaid);
    world.clock.advance(2 * HOLD);
    let world = world.reopen();
    assert_eq!(refused(world.orders().cancel(bob(), order.id).await), Code::OrderAlreadyPaid);
    assert_eq!((world.of_order(&order), world.of_ticket(ticket)), ("complete", "sold"));
    assert_eq!(refused(world.orders().create(cat(), &[ticket]).await), Code::TicketSold);
}

#[tokio::test]
async fn another_users_order_is_none_of_ones_business() {
    let world = World::new();
    let (_, order) = world.held().await;
    assert_eq!(refused(world.orders().get(cat(), order.id)), Code::OrderNotYours);
    assert_eq!(refused(world.orders().cancel(cat(), order.id).await), Code::OrderNotYours);
    assert_eq!(refused(world.payments().pay(cat(), order.id, "tok_visa").await), Code::OrderNotYours);
    assert_eq!(world.orders().list(cat(), &OrderQuery::new()).unwrap().items, []);
    assert_eq!(world.orders().list(bob(), &OrderQuery::new()).unwrap().items, [order]);
}

#[tokio::test]
async fn an_order_that_does_not_exist() {
    let world = World::new();
    let nothing = OrderId::from_bytes([7; 16]);
    assert_eq!(refused(world.orders().get(bob(), nothing)), Code::OrderNotFound);
    assert_eq!(refused(world.orders().cancel(bob(), nothing).await), Code::OrderNotFound);
    assert_eq!(refused(world.payments().pay(bob(), nothing, "tok_visa").await), Code::OrderNotFound);
}

#[tokio::test]
async fn a_ticket_that_is_held_or_sold_is_neither_edited_nor_withdrawn() {
    let world = World::new();
    let (held, _) = world.held().await;
    let (sold, _) = world.sold().await;
    for (ticket, code) in [(held, Code::TicketLocked), (sold, Code::TicketSold)] {
        let update = TicketUpdate::new("Macbeth", "1");
        assert_eq!(refused(world.tickets().update(ann(), ticket, update).await), code);
        assert_eq!(refused(world.tickets().withdraw(ann(), ticket, None).await), code);
        assert_eq!(world.tickets().get(ticket).unwrap().title.as_str(), "Hamlet");
    }
}

#[tokio::test]
async fn the_price_is_the_one_at_the_moment_of_the_lock() {
    let world = World::new();
    let ticket = world.ticket().await;
    world.tickets().update(ann(), ticket, TicketUpdate::new("Hamlet", "25.00")).await.unwrap();
    let order = world.order(bob(), ticket).await;
    world.orders().cancel(bob(), order.id).await.unwrap();
    world.tickets().update(ann(), ticket, TicketUpdate::new("Hamlet", "30.00")).await.unwrap();
    assert_eq!(world.orders().get(bob(), order.id).unwrap().total.decimal(), "25.00");
    assert_eq!(world.order(bob(), ticket).await.total.decimal(), "30.00");
}

#[tokio::test]
async fn only_the_seller_edits_and_only_what_was_read() {
    let world = World::new();
    let ticket = world.ticket().await;
    let update = |version| TicketUpdate::new("Macbeth", "21").expected_version(version);
    assert_eq!(refused(world.tickets().update(bob(), ticket, update(1)).await), Code::TicketNotYours);
    assert_eq!(refused(world.tickets().withdraw(bob(), ticket, None).await), Code::TicketNotYours);
    assert_eq!(world.tickets().update(ann(), ticket, update(1)).await.unwrap().version, 2);
    let stale = world.tickets().update(ann(), ticket, update(1)).await.unwrap_err();
    assert_eq!((stale.code(), stale.status_code()), (Code::TicketVersionMismatch, 412));
    assert_eq!(refused(world.tickets().withdraw(ann(), ticket, Some(1)).await), Code::TicketVersionMismatch);
    world.tickets().withdraw(ann(), ticket, Some(2)).await.unwrap();
    assert_eq!(refused(world.orders().create(bob(), &[ticket]).await), Code::TicketWithdrawn);
    assert_eq!(refused(world.tickets().withdraw(ann(), ticket, None).await), Code::TicketWithdrawn);
}

#[tokio::test]
async fn many_tickets_are_listed_all_or_none() {
    let world = World::new();
    let mut tickets = vec![NewTicket::new("Hamlet", "19.99"); 10_000];
    tickets[2].price = "0".to_owned();
    tickets[7].title = String::new();
    let head = world.head();
    let error = world.tickets().create_many(person(4), tickets.clone()).await.unwrap_err();
    let fields: Vec<_> = error.serialize_errors().into_iter().filter_map(|fault| fault.field).collect();
    assert_eq!(fields, ["tickets[2].price", "tickets[7].title"]);
    assert_eq!(world.head(), head);
    tickets[2].price = "1".to_owned();
    tickets[7].title = "Hamlet".to_owned();
    assert_eq!(world.tickets().create_many(person(4), tickets.clone()).await.unwrap().len(), 10_000);
    tickets.push(NewTicket::new("Hamlet", "19.99"));
    assert_eq!(refused(world.tickets().create_many(person(4), tickets).await), Code::Validation);
    assert_eq!(world.metrics().tickets_available, 10_000);
}
