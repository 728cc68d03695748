//! Batches that fit into a message.

use super::fixtures::{BUYING, Host, RIVALLING, Verdict, leader};
use crate::command::Command;
use crate::domain::order::CreateOrder;
use crate::domain::ticket::{CreateTickets, Listing};
use crate::engine::tests::{Asked, SELLER, pay, reserve, sign_up};
use crate::event::Actor;
use crate::types::{Money, OrderId, TicketId, UserId};

const SELLING: Actor = Actor::User(SELLER);

fn user(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

/// Returns the id of a further ticket.
fn ticket(number: u8) -> TicketId {
    TicketId::from_bytes([number; 16])
}

/// Lists this many further tickets.
fn listed(count: u8) -> Command {
    listed_from(100, count)
}

fn listed_from(first: u8, count: u8) -> Command {
    let price = Money::parse("19.99", "USD".parse().unwrap()).unwrap();
    let listing = Listing { title: "Hamlet".parse().unwrap(), price, show: None, seat: None };
    let listings = (0..count).map(|number| (ticket(first + number), listing.clone())).collect();
    Command::CreateTickets(CreateTickets::new(listings))
}

/// Steps the writer until all have an answer, and returns the answers' codes.
fn answers(host: &mut Host, asked: Vec<Asked>) -> Vec<&'static str> {
    let mut codes = vec![None; asked.len()];
    let mut asked = asked;
    for _ in 0..1_000 {
        host.writer.turn();
        for (asked, code) in asked.iter_mut().zip(&mut codes).filter(|(_, code)| code.is_none()) {
            *code = asked.code();
        }
        if codes.iter().all(Option::is_some) {
            return codes.into_iter().flatten().collect();
        }
    }
    panic!("not everybody is answered: {codes:?}");
}

#[test]
fn a_batch_has_no_more_bytes_than_a_message() {
    let mut ann = leader();
    let before = ann.copied.appends().len();
    ann.link.bytes_max(3_000);
    let sign_ups = (10..30).map(|number| ann.ask(Actor::System, sign_up(ann.copied.as_ref(), user(number)), number));
    let sign_ups = sign_ups.collect();
    assert_eq!(answers(&mut ann, sign_ups), ["ok"; 20]);
    let appends = ann.copied.appends().split_off(before);
    assert!(appends.iter().all(|count| (2..=5).contains(count)), "{appends:?}");
    assert_eq!(appends.iter().sum::<usize>(), 20);
}

#[test]
fn results_count_too() {
    let mut ann = leader();
    ann.done(BUYING, reserve(1));
    let before = ann.copied.appends().len();
    ann.link.bytes_max(3_000);
    // Refusals of commands with a key change nothing but what is told to whoever asks again.
    let named = |number| {
        let fingerprint = Some([number; 16]);
        crate::engine::tests::named(&ann.handle, RIVALLING, reserve(number), [number; 16], fingerprint)
    };
    let refusals = (50..90).map(named).collect();
    assert_eq!(answers(&mut ann, refusals), ["ticket.locked"; 40]);
    let appends = ann.copied.appends().split_off(before);
    assert!(appends.len() > 1 && appends.iter().sum::<usize>() == 40, "{appends:?}");
}

#[test]
fn what_fits_into_no_message_is_refused_and_changes_nothing() {
    let mut ann = leader();
    let seq = ann.seq();
    ann.link.bytes_max(4_000);
    let asked = vec![ann.ask(BUYING, reserve(1), 1), ann.ask(SELLING, listed(50), 2), ann.ask(BUYING, pay(1), 3)];
    assert_eq!(answers(&mut ann, asked), ["ok", "command.too_large", "ok"]);
    assert_eq!(ann.events_after(seq), ["OrderCreated", "PaymentStarted"]);
    assert!(ann.views.ticket(ticket(100)).unwrap().is_none());
    ann.link.bytes_max(usize::MAX);
    ann.done(SELLING, listed(50));
}

#[test]
fn a_large_command_waits_for_a_batch_with_room() {
    let mut ann = leader();
    let before = ann.copied.appends().len();
    ann.link.bytes_max(4_000);
    let [first, large] = [listed_from(100, 5), listed_from(110, 10)];
    let asked = vec![ann.ask(SELLING, first, 1), ann.ask(SELLING, large, 2), ann.ask(BUYING, reserve(1), 3)];
    assert_eq!(answers(&mut ann, asked), ["ok"; 3]);
    assert_eq!(ann.copied.appends()[before..], [2, 1]);
}

#[test]
fn many_orders_expire_in_several_batches() {
    let mut ann = leader();
    ann.done(SELLING, listed(10));
    for number in 0..10 {
        let (order_id, ticket_ids) =
            (OrderId::from_bytes([50 + number; 16]), [ticket(100 + number)].into_iter().collect());
        ann.done(BUYING, Command::CreateOrder(CreateOrder { order_id, ticket_ids, agreed: None }));
    }
    let (before, seq) = (ann.copied.appends().len(), ann.seq());
    ann.link.bytes_max(1_500);
    ann.clock.set_without_waiting("2027-01-01T13:00:00Z".parse().unwrap());
    for _ in 0..10 {
        ann.writer.turn();
    }
    let appends = ann.copied.appends().split_off(before);
    assert!(appends.iter().all(|count| (1..=5).contains(count)), "{appends:?}");
    assert_eq!(ann.events_after(seq), ["OrderExpired"; 10]);
}

#[test]
fn an_order_expires_however_little_room_there_is() {
    let mut ann = leader();
    ann.done(BUYING, reserve(1));
    ann.link.bytes_max(1);
    ann.clock.set_without_waiting("2027-01-01T13:00:00Z".parse().unwrap());
    let seq = ann.seq();
    ann.writer.turn();
    assert_eq!(ann.events_after(seq), ["OrderExpired"]);
}

#[test]
fn a_batch_that_is_too_large_for_the_stream_is_decided_again_one_by_one() {
    let mut ann = leader();
    let (before, seq) = (ann.copied.appends().len(), ann.seq());
    ann.copied.silence(true);
    ann.copied.will(Verdict::TooLarge);
    let mut asked = vec![ann.ask(BUYING, reserve(1), 1), ann.ask(RIVALLING, reserve(2), 2)];
    ann.writer.turn();
    // This one is decided on what the stream doesn't take.
    asked.push(ann.ask(BUYING, pay(1), 3));
    ann.writer.turn();
    ann.copied.silence(false);
    assert_eq!(answers(&mut ann, asked), ["ok", "ticket.locked", "ok"]);
    assert_eq!(ann.copied.appends()[before..], [1, 1, 0, 1]);
    assert_eq!(ann.events_after(seq), ["OrderCreated", "PaymentStarted"]);
    assert!(ann.forwarded().is_empty() && ann.link.alarms().is_empty());
}

#[test]
fn a_command_that_is_too_large_for_the_stream_is_refused() {
    let mut ann = leader();
    let seq = ann.seq();
    ann.copied.silence(true);
    ann.copied.will(Verdict::TooLarge);
    let mut asked = vec![ann.ask(BUYING, reserve(1), 1)];
    ann.writer.turn();
    asked.push(ann.ask(RIVALLING, reserve(2), 2));
    ann.writer.turn();
    ann.copied.silence(false);
    // The other was refused for the order that is none.
    assert_eq!(answers(&mut ann, asked), ["command.too_large", "ok"]);
    assert_eq!(ann.events_after(seq), ["OrderCreated"]);
    assert!(ann.order(1).is_none() && ann.order(2).is_some());
}

#[test]
fn expiries_that_are_too_large_together_are_no_commands_fault() {
    let mut ann = leader();
    ann.done(BUYING, reserve(1));
    ann.clock.set_without_waiting("2027-01-01T13:00:00Z".parse().unwrap());
    ann.copied.will(Verdict::TooLarge);
    let asked = vec![ann.ask(RIVALLING, reserve(2), 2)];
    assert_eq!(answers(&mut ann, asked), ["ok"]);
    assert!(ann.link.alarms().is_empty() && ann.order(2).is_some());

    ann.clock.set_without_waiting("2027-01-01T14:00:00Z".parse().unwrap());
    ann.copied.will(Verdict::TooLarge);
    ann.writer.turn();
    assert_eq!(ann.link.alarms().len(), 1, "one expiry doesn't fit");
}
