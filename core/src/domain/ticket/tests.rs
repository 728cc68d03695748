//! Tests of the ticket domain, as given, when, then.

use std::sync::Arc;

use super::{Listing, Rejection, RescheduleTickets, Show, TicketCreated, TicketStatus, TicketUpdated, TicketWithdrawn};
use crate::domain::testing::*;
use crate::event::DomainEvent;

fn created(number: u64, seller: u64) -> TicketCreated {
    let Listing { title, price, show, seat } = listing(number);
    TicketCreated { ticket_id: ticket(number), seller_id: user(seller), title, price, show, seat }
}

fn updated(number: u64, minor: u64) -> TicketUpdated {
    let (title, price) = ("New".parse().unwrap(), money(minor, "USD"));
    TicketUpdated { ticket_id: ticket(number), title, price, show: None, seat: None }
}

fn withdrawn(number: u64) -> DomainEvent {
    DomainEvent::TicketWithdrawn(TicketWithdrawn { ticket_id: ticket(number) })
}

/// Returns a scenario with ticket 7 locked, in which its seller acts. The functions below do so for the other statuses.
fn locked() -> Scenario {
    market().on_sale(SELLER, [7]).by(BUYER).has(order(1, [7])).by(SELLER)
}

fn sold() -> Scenario {
    locked().by(BUYER).has(pay(1)).has(charged(1)).by(SELLER)
}

fn gone() -> Scenario {
    market().on_sale(SELLER, [7]).by(SELLER).has(withdraw(7, None))
}

#[test]
fn any_user_lists_a_ticket() {
    for seller in [SELLER, BUYER, OPERATOR] {
        let event = DomainEvent::TicketCreated(created(7, seller));
        let scenario = market().by(seller).at(5).when(list([7])).then_events([event]);
        let ticket = scenario.ticket(7);
        assert_eq!((ticket.status, ticket.holder, ticket.version), (TicketStatus::Available, None, 1));
        assert_eq!((ticket.created_at, ticket.updated_at), (ms(5), ms(5)));
    }
}

#[test]
fn show_and_seat_are_kept() {
    let with = Listing { show: Some(show(9)), seat: Some("Row 3".parse().unwrap()), ..listing(7) };
    let event = TicketCreated { show: with.show.clone(), seat: with.seat.clone(), ..created(7, SELLER) };
    let scenario = market().by(SELLER).when(list_as(7, with)).then_events([DomainEvent::TicketCreated(event)]);
    assert_eq!(scenario.ticket(7).starts_at(), Some(ms(9)));
}

#[test]
fn many_are_listed_at_once() {
    let events = [7, 8, 9].map(|number| DomainEvent::TicketCreated(created(number, SELLER)));
    market().by(SELLER).when(list([7, 8, 9])).then_events(events);
}

#[test]
fn only_a_user_who_is_there_lists() {
    check_refused([
        (market().by_system(), list([7]), Rejection::NoSeller),
        (market().by(UNKNOWN), list([7]), Rejection::NoSeller),
        (market().has(erase(SELLER)).by(SELLER), list([7, 8]), Rejection::NoSeller),
    ]);
}

#[test]
fn its_seller_edits_an_available_ticket() {
    let scenario = market().on_sale(SELLER, [7]).by(SELLER).at(5);
    let scenario = scenario.when(edit(7, 1, None, None)).then_events([DomainEvent::TicketUpdated(updated(7, 1))]);
    let ticket = scenario.ticket(7);
    assert_eq!((ticket.title.as_str(), ticket.price, ticket.version), ("New", money(1, "USD"), 2));
    assert_eq!((ticket.created_at, ticket.updated_at), (ms(0), ms(5)));
}

#[test]
fn an_edit_without_a_show_leaves_the_show() {
    let scenario = market().by(SELLER).has(list_as(7, Listing { show: Some(show(9)), ..listing(7) }));
    let event = |starts_at| TicketUpdated { show: Some(show(starts_at)), ..updated(7, 1) };
    scenario.when(edit(7, 1, None, None)).then_events([DomainEvent::TicketUpdated(event(9))]);
    scenario.when(edit(7, 1, Some(show(8)), None)).then_events([DomainEvent::TicketUpdated(event(8))]);
}

#[test]
fn an_edit_leaves_the_seat() {
    let seat = Some("Row 3".parse().unwrap());
    let scenario = market().by(SELLER).has(list_as(7, Listing { seat: seat.clone(), ..listing(7) }));
    assert_eq!(scenario.has(edit(7, 1, None, None)).ticket(7).seat, seat);
}

#[test]
fn its_seller_withdraws_an_available_ticket() {
    let scenario = market().on_sale(SELLER, [7]).by(SELLER).when(withdraw(7, None)).then_events([withdrawn(7)]);
    assert_eq!((scenario.ticket(7).status, scenario.ticket(7).version), (TicketStatus::Withdrawn, 2));
}

/// Returns both commands about a ticket, with this expected version.
fn both(expected: Option<u64>) -> [crate::command::Command; 2] {
    [edit(7, 1, None, expected), withdraw(7, expected)]
}

#[test]
fn only_what_is_called_editable_is() {
    let on_sale = || market().on_sale(SELLER, [7]).by(SELLER);
    assert!(on_sale().ticket(7).status.is_editable());
    on_sale().when(withdraw(7, None)).then_events([withdrawn(7)]);
    for (scenario, refusal) in
        [(locked(), Rejection::Locked), (sold(), Rejection::Sold), (gone(), Rejection::Withdrawn)]
    {
        assert!(!scenario.ticket(7).status.is_editable());
        scenario.when(withdraw(7, None)).then_refused(refusal);
    }
}

#[test]
fn others_may_order_what_is_on_sale_until_its_show_starts() {
    let with_show = Listing { show: Some(show(9)), ..listing(7) };
    let scenario = market().by(SELLER).has(list_as(7, with_show));
    let check = |buyer: Option<u64>, at, expected| {
        assert_eq!(scenario.ticket(7).is_orderable_by(buyer.map(user), ms(at)), expected, "{buyer:?} at {at}");
    };
    check(Some(BUYER), 8, true);
    check(None, 8, true);
    check(Some(SELLER), 8, false);
    check(Some(BUYER), 9, false);
    for scenario in [locked(), sold(), gone()] {
        assert!(!scenario.ticket(7).is_orderable_by(Some(user(BUYER)), ms(0)));
    }
}

#[test]
fn edit_and_withdrawal_are_refused_in_this_order() {
    for command in both(Some(77)) {
        check_refused([
            (market().by(SELLER), command.clone(), Rejection::NotFound),
            (locked().by(OTHER_SELLER), command.clone(), Rejection::NotYours),
            (sold().by(BUYER), command.clone(), Rejection::NotYours),
            (gone().by(OPERATOR), command.clone(), Rejection::NotYours),
            (gone().by_system(), command.clone(), Rejection::NotYours),
            (locked(), command.clone(), Rejection::Locked),
            (sold(), command.clone(), Rejection::Sold),
            (gone(), command.clone(), Rejection::Withdrawn),
            (market().on_sale(SELLER, [7]).by(SELLER), command, Rejection::VersionMismatch),
        ]);
    }
}

#[test]
fn locked_sold_and_withdrawn_tickets_refuse_whatever_version_is_expected() {
    for command in [both(None), both(Some(2)), both(Some(3))].concat() {
        locked().when(command.clone()).then_refused(Rejection::Locked);
        locked().by(BUYER).has(pay(1)).by(SELLER).when(command.clone()).then_refused(Rejection::Locked);
        sold().when(command.clone()).then_refused(Rejection::Sold);
        gone().when(command).then_refused(Rejection::Withdrawn);
    }
}

#[test]
fn the_expected_version_is_the_present_one() {
    let scenario = market().on_sale(SELLER, [7]).by(SELLER).has(edit(7, 1, None, Some(1)));
    scenario.when(edit(7, 2, None, Some(1))).then_refused(Rejection::VersionMismatch);
    scenario.when(edit(7, 2, None, Some(3))).then_refused(Rejection::VersionMismatch);
    scenario.when(withdraw(7, Some(1))).then_refused(Rejection::VersionMismatch);
    scenario.when(edit(7, 2, None, Some(2))).then_events([DomainEvent::TicketUpdated(updated(7, 2))]);
    scenario.when(withdraw(7, Some(2))).then_events([withdrawn(7)]);
}

#[test]
fn a_hold_that_came_and_went_is_a_change_of_version() {
    let freed = locked().by(BUYER).has(cancel(1)).by(SELLER);
    freed.when(edit(7, 1, None, Some(1))).then_refused(Rejection::VersionMismatch);
    freed.has(edit(7, 1, None, Some(3)));
}

#[test]
fn a_ticket_is_edited_again_once_it_is_free_again() {
    locked().at(HOLD).has(expire(1)).has(edit(7, 1, None, None));
    locked().by(BUYER).has(pay(1)).has(declined(1)).by(SELLER).has(withdraw(7, None));
    sold().has(refund(1, true)).has(refunded(1)).has(edit(7, 1, None, None));
}

#[test]
fn a_refunded_ticket_that_stays_sold_is_not_edited() {
    let scenario = sold().has(refund(1, false)).has(refunded(1));
    scenario.when(edit(7, 1, None, None)).then_refused(Rejection::Sold);
}

/// Moves tickets 7 to 9 of the show that starts at 9 to another time.
fn reschedule(starts_at: u64) -> crate::command::Command {
    let ticket_ids = [7, 8, 9].map(ticket).into();
    RescheduleTickets { ticket_ids, show: show(9), starts_at: ms(starts_at) }.into()
}

/// Three tickets of the seller for the show that starts at 9, with the seller acting.
fn house() -> Scenario {
    let at_9 = |number| list_as(number, Listing { show: Some(show(9)), ..listing(number) });
    [7, 8, 9].into_iter().fold(market().by(SELLER), |scenario, number| scenario.has(at_9(number)))
}

fn moved(number: u64, starts_at: u64) -> DomainEvent {
    let Listing { title, price, .. } = listing(number);
    DomainEvent::TicketUpdated(TicketUpdated {
        ticket_id: ticket(number),
        title,
        price,
        show: Some(show(starts_at)),
        seat: None,
    })
}

#[test]
fn unsold_tickets_of_a_show_move_together() {
    let scenario = house().at(5).when(reschedule(20)).then_events([7, 8, 9].map(|number| moved(number, 20)));
    assert_eq!((scenario.ticket(8).starts_at(), scenario.ticket(8).updated_at), (Some(ms(20)), ms(5)));
    scenario.when(reschedule(30)).then_events([]);
}

#[test]
fn what_is_held_withdrawn_or_for_another_show_stays() {
    let held = house().by(BUYER).has(order(1, [8])).by(SELLER);
    held.when(reschedule(20)).then_events([7, 9].map(|number| moved(number, 20)));
    house().has(withdraw(7, None)).when(reschedule(20)).then_events([8, 9].map(|number| moved(number, 20)));
    let edited = house().has(edit(9, 1, Some(show(10)), None));
    edited.when(reschedule(20)).then_events([7, 8].map(|number| moved(number, 20)));
    house().when(reschedule(9)).then_events([]);
}

#[test]
fn a_show_moves_however_its_name_and_its_venue_are_written() {
    let spelt = |starts_at, name: &str, venue: &str| {
        let (name, venue) = (name.parse().unwrap(), Some(venue.parse().unwrap()));
        Arc::new(Show { name, venue, ..Show::clone(&show(starts_at)) })
    };
    let shows = [("Hamlet", "Globe"), ("HAMLET", "globe"), ("\u{41d}amlet", "Globe"), ("Macbeth", "Globe")];
    let house = shows.into_iter().zip(7..).fold(market().by(SELLER), |scenario, ((name, venue), number)| {
        scenario.has(list_as(number, Listing { show: Some(spelt(9, name, venue)), ..listing(number) }))
    });
    let all = RescheduleTickets { ticket_ids: [7, 8, 9, 10].map(ticket).into(), show: show(9), starts_at: ms(20) };
    let moved = |number, name, venue| {
        let Listing { title, price, .. } = listing(number);
        let show = Some(spelt(20, name, venue));
        DomainEvent::TicketUpdated(TicketUpdated { ticket_id: ticket(number), title, price, show, seat: None })
    };
    // Each keeps its own spelling.
    house.when(all.into()).then_events([
        moved(7, "Hamlet", "Globe"),
        moved(8, "HAMLET", "globe"),
        moved(9, "\u{41d}amlet", "Globe"),
    ]);
}

#[test]
fn only_their_seller_moves_tickets() {
    house().by(BUYER).when(reschedule(20)).then_events([]);
    check_refused([
        (house().by_system(), reschedule(20), Rejection::NoSeller),
        (house().by(UNKNOWN), reschedule(20), Rejection::NoSeller),
        (house().has(erase(BUYER)).by(BUYER), reschedule(20), Rejection::NoSeller),
    ]);
}
