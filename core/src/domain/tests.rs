//! Tests that a fact that can't follow from the facts before it is refused: the journal is damaged or was forged.

use super::order::{CancelReason, OrderCancelled, TicketVersions};
use super::testing::*;
use super::{Fact, Inconsistency};
use crate::command::Command;
use crate::event::{
    ChargeCreated, ChargeFailed, ChargeRefunded, DomainEvent, OrderCreated, OrderExpired, PaymentStarted, RefundReason,
    RefundStarted, SessionRevoked, TicketCreated, TicketUpdated, TicketWithdrawn, UserCreated, UserErased, UserUpdated,
};

/// Checks that each of the events is refused, although its own version is right.
#[track_caller]
fn check_forged<const N: usize>(scenario: &Scenario, events: [DomainEvent; N]) {
    for event in events {
        assert!(scenario.clone().apply(&event).is_err(), "{event:?}");
    }
}

/// Returns the first event of the command.
#[track_caller]
fn event(scenario: &Scenario, command: Command) -> DomainEvent {
    let told = scenario.when(command);
    told.events().first().unwrap().clone()
}

/// Returns a scenario in which order 1 of the buyer holds tickets 7 and 8, and order 2 of the rival holds ticket 9.
/// Ticket 6 is available. The buyer acts.
fn ordered() -> Scenario {
    let scenario = market().on_sale(SELLER, [6, 7, 8, 9]).by(RIVAL).has(order(2, [9])).by(BUYER);
    scenario.has(order(1, [7, 8]))
}

fn cancelled(number: u64, reason: CancelReason, tickets: TicketVersions) -> DomainEvent {
    DomainEvent::OrderCancelled(OrderCancelled { order_id: order_id(number), reason, tickets })
}

fn expired(number: u64, tickets: TicketVersions) -> DomainEvent {
    DomainEvent::OrderExpired(OrderExpired { order_id: order_id(number), tickets })
}

fn payment_started(number: u64) -> DomainEvent {
    let (charge_id, order_id) = (charge_id(number), order_id(number));
    let amount = money(1500, "USD");
    DomainEvent::PaymentStarted(PaymentStarted { charge_id, order_id, amount, gateway: "sandbox".into() })
}

fn charge_created(number: u64, charge: u64, tickets: TicketVersions) -> DomainEvent {
    let (charge_id, order_id) = (charge_id(charge), order_id(number));
    let amount = money(1500, "USD");
    DomainEvent::ChargeCreated(ChargeCreated {
        charge_id,
        order_id,
        amount,
        reference: None,
        tickets,
        fees: Vec::new(),
    })
}

fn charge_failed(number: u64, charge: u64) -> DomainEvent {
    let (charge_id, order_id) = (charge_id(charge), order_id(number));
    DomainEvent::ChargeFailed(ChargeFailed { charge_id, order_id, reason: "declined".into() })
}

fn refund_started(number: u64, charge: u64, reason: RefundReason) -> DomainEvent {
    let (charge_id, order_id) = (charge_id(charge), order_id(number));
    let amount = money(1500, "USD");
    let refund_id = Some(refund_id(number));
    DomainEvent::RefundStarted(RefundStarted { refund_id, charge_id, order_id, amount, reason, return_to_sale: true })
}

fn charge_refunded(number: u64, charge: u64, tickets: TicketVersions) -> DomainEvent {
    let (charge_id, order_id) = (charge_id(charge), order_id(number));
    let amount = money(1500, "USD");
    let (refund_id, reference) = (Some(refund_id(number)), None);
    DomainEvent::ChargeRefunded(ChargeRefunded { refund_id, charge_id, order_id, amount, reference, tickets })
}

fn password_changed(number: u64, epoch: u64) -> DomainEvent {
    DomainEvent::UserUpdated(UserUpdated {
        user_id: user(number),
        email_changed: false,
        password_changed: true,
        operator: false,
        epoch,
    })
}

fn revoked(number: u64) -> DomainEvent {
    let (user_id, session_id) = (user(number), session(1));
    DomainEvent::SessionRevoked(SessionRevoked { user_id, session_id, expires_at: ms(1000) })
}

fn user_erased(number: u64) -> DomainEvent {
    DomainEvent::UserErased(UserErased { user_id: user(number) })
}

fn ticket_created(number: u64, seller: u64) -> DomainEvent {
    let (title, price) = (listing(number).title, listing(number).price);
    let (ticket_id, seller_id) = (ticket(number), user(seller));
    DomainEvent::TicketCreated(TicketCreated { ticket_id, seller_id, title, price, show: None, seat: None })
}

fn ticket_updated(number: u64) -> DomainEvent {
    let (title, price) = (listing(number).title, listing(number).price);
    DomainEvent::TicketUpdated(TicketUpdated { ticket_id: ticket(number), title, price, show: None, seat: None })
}

fn ticket_withdrawn(number: u64) -> DomainEvent {
    DomainEvent::TicketWithdrawn(TicketWithdrawn { ticket_id: ticket(number) })
}

#[test]
fn facts_about_what_does_not_exist() {
    let none = TicketVersions::new;
    check_forged(
        &market(),
        [
            password_changed(UNKNOWN, 2),
            user_erased(UNKNOWN),
            revoked(UNKNOWN),
            ticket_created(7, UNKNOWN),
            ticket_updated(7),
            ticket_withdrawn(7),
            event(&ordered(), order(3, [6])),
            cancelled(1, CancelReason::Buyer, none()),
            expired(1, none()),
            payment_started(1),
            charge_created(1, 1, none()),
            charge_failed(1, 1),
            refund_started(1, 1, RefundReason::Requested),
            charge_refunded(1, 1, none()),
        ],
    );
    let DomainEvent::OrderCreated(created) = event(&ordered(), order(3, [6])) else { panic!("no order") };
    check_forged(&ordered(), [DomainEvent::OrderCreated(OrderCreated { buyer_id: user(UNKNOWN), ..created })]);
}

#[test]
fn something_is_created_once() {
    let scenario = ordered();
    let order_again = event(&market().on_sale(SELLER, [6]).by(BUYER), order(1, [6]));
    let first = Fact { at: ms(0), version: 1 };
    let user_again = DomainEvent::UserCreated(UserCreated { user_id: user(BUYER) });
    for event in [user_again, ticket_created(6, SELLER), order_again] {
        let exists = Inconsistency("something was created that exists already");
        assert_eq!(scenario.state.clone().apply(&event, first), Err(exists), "{event:?}");
        assert!(scenario.clone().apply(&event).is_err(), "{event:?} as a second version");
    }
}

#[test]
fn versions_are_neither_missing_nor_repeated() {
    let scenario = ordered().at(HOLD);
    for event in [expired(1, versions([(7, 3), (8, 3)])), ticket_updated(6), revoked(BUYER), ticket_created(5, SELLER)]
    {
        let next = scenario.state.version(event.stream()) + 1;
        for version in [0, next - 1, next + 1, u64::MAX] {
            assert!(
                scenario.state.clone().apply(&event, Fact { at: ms(HOLD), version }).is_err(),
                "{event:?} {version}"
            );
        }
        assert_eq!(scenario.state.clone().apply(&event, Fact { at: ms(HOLD), version: next }), Ok(()), "{event:?}");
    }
}

#[test]
fn versions_of_an_orders_tickets_are_neither_missing_nor_repeated() {
    let paying = ordered().has(pay(1));
    let refunding = paying.clone().has(charged(1)).by(SELLER).has(refund(1, true));
    for version in [0, 2, 4] {
        let wrong = || versions([(7, 3), (8, version)]);
        check_forged(&ordered().at(HOLD), [cancelled(1, CancelReason::Buyer, wrong()), expired(1, wrong())]);
        check_forged(&paying, [charge_created(1, 1, wrong())]);
        check_forged(&refunding, [charge_refunded(1, 1, versions([(7, 4), (8, version + 1)]))]);
    }
    let DomainEvent::OrderCreated(created) = event(&ordered(), order(3, [6])) else { panic!("no order") };
    let mut tickets = created.tickets.to_vec();
    tickets[0].version = 3;
    check_forged(&ordered(), [DomainEvent::OrderCreated(OrderCreated { tickets: tickets.into(), ..created })]);
}

#[test]
fn an_order_locks_available_tickets_only() {
    let lock = event(&market().on_sale(SELLER, [7]).by(BUYER), order(3, [7]));
    let sold = ordered().has(pay(1)).has(charged(1));
    let withdrawn = market().on_sale(SELLER, [7]).by(SELLER).has(withdraw(7, None));
    for scenario in [ordered(), sold, withdrawn] {
        check_forged(&scenario, [lock.clone()]);
    }
}

#[test]
fn an_order_locks_a_ticket_once() {
    let scenario = market().on_sale(SELLER, [7, 8]).by(BUYER);
    let DomainEvent::OrderCreated(created) = event(&scenario, order(1, [7])) else { panic!("no order") };
    let twice = [created.tickets[0].clone(), created.tickets[0].clone()].into();
    check_forged(&scenario, [DomainEvent::OrderCreated(OrderCreated { tickets: twice, ..created })]);
}

#[test]
fn only_available_tickets_are_edited_and_withdrawn() {
    let sold = ordered().has(pay(1)).has(charged(1));
    let withdrawn = market().on_sale(SELLER, [7]).by(SELLER).has(withdraw(7, None));
    for scenario in [ordered(), sold, withdrawn] {
        check_forged(&scenario, [ticket_updated(7), ticket_withdrawn(7)]);
    }
}

#[test]
fn an_order_ends_its_own_hold_whole() {
    let paying = ordered().has(pay(1)).at(HOLD);
    for tickets in [
        versions([]),
        versions([(7, 3)]),
        versions([(7, 3), (7, 4)]),
        versions([(7, 3), (9, 3)]),
        versions([(7, 3), (6, 2)]),
        versions([(7, 3), (UNKNOWN, 1)]),
        versions([(7, 3), (8, 3), (9, 3)]),
    ] {
        let ends = [cancelled(1, CancelReason::Buyer, tickets.clone()), expired(1, tickets.clone())];
        check_forged(&ordered().at(HOLD), ends);
        check_forged(&paying, [charge_created(1, 1, tickets)]);
    }
}

#[test]
fn an_ended_order_does_not_end_again() {
    let paying = ordered().has(pay(1));
    let ended = [ordered().has(cancel(1)), ordered().at(HOLD).has(expire(1)), paying.clone().has(declined(1))];
    let again = || versions([(7, 4), (8, 4)]);
    for scenario in ended.into_iter().chain([paying.has(charged(1))]) {
        let ends = [CancelReason::Buyer, CancelReason::PaymentFailed].map(|reason| cancelled(1, reason, again()));
        check_forged(&scenario.clone().at(2 * HOLD), ends);
        check_forged(&scenario.at(2 * HOLD), [expired(1, again()), payment_started(1), charge_created(1, 1, again())]);
    }
}

#[test]
fn an_order_is_cancelled_for_the_reason_that_it_has() {
    let tickets = || versions([(7, 3), (8, 3)]);
    let paying = ordered().has(pay(1));
    check_forged(&ordered(), [cancelled(1, CancelReason::PaymentFailed, tickets())]);
    check_forged(&paying, [CancelReason::Buyer, CancelReason::PaymentFailed].map(|why| cancelled(1, why, tickets())));
    let mut failed = paying;
    failed.apply(&charge_failed(1, 1)).unwrap();
    check_forged(&failed, [cancelled(1, CancelReason::Buyer, tickets())]);
    failed.apply(&cancelled(1, CancelReason::PaymentFailed, tickets())).unwrap();
}

#[test]
fn an_order_expires_at_its_deadline_unless_it_is_being_paid() {
    let end = || expired(1, versions([(7, 3), (8, 3)]));
    check_forged(&ordered().at(HOLD - 1), [end()]);
    check_forged(&ordered().has(pay(1)).at(HOLD), [end()]);
    ordered().at(HOLD).apply(&end()).unwrap();
}

#[test]
fn a_charge_is_settled_once_and_only_after_it_has_started() {
    let sold = || versions([(7, 3), (8, 3)]);
    let paying = ordered().has(pay(1));
    let paid = paying.clone().has(charged(1));
    check_forged(&ordered(), [charge_created(1, 1, sold()), charge_failed(1, 1)]);
    check_forged(&paying, [payment_started(1), charge_created(1, 2, sold()), charge_failed(1, 2)]);
    check_forged(&paid, [charge_created(1, 1, versions([(7, 4), (8, 4)])), charge_failed(1, 1)]);
    check_forged(&paying.has(declined(1)), [charge_created(1, 1, sold()), charge_failed(1, 1)]);
}

#[test]
fn money_goes_back_once_and_for_the_reason_that_there_is() {
    let paying = ordered().has(pay(1));
    let paid = paying.clone().has(charged(1)).by(SELLER);
    let refunding = paid.clone().has(refund(1, true));
    let [requested, late] = [RefundReason::Requested, RefundReason::Late].map(|why| refund_started(1, 1, why));
    let back = || charge_refunded(1, 1, versions([(7, 4), (8, 4)]));
    check_forged(&ordered(), [requested.clone(), late.clone(), back()]);
    check_forged(&paying, [requested.clone(), late.clone(), back()]);
    check_forged(&paid, [late.clone(), back(), refund_started(1, 2, RefundReason::Requested)]);
    check_forged(&refunding, [requested.clone(), late.clone(), charge_refunded(1, 2, TicketVersions::new())]);
    check_forged(&refunding.has(refunded(1)), [requested.clone(), late.clone(), back()]);
    check_forged(&paying.clone().has(declined(1)), [requested, back()]);
    let mut failed = paying;
    failed.apply(&charge_failed(1, 1)).unwrap();
    check_forged(&failed, [late]);
}

#[test]
fn only_tickets_of_the_refunded_order_return_to_sale_and_only_if_asked() {
    let paid = ordered().has(pay(1)).has(charged(1)).by(SELLER);
    let staying = paid.clone().has(refund(1, false));
    check_forged(&staying, [charge_refunded(1, 1, versions([(7, 4), (8, 4)]))]);
    let returning = paid.by(RIVAL).has(pay(2)).has(charged(2)).by(SELLER).has(refund(1, true));
    for tickets in [versions([(7, 4), (7, 5)]), versions([(9, 4)]), versions([(6, 2)]), versions([(UNKNOWN, 1)])] {
        check_forged(&returning, [charge_refunded(1, 1, tickets)]);
    }
}

#[test]
fn the_erased_do_nothing_and_who_trades_is_not_erased() {
    let scenario = market().has(erase(BUYER));
    check_forged(&scenario, [password_changed(BUYER, 2), revoked(BUYER), user_erased(BUYER), ticket_created(7, BUYER)]);
    let on_sale = market().on_sale(SELLER, [7]);
    let bought = event(&on_sale.clone().by(BUYER), order(1, [7]));
    check_forged(&on_sale.has(erase(BUYER)), [bought]);
    check_forged(&ordered(), [user_erased(BUYER), user_erased(SELLER)]);
}

#[test]
fn a_refunded_ticket_does_not_return_to_a_seller_who_is_gone() {
    let paid = ordered().has(pay(1)).has(charged(1)).by(SELLER).has(refund(1, true));
    let gone =
        paid.by(RIVAL).has(cancel(2)).by(SELLER).has(withdraw(6, None)).has(withdraw(9, None)).has(erase(SELLER));
    check_forged(&gone, [charge_refunded(1, 1, versions([(7, 4), (8, 4)]))]);
    gone.clone().apply(&charge_refunded(1, 1, TicketVersions::new())).unwrap();
}

#[test]
fn the_epoch_moves_with_the_password_only() {
    check_forged(&market(), [password_changed(BUYER, 0), password_changed(BUYER, 1), password_changed(BUYER, 3)]);
    let role = |epoch| UserUpdated {
        user_id: user(BUYER),
        email_changed: true,
        password_changed: false,
        operator: true,
        epoch,
    };
    check_forged(&market(), [0, 2].map(|epoch| DomainEvent::UserUpdated(role(epoch))));
    market().apply(&DomainEvent::UserUpdated(role(1))).unwrap();
    market().apply(&password_changed(BUYER, 2)).unwrap();
}
