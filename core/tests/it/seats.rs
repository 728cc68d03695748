//! One seat of one show is on sale once, across restarts and checkpoints; and what an edit does to show and seat.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use boxoffice::{Change, Code, Error, NewShow, NewTicket, TicketUpdate, UserId};

use crate::support::{World, ann, bob, cat, dan, refused};

const STARTS_AT: &str = "2027-05-01T19:30:00Z";

fn seat(text: &str) -> NewTicket {
    NewTicket::new("Hamlet", "20").show(NewShow::new("Hamlet", STARTS_AT).venue("Globe")).seat(text)
}

#[track_caller]
fn field_of(error: &Error) -> String {
    error.serialize_errors()[0].field.clone().unwrap_or_default().into_owned()
}

#[tokio::test]
async fn a_seat_is_listed_once_whoever_lists_it_and_however_it_is_written() {
    let world = World::new();
    world.tickets().create(ann(), seat("Row A, seat 1")).await.unwrap();
    for (seller, text) in [(ann(), "Row A, seat 1"), (bob(), "ROW A,  SEAT 1"), (cat(), "Row \u{410}, seat １")] {
        let error = world.tickets().create(seller, seat(text)).await.unwrap_err();
        assert_eq!(
            (error.code(), error.status_code(), field_of(&error).as_str()),
            (Code::TicketSeatTaken, 409, "seat")
        );
    }
    let other_spelling = NewShow::new("HAMLET", "2027-05-01T21:30:00+02:00").venue("globe").category("play");
    let again = NewTicket::new("Other", "5").show(other_spelling).seat("Row A, seat 1");
    assert_eq!(refused(world.tickets().create(bob(), again).await), Code::TicketSeatTaken);
    world.tickets().create(bob(), seat("Row A, seat 2")).await.unwrap();
}

#[tokio::test]
async fn many_seats_name_the_row_that_is_refused() {
    let world = World::new();
    let head = world.head();
    let doubles = vec![seat("A1"), seat("A2"), seat("a1")];
    let error = world.tickets().create_many(ann(), doubles).await.unwrap_err();
    assert_eq!((error.code(), field_of(&error).as_str()), (Code::Validation, "tickets[2].seat"));
    assert_eq!(error.serialize_errors()[0].message, "Seat is that of tickets[0] too");
    assert_eq!(world.head(), head);
    world.tickets().create(bob(), seat("A2")).await.unwrap();
    let error = world.tickets().create_many(ann(), vec![seat("A1"), seat("A2")]).await.unwrap_err();
    assert_eq!((error.code(), field_of(&error).as_str()), (Code::TicketSeatTaken, "tickets[1].seat"));
    assert_eq!(world.tickets().create_many(ann(), vec![seat("A1"), seat("A3")]).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_listing_is_judged_beforehand_as_it_is_when_it_is_made() {
    let world = World::new();
    world.tickets().create(bob(), seat("A2")).await.unwrap();
    let head = world.head();
    let unknown = boxoffice::UserId::from_bytes([9; 16]);
    let wrong = NewTicket::new("", "1.234");
    for (seller, tickets) in [
        (ann(), vec![]),
        (ann(), vec![seat("A1"), wrong]),
        (ann(), vec![seat("A1"), seat("a1")]),
        (ann(), vec![seat("A1"), seat("A2")]),
        (unknown, vec![seat("A1")]),
    ] {
        let judged = world.tickets().check_many(seller, tickets.clone()).await.unwrap_err();
        let made = world.tickets().create_many(seller, tickets).await.unwrap_err();
        assert_eq!((judged.code(), judged.serialize_errors()), (made.code(), made.serialize_errors()));
    }
    let key = || "k".parse().unwrap();
    world.tickets().idempotency_key(key()).check_many(ann(), vec![seat("A1"), seat("A3")]).await.unwrap();
    assert_eq!(world.head(), head, "nothing is listed");
    world.tickets().idempotency_key(key()).create_many(ann(), vec![seat("A1"), seat("A3")]).await.unwrap();
}

/// Judges a listing without waiting for anybody, such as the writer.
fn judge_at_once(world: &World, seller: UserId, tickets: Vec<NewTicket>) -> Result<(), Error> {
    let tickets_of = world.tickets();
    let judging = pin!(tickets_of.check_many(seller, tickets));
    match judging.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(judged) => judged,
        Poll::Pending => panic!("it waits"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn judging_a_listing_is_no_work_of_the_writer() {
    let mut world = World::new();
    let sold = world.tickets().create(bob(), seat("A1")).await.unwrap().id;
    let refunded = world.tickets().create(bob(), seat("A2")).await.unwrap().id;
    for ticket in [sold, refunded] {
        let order = world.order(cat(), ticket).await;
        world.payments().pay(cat(), order.id, "tok_visa").await.unwrap();
        if ticket == refunded {
            world.payments().refund(boxoffice::Actor::User(bob()), order.id, false).await.unwrap();
        }
    }
    world.tickets().create(bob(), seat("A3")).await.unwrap();
    // From memory, and from the checkpoint.
    for _ in 0..2 {
        for taken in ["A1", "A3"] {
            let error = judge_at_once(&world, ann(), vec![seat("B1"), seat(taken)]).unwrap_err();
            assert_eq!(
                (error.code(), field_of(&error).as_str()),
                (Code::TicketSeatTaken, "tickets[1].seat"),
                "{taken}"
            );
        }
        judge_at_once(&world, ann(), vec![seat("B1"), seat("A2")]).unwrap();
        assert_eq!(refused(judge_at_once(&world, UserId::from_bytes([9; 16]), vec![seat("B1")])), Code::AuthRequired);
        world = world.reopen();
    }
    world.clock.advance(Duration::from_hours(24 * 365));
    judge_at_once(&world, ann(), vec![seat("A1"), seat("A3")]).unwrap();
}

#[tokio::test]
async fn a_listing_that_is_sent_again_under_its_key_is_no_second_one() {
    let world = World::new();
    let tickets = world.tickets().idempotency_key("k".parse().unwrap());
    let first = tickets.create(ann(), seat("A1")).await.unwrap();
    assert_eq!(tickets.create(ann(), seat("A1")).await.unwrap().id, first.id);
    assert_eq!(refused(world.tickets().create(ann(), seat("A1")).await), Code::TicketSeatTaken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sold_seat_stays_taken_across_restarts() {
    let mut world = World::new();
    let ticket = world.tickets().create(ann(), seat("A1")).await.unwrap().id;
    let order = world.order(bob(), ticket).await;
    world.payments().pay(bob(), order.id, "tok_visa").await.unwrap();
    for _ in 0..2 {
        assert_eq!(refused(world.tickets().create(cat(), seat("A1")).await), Code::TicketSeatTaken);
        // Closing writes the sold ticket to the checkpoint, and takes it out of memory.
        world = world.reopen();
    }
    world.payments().refund(boxoffice::Actor::User(ann()), order.id, false).await.unwrap();
    world = world.reopen();
    let again = world.tickets().create(cat(), seat("A1")).await.unwrap();
    assert_eq!(refused(world.tickets().create(ann(), seat("A1")).await), Code::TicketSeatTaken);
    world.tickets().withdraw(cat(), again.id, None).await.unwrap();
    world = world.reopen();
    world.tickets().create(dan(), seat("A1")).await.unwrap();
    world.assert_clean();
}

#[tokio::test]
async fn seats_of_shows_that_have_started_are_free() {
    let world = World::new();
    let soon = || NewTicket::new("Hamlet", "20").show(NewShow::new("Hamlet", "2027-01-01T12:10:00Z")).seat("A1");
    world.tickets().create(ann(), soon()).await.unwrap();
    assert_eq!(refused(world.tickets().create(bob(), soon()).await), Code::TicketSeatTaken);
    world.clock.advance(Duration::from_mins(10));
    world.tickets().create(bob(), soon()).await.unwrap();
}

#[tokio::test]
async fn an_edit_corrects_and_clears_show_and_seat() {
    let world = World::new();
    let id = world.tickets().create(ann(), seat("A1")).await.unwrap().id;
    let update = async |update: TicketUpdate| world.tickets().update(ann(), id, update).await;
    let plain = || TicketUpdate::new("Hamlet", "20");
    let after = |ticket: &boxoffice::Ticket| {
        (ticket.show.as_ref().map(|show| show.name.to_string()), ticket.seat.as_ref().map(ToString::to_string))
    };
    let kept = update(plain()).await.unwrap();
    assert_eq!(after(&kept), (Some("Hamlet".into()), Some("A1".into())));
    let moved = update(plain().seat("A2")).await.unwrap();
    assert_eq!(after(&moved), (Some("Hamlet".into()), Some("A2".into())));
    world.tickets().create(bob(), seat("A1")).await.unwrap();
    let error = update(plain().seat("A1")).await.unwrap_err();
    assert_eq!((error.code(), field_of(&error).as_str()), (Code::TicketSeatTaken, "seat"));
    let bare = update(plain().without_show().without_seat()).await.unwrap();
    assert_eq!(after(&bare), (None, None));
    let mut again = plain().seat("A1");
    again.show = Change::Set(NewShow::new("Hamlet", STARTS_AT).venue("Globe"));
    assert_eq!(refused(update(again).await), Code::TicketSeatTaken);
    let error = update(plain().seat("\u{200b}").show(NewShow::new("x", "tomorrow"))).await.unwrap_err();
    let fields: Vec<_> = error.serialize_errors().into_iter().filter_map(|fault| fault.field).collect();
    assert_eq!(fields, ["show.startsAt", "seat"]);
    // What was edited is so after a restart, too.
    let world = world.reopen();
    assert_eq!(after(&world.tickets().get(id).unwrap()), (None, None));
}
