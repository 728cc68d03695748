//! Writing: one message at a time, until its place has been read.

use std::sync::Arc;

use super::super::super::answer::Answer;
use super::super::super::message::{Kind, Message};
use super::super::super::peer::What;
use super::super::{Input, Output, Resolution};
use super::bench::{ANN, BOB, BYTES_MAX, Bench, CAT, alarm, published, says};
use crate::types::HostState;

fn append(bench: &mut Bench, ticket: u64, body: &[u8]) -> Vec<Output> {
    bench.tell(Input::Append { ticket, body: body.into() })
}

fn resolved(outputs: &[Output]) -> Vec<(u64, Resolution)> {
    let resolved = outputs.iter().filter_map(|output| match output {
        Output::Resolved { ticket, outcome } => Some((*ticket, *outcome)),
        _ => None,
    });
    resolved.collect()
}

/// Returns a writer that has published a batch under ticket 1, and the batch.
fn with_batch() -> (Bench, u64, Arc<Message>) {
    let mut bench = Bench::writing();
    let (expected, batch) = published(&append(&mut bench, 1, b"rows")).unwrap();
    assert_eq!((batch.header.kind, batch.header.epoch, batch.header.writer), (Kind::Batch, 5, BOB));
    (bench, expected, batch)
}

#[test]
fn an_ack_of_the_place_stores_a_batch() {
    let (mut bench, expected, batch) = with_batch();
    let outputs = bench.answer(expected, &batch, Answer::Ack { seq: expected + 1, duplicate: false });
    let position = bench.member.position();
    assert_eq!((position.seq, position.head), (expected + 1, batch.header.hash));
    assert_eq!(resolved(&outputs), [(1, Resolution::Stored(position))]);
    assert!(!outputs.iter().any(|output| matches!(output, Output::Apply { .. })), "the engine has it already");
    assert_eq!(bench.tell(Input::Read { seq: expected + 1, message: batch }), [], "it is read later, too");
}

#[test]
fn what_is_read_in_the_place_decides() {
    let (mut bench, _, batch) = with_batch();
    let outputs = bench.read(&batch);
    assert_eq!(resolved(&outputs), [(1, Resolution::Stored(bench.member.position()))]);

    let (mut bench, expected, batch) = with_batch();
    append(&mut bench, 2, b"more");
    let claim = bench.message(Kind::Claim, CAT, 6, b"");
    let outputs = bench.read(&claim);
    let position = bench.member.position();
    let lost = |ticket| Output::Resolved { ticket, outcome: Resolution::Lost };
    assert_eq!(outputs[..4], [Output::Apply { position, message: claim }, lost(1), lost(2), Output::Depose]);
    assert_eq!(bench.member.state(), HostState::Follower);
    let late = Answer::Ack { seq: expected + 1, duplicate: false };
    assert_eq!(bench.answer(expected, &batch, late), [], "an old answer means nothing");
    assert_eq!(published(&bench.pass(500)), None, "nothing is sent again");
}

#[test]
fn no_refusal_is_a_verdict() {
    for code in [10_071, 10_008, 10_009, 10_063, 10_158, 10_164, 10_167, 503, 19_999] {
        let (mut bench, expected, batch) = with_batch();
        bench.answer(expected, &batch, Answer::Refused { code, last: Some(expected + 1) });
        bench.answer(expected, &batch, Answer::Silence);
        assert_eq!(resolved(&bench.pass(100)), []);
        assert_eq!(published(&bench.pass(150)), Some((expected, Arc::clone(&batch))), "{code}: the same bytes again");
        for _ in 0..100 {
            assert_eq!(published(&bench.pass(250)), Some((expected, Arc::clone(&batch))), "{code}: however often");
        }
    }
}

#[test]
fn a_conflict_over_a_place_that_is_not_read_starts_another_consumer() {
    let (mut bench, expected, batch) = with_batch();
    let conflict = Answer::Refused { code: 10_071, last: Some(expected + 1) };
    let reads = |outputs: &[Output]| outputs.contains(&Output::ReadFrom { seq: expected + 1 });
    assert!(!reads(&bench.answer(expected, &batch, conflict)));
    bench.pass_slowly(1_100);
    assert!(!reads(&bench.answer(expected, &batch, Answer::Silence)));
    assert!(reads(&bench.answer(expected, &batch, conflict)), "its delivery may have been lost");
    assert!(!reads(&bench.answer(expected, &batch, conflict)), "the new one has just begun");
}

#[test]
fn one_message_is_under_way_at_a_time() {
    let (mut bench, expected, batch) = with_batch();
    assert_eq!(published(&append(&mut bench, 2, b"more")), None);
    assert_eq!(resolved(&append(&mut bench, 3, b"and more")), [(3, Resolution::Lost)], "one waits, and no more");
    let outputs = bench.answer(expected, &batch, Answer::Ack { seq: expected + 1, duplicate: false });
    let (next, message) = published(&outputs).unwrap();
    assert_eq!((next, message.header.prev, &*message.body), (expected + 1, batch.header.hash, b"more".as_slice()));
}

#[test]
fn an_idle_writer_ticks_and_beats() {
    let mut bench = Bench::writing();
    assert_eq!(published(&bench.pass(900)), None);
    let outputs = bench.pass(100);
    let (expected, tick) = published(&outputs).unwrap();
    assert_eq!((tick.header.kind, tick.body.len()), (Kind::Tick, 0));
    let beats = |outputs: &[Output]| says(outputs, |what| *what == What::Heartbeat);
    assert_eq!(beats(&outputs), 1);
    assert!(beats(&bench.pass_slowly(4_000)) > 40, "the last append is younger than five seconds");
    let outputs = bench.pass_slowly(5_000);
    assert_eq!(beats(&outputs), 0, "nothing was stored for five seconds");
    assert!(says(&outputs, |what| *what == What::Status) > 8, "it still says how far it is");
    let outputs = bench.answer(expected, &tick, Answer::Ack { seq: expected + 1, duplicate: false });
    assert!(published(&outputs).is_some(), "the tick that was stored is old: another one");
}

#[test]
fn an_empty_append_is_a_tick() {
    let mut bench = Bench::writing();
    let (_, tick) = published(&append(&mut bench, 1, b"")).unwrap();
    assert_eq!(tick.header.kind, Kind::Tick);
    assert_eq!(resolved(&bench.read(&tick)), [(1, Resolution::Stored(bench.member.position()))]);
}

#[test]
fn what_is_too_large_is_not_sent() {
    let mut bench = Bench::writing();
    let outputs = append(&mut bench, 1, &[0; BYTES_MAX]);
    assert_eq!(resolved(&outputs), [(1, Resolution::TooLarge)]);
    assert_eq!(published(&outputs), None);
}

#[test]
fn a_tick_takes_the_place_of_what_the_servers_find_too_large() {
    let refused = Answer::Refused { code: 10_054, last: None };
    let (mut bench, expected, batch) = with_batch();
    let (again, tick) = published(&bench.answer(expected, &batch, refused)).unwrap();
    assert_eq!((again, tick.header.kind, tick.header.n), (expected, Kind::Tick, batch.header.n));
    assert_eq!(bench.answer(expected, &batch, refused), [], "that answer is old by now");
    let outputs = bench.answer(expected, &tick, Answer::Ack { seq: expected + 1, duplicate: false });
    assert_eq!(resolved(&outputs), [(1, Resolution::TooLarge)]);

    let (mut bench, expected, batch) = with_batch();
    bench.answer(expected, &batch, refused);
    let outputs = bench.read(&batch);
    assert_eq!(resolved(&outputs), [(1, Resolution::Stored(bench.member.position()))], "it was stored nevertheless");

    let (mut bench, expected, batch) = with_batch();
    bench.answer(expected, &batch, refused);
    let claim = bench.message(Kind::Claim, CAT, 6, b"");
    assert_eq!(resolved(&bench.read(&claim)), [(1, Resolution::Lost)]);

    let (mut bench, expected, batch) = with_batch();
    let (_, tick) = published(&bench.answer(expected, &batch, refused)).unwrap();
    assert!(alarm(&bench.answer(expected, &tick, refused)).is_some(), "not even a tick");
}

#[test]
fn what_no_operator_expects_is_an_alarm() {
    for answer in [
        Answer::Ack { seq: 99, duplicate: false },
        Answer::Ack { seq: 13, duplicate: true },
        Answer::Refused { code: 10_060, last: None },
        Answer::Refused { code: 10_059, last: None },
        Answer::Refused { code: 10_109, last: None },
        Answer::Refused { code: 10_070, last: None },
    ] {
        let (mut bench, expected, batch) = with_batch();
        append(&mut bench, 2, b"more");
        let outputs = bench.answer(expected, &batch, answer);
        assert!(alarm(&outputs).is_some(), "{answer:?}");
        assert!(outputs.contains(&Output::Depose));
        assert_eq!(resolved(&outputs), [(2, Resolution::Lost)], "the first may be stored or not");
        assert_eq!(resolved(&append(&mut bench, 3, b"rows")), [(3, Resolution::Lost)]);
        assert_eq!(bench.pass(1_000), [], "no heartbeat, nothing sent");
    }
}

#[test]
fn full_disks_make_a_writer_unready_until_something_is_stored() {
    let (mut bench, expected, batch) = with_batch();
    assert_eq!(bench.member.stale(bench.now()), None);
    bench.answer(expected, &batch, Answer::Refused { code: 10_077, last: None });
    assert!(bench.member.stale(bench.now()).is_some());
    assert!(published(&bench.pass(250)).is_some());
    let claim = bench.message(Kind::Claim, CAT, 6, b"");
    bench.read(&claim);
    assert_eq!(bench.member.stale(bench.now()), None);
}

#[test]
fn another_process_that_writes_as_this_host_is_an_alarm() {
    let mut bench = Bench::writing();
    let foreign = bench.message(Kind::Batch, BOB, 5, b"from the copied directory");
    assert!(alarm(&bench.read(&foreign)).is_some());
}

#[test]
fn a_host_that_ends_drains_and_says_bye() {
    let (mut bench, expected, batch) = with_batch();
    append(&mut bench, 2, b"more");
    let outputs = bench.tell(Input::Leave);
    assert_eq!(says(&outputs, |what| *what == What::Bye), 0);
    assert!(says(&bench.pass(100), |what| *what == What::Heartbeat) == 1, "it still writes");
    let outputs = bench.answer(expected, &batch, Answer::Ack { seq: expected + 1, duplicate: false });
    let (expected, last) = published(&outputs).unwrap();
    assert!(!bench.member.has_left());
    let outputs = bench.answer(expected, &last, Answer::Ack { seq: expected + 1, duplicate: false });
    assert!(outputs.contains(&Output::Depose));
    assert_eq!(says(&outputs, |what| *what == What::Bye), 1);
    assert!(bench.member.has_left());
    assert_eq!(resolved(&append(&mut bench, 3, b"late")), [(3, Resolution::Lost)]);
    assert_eq!(published(&bench.pass(2_000)), None, "no tick either");
    let claim = bench.message(Kind::Claim, CAT, 6, b"");
    let position = bench.member.position().after(&claim).unwrap();
    assert_eq!(bench.read(&claim), [Output::Apply { position, message: claim }], "it follows until it ends");
}

#[test]
fn a_host_that_ends_as_a_follower_has_left_at_once() {
    let mut bench = Bench::following();
    let outputs = bench.tell(Input::Leave);
    assert_eq!(says(&outputs, |what| *what == What::Bye), 0);
    assert!(bench.member.has_left());
    assert_eq!(bench.pass(5_000), [], "it does not campaign");
}

#[test]
fn a_claim_that_comes_true_too_late_is_given_up() {
    let (mut bench, claim) = Bench::claiming();
    bench.tell(Input::Leave);
    assert!(!bench.member.has_left());
    assert_eq!(published(&bench.pass(250)).map(|(_, sent)| sent), Some(Arc::clone(&claim)), "its place must be taken");
    let outputs = bench.read(&claim);
    assert!(!outputs.iter().any(|output| matches!(output, Output::Lead { .. })));
    assert_eq!(says(&outputs, |what| *what == What::Bye), 1);
    assert!(bench.member.has_left());
}

#[test]
fn money_is_asked_for_shortly_after_an_append_only() {
    let mut bench = Bench::writing();
    let may = |bench: &Bench, epoch| bench.member.may_charge(bench.now(), epoch, 2_000);
    assert!(may(&bench, 5));
    assert!(!may(&bench, 4));
    let (expected, tick) = published(&bench.pass(1_500)).unwrap();
    bench.pass(1_000);
    assert!(!may(&bench, 5));
    bench.pass(1_100);
    let outputs = bench.answer(expected, &tick, Answer::Ack { seq: expected + 1, duplicate: false });
    assert!(!may(&bench, 5), "it may have been stored two seconds ago");
    let (_, tick) = published(&outputs).unwrap();
    bench.read(&tick);
    assert!(may(&bench, 5));
    let claim = bench.message(Kind::Claim, ANN, 6, b"");
    bench.read(&claim);
    assert!(!may(&bench, 5) && !may(&bench, 6));
}
