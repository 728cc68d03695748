//! Everything that a card processor can do to a payment. In the end either the money is taken once and the order is
//! complete, or no money is taken and the ticket is free.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::gateway::Sandbox;
use boxoffice::{Builder, Charge, ChargeStatus, Code, Order, TicketId};

use crate::gateways::{Bank, Manner};
use crate::support::{Feed, HOLD, World, ann, bob, cat, refused, within};

const UNKNOWN_AFTER: Duration = Duration::from_mins(5);

fn impatient(builder: Builder) -> Builder {
    builder.reconcile_after(Duration::from_millis(1), Duration::from_millis(5)).unknown_charge_after(UNKNOWN_AFTER)
}

/// Creates a world whose payments wait for their outcome.
fn waiting(bank: &Arc<Bank>) -> World {
    let bank = Arc::clone(bank);
    World::with(move |builder| impatient(builder).gateway(Arc::clone(&bank) as _))
}

/// Creates a world whose payments answer at once that the outcome is unknown.
fn hasty(bank: &Arc<Bank>) -> World {
    let bank = Arc::clone(bank);
    World::with(move |builder| impatient(builder).gateway(Arc::clone(&bank) as _).answer_payment_within(Duration::ZERO))
}

fn charge(world: &World, order: &Order) -> Charge {
    let charge = world.orders().get(bob(), order.id).unwrap().charge.clone().unwrap();
    assert_eq!(world.payments().get(bob(), charge.id).unwrap(), charge);
    charge
}

/// Creates an order whose charge the gateway never received, and waits until the charge is given up.
async fn given_up(world: &World, feed: &mut Feed) -> (TicketId, Arc<Order>, Charge) {
    let (ticket, order) = world.held().await;
    let pending = world.payments().pay(bob(), order.id, "tok_visa").await.unwrap();
    world.clock.advance(UNKNOWN_AFTER);
    feed.until("OrderCancelled").await;
    (ticket, order, pending)
}

/// Asserts that the money was taken once and the order has its tickets.
#[track_caller]
fn assert_bought(world: &World, bank: &Bank, order: &Order) {
    assert_eq!(bank.moved(), (1, 0));
    assert_eq!(charge(world, order).status.as_str(), "succeeded");
    assert_eq!((world.of_order(order), world.of_ticket(order.tickets[0].id)), ("complete", "sold"));
}

/// Asserts that no money was taken and the tickets are free.
#[track_caller]
fn assert_not_bought(world: &World, bank: &Bank, order: &Order) {
    assert_eq!(bank.moved(), (0, 0));
    assert_eq!(charge(world, order).status.as_str(), "failed");
    assert_eq!((world.of_order(order), world.of_ticket(order.tickets[0].id)), ("cancelled", "available"));
}

#[tokio::test]
async fn charged() {
    let bank = Bank::taking(Manner::Charge);
    let world = waiting(&bank);
    let (_, order) = world.sold().await;
    assert_eq!(order.charge.as_ref().unwrap().reference.as_deref(), Some("bank_1"));
    assert_bought(&world, &bank, &order);
}

#[tokio::test]
async fn declined() {
    let bank = Bank::taking(Manner::Decline);
    let world = waiting(&bank);
    let (_, order) = world.held().await;
    let error = world.payments().pay(bob(), order.id, "tok_visa").await.unwrap_err();
    assert_eq!(error.serialize_errors()[0].message, "The bank says no");
    assert_eq!(charge(&world, &order).failure.as_deref(), Some("The bank says no"));
    assert_not_bought(&world, &bank, &order);
}

#[tokio::test]
async fn the_answer_is_lost_but_the_money_was_taken() {
    for manner in [Manner::Fail, Manner::Panic] {
        let bank = Bank::taking(manner);
        bank.fail_lookups(3);
        let world = waiting(&bank);
        let (_, order) = world.held().await;
        let paid = within(world.payments().pay(bob(), order.id, "tok_visa")).await.unwrap();
        assert_eq!(paid.status.as_str(), "succeeded");
        assert_bought(&world, &bank, &order);
        assert_eq!(bank.asked(), 1);
    }
}

#[tokio::test]
async fn a_gateway_that_hangs_is_given_up_and_asked_what_became_of_it() {
    let bank = Bank::taking(Manner::Hang);
    let at_bank = Arc::clone(&bank);
    let world = World::with(move |builder| {
        impatient(builder).gateway(Arc::clone(&at_bank) as _).gateway_timeout(Duration::from_millis(1))
    });
    let (_, order) = world.held().await;
    assert_eq!(within(world.payments().pay(bob(), order.id, "t")).await.unwrap().status.as_str(), "succeeded");
    assert_bought(&world, &bank, &order);
}

#[tokio::test]
async fn a_charge_that_the_gateway_never_heard_of_fails_after_a_while_by_the_engines_clock() {
    for manner in [Manner::Fail, Manner::Panic] {
        let bank = Bank::losing(manner);
        let world = hasty(&bank);
        let (ticket, order) = world.held().await;
        let mut feed = world.feed();
        assert_eq!(world.payments().pay(bob(), order.id, "tok_visa").await.unwrap().status.as_str(), "pending");
        within(bank.more_lookups(3)).await;
        world.clock.advance(UNKNOWN_AFTER - Duration::from_millis(1));
        within(bank.more_lookups(3)).await;
        assert_eq!(charge(&world, &order).status.as_str(), "pending");
        assert_eq!(refused(world.orders().create(cat(), &[ticket]).await), Code::TicketLocked);
        world.clock.advance(Duration::from_millis(1));
        feed.until("OrderCancelled").await;
        assert_not_bought(&world, &bank, &order);
    }
}

#[tokio::test]
async fn money_that_comes_for_an_order_that_was_given_up_goes_back_once() {
    let bank = Bank::losing(Manner::Fail);
    bank.fail_refunds(2);
    let world = hasty(&bank);
    let mut feed = world.feed();
    let (ticket, order, pending) = given_up(&world, &mut feed).await;
    let hers = world.orders().create(cat(), &[ticket]).await.unwrap();
    bank.arrive(pending.id);
    feed.until("ChargeRefunded").await;
    assert_eq!(bank.moved(), (1, 1));
    assert_eq!(charge(&world, &order).status.as_str(), "refunded");
    assert_eq!((world.of_order(&order), world.of_order(&hers)), ("cancelled", "created"));
    let records = world.journal().read(1, 1000).unwrap();
    let count = |name| records.iter().filter(|record| record.event.name() == name).count();
    assert_eq!((count("RefundStarted"), count("ChargeRefunded"), count("ChargeCreated")), (1, 1, 0));
}

#[tokio::test]
async fn money_that_comes_for_a_given_up_order_after_a_restart_goes_back_too() {
    for (checkpoint_lost, hours) in [(false, 0), (true, 0), (false, 30)] {
        let bank = Bank::losing(Manner::Fail);
        let world = hasty(&bank);
        let (ticket, order, pending) = given_up(&world, &mut world.feed()).await;
        // The ticket is no longer available.
        world.tickets().withdraw(ann(), ticket, None).await.unwrap();
        let head = world.head();
        world.clock.advance(Duration::from_hours(hours));
        let world = world.reopen_after(|dir| {
            bank.arrive(pending.id);
            if checkpoint_lost {
                std::fs::remove_file(dir.join("views.redb")).unwrap();
            }
        });
        crate::support::Feed(world.journal().subscribe(head + 1)).until("ChargeRefunded").await;
        assert_eq!(bank.moved(), (1, 1));
        assert_eq!(charge(&world, &order).status.as_str(), "refunded");
        let head = world.head();
        let world = world.reopen();
        assert_eq!((world.head(), world.of_order(&order)), (head, "cancelled"));
    }
}

#[tokio::test]
async fn money_that_comes_for_a_given_up_order_buys_its_tickets_if_they_are_free() {
    for checkpoint_lost in [false, true] {
        let bank = Bank::losing(Manner::Fail);
        let world = hasty(&bank);
        let (ticket, order, pending) = given_up(&world, &mut world.feed()).await;
        let head = world.head();
        let world = world.reopen_after(|dir| {
            bank.arrive(pending.id);
            if checkpoint_lost {
                std::fs::remove_file(dir.join("views.redb")).unwrap();
            }
        });
        crate::support::Feed(world.journal().subscribe(head + 1)).until("ChargeCreated").await;
        assert_eq!(bank.moved(), (1, 0));
        let old = world.orders().get(bob(), order.id).unwrap();
        assert_eq!(old.charge.as_ref().map(|charge| charge.status.as_str()), Some("transferred"));
        // The charge is found by its id, and now belongs to the new order.
        let paid = world.payments().get(bob(), pending.id).unwrap();
        assert_eq!((paid.id, paid.status.as_str()), (pending.id, "succeeded"));
        let new = world.orders().get(bob(), paid.order_id).unwrap();
        assert_eq!((new.status.as_str(), new.total), ("complete", order.total));
        assert_eq!(world.tickets().get(ticket).unwrap().status.as_str(), "sold");
        let head = world.head();
        let world = world.reopen();
        assert_eq!((world.head(), world.of_order(&order)), (head, "cancelled"));
        assert_eq!(world.payments().get(bob(), pending.id).unwrap(), paid);
    }
}

#[tokio::test]
async fn an_answer_that_is_late_is_pending_first() {
    for (taken, event) in [(true, "ChargeCreated"), (false, "OrderCancelled")] {
        let bank = Bank::taking(Manner::Pending);
        let world = hasty(&bank);
        let (_, order) = world.held().await;
        let mut feed = world.feed();
        let pending = world.payments().pay(bob(), order.id, "tok_visa").await.unwrap();
        assert_eq!(pending.status.as_str(), "pending");
        assert_eq!(charge(&world, &order), pending);
        // The hold remains however long it takes.
        world.clock.advance(2 * HOLD + UNKNOWN_AFTER);
        within(bank.more_lookups(3)).await;
        assert_eq!(world.of_order(&order), "awaiting_payment");
        bank.finish(taken);
        feed.until(event).await;
        if taken { assert_bought(&world, &bank, &order) } else { assert_not_bought(&world, &bank, &order) }
    }
}

#[tokio::test]
async fn every_token_of_the_sandbox_ends() {
    let sandbox = Arc::new(Sandbox::in_memory().late_by(Duration::ZERO));
    let world = World::with(move |builder| impatient(builder).gateway(Arc::clone(&sandbox) as _));
    let outcomes = [
        ("tok_visa", Ok(ChargeStatus::Succeeded)),
        ("tok_answerLate", Ok(ChargeStatus::Succeeded)),
        ("tok_timeoutCharged", Ok(ChargeStatus::Succeeded)),
        ("tok_timeoutNotCharged", Err(Code::PaymentDeclined)),
        ("tok_chargeDeclined", Err(Code::PaymentDeclined)),
    ];
    for (token, expected) in outcomes {
        let (_, order) = world.held().await;
        let outcome = within(world.payments().pay(bob(), order.id, token)).await;
        assert_eq!(outcome.map(|charge| charge.status).map_err(|error| error.code()), expected, "{token}");
        assert_eq!(world.of_order(&order), if expected.is_ok() { "complete" } else { "cancelled" });
    }
}

#[tokio::test]
async fn a_payment_that_was_under_way_when_the_process_ended_is_settled_at_the_next_start() {
    for taken in [true, false] {
        let bank = Bank::taking(Manner::Pending);
        let world = hasty(&bank);
        let (_, order) = world.held().await;
        world.payments().pay(bob(), order.id, "tok_visa").await.unwrap();
        let head = world.head();
        world.clock.advance(2 * HOLD);
        let world = world.reopen_after(|_| bank.finish(taken));
        let mut feed = crate::support::Feed(world.journal().subscribe(head + 1));
        feed.until(if taken { "ChargeCreated" } else { "OrderCancelled" }).await;
        if taken {
            assert_bought(&world, &bank, &order);
        } else {
            assert_not_bought(&world, &bank, &order);
        }
        assert_eq!(bank.asked(), 1, "the gateway is asked what became of the charge, not charged again");
    }
}

#[tokio::test]
async fn a_payment_whose_caller_and_process_went_away_is_settled_at_the_next_start() {
    let bank = Bank::taking(Manner::Hang);
    let world = waiting(&bank);
    let (_, order) = world.held().await;
    let (payments, id) = (world.payments(), order.id);
    let paying = tokio::spawn(async move { payments.pay(bob(), id, "tok_visa").await });
    within(bank.charges(1)).await;
    let head = world.head();
    paying.abort();
    assert!(paying.await.unwrap_err().is_cancelled());
    let world = world.reopen();
    crate::support::Feed(world.journal().subscribe(head + 1)).until("ChargeCreated").await;
    assert_bought(&world, &bank, &order);
}

#[tokio::test]
async fn the_bundled_sandbox_remembers_across_restarts() {
    let world = World::with(|builder| impatient(builder).answer_payment_within(Duration::ZERO));
    let (_, order) = world.held().await;
    let head = world.head();
    world.payments().pay(bob(), order.id, "tok_timeoutCharged").await.unwrap();
    let world = world.reopen();
    crate::support::Feed(world.journal().subscribe(head + 1)).until("ChargeCreated").await;
    assert_eq!(world.of_order(&order), "complete");
}
