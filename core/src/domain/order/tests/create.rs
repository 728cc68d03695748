//! Tests of creating an order.

use super::super::{Agreed, CreateOrder, OrderCreated, OrderStatus, OrderedTicket, Rejection};
use crate::command::Command;
use crate::domain::Limits;
use crate::domain::testing::*;
use crate::domain::ticket::{Listing, TicketStatus};
use crate::event::DomainEvent;
use crate::types::Money;

/// Returns the event of an order of tickets that were never changed before.
fn created<const N: usize>(number: u64, tickets: [(u64, u64); N], total: u64, expires_at: u64) -> DomainEvent {
    let ordered = |(number, seller)| {
        let Listing { title, price, .. } = listing(number);
        OrderedTicket { id: ticket(number), seller_id: user(seller), title, price, version: 2 }
    };
    DomainEvent::OrderCreated(OrderCreated {
        order_id: order_id(number),
        buyer_id: user(BUYER),
        tickets: tickets.map(ordered).into(),
        total: money(total, "USD"),
        expires_at: ms(expires_at),
    })
}

fn open_orders_max(open_orders_max: u32) -> Limits {
    Limits { open_orders_max, ..Limits::default() }
}

#[test]
fn a_buyer_locks_a_ticket_until_the_hold_ends() {
    let scenario = market().on_sale(SELLER, [7]).by(BUYER).at(5);
    let scenario = scenario.when(order(1, [7])).then_events([created(1, [(7, SELLER)], 700, HOLD + 5)]);
    let (held, order) = (scenario.ticket(7), scenario.order(1));
    assert_eq!((held.status, held.holder, held.version), (TicketStatus::Locked, Some(order_id(1)), 2));
    assert_eq!((order.status, order.version, order.created_at), (OrderStatus::Created, 1, ms(5)));
}

#[test]
fn the_hold_lasts_as_long_as_the_limits_say() {
    let hold = std::time::Duration::from_millis(3);
    let scenario = market().on_sale(SELLER, [7]).by(BUYER).limits(Limits { hold, ..Limits::default() });
    scenario.at(5).when(order(1, [7])).then_events([created(1, [(7, SELLER)], 700, 8)]);
}

#[test]
fn tickets_of_several_sellers_make_one_order() {
    let scenario = market().on_sale(SELLER, [7, 8]).on_sale(OTHER_SELLER, [9]).by(BUYER);
    let event = created(1, [(9, OTHER_SELLER), (7, SELLER), (8, SELLER)], 2400, HOLD);
    scenario.when(order(1, [9, 7, 8])).then_events([event]);
}

#[test]
fn the_price_is_the_one_at_the_moment_of_the_lock() {
    let edited = market().on_sale(SELLER, [7]).by(SELLER).has(edit(7, 1, None, None)).by(BUYER).has(order(1, [7]));
    assert_eq!((edited.order(1).total, edited.order(1).tickets[0].price), (money(1, "USD"), money(1, "USD")));
    let freed = edited.has(cancel(1)).by(SELLER).has(edit(7, 900, None, None));
    assert_eq!(freed.order(1).total, money(1, "USD"));
    assert_eq!(freed.by(RIVAL).has(order(2, [7])).order(2).total, money(900, "USD"));
}

#[test]
fn of_rivals_exactly_one_wins() {
    let scenario = market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7]));
    scenario.clone().by(RIVAL).when(order(2, [7])).then_refused(Rejection::TicketLocked(ticket(7)));
    scenario.when(order(2, [7])).then_refused(Rejection::TicketLocked(ticket(7)));
}

#[test]
fn overlapping_orders_get_all_of_their_tickets_or_none() {
    let scenario = market().on_sale(SELLER, [7, 8, 9]).by(BUYER).has(order(1, [7, 8])).by(RIVAL);
    let scenario = scenario.when(order(2, [9, 8])).then_refused(Rejection::TicketLocked(ticket(8)));
    assert_eq!((scenario.ticket(9).status, scenario.ticket(9).version), (TicketStatus::Available, 1));
    scenario.has(order(2, [9]));
}

#[test]
fn only_a_user_who_is_there_buys() {
    let scenario = market().on_sale(SELLER, [7]);
    check_refused([
        (scenario.clone().by_system(), order(1, [7]), Rejection::NoBuyer),
        (scenario.clone().by(UNKNOWN), order(1, [7]), Rejection::NoBuyer),
        (scenario.has(erase(BUYER)).by(BUYER), order(1, [7]), Rejection::NoBuyer),
    ]);
}

#[test]
fn a_missing_buyer_is_told_before_anything_else() {
    market().by(UNKNOWN).when(order(1, [7])).then_refused(Rejection::NoBuyer);
}

#[test]
fn nobody_buys_their_own_ticket() {
    let scenario = market().on_sale(SELLER, [7]).on_sale(OTHER_SELLER, [8]).by(SELLER);
    scenario.when(order(1, [7])).then_refused(Rejection::OwnTicket(ticket(7)));
    let scenario = scenario.when(order(1, [8, 7])).then_refused(Rejection::OwnTicket(ticket(7)));
    scenario.has(order(1, [8]));
}

#[test]
fn only_available_tickets_are_ordered() {
    let scenario = market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7]));
    let withdrawn = scenario.clone().has(cancel(1)).by(SELLER).has(withdraw(7, None));
    check_refused([
        (market().by(RIVAL), order(2, [7]), Rejection::TicketNotFound(ticket(7))),
        (scenario.clone().by(RIVAL), order(2, [7]), Rejection::TicketLocked(ticket(7))),
        (scenario.clone().has(pay(1)).by(RIVAL), order(2, [7]), Rejection::TicketLocked(ticket(7))),
        (scenario.has(pay(1)).has(charged(1)).by(RIVAL), order(2, [7]), Rejection::TicketSold(ticket(7))),
        (withdrawn.by(RIVAL), order(2, [7]), Rejection::TicketWithdrawn(ticket(7))),
    ]);
}

#[test]
fn ones_own_ticket_is_told_before_its_state() {
    let locked = market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7]));
    locked.by(SELLER).when(order(2, [7])).then_refused(Rejection::OwnTicket(ticket(7)));
}

#[test]
fn a_started_show_is_told_after_the_tickets_state() {
    let starts = Listing { show: Some(show(9)), ..listing(7) };
    let locked = market().by(SELLER).has(list_as(7, starts)).by(BUYER).has(order(1, [7]));
    locked.at(9).by(RIVAL).when(order(2, [7])).then_refused(Rejection::TicketLocked(ticket(7)));
}

#[test]
fn a_show_that_has_started_sells_no_more_tickets() {
    let scenario = market().by(SELLER).has(list_as(7, Listing { show: Some(show(1000)), ..listing(7) })).by(BUYER);
    scenario.clone().at(1000).when(order(1, [7])).then_refused(Rejection::ShowStarted(ticket(7)));
    scenario.clone().at(1001).when(order(1, [7])).then_refused(Rejection::ShowStarted(ticket(7)));
    scenario.at(999).has(order(1, [7]));
}

#[test]
fn the_first_ticket_in_the_way_is_named() {
    let scenario = market().on_sale(SELLER, [7, 8]).on_sale(BUYER, [9]).by(RIVAL).has(order(1, [8])).by(BUYER);
    scenario.when(order(2, [7, 9, 8])).then_refused(Rejection::OwnTicket(ticket(9)));
    scenario.when(order(2, [7, 8, 9])).then_refused(Rejection::TicketLocked(ticket(8)));
    scenario.when(order(2, [UNKNOWN, 8, 9])).then_refused(Rejection::TicketNotFound(ticket(UNKNOWN)));
}

#[test]
fn an_order_has_one_currency() {
    let scenario = market().on_sale(SELLER, [7, 8]).by(SELLER).has(list_for(9, money(900, "EUR"))).by(BUYER);
    scenario.when(order(1, [7, 8, 9])).then_refused(Rejection::MixedCurrencies);
    scenario.when(order(1, [9, 7])).then_refused(Rejection::MixedCurrencies);
    scenario.has(order(1, [7, 8])).has(order(2, [9]));
}

#[test]
fn a_total_is_an_amount_of_money() {
    let max = money(Money::MINOR_MAX, "USD");
    let almost = money(Money::MINOR_MAX - 700, "USD");
    let scenario = market().on_sale(SELLER, [7]).by(SELLER).has(list_for(8, max)).has(list_for(9, almost)).by(BUYER);
    scenario.when(order(1, [7, 8])).then_refused(Rejection::TotalTooLarge);
    scenario.when(order(1, [9, 7, 8])).then_refused(Rejection::TotalTooLarge);
    assert_eq!(scenario.clone().has(order(1, [7, 9])).order(1).total, max);
    assert_eq!(scenario.has(order(1, [8])).order(1).total, max);
}

#[test]
fn mixed_currencies_are_told_before_a_total_too_large() {
    let max = money(Money::MINOR_MAX, "USD");
    let scenario = market().by(SELLER).has(list_for(7, max)).has(list_for(8, max)).has(list_for(9, money(1, "EUR")));
    scenario.by(BUYER).when(order(1, [7, 8, 9])).then_refused(Rejection::MixedCurrencies);
}

#[test]
fn an_order_without_tickets_is_none() {
    market().by(BUYER).when(order(1, [])).then_refused(Rejection::TotalTooLarge);
}

#[test]
fn a_buyer_has_only_so_many_open_orders() {
    let scenario = market().on_sale(SELLER, [7, 8, 9]).limits(open_orders_max(2)).by(BUYER);
    let scenario = scenario.has(order(1, [7])).has(order(2, [8]));
    scenario.when(order(3, [9])).then_refused(Rejection::TooManyOpen);
    scenario.clone().has(pay(2)).when(order(3, [9])).then_refused(Rejection::TooManyOpen);
    scenario.by(RIVAL).has(order(3, [9]));
}

#[test]
fn orders_that_have_ended_do_not_count() {
    let scenario = market().on_sale(SELLER, [7, 8]).limits(open_orders_max(1)).by(BUYER).has(order(1, [7]));
    scenario.clone().has(cancel(1)).has(order(2, [8]));
    scenario.clone().has(pay(1)).has(declined(1)).has(order(2, [8]));
    scenario.clone().has(pay(1)).has(charged(1)).has(order(2, [8]));
    scenario.at(HOLD).has(expire(1)).has(order(2, [8]));
}

#[test]
fn the_open_order_limit_is_told_last() {
    let max = money(Money::MINOR_MAX, "USD");
    let scenario = market().on_sale(SELLER, [7]).by(SELLER).has(list_for(8, max)).has(list_for(9, money(1, "EUR")));
    let scenario = scenario.limits(open_orders_max(0)).by(BUYER);
    scenario.when(order(1, [UNKNOWN])).then_refused(Rejection::TicketNotFound(ticket(UNKNOWN)));
    scenario.when(order(1, [7, 9])).then_refused(Rejection::MixedCurrencies);
    scenario.when(order(1, [7, 8])).then_refused(Rejection::TotalTooLarge);
    scenario.when(order(1, [7])).then_refused(Rejection::TooManyOpen);
}

#[test]
fn freed_tickets_are_ordered_again() {
    let scenario = market().on_sale(SELLER, [7, 8]).by(BUYER).has(order(1, [7, 8]));
    scenario.clone().has(cancel(1)).by(RIVAL).has(order(2, [8, 7]));
    scenario.at(HOLD).has(expire(1)).by(RIVAL).has(order(2, [8, 7]));
}

/// Returns a command that orders the tickets 7 and 8 at what was agreed to.
fn order_at(agreed: Agreed) -> Command {
    let ticket_ids = [7, 8].map(ticket).into_iter().collect();
    Command::CreateOrder(CreateOrder { order_id: order_id(1), ticket_ids, agreed: Some(agreed) })
}

#[test]
fn a_total_that_was_agreed_to_holds() {
    let at = |minor| order_at(Agreed::Total(money(minor, "USD")));
    let scenario = || market().on_sale(SELLER, [7, 8]).by(BUYER);
    let total = scenario().has(order(1, [7, 8])).order(1).total.minor();
    assert_eq!(scenario().has(at(total)).order(1).total.minor(), total);
    check_refused([
        (scenario(), at(total + 1), Rejection::PriceChanged),
        (scenario(), at(total - 1), Rejection::PriceChanged),
        (scenario().by(SELLER).has(edit(7, 1, None, None)).by(BUYER), at(total), Rejection::PriceChanged),
    ]);
}

#[test]
fn prices_that_were_agreed_to_hold_although_their_changes_cancel_out() {
    let at = |minor: &[u64]| order_at(Agreed::Prices(minor.iter().map(|minor| money(*minor, "USD")).collect()));
    let listed = || market().by(SELLER).has(list_for(7, money(1_000, "USD"))).has(list_for(8, money(2_000, "USD")));
    let changed = || listed().has(edit(7, 1_500, None, None)).has(edit(8, 1_500, None, None)).by(BUYER);
    assert_eq!(listed().by(BUYER).has(at(&[1_000, 2_000])).order(1).total, money(3_000, "USD"));
    assert_eq!(changed().has(order_at(Agreed::Total(money(3_000, "USD")))).order(1).total, money(3_000, "USD"));
    check_refused([
        (changed(), at(&[1_000, 2_000]), Rejection::PriceChanged),
        (listed().by(BUYER), at(&[2_000, 1_000]), Rejection::PriceChanged),
        (listed().by(BUYER), at(&[1_000]), Rejection::PriceChanged),
    ]);
}
