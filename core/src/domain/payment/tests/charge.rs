//! Tests of taking the money, once.

use super::super::{ChargeCreated, ChargeFailed, ChargeOutcome, ChargeStatus, PaymentStarted, Rejection};
use crate::domain::order::{self, CancelReason, OrderCancelled, OrderStatus};
use crate::domain::testing::*;
use crate::domain::ticket::TicketStatus;
use crate::event::DomainEvent;

fn started(number: u64, charge: u64, amount: u64) -> DomainEvent {
    DomainEvent::PaymentStarted(PaymentStarted {
        charge_id: charge_id(charge),
        order_id: order_id(number),
        amount: money(amount, "USD"),
        gateway: "sandbox".into(),
    })
}

/// Returns a scenario with order 1 of tickets 7 and 8, in which its buyer acts.
fn ordered() -> Scenario {
    market().on_sale(SELLER, [7, 8]).by(BUYER).has(order(1, [7, 8]))
}

fn refused(rejection: order::Rejection) -> Rejection {
    Rejection::Order(rejection)
}

#[test]
fn a_payment_starts_over_the_orders_total() {
    let scenario = ordered().at(5).when(pay_as(1, 9)).then_events([started(1, 9, 1500)]);
    let (order, charge) = (scenario.order(1), scenario.charge(1));
    assert_eq!((order.status, order.version), (OrderStatus::AwaitingPayment, 2));
    assert_eq!((charge.id, charge.status, charge.amount), (charge_id(9), ChargeStatus::Pending, order.total));
    assert_eq!((charge.created_at, &*charge.gateway), (ms(5), "sandbox"));
}

#[test]
fn a_payment_starts_before_the_deadline_or_not_at_all() {
    ordered().at(HOLD - 1).when(pay(1)).then_events([started(1, 1, 1500)]);
    ordered().at(HOLD).when(pay(1)).then_refused(refused(order::Rejection::Expired));
    ordered().at(HOLD + 1).when(pay(1)).then_refused(refused(order::Rejection::Expired));
}

#[test]
fn only_the_buyer_pays() {
    for other in [RIVAL, SELLER, OPERATOR, UNKNOWN] {
        ordered().by(other).when(pay(1)).then_refused(refused(order::Rejection::NotYours));
    }
    ordered().by_system().when(pay(1)).then_refused(refused(order::Rejection::NotYours));
}

#[test]
fn only_an_order_that_waits_is_paid() {
    let paying = ordered().has(pay(1));
    let paid = paying.clone().has(charged(1));
    let sold_back = paid.clone().by(SELLER).has(refund(1, true)).by(BUYER);
    check_refused([
        (ordered(), pay(2), refused(order::Rejection::NotFound)),
        (paying.clone(), pay_as(1, 2), refused(order::Rejection::PaymentPending)),
        (paying.clone().at(2 * HOLD), pay(1), refused(order::Rejection::PaymentPending)),
        (paid, pay_as(1, 2), refused(order::Rejection::AlreadyPaid)),
        (sold_back.clone(), pay_as(1, 2), refused(order::Rejection::AlreadyPaid)),
        (sold_back.has(refunded(1)), pay_as(1, 2), refused(order::Rejection::AlreadyPaid)),
        (paying.has(declined(1)), pay_as(1, 2), refused(order::Rejection::Cancelled)),
        (ordered().has(cancel(1)), pay(1), refused(order::Rejection::Cancelled)),
        (ordered().at(HOLD).has(expire(1)), pay(1), refused(order::Rejection::Expired)),
    ]);
}

#[test]
fn another_users_order_is_told_before_its_state() {
    let paying = ordered().has(pay(1)).by(RIVAL);
    check_refused([
        (paying.clone(), pay(1), refused(order::Rejection::NotYours)),
        (paying.has(charged(1)), pay(1), refused(order::Rejection::NotYours)),
        (ordered().at(HOLD).by(RIVAL), pay(1), refused(order::Rejection::NotYours)),
    ]);
}

#[test]
fn a_stale_payment_does_not_take_anothers_hold() {
    let scenario = ordered().has(cancel(1)).by(RIVAL).has(order(2, [7])).by(BUYER);
    let scenario = scenario.when(pay(1)).then_refused(refused(order::Rejection::Cancelled));
    assert_eq!(scenario.ticket(7).holder, Some(order_id(2)));
}

#[test]
fn money_taken_completes_the_order_and_sells_its_tickets() {
    let event = DomainEvent::ChargeCreated(ChargeCreated {
        charge_id: charge_id(1),
        order_id: order_id(1),
        amount: money(1500, "USD"),
        reference: Some("ref".into()),
        tickets: versions([(7, 3), (8, 3)]),
        fees: Vec::new(),
    });
    let scenario = ordered().has(pay(1)).by_system().at(9).when(charged(1)).then_events([event]);
    assert_eq!((scenario.order(1).status, scenario.order(1).version), (OrderStatus::Complete, 3));
    let charge = scenario.charge(1);
    assert_eq!((charge.status, charge.reference.as_deref()), (ChargeStatus::Succeeded, Some("ref")));
    for number in [7, 8] {
        let ticket = scenario.ticket(number);
        assert_eq!((ticket.status, ticket.holder), (TicketStatus::Sold, Some(order_id(1))));
    }
}

fn failed(number: u64) -> [DomainEvent; 2] {
    let order_id = order_id(number);
    let failed = ChargeFailed { charge_id: charge_id(number), order_id, reason: "declined".into() };
    let tickets = versions([(7, 3), (8, 3)]);
    let cancelled = OrderCancelled { order_id, reason: CancelReason::PaymentFailed, tickets };
    [DomainEvent::ChargeFailed(failed), DomainEvent::OrderCancelled(cancelled)]
}

#[test]
fn a_declined_card_cancels_the_order_and_frees_its_tickets() {
    let scenario = ordered().has(pay(1)).when(declined(1)).then_events(failed(1));
    let order = scenario.order(1);
    assert_eq!((order.status, order.cancel_reason), (OrderStatus::Cancelled, Some(CancelReason::PaymentFailed)));
    assert_eq!((order.version, scenario.charge(1).failure.as_deref()), (4, Some("declined")));
    scenario.by(RIVAL).has(order_again());
}

fn order_again() -> crate::command::Command {
    order(2, [7, 8])
}

#[test]
fn the_hold_of_a_payment_outlives_the_deadline_until_the_answer() {
    let late = ordered().at(HOLD - 1).has(pay(1)).at(3 * HOLD);
    let rival = late.clone().by(RIVAL);
    rival.when(order_again()).then_refused(order::Rejection::TicketLocked(late.ticket(7).id));
    assert_eq!(late.clone().has(charged(1)).ticket(8).status, TicketStatus::Sold);
    late.when(declined(1)).then_events(failed(1)).by(RIVAL).has(order_again());
}

#[test]
fn an_answer_that_comes_again_changes_nothing() {
    let paid = ordered().has(pay(1)).has(charged(1));
    paid.when(charged(1)).then_nothing();
    paid.when(settle(1, 1, ChargeOutcome::Charged { reference: None })).then_nothing();
    let failed = ordered().has(pay(1)).has(declined(1));
    failed.when(declined(1)).then_nothing();
}

#[test]
fn a_refusal_after_the_money_was_taken_changes_nothing() {
    let paid = ordered().has(pay(1)).has(charged(1));
    let refunding = paid.clone().by(SELLER).has(refund(1, false));
    let refunded = refunding.clone().has(refunded(1));
    for scenario in [paid, refunding, refunded] {
        scenario.when(declined(1)).then_nothing();
        scenario.when(charged(1)).then_nothing();
    }
}

#[test]
fn only_the_orders_own_charge_is_settled() {
    let paying = ordered().has(pay_as(1, 9));
    check_refused([
        (paying.clone(), settle(2, 9, ChargeOutcome::Charged { reference: None }), Rejection::NotFound),
        (paying, charged(1), Rejection::NotFound),
        (ordered(), charged(1), Rejection::NotFound),
        (ordered(), declined(1), Rejection::NotFound),
    ]);
}
