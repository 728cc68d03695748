//! Tests of cancelling an order.

use super::super::{CancelReason, OrderCancelled, OrderStatus, Rejection};
use crate::domain::testing::*;
use crate::domain::ticket::TicketStatus;
use crate::event::DomainEvent;

fn cancelled<const N: usize>(number: u64, tickets: [(u64, u64); N]) -> DomainEvent {
    DomainEvent::OrderCancelled(OrderCancelled {
        order_id: order_id(number),
        reason: CancelReason::Buyer,
        tickets: versions(tickets),
    })
}

/// Returns a scenario with order 1 of tickets 7 and 8, in which its buyer acts.
fn ordered() -> Scenario {
    market().on_sale(SELLER, [7, 8]).by(BUYER).has(order(1, [7, 8]))
}

#[test]
fn a_cancelled_order_frees_its_tickets() {
    let scenario = ordered().at(HOLD - 1).when(cancel(1)).then_events([cancelled(1, [(7, 3), (8, 3)])]);
    let order = scenario.order(1);
    assert_eq!((order.status, order.cancel_reason), (OrderStatus::Cancelled, Some(CancelReason::Buyer)));
    assert_eq!((order.version, order.updated_at), (2, ms(HOLD - 1)));
    for number in [7, 8] {
        assert_eq!((scenario.ticket(number).status, scenario.ticket(number).holder), (TicketStatus::Available, None));
    }
}

#[test]
fn only_the_buyer_cancels() {
    for other in [RIVAL, SELLER, OPERATOR, UNKNOWN] {
        ordered().by(other).when(cancel(1)).then_refused(Rejection::NotYours);
    }
    ordered().by_system().when(cancel(1)).then_refused(Rejection::NotYours);
}

#[test]
fn an_ended_order_is_not_cancelled() {
    let paying = ordered().has(pay(1));
    check_refused([
        (ordered(), cancel(2), Rejection::NotFound),
        (ordered().has(cancel(1)), cancel(1), Rejection::Cancelled),
        (ordered().at(HOLD).has(expire(1)), cancel(1), Rejection::Expired),
        (paying.clone(), cancel(1), Rejection::PaymentPending),
        (paying.clone().has(declined(1)), cancel(1), Rejection::Cancelled),
        (paying.has(charged(1)), cancel(1), Rejection::AlreadyPaid),
    ]);
}

#[test]
fn another_users_order_tells_nothing_but_that() {
    let paid = ordered().has(pay(1)).has(charged(1));
    check_refused([
        (ordered().at(HOLD).by(RIVAL), cancel(1), Rejection::NotYours),
        (ordered().has(cancel(1)).by(RIVAL), cancel(1), Rejection::NotYours),
        (paid.by(RIVAL), cancel(1), Rejection::NotYours),
    ]);
}

#[test]
fn from_the_deadline_on_there_is_nothing_to_cancel() {
    ordered().at(HOLD - 1).has(cancel(1));
    ordered().at(HOLD).when(cancel(1)).then_refused(Rejection::Expired);
    ordered().at(HOLD + 1).when(cancel(1)).then_refused(Rejection::Expired);
}

#[test]
fn cancelling_while_paying_keeps_the_hold() {
    let scenario = ordered().has(pay(1)).when(cancel(1)).then_refused(Rejection::PaymentPending);
    let late = scenario.at(HOLD + 1).when(cancel(1)).then_refused(Rejection::PaymentPending);
    assert_eq!(late.ticket(7).holder, Some(order_id(1)));
    late.has(charged(1));
}

#[test]
fn a_complete_order_is_not_cancelled_and_its_tickets_stay_sold() {
    let paid = ordered().has(pay(1)).has(charged(1));
    for at in [0, HOLD, 2 * HOLD] {
        let scenario = paid.clone().at(at).when(cancel(1)).then_refused(Rejection::AlreadyPaid);
        assert_eq!((scenario.ticket(7).status, scenario.ticket(8).status), (TicketStatus::Sold, TicketStatus::Sold));
        assert_eq!(scenario.order(1).status, OrderStatus::Complete);
    }
}

#[test]
fn a_refunded_order_is_not_cancelled_either() {
    let refunding = ordered().has(pay(1)).has(charged(1)).by(SELLER).has(refund(1, true)).by(BUYER);
    refunding.when(cancel(1)).then_refused(Rejection::AlreadyPaid);
    refunding.has(refunded(1)).when(cancel(1)).then_refused(Rejection::AlreadyPaid);
}

#[test]
fn a_stale_cancel_does_not_free_anothers_hold() {
    let again = ordered().has(cancel(1)).by(RIVAL).has(order(2, [7, 8]));
    let again = again.by(BUYER).when(cancel(1)).then_refused(Rejection::Cancelled);
    let again = again.when(cancel(2)).then_refused(Rejection::NotYours);
    assert_eq!(again.ticket(7).holder, Some(order_id(2)));

    let expired = ordered().at(HOLD).has(expire(1)).by(RIVAL).has(order(2, [8]));
    let expired = expired.by(BUYER).when(cancel(1)).then_refused(Rejection::Expired);
    assert_eq!(expired.ticket(8).holder, Some(order_id(2)));
}
