//! Following: every message in its turn, catching up, and what is fresh.

use std::sync::Arc;

use super::super::super::message::{Header, Kind, Message};
use super::super::super::peer::What;
use super::super::{Input, Output};
use super::bench::{ANN, BOB, Bench, CAT, alarm, question};
use crate::event::Hash;
use crate::types::{HostState, Timestamp};

fn reads_from(outputs: &[Output]) -> Vec<u64> {
    let seqs = outputs.iter().filter_map(|output| match output {
        Output::ReadFrom { seq } => Some(*seq),
        _ => None,
    });
    seqs.collect()
}

fn asks_last(outputs: &[Output]) -> bool {
    outputs.contains(&Output::AskLast)
}

#[test]
fn messages_are_applied_in_their_turn() {
    let mut bench = Bench::following();
    let before = bench.member.position();
    let batch = bench.next(Kind::Batch);
    let position = before.after(&batch).unwrap();
    assert_eq!(bench.read(&batch), [Output::Apply { position, message: Arc::clone(&batch) }]);
    assert_eq!(bench.tell(Input::Read { seq: position.seq, message: batch }), [], "once");
    assert_eq!(bench.member.position(), position);
}

#[test]
fn what_does_not_follow_is_an_alarm() {
    type Change = fn(&mut Header);
    let changes: [(&str, Change); 6] = [
        ("journal", |header| header.journal = Hash::ZERO),
        ("number", |header| header.n += 1),
        ("history", |header| header.prev = Hash::ZERO),
        ("epoch", |header| header.epoch = 5),
        ("writer", |header| header.writer = CAT),
        ("kind", |header| header.kind = Kind::Base),
    ];
    for (what, change) in changes {
        let mut bench = Bench::following();
        let Message { mut header, body, .. } = (*bench.next(Kind::Batch)).clone();
        change(&mut header);
        let outputs = bench.read(&Arc::new(Message::new(header, body)));
        assert!(alarm(&outputs).is_some(), "{what}");
        assert!(bench.member.alarm().is_some());
        assert!(bench.member.stale(bench.now()).is_some());
        assert_eq!(bench.pass(10_000), [], "{what}: it does nothing any more");
    }
}

#[test]
fn what_is_no_message_is_an_alarm() {
    let mut bench = Bench::following();
    let seq = bench.member.position().seq;
    assert_eq!(bench.tell(Input::Unreadable { seq: seq - 1, why: "it is foreign".into() }), []);
    assert!(alarm(&bench.tell(Input::Unreadable { seq: seq + 1, why: "it is foreign".into() })).is_some());
}

#[test]
fn the_own_end_is_compared_with_the_stream() {
    let (mut bench, outputs) = Bench::blank();
    assert_eq!(reads_from(&outputs), [10], "from the last message on, and not from the next");
    let Header { journal, .. } = bench.next(Kind::Tick).header;
    let header = Header {
        journal,
        kind: Kind::Tick,
        epoch: 4,
        writer: ANN,
        n: 30,
        prev: Hash::ZERO,
        hash: Hash::ZERO,
        at: Timestamp::from_millis(1),
    };
    let other = Arc::new(Message::new(header, b"".as_slice().into()));
    assert!(alarm(&bench.tell(Input::Read { seq: 10, message: other })).is_some());
}

#[test]
fn a_gap_is_read_from_another_consumer_and_becomes_an_alarm() {
    let mut bench = Bench::following();
    let batch = bench.next(Kind::Batch);
    let seq = bench.member.position().seq;
    let beyond = |bench: &mut Bench| bench.tell(Input::Read { seq: seq + 2, message: bench.next(Kind::Batch) });
    assert_eq!(reads_from(&beyond(&mut bench)), [seq + 1]);
    assert_eq!(beyond(&mut bench), [], "what the same consumer delivers tells nothing new");
    assert_eq!(reads_from(&bench.pass(1_100)), [seq + 1], "it may have been lost again");
    bench.read(&batch);
    assert_eq!(reads_from(&bench.pass_slowly(3_000)), [0; 0], "it was found");

    let seq = seq + 1;
    for _ in 0..4 {
        let outputs = bench.tell(Input::Read { seq: seq + 2, message: bench.next(Kind::Batch) });
        assert_eq!(alarm(&outputs), None);
        bench.pass_slowly(1_200);
    }
    let outputs = bench.tell(Input::Read { seq: seq + 2, message: bench.next(Kind::Batch) });
    assert!(alarm(&outputs).is_some(), "five consumers lack it");
}

#[test]
fn a_blank_host_waits_for_the_end_of_the_stream_and_a_majority() {
    let (mut bench, outputs) = Bench::blank();
    assert!(asks_last(&outputs));
    let question = question(&outputs).unwrap();
    bench.votes(CAT, question, false, false);
    assert_eq!(bench.member.state(), HostState::Blank, "the end of the stream is unknown");
    bench.tell(Input::Last { seq: 11 });
    assert_eq!(bench.member.state(), HostState::Blank, "one message is missing");
    let tick = bench.next(Kind::Tick);
    bench.read(&tick);
    assert_eq!(bench.member.state(), HostState::Blank, "its leader has named no end that was reached");
    bench.pass(250);
    bench.tell(Input::Last { seq: 11 });
    assert_eq!(bench.member.state(), HostState::Follower);
}

#[test]
fn a_blank_host_does_not_count_another_that_has_just_begun() {
    let blank = |others: &[(crate::types::HostId, bool, u64)], waits: u64| {
        let (mut bench, outputs) = Bench::blank();
        let question = question(&outputs).unwrap();
        let tick = bench.next(Kind::Tick);
        bench.read(&tick);
        bench.tell(Input::Last { seq: 11 });
        for (from, blank, more) in others {
            let vote = What::Vote { to: BOB, question, hears_writer: false, yours: None };
            bench.hear_at(*from, vote, |said| {
                said.standing.blank = *blank;
                said.standing.n += more;
            });
        }
        bench.pass_slowly(waits);
        bench.member.state() == HostState::Blank
    };
    assert!(!blank(&[(CAT, false, 0)], 0));
    assert!(blank(&[(CAT, true, 0)], 9_000), "both may have lost the same");
    assert!(!blank(&[(CAT, true, 0)], 10_100), "nobody else comes");
    assert!(!blank(&[(CAT, true, 0), (ANN, true, 0)], 0), "all have just begun");
    assert!(blank(&[(CAT, true, 0), (ANN, false, 1)], 60_000), "one has more than the stream");
    assert!(blank(&[(CAT, true, 1)], 60_000));
    assert!(blank(&[], 60_000));
}

#[test]
fn a_blank_host_that_ends_gets_no_vote_by_that() {
    let (mut bench, _) = Bench::blank();
    bench.tell(Input::Leave);
    let outputs = bench.hear(CAT, What::Ask { question: 1 });
    let [Output::Say(said)] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert!(said.standing.blank);
}

#[test]
fn a_blank_host_reaches_what_was_said_and_not_what_is_said_for_ever() {
    let (mut bench, outputs) = Bench::blank();
    let question = question(&outputs).unwrap();
    let vote = What::Vote { to: BOB, question, hears_writer: true, yours: None };
    bench.hear_at(ANN, vote, |said| said.standing.n = 33);
    for n in 31..=33 {
        assert_eq!(bench.member.state(), HostState::Blank);
        bench.time += 250;
        let batch = bench.next(Kind::Batch);
        bench.read(&batch);
        bench.tell(Input::Last { seq: n - 20 });
        // The writer goes on all the time.
        bench.hear_at(ANN, What::Heartbeat, |said| said.standing.n = n + 10);
    }
    assert_eq!(bench.member.state(), HostState::Follower);
}

#[test]
fn a_stream_that_stays_shorter_is_an_alarm_and_the_longer_copy_says_so() {
    let mut bench = Bench::following();
    let seq = bench.member.position().seq;
    bench.pass(300);
    assert!(!asks_last(&bench.hear(CAT, What::Ask { question: 1 })));
    let shorter = |said: &mut super::super::super::peer::Said| said.standing.n -= 1;
    let outputs = bench.hear_at(CAT, What::Ask { question: 2 }, shorter);
    assert!(asks_last(&outputs), "a host that has less may be about to claim");
    assert_eq!(alarm(&bench.tell(Input::Last { seq: seq - 1 })), None, "a server that was away says it, too");
    for _ in 0..19 {
        assert!(asks_last(&bench.pass_slowly(260)));
        assert_eq!(alarm(&bench.tell(Input::Last { seq: seq - 1 })), None);
    }
    assert!(asks_last(&bench.pass_slowly(260)));
    assert!(alarm(&bench.tell(Input::Last { seq: seq - 1 })).is_some());
    let outputs = bench.hear_at(CAT, What::Ask { question: 3 }, shorter);
    let [Output::Say(said)] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert!(matches!(said.what, What::Vote { question: 3, .. }));
    assert!(said.standing.blank, "it consents to nothing");
    assert_eq!(said.standing.n, bench.member.position().n);
}

#[test]
fn a_stream_that_was_shorter_for_a_moment_is_none() {
    let mut bench = Bench::following();
    let seq = bench.member.position().seq;
    bench.pass(250);
    assert!(asks_last(&bench.hear_at(CAT, What::Ask { question: 1 }, |said| said.standing.n -= 1)));
    bench.tell(Input::Last { seq: seq - 1 });
    bench.pass(300);
    bench.tell(Input::Last { seq });
    assert!(!asks_last(&bench.pass_slowly(200)));
    bench.pass_slowly(6_000);
    assert_eq!(bench.member.alarm(), None);
    assert_eq!(bench.tell(Input::Last { seq: seq - 1 }), [], "nobody has asked");
}

#[test]
fn a_message_is_as_old_as_its_time_and_not_as_its_reading() {
    let mut bench = Bench::following();
    assert_eq!(bench.member.stale(bench.now()), None);
    let old = bench.next(Kind::Tick);
    bench.time += 2_001;
    assert!(bench.member.stale(bench.now()).is_some());
    bench.read(&old);
    assert!(bench.member.stale(bench.now()).is_some(), "it was under way for two seconds");
    let new = bench.next(Kind::Tick);
    bench.read(&new);
    assert_eq!(bench.member.stale(bench.now()), None);
    let seq = bench.member.position().seq;
    bench.time += 2_001;
    bench.tell(Input::Last { seq });
    assert!(bench.member.stale(bench.now()).is_some(), "a leader that is cut off says that, too");
}

#[test]
fn a_host_that_hears_of_more_than_it_has_is_behind() {
    let mut bench = Bench::following();
    bench.hear_at(ANN, What::Heartbeat, |said| said.standing.n += 2);
    let first = bench.next(Kind::Batch);
    bench.read(&first);
    bench.time += 2_001;
    let late = bench.message(Kind::Tick, ANN, 4, b"");
    assert_eq!(reads_from(&bench.tell(Input::Tick)), [bench.member.position().seq + 1], "its consumer may be stuck");
    assert!(bench.member.stale(bench.now()).is_some());
    bench.read(&late);
    assert_eq!(bench.member.stale(bench.now()), None);
}

#[test]
fn a_clock_that_differs_from_the_writers_makes_nothing_fresh() {
    let mut bench = Bench::following();
    bench.hear_at(ANN, What::Heartbeat, |said| said.at = Timestamp::from_millis(said.at.as_millis() + 1_100));
    assert!(bench.member.stale(bench.now()).is_some());
    bench.hear(ANN, What::Heartbeat);
    assert_eq!(bench.member.stale(bench.now()), None);
}
