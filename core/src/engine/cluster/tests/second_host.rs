//! Answers that wait for a second host.

use super::fixtures::{BUYING, Host, OWN, RIVALLING, Stream, check_unknown, leader, order_with_a_key};
use crate::domain::Reply;
use crate::engine::tests::{pay, reserve};

#[test]
fn what_no_second_host_has_is_appended_and_its_outcome_is_unknown() {
    let mut ann = leader();
    ann.link.needs_second(true, true);
    let mut alone = order_with_a_key(&ann);
    ann.writer.turn();
    check_unknown(&mut alone, 1);
    let order = ann.order(1).unwrap();
    // A refusal rests on it.
    let mut refused = ann.ask(RIVALLING, reserve(2), 2);
    ann.writer.turn();
    check_unknown(&mut refused, 2);

    // Once another host is there, whoever asks again gets the first answer, and what was decided since holds.
    ann.link.needs_second(true, false);
    let mut again = order_with_a_key(&ann);
    ann.writer.turn();
    assert!(matches!(again.answer(), Some(Ok(Reply::Order(again))) if again == order));
    let mut refused = ann.ask(RIVALLING, reserve(3), 3);
    ann.writer.turn();
    assert_eq!(refused.code(), Some("ticket.locked"));
    ann.done(BUYING, pay(1));
    assert!(ann.link.alarms().is_empty() && ann.forwarded().is_empty());
}

#[test]
fn what_is_decided_meanwhile_has_an_answer_of_its_own() {
    let mut ann = leader();
    ann.link.needs_second(true, true);
    ann.copied.silence(true);
    let mut alone = ann.ask(BUYING, reserve(1), 1);
    ann.writer.turn();
    let mut next = ann.ask(RIVALLING, reserve(2), 2);
    ann.writer.turn();
    ann.copied.silence(false);
    ann.writer.turn();
    check_unknown(&mut alone, 1);
    assert!(next.answer().is_none());
    ann.link.needs_second(true, false);
    ann.writer.turn();
    assert_eq!(next.code(), Some("ticket.locked"));
}

#[test]
fn a_copy_that_nobody_else_may_have_answers_nothing_by_itself() {
    let stream = Stream::default();
    let mut ann = Host::leader(&stream);
    let mut bob = Host::follower(&stream);
    let mut first = order_with_a_key(&ann);
    ann.writer.turn();
    assert_eq!(first.code(), Some("ok"));
    bob.catches_up();
    bob.link.needs_second(true, false);
    let mut again = bob.ask_again(1, OWN);
    bob.writer.turn();
    assert!(again.answer().is_none());
    let (repetition, reply) = bob.repeated().remove(0);
    let mut asked = ann.deliver_repetition(&repetition);
    ann.writer.turn();
    reply.send(asked.answer().unwrap()).unwrap();
    assert_eq!(again.code(), Some("ok"));
}
