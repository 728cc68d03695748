//! Refunds.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::{Actor, Code, NewTicket};

use crate::gateways::{Bank, Manner};
use crate::support::{World, ann, bob, cat, dan, email, key, refused, within};

fn with_bank(bank: &Arc<Bank>) -> World {
    let bank = Arc::clone(bank);
    World::with(move |builder| {
        builder.gateway(Arc::clone(&bank) as _).reconcile_after(Duration::from_millis(1), Duration::from_millis(5))
    })
}

#[tokio::test]
async fn the_seller_gives_the_money_back() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_bank(&bank);
    let (ticket, order) = world.sold().await;
    let head = world.head();
    let charge = world.payments().refund(Actor::User(ann()), order.id, false).await.unwrap();
    assert_eq!((charge.status.as_str(), bank.moved()), ("refunded", (1, 1)));
    assert_eq!(world.events_after(head), ["RefundStarted", "ChargeRefunded"]);
    assert_eq!(world.of_ticket(ticket), "sold");
    let again = world.payments().refund(Actor::User(ann()), order.id, true).await;
    assert_eq!(refused(again), Code::PaymentAlreadyRefunded);
    assert_eq!(bank.moved(), (1, 1));
}

/// The journal is verified at the end of the test.
#[tokio::test]
async fn the_money_goes_back_in_parts() {
    let world = World::new();
    let (ticket, order) = world.sold().await;
    let part = world.payments().refund_part(Actor::User(ann()), order.id, "1").await.unwrap();
    assert_eq!((part.status.as_str(), part.refunded_minor()), ("succeeded", 100));
    let too_much = world.payments().refund_part(Actor::User(ann()), order.id, &order.total.decimal()).await;
    assert_eq!(refused(too_much), Code::PaymentRefundTooLarge);
    let rest = world.payments().refund(Actor::User(ann()), order.id, true).await.unwrap();
    assert_eq!((rest.status.as_str(), rest.refunded_minor()), ("refunded", order.total.minor()));
    assert_eq!(world.of_ticket(ticket), "available");
}

#[tokio::test]
async fn operators_and_the_administrator_refund_any_order() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_bank(&bank);
    world.auth().set_operator(&email(3), true).await.unwrap();
    for actor in [Actor::User(dan()), Actor::System] {
        let (_, order) = world.sold().await;
        assert_eq!(world.payments().refund(actor, order.id, false).await.unwrap().status.as_str(), "refunded");
    }
    assert_eq!(bank.moved(), (2, 2));
}

#[tokio::test]
async fn buyers_strangers_and_the_seller_of_a_part_refund_nothing() {
    let world = World::new();
    let ticket = world.ticket().await;
    let other = world.tickets().create(dan(), NewTicket::new("Hamlet", "5")).await.unwrap().id;
    let order = world.orders().create(bob(), &[ticket, other]).await.unwrap();
    assert_eq!(refused(world.payments().refund(Actor::System, order.id, false).await), Code::PaymentNotRefundable);
    world.payments().pay(bob(), order.id, "tok_visa").await.unwrap();
    for actor in [bob(), cat(), ann(), dan()] {
        assert_eq!(refused(world.payments().refund(Actor::User(actor), order.id, false).await), Code::OrderNotYours);
    }
    assert_eq!(world.of_order(&order), "complete");
}

#[tokio::test]
async fn a_ticket_that_goes_back_on_sale_is_sold_again() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_bank(&bank);
    let (ticket, first) = world.sold().await;
    // The order and its ticket are terminal now: the refund finds them in the checkpoint file.
    let world = world.reopen();
    world.payments().refund(Actor::User(ann()), first.id, true).await.unwrap();
    assert_eq!(world.of_ticket(ticket), "available");
    let second = world.order(cat(), ticket).await;
    assert_eq!(world.payments().pay(cat(), second.id, "tok_visa").await.unwrap().status.as_str(), "succeeded");
    assert_eq!((world.of_ticket(ticket), bank.moved()), ("sold", (2, 1)));
    assert_eq!((world.of_order(&first), world.of_order(&second)), ("complete", "complete"));
    let again = world.payments().refund(Actor::User(ann()), first.id, true).await;
    assert_eq!(refused(again), Code::PaymentAlreadyRefunded);
    assert_eq!(world.of_ticket(ticket), "sold");
}

#[tokio::test]
async fn a_refund_that_fails_is_asked_for_until_it_is_done() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_bank(&bank);
    let (_, order) = world.sold().await;
    bank.fail_refunds(5);
    let head = world.head();
    let charge = within(world.payments().refund(Actor::User(ann()), order.id, false)).await.unwrap();
    assert_eq!(charge.status.as_str(), "refunded");
    assert_eq!(world.events_after(head), ["RefundStarted", "ChargeRefunded"]);
    assert_eq!(bank.moved(), (1, 1));
}

#[tokio::test]
async fn a_refund_that_comes_again_is_answered_with_its_outcome() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_bank(&bank);
    let (_, order) = world.sold().await;
    bank.fail_refunds(usize::MAX);
    let mut feed = world.feed();
    let payments = world.payments().idempotency_key(key("k"));
    let refund = || {
        let (payments, order_id) = (payments.clone(), order.id);
        tokio::spawn(async move { payments.refund(Actor::User(ann()), order_id, false).await })
    };
    let first = refund();
    feed.until("RefundStarted").await;
    first.abort();
    let again = refund();
    bank.more_refunds(5).await;
    bank.fail_refunds(0);
    assert_eq!(within(again).await.unwrap().unwrap().status.as_str(), "refunded");
    assert_eq!(bank.moved(), (1, 1));
    assert_eq!(within(refund()).await.unwrap().unwrap().status.as_str(), "refunded");
}

#[tokio::test]
async fn a_refund_that_was_under_way_when_the_process_ended_is_done_at_the_next_start() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_bank(&bank);
    let (ticket, order) = world.sold().await;
    bank.fail_refunds(usize::MAX);
    let at_bank = Arc::clone(&bank);
    let world = world.reopen_with(move |builder| {
        let builder = builder.gateway(Arc::clone(&at_bank) as _).answer_payment_within(Duration::ZERO);
        builder.reconcile_after(Duration::from_millis(1), Duration::from_millis(5))
    });
    let mut feed = world.feed();
    let charge = world.payments().refund(Actor::User(ann()), order.id, true).await.unwrap();
    assert_eq!(charge.status.as_str(), "refunding");
    feed.until("RefundStarted").await;
    let again = world.payments().refund(Actor::User(ann()), order.id, true).await;
    assert_eq!(refused(again), Code::PaymentAlreadyRefunded);
    assert_eq!(world.of_ticket(ticket), "sold");
    let head = world.head();
    drop(feed);
    let world = world.reopen_after(|_| bank.fail_refunds(0));
    crate::support::Feed(world.journal().subscribe(head + 1)).until("ChargeRefunded").await;
    assert_eq!((world.of_ticket(ticket), bank.moved()), ("available", (1, 1)));
}
