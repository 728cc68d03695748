//! Tests of money that comes for an order that has ended.

use super::super::{
    ChargeStatus, ChargeTransferred, LateMoneyPolicy, LateMoneyReceived, LateMoneyStep, RefundReason, RefundStarted,
    Rejection, Resolution, ResolveEscalation, UnknownResolution,
};
use crate::command::Command;
use crate::domain::order::OrderStatus;
use crate::domain::testing::*;
use crate::domain::ticket::TicketStatus;
use crate::event::DomainEvent;

/// Returns a scenario with order 1 of tickets 7 and 8 of the seller, whose payment failed.
fn failed() -> Scenario {
    market().on_sale(SELLER, [7, 8]).by(BUYER).has(order(1, [7, 8])).has(pay(1)).has(declined(1))
}

/// Returns the scenario of [`failed`] in which the tickets are then sold to another buyer.
fn resold() -> Scenario {
    failed().by(RIVAL).has(order(2, [7, 8])).has(pay(2)).has(charged(2)).by_system()
}

fn names(told: &Outcome) -> Vec<&'static str> {
    told.events().iter().map(DomainEvent::name).collect()
}

#[test]
fn the_buyer_gets_the_tickets_after_all_if_they_are_free() {
    let told = failed().by_system().when(charged(1));
    let expected = ["LateMoneyReceived", "ChargeTransferred", "OrderCreated", "PaymentStarted", "ChargeCreated"];
    assert_eq!(names(&told), expected);
    assert_eq!(
        told.events()[1],
        DomainEvent::ChargeTransferred(ChargeTransferred {
            charge_id: charge_id(1),
            order_id: order_id(1),
            to: order_id(late(1)),
        })
    );
    let scenario = told.go_on();
    assert_eq!(
        (scenario.order(1).status, scenario.charge(1).status),
        (OrderStatus::Cancelled, ChargeStatus::Transferred)
    );
    let new = scenario.order(late(1));
    assert_eq!((new.status, new.buyer_id, new.total), (OrderStatus::Complete, user(BUYER), money(1500, "USD")));
    let charge = scenario.charge(late(1));
    assert_eq!(
        (charge.id, charge.status, charge.reference.as_deref()),
        (charge_id(1), ChargeStatus::Succeeded, Some("ref"))
    );
    assert_eq!((scenario.ticket(7).status, scenario.ticket(7).holder), (TicketStatus::Sold, Some(order_id(late(1)))));
    scenario.when(charged(1)).then_nothing().when(declined(1)).then_nothing();
    scenario.by(SELLER).has(refund(late(1), true));
}

#[test]
fn it_goes_back_if_one_ticket_is_not_to_be_had_as_it_was() {
    let locked = failed().by(RIVAL).has(order(2, [8]));
    let withdrawn = failed().by(SELLER).has(withdraw(8, None));
    let dearer = failed().by(SELLER).has(edit(8, 900, None, None));
    let started = failed().by(SELLER).has(edit(8, 800, Some(show(5)), None)).at(5);
    let gone = failed().by(BUYER).has(erase(BUYER));
    for scenario in [resold(), locked, withdrawn, dearer, started, gone] {
        let told = scenario.by_system().when(charged(1));
        assert_eq!(names(&told), ["LateMoneyReceived", "RefundStarted"], "{told:?}");
        let scenario = told.go_on();
        let back = &scenario.charge(1).refunds[0];
        assert_eq!((back.reason, back.amount), (RefundReason::Late, money(1500, "USD")));
        let scenario = scenario.when(charged(1)).then_nothing().has(part_refunded(1, late(1)));
        assert_eq!(
            (scenario.order(1).status, scenario.charge(1).status),
            (OrderStatus::Cancelled, ChargeStatus::Refunded)
        );
        scenario.when(charged(1)).then_nothing().when(declined(1)).then_nothing();
        scenario.by(SELLER).when(refund(1, true)).then_refused(Rejection::AlreadyRefunded);
    }
}

#[test]
fn it_does_not_touch_the_tickets_next_order() {
    let scenario = resold().has(charged(1)).has(part_refunded(1, late(1)));
    assert_eq!((scenario.ticket(7).status, scenario.ticket(7).holder), (TicketStatus::Sold, Some(order_id(2))));
    assert_eq!(
        (scenario.charge(1).status, scenario.charge(2).status),
        (ChargeStatus::Refunded, ChargeStatus::Succeeded)
    );
}

#[test]
fn an_operator_sees_to_what_can_not_go_back() {
    let told = resold().has(charged(1)).when(not_refunded(1, late(1)));
    assert_eq!(names(&told), ["RefundFailed", "ChargeEscalated"]);
    let scenario = told.go_on();
    assert_eq!(scenario.charge(1).status, ChargeStatus::Escalated);
    assert!(!scenario.order(1).is_terminal(), "it is not forgotten");
    check_refused([
        (scenario.clone().by(SELLER), refund(1, false), Rejection::NotRefundable),
        (scenario.clone().by(BUYER), resolve(Resolution::Kept), Rejection::OperatorRequired),
        (resold().by(OPERATOR), resolve(Resolution::Kept), Rejection::NotEscalated),
    ]);
    let again = scenario.clone().by(OPERATOR).has(refund(1, false));
    assert_eq!(again.charge(1).refunds[1].reason, RefundReason::Late);
    assert_eq!(again.clone().has(refunded(1)).charge(1).status, ChargeStatus::Refunded);
    assert_eq!(again.has(not_refunded(1, 1)).charge(1).status, ChargeStatus::Escalated);
    let kept = scenario.clone().by(OPERATOR).has(resolve(Resolution::Kept));
    assert_eq!((kept.charge(1).status, kept.order(1).is_terminal()), (ChargeStatus::Kept, true));
    let returned = scenario.by(OPERATOR).has(resolve(Resolution::ReturnedElsewhere));
    assert_eq!(returned.charge(1).status, ChargeStatus::Refunded);
    returned.when(resolve(Resolution::Kept)).then_refused(Rejection::NotEscalated);
}

#[test]
fn its_tickets_are_not_returned_once_more() {
    // They went back on sale when the order ended: they are on sale, held by another, or sold by now.
    for scenario in [failed(), failed().by(BUYER).has(order(2, [7])), resold()] {
        let escalated = scenario.late_money("escalate").by_system().has(charged(1)).by(OPERATOR);
        let mut older = escalated.clone();
        let told = escalated.when(refund(1, true));
        let [DomainEvent::RefundStarted(started)] = &told.events()[..] else { panic!("{told:?}") };
        // Older journals have the wish that can't be met.
        older.apply(&DomainEvent::RefundStarted(RefundStarted { return_to_sale: true, ..started.clone() })).unwrap();
        let before = told.go_on();
        assert!(!before.charge(1).refunds[0].return_to_sale);
        for before in [before, older] {
            let after = before.clone().by_system().has(refunded(1));
            assert_eq!(after.charge(1).status, ChargeStatus::Refunded);
            assert_eq!(after.ticket(7), before.ticket(7));
        }
    }
}

fn resolve(resolution: Resolution) -> Command {
    Command::ResolveEscalation(ResolveEscalation { order_id: order_id(1), resolution, note: "seen to".into() })
}

#[test]
fn the_policy_says_what_is_tried() {
    let by = |scenario: Scenario, policy: &str| names(&scenario.late_money(policy).by_system().when(charged(1)));
    assert_eq!(by(failed(), "return"), ["LateMoneyReceived", "RefundStarted"]);
    assert_eq!(by(failed(), "escalate"), ["LateMoneyReceived", "ChargeEscalated"]);
    assert_eq!(by(resold(), "retake"), ["LateMoneyReceived", "ChargeEscalated"]);
    assert_eq!(by(failed(), "return,retake"), ["LateMoneyReceived", "RefundStarted"]);
    let refused = failed().late_money("return,retake").by_system().has(charged(1)).when(not_refunded(1, late(1)));
    let retaken = ["RefundFailed", "ChargeTransferred", "OrderCreated", "PaymentStarted", "ChargeCreated"];
    assert_eq!(names(&refused), retaken);
    assert_eq!(refused.go_on().ticket(7).holder, Some(order_id(late(late(1)))));
}

#[test]
fn money_set_aside_too_late_is_released() {
    let told = resold().when(authorized(1));
    assert_eq!(names(&told), ["VoidStarted"]);
    let scenario = told.go_on();
    assert_eq!((scenario.charge(1).status, scenario.order(1).is_terminal()), (ChargeStatus::Voiding, false));
    let released = scenario.clone().has(declined(1));
    assert_eq!(released.charge(1).status, ChargeStatus::Voided);
    released.when(authorized(1)).then_nothing().when(declined(1)).then_nothing();
    let taken = scenario.when(charged(1));
    assert_eq!(names(&taken), ["LateMoneyReceived", "RefundStarted"], "somebody has captured it");
}

#[test]
fn money_set_aside_too_late_may_buy_the_tickets_after_all() {
    let told = failed().by_system().when(authorized(1));
    let expected = ["ChargeTransferred", "OrderCreated", "PaymentStarted", "ChargeAuthorized"];
    assert_eq!(names(&told), expected);
    let scenario = told.go_on();
    let new = scenario.order(late(1));
    assert_eq!((new.status, scenario.charge(late(1)).status), (OrderStatus::AwaitingPayment, ChargeStatus::Authorized));
    let captured = settle_as(late(1), 1, true);
    assert_eq!(scenario.clone().has(captured).ticket(7).status, TicketStatus::Sold);
    let released = settle_as(late(1), 1, false);
    assert_eq!(scenario.has(released).ticket(7).status, TicketStatus::Available);
    assert_eq!(names(&failed().late_money("return").by_system().when(authorized(1))), ["VoidStarted"]);
}

fn settle_as(number: u64, charge: u64, charged: bool) -> Command {
    use super::super::ChargeOutcome;

    let outcome = if charged {
        ChargeOutcome::Charged { reference: None }
    } else {
        ChargeOutcome::NotCharged { reason: "released".into() }
    };
    settle(number, charge, outcome)
}

#[test]
fn money_that_is_set_aside_completes_the_order_when_it_is_captured() {
    let paying = market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7])).has(pay(1)).by_system();
    let aside = paying.has(authorized(1));
    assert_eq!(
        (aside.order(1).status, aside.charge(1).status),
        (OrderStatus::AwaitingPayment, ChargeStatus::Authorized)
    );
    aside.when(authorized(1)).then_nothing();
    assert_eq!(aside.clone().has(charged(1)).ticket(7).status, TicketStatus::Sold);
    assert_eq!(aside.has(declined(1)).ticket(7).status, TicketStatus::Available);
}

#[test]
fn money_is_said_to_be_late_before_anything_becomes_of_it() {
    let told = resold().when(charged(1));
    assert_eq!(
        told.events()[0],
        DomainEvent::LateMoneyReceived(LateMoneyReceived {
            charge_id: charge_id(1),
            order_id: order_id(1),
            amount: money(1500, "USD"),
            reference: Some("ref".into()),
        })
    );
}

#[test]
fn policies_are_written_as_lists() {
    for (text, steps) in [
        ("retake,return,escalate", &[LateMoneyStep::Retake, LateMoneyStep::Return, LateMoneyStep::Escalate][..]),
        (" return , retake ", &[LateMoneyStep::Return, LateMoneyStep::Retake, LateMoneyStep::Escalate]),
        ("escalate", &[LateMoneyStep::Escalate]),
        ("retake,escalate", &[LateMoneyStep::Retake, LateMoneyStep::Escalate]),
    ] {
        assert_eq!(text.parse::<LateMoneyPolicy>().unwrap().steps(), steps, "{text}");
    }
    for text in ["", "refund", "return,return", "retake,,return", "return,retake,return"] {
        assert!(text.parse::<LateMoneyPolicy>().is_err(), "{text}");
    }
}

#[test]
fn resolutions_are_read_as_they_are_written() {
    for resolution in [Resolution::ReturnedElsewhere, Resolution::Kept] {
        assert_eq!(resolution.as_str().parse::<Resolution>(), Ok(resolution));
    }
    assert_eq!("lost".parse::<Resolution>(), Err(UnknownResolution));
}
