//! Tests of giving the money back, once.

use super::super::{
    ChargeRefunded, ChargeStatus, CloseDispute, OpenDispute, RecordRefund, RefundReason, RefundStarted, Rejection,
    StartRefund,
};
use crate::domain::order::{self, OrderStatus};
use crate::domain::testing::*;
use crate::domain::ticket::TicketStatus;
use crate::event::DomainEvent;

fn started(reason: RefundReason, return_to_sale: bool) -> DomainEvent {
    DomainEvent::RefundStarted(RefundStarted {
        refund_id: Some(refund_id(1)),
        charge_id: charge_id(1),
        order_id: order_id(1),
        amount: money(1500, "USD"),
        reason,
        return_to_sale,
    })
}

fn done<const N: usize>(tickets: [(u64, u64); N]) -> DomainEvent {
    DomainEvent::ChargeRefunded(ChargeRefunded {
        refund_id: Some(refund_id(1)),
        charge_id: charge_id(1),
        order_id: order_id(1),
        amount: money(1500, "USD"),
        reference: Some("back".into()),
        tickets: versions(tickets),
    })
}

/// Returns a scenario with order 1 of tickets 7 and 8 of the seller, which is being paid.
fn paying() -> Scenario {
    market().on_sale(SELLER, [7, 8]).by(BUYER).has(order(1, [7, 8])).has(pay(1))
}

fn paid() -> Scenario {
    paying().has(charged(1))
}

/// Returns a scenario in which order 1 is paid and its tickets are of two sellers.
fn of_two_sellers() -> Scenario {
    let scenario = market().on_sale(SELLER, [7]).on_sale(OTHER_SELLER, [8]).by(BUYER);
    scenario.has(order(1, [7, 8])).has(pay(1)).has(charged(1))
}

#[test]
fn the_seller_of_all_tickets_and_operators_refund() {
    let event = || [started(RefundReason::Requested, false)];
    paid().by(SELLER).when(refund(1, false)).then_events(event());
    paid().by(OPERATOR).when(refund(1, false)).then_events(event());
    paid().by_system().when(refund(1, false)).then_events(event());
    of_two_sellers().by(OPERATOR).when(refund(1, false)).then_events(event());
}

#[test]
fn nobody_else_refunds() {
    let taken = paid().has(set_operator(OPERATOR, false));
    check_refused([
        (paid().by(BUYER), refund(1, false), Rejection::RefundNotYours),
        (paid().by(OTHER_SELLER), refund(1, false), Rejection::RefundNotYours),
        (paid().by(RIVAL), refund(1, true), Rejection::RefundNotYours),
        (paid().by(UNKNOWN), refund(1, true), Rejection::RefundNotYours),
        (of_two_sellers().by(SELLER), refund(1, false), Rejection::RefundNotYours),
        (of_two_sellers().by(OTHER_SELLER), refund(1, false), Rejection::RefundNotYours),
        (taken.by(OPERATOR), refund(1, false), Rejection::RefundNotYours),
    ]);
}

#[test]
fn the_erased_refund_nothing() {
    check_refused([
        (paid().has(erase(SELLER)).by(SELLER), refund(1, false), Rejection::RefundNotYours),
        (paid().has(erase(OPERATOR)).by(OPERATOR), refund(1, false), Rejection::RefundNotYours),
    ]);
}

#[test]
fn only_money_that_was_taken_is_given_back() {
    let ordered = market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7]));
    let refunding = paid().by(SELLER).has(refund(1, false));
    check_refused([
        (ordered.clone().by(SELLER), refund(1, false), Rejection::NotRefundable),
        (ordered.has(cancel(1)).by(SELLER), refund(1, false), Rejection::NotRefundable),
        (paying().by(SELLER), refund(1, false), Rejection::NotRefundable),
        (paying().has(declined(1)).by(SELLER), refund(1, false), Rejection::NotRefundable),
        (refunding.clone(), refund(1, true), Rejection::AlreadyRefunded),
        (refunding.has(refunded(1)), refund(1, false), Rejection::AlreadyRefunded),
    ]);
}

#[test]
fn a_refund_is_refused_in_this_order() {
    check_refused([
        (paid().by(RIVAL), refund(2, false), Rejection::Order(order::Rejection::NotFound)),
        (paying().by(BUYER), refund(1, false), Rejection::RefundNotYours),
        (paid().by(SELLER).has(refund(1, false)).by(RIVAL), refund(1, false), Rejection::RefundNotYours),
    ]);
}

#[test]
fn refunded_tickets_stay_sold() {
    let scenario = paid().by(SELLER).has(refund(1, false)).when(refunded(1)).then_events([done([])]);
    assert_eq!((scenario.charge(1).status, scenario.order(1).status), (ChargeStatus::Refunded, OrderStatus::Complete));
    let ticket = scenario.ticket(7);
    assert_eq!((ticket.status, ticket.holder, ticket.version), (TicketStatus::Sold, Some(order_id(1)), 3));
}

#[test]
fn refunded_tickets_return_to_sale_if_asked() {
    let started = paid().by(SELLER).when(refund(1, true)).then_events([started(RefundReason::Requested, true)]);
    assert_eq!(started.ticket(7).status, TicketStatus::Sold, "not before the money is back");
    let scenario = started.when(refunded(1)).then_events([done([(7, 4), (8, 4)])]);
    assert_eq!((scenario.ticket(7).status, scenario.ticket(7).holder), (TicketStatus::Available, None));
    scenario.by(RIVAL).has(order(2, [7, 8])).has(pay(2)).has(charged(2));
}

#[test]
fn a_ticket_does_not_return_to_sale_without_its_seller() {
    let erased_before = of_two_sellers().has(erase(SELLER)).by(OPERATOR).has(refund(1, true));
    let erased_meanwhile = of_two_sellers().by(OPERATOR).has(refund(1, true)).has(erase(SELLER));
    for scenario in [erased_before, erased_meanwhile] {
        let scenario = scenario.when(refunded(1)).then_events([done([(8, 4)])]);
        assert_eq!(
            (scenario.ticket(7).status, scenario.ticket(8).status),
            (TicketStatus::Sold, TicketStatus::Available)
        );
    }
}

#[test]
fn a_refund_that_is_done_changes_nothing_when_told_again() {
    let returned = paid().by(SELLER).has(refund(1, true)).has(refunded(1));
    returned.when(refunded(1)).then_nothing();
    let resold = returned.by(RIVAL).has(order(2, [7])).when(refunded(1)).then_nothing();
    assert_eq!(resold.ticket(7).holder, Some(order_id(2)));
}

#[test]
fn a_refund_that_was_not_started_changes_nothing() {
    paying().when(refunded(1)).then_refused(Rejection::NotFound);
    paid().when(refunded(1)).then_refused(Rejection::NotFound);
    paying().has(declined(1)).when(refunded(1)).then_refused(Rejection::NotFound);
}

#[test]
fn only_the_orders_own_refund_is_settled() {
    let refunding = paid().by(SELLER).has(refund(1, false));
    let ordered = market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7]));
    check_refused([
        (refunding.clone(), refunded_as(2, 1), Rejection::NotFound),
        (refunding, refunded_as(1, 2), Rejection::NotFound),
        (ordered, refunded(1), Rejection::NotFound),
    ]);
}

#[test]
fn parts_go_back_until_nothing_is_left() {
    let scenario = paid().by(SELLER).has(refund_part(1, 11, 500)).has(refund_part(1, 12, 600));
    scenario.when(refund_part(1, 13, 401)).then_refused(Rejection::RefundTooLarge);
    let scenario = scenario.has(part_refunded(1, 12));
    assert_eq!((scenario.charge(1).status, scenario.charge(1).refunded_minor()), (ChargeStatus::Refunding, 600));
    let scenario = scenario.has(part_refunded(1, 11));
    assert_eq!((scenario.charge(1).status, scenario.charge(1).refunded_minor()), (ChargeStatus::Succeeded, 1100));
    let scenario = scenario.has(refund(1, true));
    let rest = scenario.charge(1).refund(refund_id(1)).map(|refund| refund.amount);
    assert_eq!(rest, Some(money(400, "USD")), "all that is left");
    let scenario = scenario.has(refunded(1));
    assert_eq!((scenario.charge(1).status, scenario.charge(1).refunded_minor()), (ChargeStatus::Refunded, 1500));
    assert_eq!(scenario.ticket(7).status, TicketStatus::Available);
    scenario.when(refund_part(1, 14, 1)).then_refused(Rejection::AlreadyRefunded);
}

#[test]
fn a_part_is_in_the_charges_currency_and_returns_no_ticket() {
    let part = |amount, return_to_sale| {
        let (order_id, refund_id) = (order_id(1), refund_id(9));
        crate::command::Command::StartRefund(StartRefund { order_id, refund_id, amount: Some(amount), return_to_sale })
    };
    check_refused([
        (paid().by(SELLER), part(money(500, "EUR"), false), Rejection::RefundCurrency),
        (paid().by(SELLER), part(money(500, "USD"), true), Rejection::ReturnNeedsFullRefund),
        (paid().by(SELLER), part(money(1501, "USD"), false), Rejection::RefundTooLarge),
    ]);
    paid().by(SELLER).has(part(money(1500, "USD"), true)).has(part_refunded(1, 9));
}

#[test]
fn a_refund_that_is_refused_for_good_leaves_the_money() {
    let scenario = paid().by(SELLER).has(refund(1, true)).has(not_refunded(1, 1));
    assert_eq!((scenario.charge(1).status, scenario.ticket(7).status), (ChargeStatus::Succeeded, TicketStatus::Sold));
    scenario.when(not_refunded(1, 1)).then_nothing().when(refunded(1)).then_nothing();
    scenario.has(refund_part(1, 2, 1500)).has(part_refunded(1, 2));
}

fn elsewhere(reference: &str, minor: u64) -> crate::command::Command {
    crate::command::Command::RecordRefund(RecordRefund {
        order_id: order_id(1),
        charge_id: charge_id(1),
        refund_id: refund_id(70 + minor % 10),
        reference: reference.into(),
        amount: money(minor, "USD"),
    })
}

#[test]
fn what_was_given_back_elsewhere_counts_once() {
    let scenario = paid().has(elsewhere("re_1", 501));
    scenario.when(elsewhere("re_1", 501)).then_nothing();
    assert_eq!((scenario.charge(1).status, scenario.charge(1).refunded_minor()), (ChargeStatus::Succeeded, 501));
    assert_eq!(scenario.charge(1).refunds[0].reason, RefundReason::Elsewhere);
    scenario.clone().by(SELLER).when(refund_part(1, 2, 1000)).then_refused(Rejection::RefundTooLarge);
    scenario.when(elsewhere("re_2", 1002)).then_refused(Rejection::RefundTooLarge);
    let scenario = scenario.has(elsewhere("re_3", 999));
    assert_eq!(scenario.charge(1).status, ChargeStatus::Refunded);
    paying().when(elsewhere("re_1", 501)).then_refused(Rejection::NotRefundable);
}

fn disputed(reference: &str, minor: u64) -> crate::command::Command {
    crate::command::Command::OpenDispute(OpenDispute {
        order_id: order_id(1),
        charge_id: charge_id(1),
        reference: reference.into(),
        amount: money(minor, "USD"),
        reason: "fraudulent".into(),
    })
}

fn closed(reference: &str, won: bool) -> crate::command::Command {
    let (order_id, charge_id) = (order_id(1), charge_id(1));
    crate::command::Command::CloseDispute(CloseDispute { order_id, charge_id, reference: reference.into(), won })
}

#[test]
fn disputed_money_is_not_given_back_as_well() {
    let scenario = paid().has(disputed("dp_1", 1500)).by(SELLER);
    scenario.when(disputed("dp_1", 1500)).then_nothing();
    scenario.when(refund(1, false)).then_refused(Rejection::AlreadyRefunded);
    let won = scenario.clone().has(closed("dp_1", true));
    won.when(closed("dp_1", true)).then_nothing().when(closed("dp_1", false)).then_nothing();
    won.has(refund(1, false)).has(refunded(1));
    let lost = scenario.has(closed("dp_1", false));
    lost.when(refund_part(1, 2, 1)).then_refused(Rejection::AlreadyRefunded);
    lost.when(closed("dp_2", true)).then_refused(Rejection::NotFound);
    paying().when(disputed("dp_1", 1500)).then_refused(Rejection::NotRefundable);
}
