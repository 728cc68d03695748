//! One seat of one show is on sale once: given, when, then.

use super::{CreateTickets, Listing, Rejection, TicketStatus, TicketUpdated};
use crate::command::Command;
use crate::domain::testing::*;
use crate::event::DomainEvent;
use crate::types::Change;

/// A show that starts after every hold.
const LATER: u64 = 10 * HOLD;

/// Ticket 7 for row 3, seat 12, with its seller acting.
fn seated_7() -> Scenario {
    market().by(SELLER).has(list_as(7, seated(7, LATER, "Row 3, seat 12")))
}

fn sold_7() -> Scenario {
    seated_7().by(BUYER).has(order(1, [7])).has(pay(1)).has(charged(1)).by(SELLER)
}

/// Lists row 3, seat 12 of the show as ticket 8.
fn again() -> Command {
    list_as(8, seated(8, LATER, "row 3,  seat １２"))
}

fn all(listings: Vec<(u64, Listing)>) -> Command {
    let listings = listings.into_iter().map(|(number, listing)| (ticket(number), listing)).collect();
    Command::CreateTickets(CreateTickets::new(listings))
}

#[test]
fn a_seat_is_taken_while_a_ticket_for_it_is_on_sale_locked_or_sold() {
    let taken = Rejection::SeatTaken(0);
    check_refused([
        (seated_7(), again(), taken),
        (seated_7().by(OTHER_SELLER), again(), taken),
        (seated_7().by(BUYER).has(order(1, [7])).by(OTHER_SELLER), again(), taken),
        (seated_7().by(BUYER).has(order(1, [7])).has(pay(1)).by(SELLER), again(), taken),
        (sold_7(), again(), taken),
        (sold_7().has(refund(1, false)), again(), taken),
        (sold_7().has(refund(1, true)).has(refunded(1)), again(), taken),
        (sold_7().has(refund_part(1, 1, 100)).has(part_refunded(1, 1)), again(), taken),
    ]);
}

#[test]
fn a_withdrawn_ticket_is_not_found_by_its_seat() {
    let on_sale = seated_7();
    let seat = super::seat_of(on_sale.ticket(7)).unwrap();
    assert_eq!(on_sale.state.seat_holders(seat).count(), 1);
    assert_eq!(on_sale.has(withdraw(7, None)).state.seat_holders(seat).count(), 0);
}

#[test]
fn a_withdrawn_ticket_and_one_whose_money_went_back_leave_their_seat() {
    seated_7().has(withdraw(7, None)).has(again());
    let refunded = sold_7().has(refund(1, false)).has(refunded(1));
    assert_eq!(refunded.ticket(7).status, TicketStatus::Sold);
    refunded.has(again());
    seated_7().by(BUYER).has(order(1, [7])).has(cancel(1)).by(SELLER).has(withdraw(7, None)).has(again());
}

#[test]
fn other_seats_and_shows_are_free() {
    let here = seated(8, LATER, "Row 3, seat 12");
    let other_show = Listing { show: Some(show(LATER + 1)), ..here.clone() };
    let no_show = Listing { show: None, ..here.clone() };
    let no_seat = Listing { seat: None, ..here };
    for listing in
        [seated(8, LATER, "Row 3, seat 13"), seated(8, LATER, "Row I, seat 12"), other_show, no_show, no_seat]
    {
        seated_7().has(list_as(8, listing));
    }
    // Two standing places, and two tickets that don't tell what they are for.
    let standing = Listing { seat: None, ..seated(8, LATER, "x") };
    market().by(SELLER).has(all(vec![(8, standing.clone()), (9, standing)]));
    let unknown = Listing { show: None, ..seated(8, LATER, "A1") };
    market().by(SELLER).has(all(vec![(8, unknown.clone()), (9, unknown)]));
}

#[test]
fn a_show_that_has_started_leaves_its_seats() {
    seated_7().at(LATER - 1).when(again()).then_refused(Rejection::SeatTaken(0));
    seated_7().at(LATER).has(again());
}

#[test]
fn the_row_that_is_refused_is_told() {
    let rows =
        vec![(8, seated(8, LATER, "A1")), (9, seated(9, LATER, "A2")), (10, seated(10, LATER, "Row 3, seat 12"))];
    seated_7().when(all(rows)).then_refused(Rejection::SeatTaken(2));
    let doubles = vec![(8, seated(8, LATER, "A1")), (9, seated(9, LATER, "А1"))];
    market().by(SELLER).when(all(doubles)).then_refused(Rejection::SeatTaken(1));
}

#[test]
fn an_edit_into_a_taken_seat_is_refused() {
    let taken = Rejection::SeatTaken(0);
    let two = || seated_7().by(OTHER_SELLER).has(list_as(8, seated(8, LATER + 1, "Row 3, seat 13")));
    let same_show = || Change::Set(show(LATER));
    two().when(move_to(8, same_show(), Change::Set("ROW 3, SEAT 12"))).then_refused(taken);
    two()
        .has(move_to(8, same_show(), Change::Keep))
        .when(move_to(8, Change::Keep, Change::Set("Row 3, seat 12")))
        .then_refused(taken);
    two()
        .has(move_to(8, Change::Keep, Change::Set("Row 3, seat 12")))
        .when(move_to(8, same_show(), Change::Keep))
        .then_refused(taken);
    // Whoever moves away leaves the seat.
    let moved = two().by(SELLER).has(move_to(7, Change::Keep, Change::Set("Row 4, seat 1"))).by(OTHER_SELLER);
    moved.has(move_to(8, same_show(), Change::Set("Row 3, seat 12")));
    let nine = || list_as(9, seated(9, LATER, "Row 3, seat 12"));
    two().by(SELLER).has(move_to(7, Change::Clear, Change::Keep)).has(nine());
    two().by(SELLER).has(move_to(7, Change::Keep, Change::Clear)).has(nine());
}

#[test]
fn an_edit_that_stays_in_its_seat_is_none_into_another() {
    let same = Change::Set("row 3, seat 12");
    let scenario = seated_7().has(move_to(7, Change::Set(show(LATER)), same));
    assert_eq!(scenario.ticket(7).seat.as_ref().unwrap().as_str(), "row 3, seat 12");
}

#[test]
fn tickets_that_share_a_seat_from_former_times_stay_as_they_are() {
    let mut scenario = seated_7();
    let Listing { title, price, show: its_show, seat } = seated(8, LATER, "Row 3, seat 12");
    let double =
        super::TicketCreated { ticket_id: ticket(8), seller_id: user(SELLER), title, price, show: its_show, seat };
    scenario.apply(&DomainEvent::TicketCreated(double)).unwrap();
    // Both are edited, ordered and withdrawn as ever; the seat is free after both.
    let scenario = scenario.has(edit(7, 1, None, None)).has(edit(8, 1, None, None));
    let scenario = scenario.has(move_to(7, Change::Set(show(LATER)), Change::Set("Row 3, seat 12")));
    let scenario = scenario.by(BUYER).has(order(1, [7])).has(cancel(1)).by(SELLER).has(withdraw(7, None));
    let nine = || list_as(9, seated(9, LATER, "Row 3, seat 12"));
    scenario.when(nine()).then_refused(Rejection::SeatTaken(0)).has(withdraw(8, None)).has(nine());
}

#[test]
fn edits_set_and_clear_what_they_name() {
    let event = |show, seat: Option<Option<&str>>| {
        let (title, price) = ("New".parse().unwrap(), money(100, "USD"));
        let seat = seat.map(|seat| seat.map(|seat| seat.parse().unwrap()));
        DomainEvent::TicketUpdated(TicketUpdated { ticket_id: ticket(7), title, price, show, seat })
    };
    let here = Some(show(LATER));
    seated_7().when(move_to(7, Change::Keep, Change::Keep)).then_events([event(here.clone(), None)]);
    let kept = seated_7().has(move_to(7, Change::Keep, Change::Keep));
    assert_eq!(kept.ticket(7).seat.as_ref().unwrap().as_str(), "Row 3, seat 12");
    let moved =
        seated_7().when(move_to(7, Change::Keep, Change::Set("B2"))).then_events([event(here, Some(Some("B2")))]);
    assert_eq!(moved.ticket(7).seat.as_ref().unwrap().as_str(), "B2");
    let bare = moved.when(move_to(7, Change::Clear, Change::Clear)).then_events([event(None, Some(None))]);
    assert_eq!((&bare.ticket(7).show, &bare.ticket(7).seat), (&None, &None));
}
