//! Many concurrent buyers.

use std::collections::HashMap;

use boxoffice::{Code, Limits, TicketId};
use tokio::task::JoinSet;

use crate::support::{World, bob, buyers, within};

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_buyers_exactly_one_gets_the_ticket() {
    let world = World::new();
    let ticket = world.ticket().await;
    let mut attempts = JoinSet::new();
    for buyer in buyers().cycle().take(1000) {
        let orders = world.orders();
        attempts.spawn(async move { orders.create(buyer, &[ticket]).await });
    }
    let mut answers = HashMap::new();
    for answer in within(attempts.join_all()).await {
        *answers.entry(answer.map(drop).map_err(|error| error.code())).or_insert(0) += 1;
    }
    assert_eq!(answers, HashMap::from([(Ok(()), 1), (Err(Code::TicketLocked), 999)]));
    assert_eq!(world.metrics().open_orders, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_while_it_is_being_sold_hears_locked_or_sold() {
    let world = World::new();
    let ticket = world.ticket().await;
    let mut attempts = JoinSet::new();
    for buyer in buyers().cycle().take(1000) {
        let (orders, payments) = (world.orders(), world.payments());
        attempts.spawn(async move {
            let order = orders.create(buyer, &[ticket]).await?;
            payments.pay(buyer, order.id, "tok_visa").await
        });
    }
    let answers = within(attempts.join_all()).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for refusal in answers.into_iter().filter_map(Result::err) {
        assert!(matches!(refusal.code(), Code::TicketLocked | Code::TicketSold), "{refusal}");
        assert_eq!(refusal.status_code(), 409);
    }
    assert_eq!(world.of_ticket(ticket), "sold");
}

#[tokio::test(flavor = "multi_thread")]
async fn overlapping_orders_get_all_their_tickets_or_none() {
    let world = World::new();
    let tickets = world.list(40).await;
    let mut attempts = JoinSet::new();
    for (at, buyer) in buyers().cycle().take(400).enumerate() {
        let orders = world.orders();
        let wanted: Vec<TicketId> = [at, at * 7 + 1, at * 13 + 5].iter().map(|at| tickets[at % 40]).collect();
        attempts.spawn(async move { orders.create(buyer, &wanted).await });
    }
    let mut holders = HashMap::new();
    for answer in within(attempts.join_all()).await {
        match answer {
            Ok(order) => {
                assert_eq!(order.tickets.len(), 3);
                for ticket in order.tickets.iter() {
                    assert_eq!(holders.insert(ticket.id, order.id), None, "a ticket is in two orders");
                }
            }
            // Some of the requests name a ticket twice.
            Err(error) => assert!(matches!(error.code(), Code::TicketLocked | Code::Validation), "{error}"),
        }
    }
    assert!(!holders.is_empty());
    for ticket in tickets {
        let expected = if holders.contains_key(&ticket) { "locked" } else { "available" };
        assert_eq!(world.of_ticket(ticket), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_order_locks_nothing() {
    let world = World::new();
    let tickets = world.list(10).await;
    world.order(bob(), tickets[9]).await;
    let everything = world.orders().create(crate::support::cat(), &tickets).await;
    assert_eq!(crate::support::refused(everything), Code::TicketLocked);
    for ticket in &tickets[..9] {
        assert_eq!(world.of_ticket(*ticket), "available");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_taken_and_cancelled_in_turns_leave_every_ticket_free() {
    let world = World::with(|builder| builder.limits(Limits::new().open_orders_max(1000)));
    let tickets = world.list(5).await;
    let mut attempts = JoinSet::new();
    for (at, buyer) in buyers().cycle().take(200).enumerate() {
        let (orders, ticket) = (world.orders(), tickets[at % 5]);
        attempts.spawn(async move {
            for _ in 0..5 {
                match orders.create(buyer, &[ticket]).await {
                    Ok(order) => orders.cancel(buyer, order.id).await.unwrap(),
                    Err(error) => assert_eq!(error.code(), Code::TicketLocked),
                }
            }
        });
    }
    within(attempts.join_all()).await;
    assert_eq!(world.metrics().open_orders, 0);
    assert!(tickets.iter().all(|ticket| world.of_ticket(*ticket) == "available"));
}
