//! A host that leads, and ceases to.

use std::collections::BTreeSet;

use super::fixtures::{BUYING, Forwarded, Host, RIVALLING, Stream, Verdict, leader};
use crate::command::Command;
use crate::domain::Reply;
use crate::domain::cluster::{JoinHost, LeaveHost};
use crate::domain::order::OrderStatus;
use crate::engine::cluster::News;
use crate::engine::cluster::polled::{Polled as _, PolledJournal};
use crate::engine::handle::Request;
use crate::engine::tests::{Asked, pay, reserve};
use crate::event::Actor;
use crate::gateway::worker::{Fence as _, Work};
use crate::journal::jetstream::journal::tests::echoing;
use crate::types::{CommandId, HostId};

fn codes<const N: usize>(asked: [&mut Asked; N]) -> [Option<&'static str>; N] {
    asked.map(Asked::code)
}

#[test]
fn an_answer_waits_until_the_own_copy_has_what_it_tells() {
    let mut ann = leader();
    let n = ann.link.applied().last().unwrap().0;
    ann.copied.silence(true);
    let mut reserving = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    ann.writer.turn();
    assert!(reserving.answer().is_none() && ann.order(1).is_none());
    assert_eq!(ann.link.applied().last().unwrap().0, n);
    ann.copied.silence(false);
    ann.writer.turn();
    assert_eq!((reserving.code(), ann.link.applied().last().unwrap().0), (Some("ok"), n + 1));
    assert!(ann.order(1).is_some());
}

#[test]
fn the_next_batch_is_decided_while_one_is_appended_and_appended_after_it() {
    let mut ann = leader();
    let before = ann.copied.appends().len();
    ann.copied.silence(true);
    let mut reserving = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    let mut paying = ann.ask(BUYING, pay(1), 2);
    ann.writer.turn();
    assert_eq!(ann.copied.appends()[before..], [1]);
    ann.copied.silence(false);
    ann.writer.turn();
    ann.writer.turn();
    assert_eq!(ann.copied.appends()[before..], [1, 1]);
    assert_eq!(codes([&mut reserving, &mut paying]), [Some("ok"); 2]);
}

#[test]
fn a_refusal_waits_for_an_append_that_has_nothing_to_append() {
    let mut ann = leader();
    ann.done(BUYING, reserve(1));
    let (before, seq) = (ann.copied.appends().len(), ann.seq());
    ann.copied.silence(true);
    let mut refused = ann.ask(RIVALLING, reserve(2), 2);
    ann.writer.turn();
    assert_eq!((&ann.copied.appends()[before..], refused.answer().is_none()), (&[0][..], true));
    // The next refusal was decided after that append began, so it waits for another.
    let mut later = ann.ask(RIVALLING, reserve(3), 3);
    ann.writer.turn();
    ann.copied.silence(false);
    ann.writer.turn();
    assert_eq!(codes([&mut refused, &mut later]), [Some("ticket.locked"), None]);
    ann.writer.turn();
    assert_eq!((later.code(), &ann.copied.appends()[before..]), (Some("ticket.locked"), &[0, 0][..]));
    assert_eq!(ann.seq(), seq);
}

#[test]
fn a_refusal_of_a_host_that_is_deposed_is_not_sent() {
    let mut ann = leader();
    ann.done(BUYING, reserve(1));
    ann.copied.will(Verdict::Lost);
    let mut refused = ann.ask(RIVALLING, reserve(2), 2);
    ann.writer.turn();
    assert_eq!((ann.forwarded_ids(), refused.code()), (vec![2], Some("engine.closed")));
}

#[test]
fn what_was_decided_in_vain_is_decided_by_another_host_under_the_same_id() {
    let mut ann = leader();
    ann.copied.silence(true);
    let mut asked = vec![ann.ask(BUYING, reserve(1), 1)];
    ann.writer.turn();
    asked.push(ann.ask(RIVALLING, reserve(2), 2));
    asked.push(ann.ask(BUYING, pay(1), 3));
    ann.writer.turn();
    asked.push(ann.ask(RIVALLING, reserve(4), 4));
    ann.copied.will(Verdict::Lost);
    ann.copied.silence(false);
    ann.writer.turn();
    asked.push(ann.ask(BUYING, reserve(5), 5));
    ann.writer.turn();
    assert!(asked.iter_mut().all(|asked| asked.answer().is_none()));
    let forwarded: Vec<Forwarded> = ann.forwarded();
    let ids: Vec<u8> = forwarded.iter().map(|(request, _)| request.id.as_bytes()[0]).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5]);
    let names: Vec<_> = forwarded.iter().map(|(request, _)| request.command.name()).collect();
    assert_eq!(names, ["CreateOrder", "CreateOrder", "StartPayment", "CreateOrder", "CreateOrder"]);
    assert!(forwarded.iter().all(|(request, _)| request.card.is_some() == (request.id.as_bytes()[0] == 3)));
    // Each caller hears what becomes of its own command.
    for ((_, reply), asked) in forwarded.into_iter().zip(&mut asked) {
        reply.send(Ok(Reply::Tickets(Vec::new()))).unwrap();
        assert_eq!(asked.code(), Some("ok"));
    }
    assert!(ann.work.is_empty() && ann.order(1).is_none() && ann.link.alarms().is_empty());
}

#[test]
fn what_another_host_has_given_away_is_left_to_it() {
    let mut ann = leader();
    ann.copied.will(Verdict::Lost);
    let request = |id: u8| Request::new(reserve(id), CommandId::from_bytes([id; 16]), BUYING);
    let mut in_vain = ann.deliver(&request(1));
    ann.writer.turn();
    let mut late = ann.deliver(&request(2));
    ann.writer.turn();
    // That is no answer to the host that has delivered it, which asks again: both would be decided.
    assert_eq!((in_vain.code(), late.code()), (Some("journal.unavailable"), Some("journal.unavailable")));
    assert_eq!(ann.forwarded_ids(), [0_u8; 0]);
}

#[test]
fn a_host_that_was_deposed_knows_nothing_of_what_it_decided_in_vain() {
    let stream = Stream::default();
    let mut ann = Host::leader(&stream);
    let mut bob = Host::follower(&stream);
    bob.catches_up();
    ann.copied.will(Verdict::Lost);
    let _in_vain = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    ann.hears_a_claim();
    bob.leads(2);
    bob.done(RIVALLING, reserve(2));
    ann.catches_up();
    assert_eq!((ann.order(2), ann.seq()), (bob.order(2), bob.seq()));
    ann.leads(3);
    let mut reserving = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    assert_eq!(reserving.code(), Some("ticket.locked"));
    assert_eq!(ann.link.led(), [1, 3]);
}

#[test]
fn what_came_to_the_stream_before_the_claim_is_answered() {
    let mut ann = leader();
    ann.copied.silence(true);
    let mut stored = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    let mut in_vain = ann.ask(RIVALLING, reserve(2), 2);
    ann.writer.turn();
    let n = ann.link.applied().last().unwrap().0;
    ann.hears_a_claim();
    ann.writer.turn();
    // The claim is not applied while the outcome of the append is open: the copy's transaction is.
    assert_eq!((ann.link.applied().last().unwrap().0, ann.forwarded().len()), (n, 0));
    ann.copied.silence(false);
    ann.writer.turn();
    assert_eq!((stored.code(), in_vain.answer().is_none()), (Some("ok"), true));
    assert_eq!((ann.forwarded_ids(), ann.link.applied().last().unwrap().0), (vec![2], n + 1));
    assert_eq!(ann.order(1).unwrap().status, OrderStatus::Created);
    // Only what was given away was decided in vain.
    let before = ann.copied.appends().len();
    ann.writer.turn();
    assert_eq!(ann.copied.appends().len(), before);
}

#[test]
fn a_command_that_comes_twice_to_the_new_writer_has_one_effect_and_one_answer() {
    let stream = Stream::default();
    let mut ann = Host::leader(&stream);
    let [mut bob, mut carl] = [Host::follower(&stream), Host::follower(&stream)];
    bob.catches_up();
    ann.copied.will(Verdict::Lost);
    let _asked = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    let (request, _reply) = ann.forwarded().remove(0);
    let seq = bob.seq();
    bob.leads(2);
    let [mut first, mut second] = [bob.deliver(&request), bob.deliver(&request)];
    bob.writer.turn();
    let (Some(Ok(Reply::Order(one))), Some(Ok(Reply::Order(two)))) = (first.answer(), second.answer()) else {
        panic!("both are answered")
    };
    assert_eq!((&one, bob.events_after(seq)), (&two, vec!["OrderCreated"]));

    // Whoever writes next knows the answer, for as long as the command may come again.
    carl.catches_up();
    carl.leads(3);
    carl.clock.set_without_waiting("2027-01-01T12:10:00Z".parse().unwrap());
    let mut again = carl.deliver(&request);
    carl.writer.turn();
    assert!(matches!(again.answer(), Some(Ok(Reply::Order(again))) if again == one));
    carl.clock.set_without_waiting("2027-01-01T12:10:01Z".parse().unwrap());
    let mut late = carl.deliver(&request);
    carl.writer.turn();
    assert_eq!(late.code(), Some("ticket.locked"));
}

#[test]
fn a_refusal_that_was_forwarded_is_the_same_when_it_is_asked_for_again() {
    let stream = Stream::default();
    let mut ann = Host::leader(&stream);
    ann.done(BUYING, reserve(1));
    let mut bob = Host::follower(&stream);
    bob.catches_up();
    let _asked = bob.ask(RIVALLING, reserve(2), 2);
    bob.writer.turn();
    let (request, _reply) = bob.forwarded().remove(0);
    let mut refused = ann.deliver(&request);
    ann.writer.turn();
    bob.catches_up();
    bob.leads(2);
    bob.clock.set_without_waiting("2027-01-01T12:09:00Z".parse().unwrap());
    let cancelled = crate::domain::order::CancelOrder { order_id: crate::types::OrderId::from_bytes([1; 16]) };
    bob.done(BUYING, Command::CancelOrder(cancelled));
    let mut again = bob.deliver(&request);
    bob.writer.turn();
    assert_eq!(codes([&mut refused, &mut again]), [Some("ticket.locked"); 2]);
}

#[test]
fn a_copy_that_fails_is_an_alarm_and_not_a_reason_to_go_on() {
    let mut ann = leader();
    ann.copied.will(Verdict::Failed);
    let mut unknown = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    let mut after = ann.ask(RIVALLING, reserve(2), 2);
    ann.writer.turn();
    assert_eq!(codes([&mut unknown, &mut after]), [Some("journal.unavailable"); 2]);
    assert_eq!((ann.link.alarms().len(), ann.forwarded().len(), ann.terms.term()), (1, 0, None));
    ann.handle.close();
    ann.writer.turn();
    assert!(ann.writer.is_done());
}

#[test]
fn an_alarm_ends_the_wait_for_an_append() {
    for is_deposed in [false, true] {
        let mut ann = leader();
        ann.copied.silence(true);
        let mut unknown = ann.ask(BUYING, reserve(1), 1);
        ann.writer.turn();
        let mut open = ann.ask(RIVALLING, reserve(2), 2);
        ann.writer.turn();
        if is_deposed {
            ann.hears_a_claim();
            ann.writer.turn();
        }
        ann.link.tell(News::Alarm("the stream is gone".into()));
        ann.writer.turn();
        assert_eq!(codes([&mut unknown, &mut open]), [Some("journal.unavailable"); 2]);
        assert_eq!((ann.forwarded().len(), ann.terms.term()), (0, None));
    }
}

#[test]
fn the_card_processor_is_asked_in_the_term_of_the_leader() {
    let mut ann = leader();
    let term = ann.terms.term().unwrap();
    assert_eq!((term.epoch, term.began_at.to_string().as_str()), (1, "2027-01-01T12:00:00.000Z"));
    ann.done(BUYING, reserve(1));
    ann.done(BUYING, pay(1));
    assert!(matches!(ann.work.try_recv(), Ok(Work::Charge(..))));
    ann.hears_a_claim();
    ann.writer.turn();
    assert_eq!(ann.terms.term(), None);
    ann.clock.set_without_waiting("2027-01-01T12:05:00Z".parse().unwrap());
    ann.leads(3);
    let term = ann.terms.term().unwrap();
    assert_eq!((term.epoch, term.began_at.to_string().as_str()), (3, "2027-01-01T12:05:00.000Z"));
    assert!(matches!(ann.work.try_recv(), Ok(Work::Lookup(_))));
}

fn host_id(number: u8) -> HostId {
    HostId::from_bytes([number; 16])
}

fn join(number: u8) -> Command {
    let name = format!("host-{number}").parse().unwrap();
    Command::JoinHost(JoinHost { host_id: host_id(number), name, voter: true })
}

fn voters(host: &Host) -> Vec<HostId> {
    host.link.applied().pop().map(|(_, voters)| voters.into_iter().collect()).unwrap()
}

#[test]
fn one_host_joins_or_leaves_at_a_time_and_votes_once_that_is_durable() {
    let stream = Stream::default();
    let mut ann = Host::leader(&stream);
    ann.copied.silence(true);
    let _reserving = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    let [mut first, mut same_batch] = [ann.ask(Actor::System, join(1), 2), ann.ask(Actor::System, join(2), 3)];
    ann.writer.turn();
    ann.copied.silence(false);
    ann.writer.turn();
    // The order is durable, and the host is not: its batch was begun since.
    assert_eq!((voters(&ann), ann.order(1).is_some()), (vec![], true));
    ann.copied.silence(true);
    let mut next_batch = ann.ask(Actor::System, Command::LeaveHost(LeaveHost { host_id: host_id(1) }), 4);
    ann.writer.turn();
    ann.copied.silence(false);
    ann.writer.turn();
    assert_eq!(voters(&ann), [host_id(1)]);
    ann.writer.turn();
    let pending = Some("cluster.change_pending");
    assert_eq!(codes([&mut first, &mut same_batch, &mut next_batch]), [Some("ok"), pending, pending]);
    ann.done(Actor::System, join(2));
    assert_eq!(voters(&ann), [host_id(1), host_id(2)]);

    let mut bob = Host::follower(&stream);
    bob.catches_up();
    assert_eq!(voters(&bob), voters(&ann));
    let known: BTreeSet<_> = bob.views.hosts().iter().map(|host| host.name.to_string()).collect();
    assert!(known.iter().eq(["host-1", "host-2"]));
}

#[test]
fn a_leader_that_closes_answers_what_it_has_taken() {
    let mut ann = leader();
    ann.copied.silence(true);
    let mut asked = ann.ask(BUYING, reserve(1), 1);
    ann.handle.close();
    ann.writer.turn();
    assert!(!ann.writer.is_done());
    ann.copied.silence(false);
    ann.writer.turn();
    assert!(ann.writer.is_done());
    assert_eq!(asked.code(), Some("ok"));
}

#[test]
fn the_journal_that_hosts_share_is_appended_to_without_waiting() {
    let journal = std::sync::Arc::new(echoing());
    let mut polled = PolledJournal::new(std::sync::Arc::clone(&journal));
    assert!(polled.poll().is_none());
    polled.begin(Vec::new()).unwrap();
    assert!(polled.poll().unwrap().unwrap().is_empty());
    assert!(polled.poll().is_none());
    assert_eq!(journal.copy().position().unwrap().map(|position| position.n), Some(1));
}
