//! An append whose outcome takes too long to come.

use super::fixtures::{Host, RIVALLING, Verdict, check_unknown, leader, order_with_a_key};
use crate::domain::Reply;
use crate::engine::tests::reserve;

fn pass(host: &mut Host, time: &str) {
    host.clock.set_without_waiting(time.parse().unwrap());
    host.writer.turn();
}

#[test]
fn whoever_waits_too_long_is_told_that_the_outcome_is_unknown() {
    let mut ann = leader();
    ann.copied.silence(true);
    let mut under_way = order_with_a_key(&ann);
    ann.writer.turn();
    let mut open = ann.ask(RIVALLING, reserve(2), 2);
    pass(&mut ann, "2027-01-01T12:00:14.999Z");
    assert!(under_way.answer().is_none() && open.answer().is_none());
    pass(&mut ann, "2027-01-01T12:00:15Z");
    check_unknown(&mut under_way, 1);
    check_unknown(&mut open, 2);
    // Whoever comes later waits as long.
    let mut later = ann.ask(RIVALLING, reserve(3), 3);
    pass(&mut ann, "2027-01-01T12:00:29.999Z");
    assert!(later.answer().is_none());
    pass(&mut ann, "2027-01-01T12:00:30Z");
    check_unknown(&mut later, 3);

    // It is appended all the same, and whoever asks again gets the first answer.
    ann.copied.silence(false);
    ann.writer.turn();
    let order = ann.order(1).unwrap();
    let mut again = order_with_a_key(&ann);
    ann.writer.turn();
    assert!(matches!(again.answer(), Some(Ok(Reply::Order(again))) if again == order));
    assert!(ann.link.alarms().is_empty() && ann.forwarded().is_empty());
}

#[test]
fn what_was_told_is_not_given_to_another_host() {
    let mut ann = leader();
    ann.copied.silence(true);
    let mut told = order_with_a_key(&ann);
    ann.writer.turn();
    pass(&mut ann, "2027-01-01T12:00:15Z");
    check_unknown(&mut told, 1);
    let mut later = ann.ask(RIVALLING, reserve(2), 2);
    ann.writer.turn();
    ann.copied.will(Verdict::Lost);
    ann.copied.silence(false);
    ann.writer.turn();
    assert_eq!((ann.forwarded_ids(), later.code()), (vec![2], Some("engine.closed")));
    assert!(ann.order(1).is_none());
}

#[test]
fn a_batch_that_was_told_and_is_too_large_is_no_alarm() {
    let mut ann = leader();
    ann.copied.silence(true);
    let mut told = order_with_a_key(&ann);
    ann.writer.turn();
    pass(&mut ann, "2027-01-01T12:00:15Z");
    check_unknown(&mut told, 1);
    ann.copied.will(Verdict::TooLarge);
    ann.copied.silence(false);
    ann.writer.turn();
    assert!(ann.link.alarms().is_empty() && ann.order(1).is_none());
    ann.done(RIVALLING, reserve(2));
}
