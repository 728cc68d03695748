//! Telling of an append only once a second host has it.

use std::collections::BTreeSet;

use super::super::super::answer::Answer;
use super::super::super::message::Kind;
use super::super::super::peer::{Said, Secured, What};
use super::super::super::position::Position;
use super::super::{Input, Output, Resolution};
use super::bench::{ANN, BOB, Bench, CAT, published, says};
use crate::event::Hash;
use crate::types::HostId;

fn told(outputs: &[Output]) -> Vec<(u64, Resolution)> {
    let resolved = outputs.iter().filter_map(|output| match output {
        Output::Resolved { ticket, outcome } => Some((*ticket, *outcome)),
        _ => None,
    });
    resolved.collect()
}

/// Another host says that its copy is durable up to here.
fn has(bench: &mut Bench, host: HostId, n: u64, head: Hash) -> Vec<Output> {
    bench.hear_at(host, What::Status, |said| said.standing.secured = Some(Secured { n, head }))
}

/// Another host says that it has all that this one has.
fn has_all(bench: &mut Bench, host: HostId) -> Vec<Output> {
    let Position { n, head, .. } = bench.member.position();
    has(bench, host, n, head)
}

/// Lets a second pass, in which a tick is stored.
fn tick(bench: &mut Bench) {
    let (_, tick) = published(&bench.pass(1_000)).unwrap();
    bench.read(&tick);
}

fn may_charge(bench: &Bench) -> bool {
    bench.member.may_charge(bench.now(), 5, 2_000)
}

/// Returns a writer whose append has just come into the stream, under ticket 1, and the positions before and after it. Another host
/// has what was before.
fn stored() -> (Bench, Position, Position) {
    let mut bench = Bench::writing_for_two();
    assert!(!may_charge(&bench));
    has_all(&mut bench, CAT);
    let before = bench.member.position();
    let outputs = bench.tell(Input::Append { ticket: 1, body: b"rows".as_slice().into() });
    let (expected, batch) = published(&outputs).unwrap();
    let outputs = bench.answer(expected, &batch, Answer::Ack { seq: expected + 1, duplicate: false });
    let after = bench.member.position();
    assert_eq!((told(&outputs), after.head), (vec![], batch.header.hash));
    assert!(bench.member.holds(after.n) && !bench.member.is_idle());
    (bench, before, after)
}

#[test]
fn an_append_is_told_once_another_voter_has_it() {
    let (mut bench, before, after) = stored();
    assert_eq!(told(&bench.hear(CAT, What::Status)), []);
    assert_eq!(told(&has(&mut bench, CAT, after.n, before.head)), [], "it is of another history");
    assert_eq!(told(&has_all(&mut bench, HostId::from_bytes([9; 16]))), [], "it does not vote");
    assert!(!bench.member.is_acknowledged(after.n) && bench.member.is_acknowledged(before.n));
    assert_eq!(told(&has_all(&mut bench, CAT)), [(1, Resolution::Stored(after))]);
    assert!(bench.member.is_acknowledged(after.n) && bench.member.is_idle());
    assert_eq!(told(&has_all(&mut bench, ANN)), [], "it is told once");
}

#[test]
fn another_host_may_have_it_before_this_one_knows() {
    let mut bench = Bench::writing_for_two();
    let outputs = bench.tell(Input::Append { ticket: 1, body: b"rows".as_slice().into() });
    let (_, batch) = published(&outputs).unwrap();
    assert_eq!(told(&has(&mut bench, CAT, batch.header.n, batch.header.hash)), []);
    let outputs = bench.read(&batch);
    assert_eq!(told(&outputs), [(1, Resolution::Stored(bench.member.position()))]);
}

#[test]
fn what_comes_after_it_is_as_good() {
    let (mut bench, _, after) = stored();
    tick(&mut bench);
    assert_eq!(told(&has_all(&mut bench, CAT)), [(1, Resolution::Stored(after))]);
}

#[test]
fn a_refusal_waits_as_well() {
    let mut bench = Bench::writing_for_two();
    let outputs = bench.tell(Input::Append { ticket: 7, body: [].into() });
    let (_, empty) = published(&outputs).unwrap();
    assert_eq!(told(&bench.read(&empty)), []);
    assert_eq!(told(&has_all(&mut bench, CAT)), [(7, Resolution::Stored(bench.member.position()))]);
}

#[test]
fn without_another_host_it_is_told_late_and_not_acknowledged() {
    let (mut bench, _, after) = stored();
    assert!(may_charge(&bench));
    assert_eq!(told(&bench.pass_slowly(14_980)), []);
    assert_eq!(told(&bench.pass_slowly(20)), [(1, Resolution::Stored(after))]);
    assert!(!bench.member.is_acknowledged(after.n));
    // Nothing is asked of the card processor for what only this host has.
    let (_, old) = published(&bench.pass(250)).unwrap();
    let (_, new) = published(&bench.read(&old)).unwrap();
    bench.read(&new);
    assert!(!may_charge(&bench));
    has_all(&mut bench, CAT);
    assert!(may_charge(&bench) && bench.member.is_acknowledged(after.n));
}

#[test]
fn a_writer_without_a_second_host_is_not_ready() {
    let (mut bench, ..) = stored();
    assert_eq!(bench.member.stale(bench.now()), None);
    (0..3).for_each(|_| tick(&mut bench));
    assert!(bench.member.stale(bench.now()).is_some_and(|why| why.contains("no other voter")));
    has_all(&mut bench, ANN);
    assert_eq!(bench.member.stale(bench.now()), None);
    // Nor is one that appends nothing.
    (0..4).for_each(|_| tick(&mut bench));
    assert!(bench.member.stale(bench.now()).is_some());
}

#[test]
fn a_writer_that_is_deposed_is_told_what_was_stored() {
    let (mut bench, _, after) = stored();
    let claim = bench.message(Kind::Claim, CAT, 6, b"");
    let outputs = bench.read(&claim);
    assert!(outputs.contains(&Output::Depose) && told(&outputs).is_empty());
    assert_eq!(told(&has(&mut bench, ANN, after.n, after.head)), [(1, Resolution::Stored(after))]);
}

#[test]
fn after_an_alarm_nothing_is_told() {
    let (mut bench, ..) = stored();
    assert_eq!(told(&bench.tell(Input::Alarm("the disk is full".into()))), []);
    assert_eq!(told(&has_all(&mut bench, CAT)), []);
    assert_eq!(told(&bench.pass_slowly(16_000)), []);
}

#[test]
fn the_only_voter_waits_for_nobody() {
    let (mut bench, _, after) = stored();
    assert!(!bench.member.has_no_second_host());
    let outputs = bench.tell(Input::Voters(BTreeSet::from([BOB])));
    assert_eq!(told(&outputs), [(1, Resolution::Stored(after))]);
    assert!(bench.member.has_no_second_host() && bench.member.is_acknowledged(after.n));
    let outputs = bench.tell(Input::Append { ticket: 2, body: b"rows".as_slice().into() });
    let (_, batch) = published(&outputs).unwrap();
    assert_eq!(told(&bench.read(&batch)), [(2, Resolution::Stored(bench.member.position()))]);
}

#[test]
fn a_writer_says_that_it_waits() {
    for (mut bench, expected) in [(Bench::writing(), false), (Bench::writing_for_two(), true)] {
        let waits = |output: &Output| match output {
            Output::Say(Said { second_host, what: What::Heartbeat, .. }) => Some(*second_host),
            _ => None,
        };
        assert_eq!(bench.pass(100).iter().find_map(waits), Some(expected));
    }
}

#[test]
fn a_follower_says_what_it_has_if_the_writer_waits_for_it() {
    let statuses = |outputs: &[Output]| says(outputs, |what| *what == What::Status);
    let mut bench = Bench::following();
    let Position { n, head, .. } = bench.member.position();
    let secured = Secured { n, head };
    bench.hear(ANN, What::Heartbeat);
    assert!(!bench.member.is_asked_what_it_has() && !bench.member.says_what_it_has());
    assert_eq!(statuses(&bench.tell(Input::Secured(Secured { n: n - 1, head }))), 0, "nobody waits");
    bench.hear_at(ANN, What::Heartbeat, |said| said.second_host = true);
    assert!(bench.member.is_asked_what_it_has() && bench.member.says_what_it_has());
    let outputs = bench.tell(Input::Secured(secured));
    let says_it = |output: &Output| matches!(output, Output::Say(said) if said.standing.secured == Some(secured));
    assert_eq!((statuses(&outputs), outputs.iter().any(says_it)), (1, true));
    assert_eq!(statuses(&bench.tell(Input::Secured(secured))), 0, "it is no news");
    let claim = bench.message(Kind::Claim, CAT, 5, b"");
    bench.read(&claim);
    assert!(!bench.member.is_asked_what_it_has(), "the next writer does not wait");
}
