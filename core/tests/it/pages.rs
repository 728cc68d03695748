//! All pages of a list, one entry after the other.

use boxoffice::{
    Actor, Code, Error, LedgerQuery, NewTicket, OrderQuery, OrderStatus, TicketId, TicketQuery, TicketSort,
    TicketStatus, TicketStatusFilter,
};
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::support::{World, ann, bob, cat, refused};

fn by_price() -> TicketQuery {
    TicketQuery::new().status(TicketStatusFilter::All).sort(TicketSort::PriceAsc)
}

/// Tickets at 1, 2, 3 … dollars.
async fn priced(world: &World, count: usize) -> Vec<TicketId> {
    let tickets = (1..=count).map(|price| NewTicket::new("Hamlet", price.to_string())).collect();
    world.tickets().create_many(ann(), tickets).await.unwrap().iter().map(|ticket| ticket.id).collect()
}

#[tokio::test]
async fn every_ticket_comes_once_whatever_the_length_of_a_page() {
    let world = World::new();
    let tickets = priced(&world, 25).await;
    for limit in [1, 7, 25, 100] {
        let streamed = world.tickets().stream(by_price().limit(limit));
        let streamed: Vec<_> = streamed.map_ok(|ticket| ticket.id).try_collect().await.unwrap();
        let iterated = world.blocking().tickets().iter(by_price().limit(limit));
        let iterated: Vec<_> = iterated.map(|ticket| ticket.unwrap().id).collect();
        assert_eq!((streamed, iterated), (tickets.clone(), tickets.clone()), "{limit} a page");
    }
    let second = world.tickets().list(&by_price().limit(10)).unwrap().next;
    let rest = world.blocking().tickets().iter(by_price().limit(10).after(second));
    assert_eq!(rest.map(|ticket| ticket.unwrap().id).collect::<Vec<_>>(), tickets[10..]);
    assert_eq!(world.blocking().tickets().iter(TicketQuery::new().seller(bob())).count(), 0);
}

#[tokio::test]
async fn what_does_not_change_meanwhile_comes_once() {
    let world = World::new();
    let tickets = priced(&world, 10).await;
    let mut found = world.tickets().stream(by_price().limit(4));
    for expected in &tickets[..4] {
        assert_eq!(found.next().await.unwrap().unwrap().id, *expected);
    }
    // One is withdrawn, one is sold and one is listed before the place that was reached, and the same after it.
    for ticket in [tickets[1], tickets[6]] {
        world.tickets().withdraw(ann(), ticket, None).await.unwrap();
    }
    for ticket in [tickets[2], tickets[7]] {
        let order = world.order(bob(), ticket).await;
        world.payments().pay(bob(), order.id, "tok_visa").await.unwrap();
    }
    let cheap = world.tickets().create(ann(), NewTicket::new("Hamlet", "0.50")).await.unwrap().id;
    let dear = world.tickets().create(ann(), NewTicket::new("Hamlet", "50")).await.unwrap().id;
    let rest: Vec<_> = found.try_collect().await.unwrap();
    let ids: Vec<_> = rest.iter().map(|ticket| ticket.id).collect();
    assert_eq!(ids, [&tickets[4..], &[dear]].concat());
    assert!(!ids.contains(&cheap));
    let statuses = [rest[2].status, rest[3].status];
    assert_eq!(statuses, [TicketStatus::Withdrawn, TicketStatus::Sold], "a page shows what is when it is read");
}

#[tokio::test]
async fn orders_entries_and_records() {
    let world = World::new();
    for _ in 0..3 {
        world.sold().await;
    }
    world.held().await;
    let all = world.orders().list(bob(), &OrderQuery::new()).unwrap().items;
    assert_eq!(all.len(), 4);
    let query = OrderQuery::new().limit(1);
    assert_eq!(world.orders().stream(bob(), query.clone()).try_collect::<Vec<_>>().await.unwrap(), all);
    let complete = world.blocking().orders().iter(bob(), query.status(OrderStatus::Complete));
    assert_eq!(complete.map(Result::unwrap).collect::<Vec<_>>(), all[1..]);

    let actor = Actor::User(ann());
    let entries = world.ledger().entries(actor, ann(), &LedgerQuery::new()).unwrap().items;
    assert_eq!(entries.len(), 3);
    let query = LedgerQuery::new().limit(2);
    let streamed = world.ledger().stream(actor, ann(), query.clone()).try_collect::<Vec<_>>().await.unwrap();
    let iterated = world.blocking().ledger().iter(actor, ann(), query).collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!((streamed, iterated), (entries.clone(), entries));

    let records = world.journal().read(1, 10_000).unwrap();
    assert!(records.len() > 10);
    assert_eq!(world.journal().iter(1).collect::<Result<Vec<_>, _>>().unwrap(), records);
    assert_eq!(world.journal().stream(5).try_collect::<Vec<_>>().await.unwrap(), records[4..]);
    assert_eq!(world.journal().iter(world.head() + 1).count(), 0);
}

#[tokio::test]
async fn an_error_is_the_last_item() {
    let world = World::new();
    priced(&world, 3).await;
    let code = |item: Option<Result<_, Error>>| item.map(|item| item.map(drop).map_err(|error| error.code()));
    let mut tickets = world.tickets().stream(by_price().limit(1));
    assert_eq!(code(tickets.next().await), Some(Ok(())));
    let wrong = TicketQuery::new().after(world.tickets().list(&by_price().limit(1)).unwrap().next);
    assert_eq!(refused(world.blocking().tickets().iter(wrong).next().unwrap()), Code::Validation);
    let others = world.blocking().ledger().iter(Actor::User(cat()), ann(), LedgerQuery::new()).next();
    assert_eq!(refused(others.unwrap()), Code::AuthOperatorRequired);
    world.close().await.unwrap();
    assert_eq!(code(tickets.next().await), Some(Err(Code::EngineClosed)));
    assert_eq!(code(tickets.next().await), None);
}
