//! Tests of the ledger domain, as given, when, then.

use super::super::ledger::{Account, FeePolicy, PayoutRecorded, RecordPayout, Rejection};
use crate::command::Command;
use crate::domain::Limits;
use crate::domain::testing::*;
use crate::event::DomainEvent;
use crate::types::{Currency, PayoutId};

const USD: Currency = Currency::USD;

fn pay_out(seller: u64, minor: u64, currency: &str) -> Command {
    Command::RecordPayout(RecordPayout {
        payout_id: PayoutId::from_bytes([9; 16]),
        seller_id: user(seller),
        amount: money(minor, currency),
        reference: "SEPA 1".parse().unwrap(),
    })
}

/// Returns a scenario with a fee of 2.5 % and 30 cents a ticket.
fn with_fees() -> Scenario {
    let fees = FeePolicy::basis_points(250).unwrap().and_fixed(money(30, "USD")).unwrap();
    market().limits(Limits { fees, ..Limits::default() })
}

/// Returns a scenario with paid order 1 of tickets 7 and 8, for 7 and 8 dollars, of two sellers, with fees of 48 and 50
/// cents.
fn sold() -> Scenario {
    let scenario = with_fees().on_sale(SELLER, [7]).on_sale(OTHER_SELLER, [8]).by(BUYER);
    scenario.has(order(1, [7, 8])).has(pay(1)).by_system().has(charged(1))
}

/// Checks the accounts that are not at zero, in minor units.
#[track_caller]
fn check(scenario: &Scenario, mut expected: Vec<(Account, i128)>) {
    let accounts = scenario.state.ledger().accounts();
    let mut found: Vec<_> = accounts
        .iter()
        .filter(|(_, totals)| totals.balance != 0)
        .map(|((account, currency), totals)| {
            assert_eq!(currency, USD);
            (account, totals.balance)
        })
        .collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(found.iter().map(|(_, balance)| balance).sum::<i128>(), 0);
}

fn seller(number: u64) -> Account {
    Account::Seller(user(number))
}

#[test]
fn what_a_buyer_pays_is_the_sellers_and_the_platforms() {
    let scenario = sold();
    let all = [(Account::Processor, 1500), (seller(SELLER), -652), (seller(OTHER_SELLER), -750), (Account::Fees, -98)];
    check(&scenario, all.to_vec());
    let totals = scenario.state.ledger().accounts().of(seller(SELLER), USD);
    assert_eq!((totals.sold, totals.fees, totals.refunded, totals.paid_out), (700, 48, 0, 0));
}

#[test]
fn the_fees_are_recorded_with_the_payment_so_that_they_never_change() {
    let paying = with_fees().on_sale(SELLER, [7, 8]).by(BUYER).has(order(1, [7, 8])).has(pay(1)).by_system();
    let told = paying.when(charged(1));
    let [DomainEvent::ChargeCreated(event)] = told.events().as_slice() else { panic!("{:?}", told.events()) };
    assert_eq!(event.fees, [48, 50]);
    let scenario = told.go_on().limits(Limits::default()).has(refund(1, false)).has(refunded(1));
    check(&scenario, vec![]);
}

#[test]
fn parts_that_go_back_are_borne_in_proportion_and_leave_nothing_in_the_end() {
    let scenario = sold().has(refund_part(1, 1, 500)).has(part_refunded(1, 1));
    // A third of 652, 48, 750 and 50: 217.33, 16, 250 and 16.66.
    let all = [(Account::Processor, 1000), (seller(SELLER), -435), (seller(OTHER_SELLER), -500), (Account::Fees, -65)];
    check(&scenario, all.to_vec());
    let scenario = scenario.has(refund_part(1, 2, 1)).has(part_refunded(1, 2));
    let scenario = scenario.has(refund_part(1, 3, 999)).has(part_refunded(1, 3));
    check(&scenario, vec![]);
    let totals = scenario.state.ledger().accounts().of(seller(SELLER), USD);
    assert_eq!((totals.sold, totals.refunded, totals.fees), (700, 700, 0));
}

#[test]
fn without_fees_everything_is_the_sellers() {
    let scenario = market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7])).has(pay(1)).by_system().has(charged(1));
    check(&scenario, vec![(Account::Processor, 700), (seller(SELLER), -700)]);
}

#[test]
fn operators_and_the_system_pay_out_what_is_owed() {
    let event = DomainEvent::PayoutRecorded(PayoutRecorded {
        payout_id: PayoutId::from_bytes([9; 16]),
        seller_id: user(SELLER),
        amount: money(652, "USD"),
        reference: "SEPA 1".parse().unwrap(),
    });
    sold().by_system().when(pay_out(SELLER, 652, "USD")).then_events([event.clone()]);
    let scenario = sold().by(OPERATOR).when(pay_out(SELLER, 652, "USD")).then_events([event]);
    check(&scenario, vec![(Account::Processor, 848), (seller(OTHER_SELLER), -750), (Account::Fees, -98)]);
    assert_eq!(scenario.user(SELLER).version, 2);
    scenario.when(pay_out(SELLER, 1, "USD")).then_refused(Rejection::ExceedsBalance);
}

#[test]
fn refused_payouts() {
    check_refused([
        (sold().by(SELLER), pay_out(SELLER, 1, "USD"), Rejection::OperatorRequired),
        (sold().has(erase(OPERATOR)).by(OPERATOR), pay_out(SELLER, 1, "USD"), Rejection::OperatorRequired),
        (sold().by(OPERATOR), pay_out(UNKNOWN, 1, "USD"), Rejection::SellerNotFound),
        (sold().by(OPERATOR), pay_out(SELLER, 653, "USD"), Rejection::ExceedsBalance),
        (sold().by(OPERATOR), pay_out(SELLER, 1, "EUR"), Rejection::ExceedsBalance),
        (sold().by(OPERATOR), pay_out(BUYER, 1, "USD"), Rejection::ExceedsBalance),
    ]);
}

#[test]
fn who_is_gone_still_gets_what_they_are_owed() {
    let scenario = sold().has(erase(SELLER)).by(OPERATOR).has(pay_out(SELLER, 652, "USD"));
    assert_eq!(scenario.state.ledger().owed(user(SELLER), USD), 0);
}

#[test]
fn what_was_paid_out_and_goes_back_is_owed_by_the_seller() {
    let scenario = sold().has(pay_out(SELLER, 652, "USD")).has(refund(1, false)).has(refunded(1));
    check(&scenario, vec![(Account::Processor, -652), (seller(SELLER), 652)]);
    scenario.when(pay_out(SELLER, 1, "USD")).then_refused(Rejection::ExceedsBalance);
}
