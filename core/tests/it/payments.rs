//! Every way in which a payment can go.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, PaymentGateway, RefundRequest, Sandbox,
};
use boxoffice::{Actor, ChargeId, Order};
use tokio::sync::Notify;

use crate::support::{HOLD, World, code, until};

/// A card processor that does what it is told.
#[derive(Debug)]
struct Scripted {
    charge: Step,
    lookups: Vec<Step>,
    asked: AtomicUsize,
    refunds: AtomicUsize,
    refunds_failing: usize,
    go_on: Notify,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Charged,
    Declined,
    Pending,
    Unknown,
    Fails,
    Panics,
    Hangs,
    Waits,
}

impl Scripted {
    fn new(charge: Step, lookups: &[Step]) -> Arc<Self> {
        Self::failing_refunds(charge, lookups, 0)
    }

    fn failing_refunds(charge: Step, lookups: &[Step], refunds_failing: usize) -> Arc<Self> {
        Arc::new(Self {
            charge,
            lookups: lookups.to_vec(),
            asked: AtomicUsize::new(0),
            refunds: AtomicUsize::new(0),
            refunds_failing,
            go_on: Notify::new(),
        })
    }

    async fn act(&self, step: Step) -> Result<ChargeAnswer, GatewayError> {
        match step {
            Step::Charged => Ok(ChargeAnswer::Charged { reference: Some("ref".into()) }),
            Step::Declined => Ok(ChargeAnswer::Declined { reason: "No".into() }),
            Step::Pending => Ok(ChargeAnswer::Pending),
            Step::Unknown => Ok(ChargeAnswer::Unknown),
            Step::Fails => Err(GatewayError("no connection".into())),
            Step::Panics => panic!("a bug in the gateway"),
            Step::Hangs => std::future::pending().await,
            Step::Waits => {
                self.go_on.notified().await;
                Ok(ChargeAnswer::Charged { reference: None })
            }
        }
    }
}

impl PaymentGateway for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn charge(&self, _request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(self.act(self.charge))
    }

    fn lookup(&self, _charge_id: ChargeId) -> GatewayFuture<'_, ChargeAnswer> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        let step = self.lookups.get(asked).or(self.lookups.last()).copied().unwrap_or(Step::Unknown);
        Box::pin(self.act(step))
    }

    fn refund(&self, _request: RefundRequest) -> GatewayFuture<'_, ()> {
        let refunds = self.refunds.fetch_add(1, Ordering::SeqCst);
        let result = if refunds < self.refunds_failing { Err(GatewayError("later".into())) } else { Ok(()) };
        Box::pin(std::future::ready(result))
    }
}

/// What can be true in the end: complete and charged once, or not complete and not charged.
fn assert_settled(world: &World, order: &Order) {
    let charges = world.count("ChargeCreated");
    match world.order_status(order) {
        "complete" => assert_eq!(charges, 1),
        _ => assert_eq!(charges, 0),
    }
    world.assert_clean();
}

#[tokio::test]
async fn a_payment_completes_the_order_and_sells_the_ticket() {
    let world = World::new();
    let (ann, bob, ticket, order) = world.sale().await;
    let charge = world.office.payments().pay(bob, order.id, "tok_visa").await.unwrap();
    assert_eq!((charge.status.as_str(), charge.amount.decimal().as_str()), ("succeeded", "19.99"));
    assert_eq!((world.order_status(&order), world.status(ticket)), ("complete", "sold"));
    assert_eq!(world.office.payments().get(bob, charge.id).unwrap(), charge);
    assert_eq!(world.office.payments().get(ann, charge.id).unwrap(), charge);
    let eve = world.user("eve").await;
    assert_eq!(code(world.office.payments().get(eve, charge.id)), "payment.not_yours");
    assert_settled(&world, &order);
}

#[tokio::test]
async fn a_declined_card_cancels_the_order_and_frees_the_ticket() {
    let world = World::new();
    let (_, bob, ticket, order) = world.sale().await;
    let declined = world.office.payments().pay(bob, order.id, "tok_chargeDeclined").await.unwrap_err();
    assert_eq!((declined.code(), declined.status_code()), ("payment.declined", 402));
    assert_eq!(declined.serialize_errors()[0].message, "The card was declined");
    assert_eq!((world.order_status(&order), world.status(ticket)), ("cancelled", "available"));
    assert_eq!(code(world.office.payments().pay(bob, order.id, "tok_visa").await), "order.cancelled");
    assert_settled(&world, &order);
}

#[tokio::test]
async fn an_order_that_has_ended_is_not_paid() {
    let world = World::new();
    let (_, bob, ticket, order) = world.sale().await;
    let payments = world.office.payments();
    payments.pay(bob, order.id, "tok_visa").await.unwrap();
    assert_eq!(code(payments.pay(bob, order.id, "tok_visa").await), "order.already_paid");
    assert_eq!(code(payments.pay(bob, order.id, "").await), "validation");
    assert_eq!(world.count("PaymentStarted"), 1);
    assert_eq!(world.status(ticket), "sold");
}

#[tokio::test]
async fn while_a_payment_is_under_way_nothing_else_happens_to_the_order() {
    let gateway = Scripted::new(Step::Waits, &[Step::Pending]);
    let world = World::with_gateway(gateway.clone());
    let (_, bob, ticket, order) = world.sale().await;
    let mut news = world.follow();
    let paying = tokio::spawn({
        let (payments, id) = (world.office.payments(), order.id);
        async move { payments.pay(bob, id, "tok").await }
    });
    until(&mut news, "PaymentStarted").await;
    assert_eq!(code(world.office.payments().pay(bob, order.id, "tok").await), "order.payment_pending");
    assert_eq!(code(world.office.orders().cancel(bob, order.id).await), "order.payment_pending");
    world.clock.advance(2 * HOLD);
    let carol = world.user("carol").await;
    assert_eq!(code(world.office.orders().create(carol, &[ticket]).await), "ticket.locked");
    gateway.go_on.notify_one();
    assert_eq!(paying.await.unwrap().unwrap().status.as_str(), "succeeded");
    assert_settled(&world, &order);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_payments_at_once_charge_once() {
    let world = World::new();
    let (_, bob, _, order) = world.sale().await;
    let pay = || {
        let (payments, id) = (world.office.payments(), order.id);
        tokio::spawn(async move { code(payments.pay(bob, id, "tok_visa").await) })
    };
    let tasks: Vec<_> = (0..20).map(|_| pay()).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|answer| **answer == "ok").count(), 1, "{answers:?}");
    assert_eq!((world.count("PaymentStarted"), world.count("ChargeCreated")), (1, 1));
}

#[tokio::test]
async fn an_outcome_that_was_lost_is_looked_up() {
    use Step::{Charged, Declined, Fails, Hangs, Panics, Pending};
    let cases: &[(Step, &[Step], &str)] = &[
        (Fails, &[Charged], "complete"),
        (Fails, &[Declined], "cancelled"),
        (Fails, &[Fails, Fails, Pending, Charged], "complete"),
        (Panics, &[Panics, Charged], "complete"),
        (Hangs, &[Hangs, Declined], "cancelled"),
        (Pending, &[Pending, Charged], "complete"),
    ];
    for (charge, lookups, expected) in cases {
        let world = World::with(|builder| {
            builder.gateway(Scripted::new(*charge, lookups)).gateway_timeout(Duration::from_millis(20))
        });
        let (_, bob, _, order) = world.sale().await;
        let answer = code(world.office.payments().pay(bob, order.id, "tok").await);
        assert_eq!(answer, if *expected == "complete" { "ok" } else { "payment.declined" }, "{charge:?} {lookups:?}");
        assert_eq!(world.order_status(&order), *expected);
        assert_settled(&world, &order);
    }
}

#[tokio::test]
async fn a_late_answer_is_pending_first() {
    let gateway = Scripted::new(Step::Waits, &[]);
    let world =
        World::with(|builder| builder.gateway(gateway.clone()).answer_payment_within(Duration::from_millis(10)));
    let (_, bob, ticket, order) = world.sale().await;
    let mut news = world.follow();
    let charge = world.office.payments().pay(bob, order.id, "tok").await.unwrap();
    assert_eq!(charge.status.as_str(), "pending");
    assert_eq!(world.status(ticket), "locked");
    gateway.go_on.notify_one();
    until(&mut news, "ChargeCreated").await;
    assert_eq!(world.office.payments().get(bob, charge.id).unwrap().status.as_str(), "succeeded");
    assert_settled(&world, &order);
}

#[tokio::test]
async fn a_charge_that_the_gateway_never_heard_of_fails_after_a_while_and_late_money_goes_back() {
    let gateway = Scripted::failing_refunds(Step::Waits, &[Step::Unknown], 2);
    let timeout = Duration::from_millis(10);
    let world =
        World::with(|builder| builder.gateway(gateway.clone()).gateway_timeout(timeout).answer_payment_within(timeout));
    let (_, bob, ticket, order) = world.sale().await;
    let mut news = world.follow();
    let charge = world.office.payments().pay(bob, order.id, "tok").await.unwrap();
    assert_eq!(charge.status.as_str(), "pending");
    world.clock.advance(Duration::from_secs(59));
    world.user("carol").await;
    assert_eq!(world.status(ticket), "locked");
    world.clock.advance(Duration::from_secs(1));
    until(&mut news, "OrderCancelled").await;
    assert_eq!((world.status(ticket), world.order_status(&order)), ("available", "cancelled"));
    assert_eq!(gateway.refunds.load(Ordering::SeqCst), 0);
    assert_settled(&world, &order);
}

#[tokio::test]
async fn a_restart_takes_up_what_was_under_way() {
    for (lookup, expected) in [(Step::Charged, "complete"), (Step::Declined, "cancelled")] {
        let timeout = Duration::from_millis(5);
        let mut world = World::with(|builder| {
            let gateway = Scripted::new(Step::Fails, &[Step::Pending]);
            builder.gateway(gateway).answer_payment_within(timeout)
        });
        let (_, bob, _, order) = world.sale().await;
        assert_eq!(world.office.payments().pay(bob, order.id, "tok").await.unwrap().status.as_str(), "pending");
        world.reopen_with(|builder| builder.gateway(Scripted::new(Step::Fails, &[lookup]))).await;
        let mut news = world.office.journal().subscribe(1);
        until(&mut news, if expected == "complete" { "ChargeCreated" } else { "OrderCancelled" }).await;
        assert_eq!(world.order_status(&order), expected);
        assert_settled(&world, &order);
    }
}

#[tokio::test]
async fn refunds_are_the_sellers_and_operators_and_happen_once() {
    let gateway = Scripted::failing_refunds(Step::Charged, &[], 2);
    let world = World::with_gateway(gateway.clone());
    let (ann, bob, ticket, order) = world.sale().await;
    let payments = world.office.payments();
    assert_eq!(code(payments.refund(Actor::User(ann), order.id, false).await), "payment.not_refundable");
    payments.pay(bob, order.id, "tok").await.unwrap();
    assert_eq!(code(payments.refund(Actor::User(bob), order.id, false).await), "order.not_yours");
    let refunded = payments.refund(Actor::User(ann), order.id, false).await.unwrap();
    assert_eq!(refunded.status.as_str(), "refunded");
    assert_eq!(code(payments.refund(Actor::User(ann), order.id, false).await), "payment.already_refunded");
    assert_eq!((world.status(ticket), world.order_status(&order)), ("sold", "complete"));
    assert_eq!((world.count("RefundStarted"), world.count("ChargeRefunded")), (1, 1));
    assert_eq!(gateway.refunds.load(Ordering::SeqCst), 3);
    world.assert_clean();
}

#[tokio::test]
async fn a_refunded_ticket_goes_back_on_sale_if_asked() {
    let world = World::new();
    let (_, bob, ticket, order) = world.sale().await;
    let operator = world.user("operator").await;
    world.office.auth().set_operator("operator@example.com", true).await.unwrap();
    world.office.payments().pay(bob, order.id, "tok_visa").await.unwrap();
    world.office.payments().refund(Actor::User(operator), order.id, true).await.unwrap();
    assert_eq!(world.status(ticket), "available");
    let again = world.office.orders().create(operator, &[ticket]).await.unwrap();
    world.office.payments().pay(operator, again.id, "tok_visa").await.unwrap();
    assert_eq!(world.status(ticket), "sold");
    world.assert_clean();
}

#[tokio::test]
async fn the_sandbox_goes_every_way() {
    let cases = [
        ("tok_visa", "complete"),
        ("tok_chargeDeclined", "cancelled"),
        ("tok_answerLate", "complete"),
        ("tok_timeoutCharged", "complete"),
        ("tok_timeoutNotCharged", "cancelled"),
    ];
    for (token, expected) in cases {
        let sandbox = Sandbox::in_memory().late_by(Duration::from_millis(20));
        let world = World::with_gateway(Arc::new(sandbox));
        let (_, bob, _, order) = world.sale().await;
        let answer = code(world.office.payments().pay(bob, order.id, token).await);
        assert_eq!(answer, if expected == "complete" { "ok" } else { "payment.declined" }, "{token}");
        assert_eq!(world.order_status(&order), expected, "{token}");
        assert_settled(&world, &order);
    }
}
