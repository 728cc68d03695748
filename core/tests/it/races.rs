//! Many buyers at once, and people who try what they may not.

use std::collections::HashMap;

use boxoffice::{TicketUpdate, UserId};

use crate::support::{World, code};

async fn users(world: &World, count: usize) -> Vec<UserId> {
    let mut users = Vec::new();
    for at in 0..count {
        users.push(world.user(&format!("buyer{at}")).await);
    }
    users
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_buyers_exactly_one_gets_the_ticket() {
    let world = World::new();
    let ann = world.user("ann").await;
    let ticket = world.ticket(ann).await;
    let buyers = users(&world, 20).await;
    let tasks: Vec<_> = (0..1000)
        .map(|at| {
            let (orders, buyer) = (world.office.orders(), buyers[at % buyers.len()]);
            tokio::spawn(async move { code(orders.create(buyer, &[ticket]).await) })
        })
        .collect();
    let mut answers: HashMap<&str, usize> = HashMap::new();
    for task in tasks {
        *answers.entry(task.await.unwrap()).or_default() += 1;
    }
    assert_eq!(answers, HashMap::from([("ok", 1), ("ticket.locked", 999)]));
    assert_eq!(world.count("OrderCreated"), 1);
    world.assert_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overlapping_orders_get_all_of_their_tickets_or_none() {
    let world = World::new();
    let ann = world.user("ann").await;
    let tickets = world.tickets(ann, 20).await;
    let buyers = users(&world, 10).await;
    let tasks: Vec<_> = (0..400)
        .map(|at| {
            let (orders, buyer) = (world.office.orders(), buyers[at % buyers.len()]);
            let wanted: Vec<_> = (0..3).map(|step| tickets[(at * 7 + step * (1 + at % 5)) % tickets.len()]).collect();
            tokio::spawn(async move { orders.create(buyer, &wanted).await })
        })
        .collect();
    let mut holders = HashMap::new();
    for task in tasks {
        if let Ok(order) = task.await.unwrap() {
            assert_eq!(order.tickets.len(), 3);
            for ticket in order.tickets.iter() {
                assert_eq!(holders.insert(ticket.id, order.id), None, "{} was sold twice", ticket.id);
            }
        }
    }
    assert!(!holders.is_empty());
    for ticket in tickets {
        let expected = if holders.contains_key(&ticket) { "locked" } else { "available" };
        assert_eq!(world.status(ticket), expected);
    }
    world.assert_clean();
}

#[tokio::test]
async fn a_stranger_gets_nowhere() {
    let world = World::new();
    let (ann, bob, ticket, order) = world.sale().await;
    let eve = world.user("eve").await;
    let (tickets, orders, payments) = (world.office.tickets(), world.office.orders(), world.office.payments());
    assert_eq!(code(orders.get(eve, order.id)), "order.not_yours");
    assert_eq!(code(orders.cancel(eve, order.id).await), "order.not_yours");
    assert_eq!(code(payments.pay(eve, order.id, "tok_visa").await), "order.not_yours");
    assert_eq!(code(tickets.update(eve, ticket, TicketUpdate::new("Mine", "1")).await), "ticket.not_yours");
    assert_eq!(code(tickets.withdraw(eve, ticket, None).await), "ticket.not_yours");
    assert_eq!(code(orders.create(ann, &[world.ticket(ann).await]).await), "order.own_ticket");
    assert_eq!(code(orders.create(bob, &[]).await), "validation");
    assert_eq!(code(orders.create(bob, &[ticket, ticket]).await), "validation");
    assert_eq!(world.status(ticket), "locked");
}

#[tokio::test]
async fn a_locked_or_sold_ticket_is_not_edited_and_a_complete_order_not_cancelled() {
    let world = World::new();
    let (ann, bob, ticket, order) = world.sale().await;
    let tickets = world.office.tickets();
    assert_eq!(code(tickets.update(ann, ticket, TicketUpdate::new("New", "1")).await), "ticket.locked");
    assert_eq!(code(tickets.withdraw(ann, ticket, None).await), "ticket.locked");
    world.office.payments().pay(bob, order.id, "tok_visa").await.unwrap();
    assert_eq!(code(tickets.update(ann, ticket, TicketUpdate::new("New", "1")).await), "ticket.sold");
    assert_eq!(code(tickets.withdraw(ann, ticket, None).await), "ticket.sold");
    assert_eq!(code(world.office.orders().cancel(bob, order.id).await), "order.already_paid");
    assert_eq!(world.status(ticket), "sold");
}

#[tokio::test]
async fn a_stale_cancel_frees_nobody_elses_hold() {
    let world = World::new();
    let (_, bob, ticket, order) = world.sale().await;
    let eve = world.user("eve").await;
    let orders = world.office.orders();
    orders.cancel(bob, order.id).await.unwrap();
    let hers = orders.create(eve, &[ticket]).await.unwrap();
    assert_eq!(code(orders.cancel(bob, order.id).await), "order.cancelled");
    assert_eq!(world.status(ticket), "locked");
    assert_eq!(world.order_status(&hers), "created");
}
