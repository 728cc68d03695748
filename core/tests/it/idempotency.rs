//! A command that comes again under the same key.

use std::time::Duration;

use boxoffice::{IdempotencyKey, NewTicket, SignUp};

use crate::support::{HOLD, World, code};

fn key(text: &str) -> IdempotencyKey {
    text.parse().unwrap()
}

#[tokio::test]
async fn the_same_key_gets_the_first_answer_also_after_a_restart() {
    let mut world = World::new();
    let (_, bob, ticket, first) = world.sale().await;
    world.office.orders().cancel(bob, first.id).await.unwrap();
    let order = world.office.orders().idempotency_key(key("k")).create(bob, &[ticket]).await.unwrap();
    for round in 0..3 {
        let again = world.office.orders().idempotency_key(key("k")).create(bob, &[ticket]).await.unwrap();
        assert_eq!(again, order, "round {round}");
        world.reopen().await;
    }
    assert_eq!(world.count("OrderCreated"), 2);
    world.clock.advance(HOLD);
    let again = world.office.orders().idempotency_key(key("k")).create(bob, &[ticket]).await.unwrap();
    assert_eq!(again, order, "the first answer, although the order has expired since");
}

#[tokio::test]
async fn another_command_under_the_key_is_refused_and_another_users_key_is_another_key() {
    let world = World::new();
    let (ann, bob) = (world.user("ann").await, world.user("bob").await);
    let list = |user, title: &str| {
        let tickets = world.office.tickets().idempotency_key(key("k"));
        let ticket = NewTicket::new(title, "1");
        async move { tickets.create(user, ticket).await }
    };
    let first = list(ann, "A").await.unwrap();
    assert_eq!(list(ann, "A").await.unwrap(), first);
    assert_eq!(code(list(ann, "B").await), "command.key_reused");
    assert_ne!(list(bob, "A").await.unwrap().id, first.id);
    assert_eq!(world.count("TicketCreated"), 2);
}

#[tokio::test]
async fn a_refusal_is_repeated_too() {
    let world = World::new();
    let (_, bob, ticket, order) = world.sale().await;
    let carol = world.user("carol").await;
    let try_again = || {
        let orders = world.office.orders().idempotency_key(key("k"));
        async move { code(orders.create(carol, &[ticket]).await) }
    };
    assert_eq!(try_again().await, "ticket.locked");
    world.office.orders().cancel(bob, order.id).await.unwrap();
    assert_eq!(try_again().await, "ticket.locked");
    assert_eq!(code(world.office.orders().create(carol, &[ticket]).await), "ok");
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let world = World::new();
    let ann = world.user("ann").await;
    let list = || {
        let tickets = world.office.tickets().idempotency_key(key("k"));
        async move { tickets.create(ann, NewTicket::new("A", "1")).await.unwrap().id }
    };
    let first = list().await;
    world.clock.advance(Duration::from_hours(24));
    assert_eq!(list().await, first);
    world.clock.advance(Duration::from_millis(1));
    assert_ne!(list().await, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_command_many_times_at_once_happens_once() {
    let world = World::new();
    let ann = world.user("ann").await;
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let tickets = world.office.tickets().idempotency_key(key("k"));
            tokio::spawn(async move { tickets.create(ann, NewTicket::new("A", "1")).await.unwrap().id })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap());
    }
    ids.dedup();
    assert_eq!((ids.len(), world.count("TicketCreated")), (1, 1));
}

#[tokio::test]
async fn a_payment_that_comes_again_gets_its_outcome() {
    let world = World::new();
    let (_, bob, _, order) = world.sale().await;
    let id = order.id;
    let pay = || {
        let payments = world.office.payments().idempotency_key(key("k"));
        async move { payments.pay(bob, id, "tok_visa").await.unwrap() }
    };
    let first = pay().await;
    assert_eq!(pay().await, first);
    assert_eq!(world.count("PaymentStarted"), 1);
}

#[tokio::test]
async fn a_sign_up_that_comes_again_is_the_same_user_with_the_right_password_only() {
    let world = World::new();
    let sign_up = |password: &str| {
        let auth = world.office.auth().idempotency_key(key("k"));
        let sign_up = SignUp::new("ann@example.com", password);
        async move { auth.sign_up(sign_up).await }
    };
    let first = sign_up("correct horse").await.unwrap();
    assert_eq!(sign_up("correct horse").await.unwrap().user, first.user);
    assert_eq!(code(sign_up("another horse").await), "command.key_reused");
    assert_eq!(world.count("UserCreated"), 1);
}
