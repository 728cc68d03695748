//! Tests of the expiration domain, as given, when, then.

use super::{OrderExpired, Rejection};
use crate::domain::order::OrderStatus;
use crate::domain::testing::*;
use crate::domain::ticket::TicketStatus;
use crate::event::DomainEvent;

fn expired<const N: usize>(number: u64, tickets: [(u64, u64); N]) -> DomainEvent {
    DomainEvent::OrderExpired(OrderExpired { order_id: order_id(number), tickets: versions(tickets) })
}

/// Returns a scenario with order 1 of tickets 7 and 8, in which the system acts.
fn ordered() -> Scenario {
    market().on_sale(SELLER, [7, 8]).by(BUYER).has(order(1, [7, 8])).by_system()
}

fn due(scenario: &Scenario, now: u64) -> Vec<crate::types::OrderId> {
    scenario.state.deadlines().due(ms(now), usize::MAX)
}

#[test]
fn an_order_expires_at_its_deadline() {
    for late in [0, 1, 1_000_000] {
        let scenario = ordered().at(HOLD + late).when(expire(1)).then_events([expired(1, [(7, 3), (8, 3)])]);
        assert_eq!((scenario.order(1).status, scenario.order(1).version), (OrderStatus::Expired, 2));
        assert_eq!((scenario.ticket(7).status, scenario.ticket(7).holder), (TicketStatus::Available, None));
        assert_eq!(due(&scenario, u64::MAX), []);
    }
}

#[test]
fn no_order_expires_early() {
    let scenario = ordered().at(HOLD - 1).when(expire(1)).then_refused(Rejection::NotDue);
    assert_eq!(scenario.ticket(7).holder, Some(order_id(1)));
    scenario.when(expire(2)).then_refused(Rejection::NotFound);
}

#[test]
fn an_order_that_has_ended_or_is_being_paid_does_not_expire() {
    let bought = ordered().by(BUYER);
    let paying = bought.clone().has(pay(1));
    for scenario in [
        ordered().at(HOLD).has(expire(1)),
        bought.has(cancel(1)),
        paying.clone(),
        paying.clone().has(declined(1)),
        paying.has(charged(1)),
    ] {
        scenario.at(2 * HOLD).when(expire(1)).then_refused(Rejection::NotDue);
    }
}

#[test]
fn a_stale_expiry_does_not_free_anothers_hold() {
    let scenario = ordered().by(BUYER).has(cancel(1)).by(RIVAL).at(HOLD).has(order(2, [7]));
    let scenario = scenario.by_system().when(expire(1)).then_refused(Rejection::NotDue);
    assert_eq!(scenario.ticket(7).holder, Some(order_id(2)));
}

#[test]
fn exactly_the_orders_that_wait_for_their_buyers_are_watched() {
    let scenario = market().on_sale(SELLER, [1, 2, 3, 4, 5]).by(BUYER);
    let scenario =
        scenario.has(order(1, [1])).has(order(2, [2])).has(order(3, [3])).has(order(4, [4])).has(order(5, [5]));
    let scenario = scenario.has(cancel(1)).has(pay(2)).has(pay(3)).has(declined(3)).has(pay(4)).has(charged(4));
    assert_eq!(due(&scenario, HOLD), [order_id(5)]);
    assert_eq!(due(&scenario.at(HOLD).has(expire(5)), u64::MAX), []);
}

#[test]
fn the_earliest_deadline_comes_first_and_of_equal_ones_the_older_order() {
    let scenario = market().on_sale(SELLER, [1, 2, 3, 4]).by(BUYER);
    let scenario =
        scenario.at(2).has(order(4, [1])).at(3).has(order(2, [2])).has(order(1, [3])).at(5).has(order(3, [4]));
    assert_eq!(scenario.state.deadlines().next(), Some(ms(HOLD + 2)));
    assert_eq!(due(&scenario, HOLD + 1), []);
    assert_eq!(due(&scenario, HOLD + 3), [4, 1, 2].map(order_id));
    assert_eq!(due(&scenario, HOLD + 5), [4, 1, 2, 3].map(order_id));
    assert_eq!(scenario.state.deadlines().due(ms(HOLD + 5), 2), [4, 1].map(order_id));
}

#[test]
fn nothing_is_due_when_nothing_is_held() {
    assert_eq!((due(&market(), u64::MAX), market().state.deadlines().next()), (vec![], None));
}
