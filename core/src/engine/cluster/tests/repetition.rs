//! Commands that are refused before they are decided, and may be repetitions.

use super::fixtures::{Host, OWN, Stream, order_with_a_key};
use crate::domain::Reply;
use crate::error::Code;

#[test]
fn a_host_that_is_behind_asks_the_writer_for_the_first_answer() {
    let stream = Stream::default();
    let mut ann = Host::leader(&stream);
    let mut bob = Host::follower(&stream);
    bob.catches_up();
    let mut first = order_with_a_key(&ann);
    ann.writer.turn();
    let Some(Ok(Reply::Order(order))) = first.answer() else { panic!("it is answered") };

    // The copy of this host does not have it yet: only the writer knows whether there is a first answer.
    let mut again = bob.ask_again(1, OWN);
    bob.writer.turn();
    assert!(again.answer().is_none() && bob.forwarded().is_empty());
    let (repetition, reply) = bob.repeated().remove(0);
    let mut asked = ann.deliver_repetition(&repetition);
    ann.writer.turn();
    reply.send(asked.answer().unwrap()).unwrap();
    assert!(matches!(again.answer(), Some(Ok(Reply::Order(again))) if again == order));

    // Once the copy has it, nobody need be asked.
    bob.catches_up();
    let mut again = bob.ask_again(1, OWN);
    bob.writer.turn();
    assert!(matches!(again.answer(), Some(Ok(Reply::Order(again))) if again == order));
    assert!(bob.repeated().is_empty());
}

#[test]
fn what_is_no_repetition_is_refused_by_the_writer() {
    let stream = Stream::default();
    let mut ann = Host::leader(&stream);
    let mut bob = Host::follower(&stream);
    bob.catches_up();
    let mut refused = bob.ask_again(1, OWN);
    bob.writer.turn();
    let (repetition, reply) = bob.repeated().remove(0);
    assert_eq!(repetition.refusal.code(), Code::PaymentUnavailable);
    let before = ann.copied.appends().len();
    let mut asked = ann.deliver_repetition(&repetition);
    ann.writer.turn();
    // It, too, is answered after an append of this epoch.
    assert_eq!(ann.copied.appends()[before..], [0]);
    reply.send(asked.answer().unwrap()).unwrap();
    assert_eq!(refused.code(), Some("payment.unavailable"));
}

#[test]
fn the_key_of_another_command_is_no_repetition_wherever_it_is_asked_for() {
    let stream = Stream::default();
    let mut ann = Host::leader(&stream);
    let mut bob = Host::follower(&stream);
    let mut first = order_with_a_key(&ann);
    ann.writer.turn();
    assert_eq!(first.code(), Some("ok"));
    bob.catches_up();
    let mut other = bob.ask_again(1, [8; 16]);
    bob.writer.turn();
    assert_eq!((other.code(), bob.repeated().len()), (Some("payment.unavailable"), 0));
}
