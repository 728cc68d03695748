//! Payments: at the deadline, twice, too late, and during a cancellation.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::{ChargeId, ChargeStatus, Code};

use crate::gateways::{Bank, Manner};
use crate::support::{HOLD, SilentClock, World, ann, bob, cat, dan, refused, within};

fn with_bank(bank: &Arc<Bank>) -> World {
    let bank = Arc::clone(bank);
    World::with(move |builder| builder.gateway(Arc::clone(&bank) as _))
}

#[tokio::test]
async fn what_the_card_processor_failed_with_is_in_the_metrics() {
    let bank = Bank::taking(Manner::Fail);
    let world = with_bank(&bank);
    assert_eq!(world.metrics().last_error, None);
    let (_, order) = world.held().await;
    // Whatever it comes to, the bank has failed once by then.
    let _ = world.payments().pay(bob(), order.id, "tok_visa").await;
    let failure = world.metrics().last_error.unwrap();
    assert!(failure.message.starts_with("the card processor failed: "), "{failure:?}");
    assert_eq!(failure.at, world.now());
}

#[tokio::test]
async fn a_paid_order_is_complete_and_its_tickets_are_sold() {
    let world = World::new();
    let tickets = world.list(3).await;
    let order = world.orders().create(bob(), &tickets).await.unwrap();
    let charge = world.payments().pay(bob(), order.id, "tok_visa").await.unwrap();
    assert_eq!((charge.status.as_str(), charge.amount.decimal()), ("succeeded", "59.97".to_owned()));
    assert_eq!((charge.order_id, &*charge.gateway), (order.id, "sandbox"));
    assert_eq!(world.of_order(&order), "complete");
    assert!(tickets.iter().all(|ticket| world.of_ticket(*ticket) == "sold"));
    assert_eq!(world.payments().get(bob(), charge.id).unwrap(), charge);
}

/// Pays `late_ms` milliseconds after the deadline, with a clock that wakes nobody: the decision itself must check the
/// deadline.
async fn pay_at(late_ms: i64) -> Result<ChargeStatus, Code> {
    let world = World::new();
    let clock = Arc::clone(&world.clock);
    let world = world.reopen_with(move |builder| builder.clock(Arc::new(SilentClock(Arc::clone(&clock)))));
    let (ticket, order) = world.held().await;
    let at = order.expires_at.as_millis().saturating_add_signed(late_ms);
    world.clock.set(boxoffice::Timestamp::from_millis(at));
    let paid = world.payments().pay(bob(), order.id, "tok_visa").await;
    assert_eq!(world.of_ticket(ticket), if paid.is_ok() { "sold" } else { "available" });
    paid.map(|charge| charge.status).map_err(|error| error.code())
}

#[tokio::test]
async fn the_deadline_is_sharp() {
    assert_eq!(pay_at(-1).await, Ok(ChargeStatus::Succeeded));
    assert_eq!(pay_at(0).await, Err(Code::OrderExpired));
    assert_eq!(pay_at(1).await, Err(Code::OrderExpired));
}

#[tokio::test]
async fn what_is_being_paid_is_not_cancelled_and_does_not_expire() {
    let bank = Bank::taking(Manner::Wait);
    let world = with_bank(&bank);
    let (ticket, order) = world.held().await;
    let payments = world.payments();
    let id = order.id;
    let paying = tokio::spawn(async move { payments.pay(bob(), id, "tok_visa").await });
    within(bank.charges(1)).await;
    assert_eq!(refused(world.orders().cancel(bob(), order.id).await), Code::OrderPaymentPending);
    assert_eq!(refused(world.payments().pay(bob(), order.id, "tok_visa").await), Code::OrderPaymentPending);
    assert_eq!(world.of_order(&order), "awaiting_payment");
    world.clock.advance(2 * HOLD);
    assert_eq!(refused(world.orders().create(cat(), &[ticket]).await), Code::TicketLocked);
    bank.let_through(1);
    assert_eq!(within(paying).await.unwrap().unwrap().status.as_str(), "succeeded");
    assert_eq!((world.of_order(&order), world.of_ticket(ticket)), ("complete", "sold"));
    assert_eq!((bank.asked(), bank.moved()), (1, (1, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn paying_many_times_at_once_charges_once() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_bank(&bank);
    let (_, order) = world.held().await;
    let attempts = (0..50).map(|_| {
        let (payments, id) = (world.payments(), order.id);
        tokio::spawn(async move { payments.pay(bob(), id, "tok_visa").await })
    });
    let mut paid = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        match within(attempt).await.unwrap() {
            Ok(_) => paid += 1,
            Err(error) => {
                assert!(matches!(error.code(), Code::OrderPaymentPending | Code::OrderAlreadyPaid), "{error}");
            }
        }
    }
    assert_eq!((paid, bank.asked(), bank.moved()), (1, 1, (1, 0)));
}

#[tokio::test]
async fn what_has_ended_is_not_paid() {
    let bank = Bank::taking(Manner::Charge);
    let world = with_bank(&bank);
    let (_, cancelled) = world.held().await;
    world.orders().cancel(bob(), cancelled.id).await.unwrap();
    let (_, expired) = world.held().await;
    world.clock.advance(HOLD);
    let (_, complete) = world.sold().await;
    let cases = [(cancelled, Code::OrderCancelled), (expired, Code::OrderExpired), (complete, Code::OrderAlreadyPaid)];
    for (order, code) in cases {
        assert_eq!(refused(world.payments().pay(bob(), order.id, "tok_visa").await), code);
    }
    assert_eq!(bank.asked(), 1);
}

#[tokio::test]
async fn a_declined_payment_cancels_the_order_and_frees_the_ticket() {
    let world = World::new();
    let tokens = [
        ("tok_chargeDeclined", "The card was declined"),
        ("tok_chargeDeclinedInsufficientFunds", "The card has insufficient funds"),
        ("tok_chargeDeclinedExpiredCard", "The card has expired"),
        ("tok_chargeDeclinedIncorrectCvc", "The card's security code is wrong"),
        ("tok_nonsense", "The card is unknown"),
    ];
    for (token, reason) in tokens {
        let (ticket, order) = world.held().await;
        let head = world.head();
        let error = world.payments().pay(bob(), order.id, token).await.unwrap_err();
        assert_eq!((error.code(), error.status_code()), (Code::PaymentDeclined, 402));
        assert_eq!(error.serialize_errors()[0].message, reason);
        assert_eq!((world.of_order(&order), world.of_ticket(ticket)), ("cancelled", "available"));
        assert_eq!(world.events_after(head), ["PaymentStarted", "ChargeFailed", "OrderCancelled"]);
        assert_eq!(refused(world.payments().pay(bob(), order.id, "tok_visa").await), Code::OrderCancelled);
    }
}

#[tokio::test]
async fn a_card_token_is_checked_before_anything_happens() {
    let world = World::new();
    let (_, order) = world.held().await;
    let head = world.head();
    for wrong in ["", &"x".repeat(10_000)] {
        let error = world.payments().pay(bob(), order.id, wrong).await.unwrap_err();
        assert_eq!((error.code(), error.serialize_errors()[0].field.as_deref()), (Code::Validation, Some("token")));
    }
    assert_eq!(world.head(), head);
}

#[tokio::test]
async fn a_charge_is_seen_by_its_parties_and_operators() {
    let world = World::new();
    let (_, order) = world.sold().await;
    let charge = order.charge.clone().unwrap();
    assert_eq!(world.payments().get(bob(), charge.id).unwrap(), charge);
    assert_eq!(world.payments().get(ann(), charge.id).unwrap(), charge);
    assert_eq!(refused(world.payments().get(dan(), charge.id)), Code::PaymentNotYours);
    world.auth().set_operator(&crate::support::email(3), true).await.unwrap();
    assert_eq!(world.payments().get(dan(), charge.id).unwrap(), charge);
    assert_eq!(refused(world.payments().get(bob(), ChargeId::from_bytes([7; 16]))), Code::PaymentNotFound);
    let world = world.reopen();
    assert_eq!(world.payments().get(bob(), charge.id).unwrap(), charge);
}

#[tokio::test]
async fn too_many_payments_that_wait_are_refused_before_they_start() {
    let bank = Bank::taking(Manner::Wait);
    let at_bank = Arc::clone(&bank);
    let world = World::with(move |builder| {
        let builder = builder.gateway(Arc::clone(&at_bank) as _).pending_payments_max(1);
        builder.answer_payment_within(Duration::ZERO)
    });
    let ((_, first), (_, second)) = (world.held().await, world.held().await);
    let mut feed = world.feed();
    assert_eq!(world.payments().pay(bob(), first.id, "tok_visa").await.unwrap().status.as_str(), "pending");
    within(bank.charges(1)).await;
    let error = world.payments().pay(bob(), second.id, "tok_visa").await.unwrap_err();
    assert_eq!((error.code(), error.retry_after().is_some()), (Code::PaymentUnavailable, true));
    assert_eq!(world.of_order(&second), "created");
    bank.let_through(1);
    feed.until("ChargeCreated").await;
}
