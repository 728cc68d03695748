//! A host that follows.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::fixtures::{BUYING, Host, RIVALLING, Stream};
use crate::command::Command;
use crate::domain::order::OrderStatus;
use crate::domain::payment::{ChargeStatus, RefundOutcome, SettleRefund, StartRefund};
use crate::domain::ticket::TicketStatus;
use crate::engine::cluster::News;
use crate::engine::tests::{CHARGE, SELLER, TICKET, charged, pay, reserve};
use crate::error::Code;
use crate::event::Actor;
use crate::gateway::worker::Work;
use crate::journal::jetstream::{Kind, Release};
use crate::types::{CardToken, CommandId, OrderId, RefundId};

fn order_id(number: u8) -> OrderId {
    OrderId::from_bytes([number; 16])
}

/// Returns a host that leads and one that follows it, level with each other.
fn two() -> (Host, Host) {
    let stream = Stream::default();
    let (ann, mut bob) = (Host::leader(&stream), Host::follower(&stream));
    bob.catches_up();
    (ann, bob)
}

#[test]
fn a_follower_has_what_the_writer_wrote_and_can_decide_at_once() {
    let (mut ann, mut bob) = two();
    ann.done(BUYING, reserve(1));
    bob.catches_up();
    assert!(bob.order(1).is_some());
    assert_eq!((bob.order(1), bob.seq(), bob.recent.head()), (ann.order(1), ann.seq(), ann.seq()));
    assert_eq!(bob.link.applied().last(), ann.link.applied().last());
    assert!(bob.copied.appends().is_empty());
    bob.leads(2);
    let mut rival = bob.ask(RIVALLING, reserve(2), 2);
    bob.writer.turn();
    assert_eq!(rival.code(), Some("ticket.locked"));
}

#[test]
fn a_follower_gives_every_command_away() {
    let (_, mut bob) = two();
    let mut reserving = bob.ask(BUYING, reserve(1), 7);
    let mut paying = bob.ask(BUYING, pay(1), 8);
    bob.writer.turn();
    let mut forwarded = bob.forwarded().into_iter();
    let ((first, reply), (second, _waiting)) = (forwarded.next().unwrap(), forwarded.next().unwrap());
    assert_eq!((first.id, first.actor, first.command.name()), (CommandId::from_bytes([7; 16]), BUYING, "CreateOrder"));
    assert!(first.is_brief && first.fingerprint != second.fingerprint);
    assert_eq!(second.card.as_ref().map(CardToken::expose), Some("tok_visa"));
    assert!(reserving.answer().is_none() && paying.answer().is_none());
    reply.send(Err(Code::TicketSold.into())).unwrap();
    assert_eq!((reserving.code(), paying.answer().is_none()), (Some("ticket.sold"), true));
    assert!(bob.copied.appends().is_empty());
}

#[test]
fn a_follower_expires_nothing_until_it_leads() {
    let (mut ann, mut bob) = two();
    ann.done(BUYING, reserve(1));
    bob.catches_up();
    bob.clock.set_without_waiting("2027-01-01T13:00:00Z".parse().unwrap());
    bob.writer.turn();
    assert_eq!((bob.order(1).unwrap().status, bob.copied.appends().len()), (OrderStatus::Created, 0));
    bob.leads(2);
    assert_eq!(bob.order(1).unwrap().status, OrderStatus::Expired);
}

#[test]
fn a_follower_asks_no_card_processor_until_it_leads() {
    let (mut ann, mut bob) = two();
    ann.done(BUYING, reserve(1));
    ann.done(BUYING, pay(1));
    assert!(matches!(ann.work.try_recv(), Ok(Work::Charge(..))));
    bob.catches_up();
    assert!(bob.work.is_empty());
    bob.writer.resume_work();
    assert!(bob.work.is_empty());
    bob.leads(2);
    assert!(matches!(bob.work.try_recv(), Ok(Work::Lookup(order)) if order.id == order_id(1)));
}

#[test]
fn what_has_ended_and_changes_once_more_is_followed() {
    let (mut ann, mut bob) = two();
    for command in [reserve(1), pay(1)] {
        ann.done(BUYING, command);
    }
    ann.done(Actor::System, charged(1));
    bob.catches_up();
    assert_eq!(bob.order(1).unwrap().status, OrderStatus::Complete);
    let (order_id, refund_id, new_order_id) = (order_id(1), RefundId::from_bytes([1; 16]), order_id(9));
    let refund = StartRefund { order_id, refund_id, amount: None, return_to_sale: true };
    ann.done(Actor::User(SELLER), Command::StartRefund(refund));
    let outcome = RefundOutcome::Refunded { reference: None };
    let refunded = SettleRefund { order_id, charge_id: CHARGE, refund_id, outcome, new_order_id };
    ann.done(Actor::System, Command::SettleRefund(refunded));
    bob.catches_up();
    let charge = bob.order(1).unwrap().charge.clone().unwrap();
    assert_eq!(charge.status, ChargeStatus::Refunded);
    assert_eq!(bob.views.ticket(TICKET).unwrap().unwrap().status, TicketStatus::Available);
    bob.leads(2);
    bob.done(RIVALLING, reserve(2));
}

#[test]
fn callers_on_every_host_hear_of_the_end_of_a_charge() {
    let (mut ann, mut bob) = two();
    ann.done(BUYING, reserve(1));
    ann.done(BUYING, pay(1));
    bob.catches_up();
    let mut waiting = pin!(bob.waiters.wait_for(order_id(1)));
    let mut poll = || waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll().is_pending());
    ann.done(Actor::System, charged(1));
    bob.catches_up();
    assert!(matches!(poll(), Poll::Ready(Ok(order)) if order.status == OrderStatus::Complete));
}

#[test]
fn messages_without_rows_only_move_the_position() {
    let (_, mut bob) = two();
    let (seq, n) = (bob.seq(), bob.link.applied().last().unwrap().0);
    for kind in [Kind::Claim, Kind::Tick, Kind::Base] {
        bob.hears(kind, if kind == Kind::Tick { b"" } else { b"no rows" });
        bob.writer.turn();
    }
    assert_eq!((bob.seq(), bob.link.applied().last().unwrap().0), (seq, n + 3));
    assert!(bob.link.alarms().is_empty());
}

#[test]
fn engine_time_is_not_before_what_was_followed() {
    let stream = Stream::default();
    let mut ann = Host::leader(&stream);
    ann.clock.set_without_waiting("2027-01-01T12:00:01Z".parse().unwrap());
    ann.done(BUYING, reserve(1));
    let mut bob = Host::follower(&stream);
    bob.catches_up();
    bob.leads(2);
    let order = bob.order(1).unwrap();
    bob.clock.set_without_waiting("2027-01-01T12:15:00Z".parse().unwrap());
    bob.writer.turn();
    assert_eq!(bob.order(1).unwrap().status, OrderStatus::Expired);
    let expired = bob.order(1).unwrap().updated_at;
    assert!(expired >= order.expires_at && expired.since(order.created_at) >= Duration::from_mins(15));
}

#[test]
fn a_copy_that_fails_is_an_alarm_and_ends_all_answers() {
    let (mut ann, mut bob) = two();
    let mut before = bob.ask(BUYING, reserve(1), 1);
    bob.writer.turn();
    ann.done(BUYING, reserve(2));
    bob.copied.breaks();
    bob.catches_up();
    assert!(bob.link.alarms()[0].starts_with("journal.unavailable"), "{:?}", bob.link.alarms());
    let mut after = bob.ask(BUYING, reserve(3), 3);
    bob.writer.turn();
    assert_eq!((after.code(), bob.forwarded_ids()), (Some("journal.unavailable"), vec![1]));
    assert!(bob.order(2).is_none() && before.answer().is_some_and(|answer| answer.is_err()));
    // Nothing that is heard later changes anything.
    bob.link.tell(News::Lead { epoch: 9 });
    bob.writer.turn();
    assert!(bob.link.led().is_empty());
}

#[test]
fn an_alarm_of_the_cluster_ends_all_answers() {
    for is_cut in [false, true] {
        let (_, mut bob) = two();
        if is_cut {
            bob.link.is_cut();
        } else {
            bob.link.tell(News::Alarm("the stream is gone".into()));
        }
        let mut asked = bob.ask(BUYING, reserve(1), 1);
        bob.writer.turn();
        assert_eq!((asked.code(), bob.forwarded().len()), (Some("journal.unavailable"), 0));
        // The cluster knows it already.
        assert!(bob.link.alarms().is_empty());
    }
}

#[test]
fn a_follower_that_closes_gives_away_what_waits() {
    let (_, mut bob) = two();
    let _asked = bob.ask(BUYING, reserve(1), 1);
    bob.handle.close();
    assert!(!bob.writer.is_done());
    bob.writer.turn();
    assert!(bob.writer.is_done());
    assert_eq!(bob.forwarded_ids(), [1]);
}

#[test]
fn an_event_of_a_newer_version_is_an_alarm_that_names_both() {
    let (mut ann, mut bob) = two();
    ann.done(BUYING, reserve(1));
    let seq = bob.seq();
    bob.copied.does_not_know("SeatMoved");
    bob.catches_up();
    let alarm = bob.link.alarms().remove(0);
    let (record, release) = (format!("record {} holds the event SeatMoved", seq + 1), Release::own());
    assert!(alarm.contains(&record) && alarm.contains(&format!("version {release} or later knows")), "{alarm}");
    let mut asked = bob.ask(BUYING, reserve(2), 2);
    bob.writer.turn();
    assert_eq!((asked.code(), bob.seq(), bob.forwarded().len()), (Some("journal.unavailable"), seq, 0));
}
