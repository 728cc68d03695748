//! Campaigns: when they begin, what ends them, and what the other hosts say.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::super::message::Kind;
use super::super::super::peer::{Said, What};
use super::super::{Input, Output};
use super::bench::{ANN, BOB, Bench, CAT, alarm, published, question, says};
use crate::event::Hash;
use crate::types::{HostId, HostState, Timestamp};

/// Returns a member that asks for votes, and the number of its question.
fn asking() -> (Bench, u64) {
    let mut bench = Bench::following();
    bench.pass(1_000);
    let seq = bench.member.position().seq;
    bench.tell(Input::Last { seq });
    let outputs = bench.tell(Input::Keys { complete: true });
    (bench, question(&outputs).unwrap())
}

fn vote(outputs: &[Output]) -> Option<(bool, Option<Hash>)> {
    outputs.iter().find_map(|output| match output {
        Output::Say(Said { what: What::Vote { hears_writer, yours, .. }, .. }) => Some((*hears_writer, *yours)),
        _ => None,
    })
}

#[test]
fn a_quiet_writer_starts_a_campaign() {
    let mut bench = Bench::following();
    for _ in 0..20 {
        bench.pass(75);
        bench.hear(ANN, What::Heartbeat);
        assert_eq!(bench.member.state(), HostState::Follower);
    }
    bench.pass_slowly(280);
    assert_eq!(bench.member.state(), HostState::Follower);
    bench.pass_slowly(220);
    assert_eq!(bench.member.state(), HostState::Candidate);
}

#[test]
fn bye_starts_a_campaign_at_once() {
    let mut bench = Bench::following();
    bench.hear(ANN, What::Heartbeat);
    bench.hear(CAT, What::Bye);
    bench.pass(60);
    assert_eq!(bench.member.state(), HostState::Follower, "Cat is no writer");
    bench.hear(ANN, What::Bye);
    bench.pass(60);
    assert_eq!(bench.member.state(), HostState::Candidate);
    assert_eq!(vote(&bench.hear(CAT, What::Ask { question: 1 })).map(|(hears, _)| hears), Some(false));
}

#[test]
fn what_was_said_before_and_is_heard_after_is_overtaken() {
    let mut bench = Bench::following();
    bench.hear_at(ANN, What::Bye, |said| said.number = 100);
    bench.hear_at(ANN, What::Heartbeat, |said| said.number = 99);
    bench.pass(60);
    assert_eq!(bench.member.state(), HostState::Candidate);
}

#[test]
fn a_campaign_goes_by_the_end_of_the_stream_the_keys_and_the_votes() {
    let mut bench = Bench::following();
    let outputs = bench.pass(1_000);
    assert!(outputs.contains(&Output::AskLast) && !outputs.contains(&Output::CheckKeys));
    let seq = bench.member.position().seq;
    bench.tell(Input::Last { seq: seq + 1 });
    let last = bench.next(Kind::Batch);
    let outputs = bench.read(&last);
    assert!(outputs.contains(&Output::AskLast), "more may have come");
    let outputs = bench.tell(Input::Last { seq: seq + 1 });
    assert!(outputs.contains(&Output::CheckKeys));
    assert_eq!(question(&bench.tell(Input::Keys { complete: false })), None);
    assert!(bench.pass(250).contains(&Output::CheckKeys), "a key may come");
    let asked = question(&bench.tell(Input::Keys { complete: true })).unwrap();
    let again = bench.pass(250);
    assert_eq!(question(&again), Some(asked));
    let outputs = bench.votes(CAT, asked, false, false);
    let (expected, claim) = published(&outputs).unwrap();
    assert_eq!((expected, claim.header.epoch, claim.header.writer), (seq + 1, 5, BOB));
    let body: serde_json::Value = serde_json::from_slice(&claim.body).unwrap();
    assert_eq!(body["consents"], serde_json::json!([CAT, BOB]));
    assert_eq!(body["voters"], serde_json::json!([ANN, BOB, CAT]));
    assert_eq!(body["alone"], false);
}

#[test]
fn the_own_claim_makes_a_writer_and_anothers_a_follower() {
    let (mut bench, claim) = Bench::claiming();
    let outputs = bench.read(&claim);
    assert_eq!(outputs[0], Output::Lead { epoch: 5 });
    assert!(bench.member.is_writer());

    let (mut bench, claim) = Bench::claiming();
    bench.hear(ANN, What::Heartbeat);
    assert_eq!(bench.member.state(), HostState::Candidate, "the claim may be stored at any time");
    assert_eq!(published(&bench.pass(250)).map(|(_, sent)| sent), Some(claim));
    let other = bench.message(Kind::Claim, CAT, 5, b"");
    let position = bench.member.position().after(&other).unwrap();
    assert_eq!(bench.read(&other), [Output::Apply { position, message: other }]);
    assert_eq!(bench.member.state(), HostState::Follower);
}

#[test]
fn a_claim_of_an_earlier_process_leads_nobody() {
    let (mut bench, _) = Bench::claiming();
    let earlier = bench.message(Kind::Claim, BOB, 5, b"another process wrote it");
    let outputs = bench.read(&earlier);
    assert!(matches!(outputs[0], Output::Apply { .. }));
    assert_eq!(bench.member.state(), HostState::Follower);
}

#[test]
fn a_batch_in_the_place_of_the_claim_starts_the_campaign_again() {
    let (mut bench, _) = Bench::claiming();
    let batch = bench.next(Kind::Batch);
    let outputs = bench.read(&batch);
    assert!(outputs.contains(&Output::AskLast));
    assert_eq!(bench.member.state(), HostState::Candidate);
    assert_eq!(published(&bench.pass(300)), None);
}

#[test]
fn votes_that_are_none() {
    type Cast = fn(&mut Bench, u64);
    let casts: [(&str, Cast); 8] = [
        ("a blank host's", |bench, question| drop(bench.votes(CAT, question, false, true))),
        ("one that hears the writer", |bench, question| drop(bench.votes(CAT, question, true, false))),
        ("to another question", |bench, question| drop(bench.votes(CAT, question + 1, false, false))),
        ("a stranger's", |bench, question| {
            drop(bench.votes(HostId::from_bytes([9; 16]), question, false, false));
        }),
        ("to another host", |bench, question| {
            let vote = What::Vote { to: CAT, question, hears_writer: false, yours: None };
            bench.hear(CAT, vote);
        }),
        ("of a host that is behind", |bench, question| {
            let vote = What::Vote { to: BOB, question, hears_writer: false, yours: None };
            bench.hear_at(CAT, vote, |said| said.standing.n -= 1);
        }),
        ("of another journal", |bench, question| {
            let vote = What::Vote { to: BOB, question, hears_writer: false, yours: None };
            bench.hear_at(CAT, vote, |said| said.standing.journal = Hash::ZERO);
        }),
        ("of an earlier stream", |bench, question| {
            let vote = What::Vote { to: BOB, question, hears_writer: false, yours: None };
            bench.hear_at(CAT, vote, |said| said.standing.generation = 0);
        }),
    ];
    for (what, cast) in casts {
        let (mut bench, question) = asking();
        cast(&mut bench, question);
        assert_eq!(published(&bench.pass_slowly(600)), None, "{what}");
        assert_eq!(bench.member.state(), HostState::Candidate, "{what}");
        assert!(published(&bench.votes(CAT, question, false, false)).is_some(), "{what}: it may vote otherwise later");
    }
}

#[test]
fn a_majority_that_hears_the_writer_is_a_veto() {
    let (mut bench, question) = asking();
    bench.votes(CAT, question, true, false);
    assert_eq!(bench.member.state(), HostState::Candidate);
    bench.votes(ANN, question, true, false);
    assert_eq!(bench.member.state(), HostState::Follower);
    assert_eq!(
        vote(&bench.hear(CAT, What::Ask { question: 1 })).map(|(hears, _)| hears),
        Some(false),
        "by hearsay only"
    );
    bench.pass(200);
    assert_eq!(bench.member.state(), HostState::Follower);
}

#[test]
fn a_longer_copy_or_another_history_holds_a_campaign() {
    let longer = |said: &mut Said| said.standing.n += 1;
    for is_vote in [true, false] {
        let (mut bench, question) = asking();
        let what = What::Vote { to: BOB, question, hears_writer: false, yours: None };
        let outputs = bench.hear_at(ANN, if is_vote { what } else { What::Status }, longer);
        assert_eq!(published(&outputs), None);
        assert_eq!(published(&bench.votes(CAT, question, false, false)), None);
        assert!(!bench.pass(60).contains(&Output::AskLast), "not all the time");
        assert!(bench.pass(60).contains(&Output::AskLast), "the stream may have more");
        assert_eq!(bench.member.alarm(), None, "not this host's to sound");
    }
    let (mut bench, question) = asking();
    let yours = Some(Hash::ZERO);
    bench.hear(ANN, What::Vote { to: BOB, question, hears_writer: false, yours });
    assert_eq!(published(&bench.votes(CAT, question, false, false)), None);
    assert!(
        bench.pass_slowly(1_200).iter().any(|output| matches!(output, Output::ReadFrom { .. })),
        "is it this copy?"
    );
}

#[test]
fn what_a_host_answers_when_it_is_asked() {
    let mut bench = Bench::following();
    let head = bench.member.position().head;
    bench.hear(ANN, What::Heartbeat);
    assert_eq!(vote(&bench.hear(CAT, What::Ask { question: 1 })), Some((true, Some(head))));
    bench.pass(260);
    assert_eq!(vote(&bench.hear(CAT, What::Ask { question: 1 })), Some((false, Some(head))));
    let ahead = |said: &mut Said| said.standing.n += 1;
    assert_eq!(vote(&bench.hear_at(CAT, What::Ask { question: 1 }, ahead)), Some((false, None)));
    bench.hear_at(ANN, What::Heartbeat, |said| said.standing.epoch += 1);
    assert_eq!(vote(&bench.hear(CAT, What::Ask { question: 1 })), Some((true, Some(head))), "a claim not read yet");
    let mut bench = Bench::writing();
    bench.pass_slowly(500);
    assert_eq!(
        vote(&bench.hear(CAT, What::Ask { question: 1 })).map(|(hears, _)| hears),
        Some(true),
        "it is the writer"
    );
}

#[test]
fn a_heartbeat_of_an_old_writer_counts_for_nothing() {
    let mut bench = Bench::following();
    let claim = bench.message(Kind::Claim, CAT, 5, b"");
    bench.read(&claim);
    for _ in 0..10 {
        bench.pass(75);
        bench.hear_at(ANN, What::Heartbeat, |said| said.standing.epoch = 4);
        bench.hear(ANN, What::Heartbeat);
    }
    assert_eq!(bench.member.state(), HostState::Candidate);
}

#[test]
fn a_host_with_a_wrong_clock_claims_nothing() {
    let (mut bench, question) = asking();
    let late = |said: &mut Said| said.at = Timestamp::from_millis(said.at.as_millis() + 5_001);
    let yours = Some(bench.member.position().head);
    let vote = What::Vote { to: BOB, question, hears_writer: false, yours };
    bench.hear_at(ANN, What::Status, late);
    assert_eq!(published(&bench.hear_at(CAT, vote, late)), None);
    assert_eq!(published(&bench.pass_slowly(5_000)), None, "what was heard long ago tells nothing of the clock");
    assert!(published(&bench.hear(CAT, vote)).is_some());
}

#[test]
fn the_operator_can_do_without_the_others() {
    let mut bench = Bench::following();
    bench.tell(Input::TakeOver);
    let seq = bench.member.position().seq;
    bench.tell(Input::Last { seq });
    assert!(question(&bench.tell(Input::Keys { complete: true })).is_some());
    assert_eq!(published(&bench.pass(200)), None, "they may answer");
    let (_, claim) = published(&bench.pass(60)).unwrap();
    let body: serde_json::Value = serde_json::from_slice(&claim.body).unwrap();
    assert_eq!((&body["alone"], &body["consents"]), (&true.into(), &serde_json::json!([BOB])));
    assert!(bench.read(&claim).contains(&Output::Lead { epoch: 5 }));
}

#[test]
fn the_operator_can_do_so_when_all_others_are_gone() {
    let (mut bench, _) = Bench::blank();
    let tick = bench.next(Kind::Tick);
    bench.read(&tick);
    bench.tell(Input::Last { seq: 11 });
    bench.pass_slowly(30_000);
    assert_eq!(bench.member.state(), HostState::Blank);
    bench.tell(Input::TakeOver);
    assert_eq!(bench.member.state(), HostState::Candidate);
}

#[test]
fn not_even_the_operator_overrules_a_writer_that_lives_or_a_longer_copy() {
    let start = || {
        let mut bench = Bench::following();
        bench.tell(Input::TakeOver);
        let seq = bench.member.position().seq;
        bench.tell(Input::Last { seq });
        let question = question(&bench.tell(Input::Keys { complete: true })).unwrap();
        (bench, question)
    };
    let (mut bench, question) = start();
    bench.votes(ANN, question, true, false);
    bench.votes(CAT, question, true, false);
    assert_eq!(bench.member.state(), HostState::Follower);
    assert_eq!(published(&bench.pass(300)), None);

    let (mut bench, _) = start();
    bench.hear_at(CAT, What::Status, |said| said.standing.n += 1);
    assert_eq!(published(&bench.pass_slowly(2_000)), None);
}

#[test]
fn what_the_operator_wants_does_not_hold_for_ever() {
    let mut bench = Bench::following();
    bench.tell(Input::TakeOver);
    assert_eq!(bench.member.state(), HostState::Candidate);
    bench.hear(ANN, What::Heartbeat);
    assert_eq!(bench.member.state(), HostState::Follower, "the writer lives");

    let mut bench = Bench::following();
    bench.tell(Input::TakeOver);
    bench.pass(60_000);
    let seq = bench.member.position().seq;
    bench.tell(Input::Last { seq });
    let question = question(&bench.tell(Input::Keys { complete: true })).unwrap();
    assert_eq!(published(&bench.pass_slowly(1_000)), None, "it was wanted a minute ago");
    assert!(published(&bench.votes(CAT, question, false, false)).is_some());
}

#[test]
fn a_host_without_a_vote_campaigns_no_longer() {
    let (mut bench, question) = asking();
    bench.tell(Input::Voters(BTreeSet::from([ANN, CAT])));
    assert_eq!(bench.member.state(), HostState::Follower);
    assert_eq!(published(&bench.votes(CAT, question, false, false)), None);
    assert_eq!(published(&bench.pass_slowly(2_000)), None);
    assert_eq!(bench.member.state(), HostState::Follower);

    let (mut bench, claim) = Bench::claiming();
    bench.tell(Input::Voters(BTreeSet::from([ANN, CAT])));
    let again = published(&bench.pass(250)).map(|(_, sent)| sent);
    assert_eq!(again, Some(claim), "what was sent may be stored at any time");
}

#[test]
fn a_copied_directory_is_an_alarm_and_a_restart_is_none() {
    let mut bench = Bench::following();
    let again = |said: &mut Said| said.instance = 78;
    bench.hear_at(BOB, What::Status, again);
    bench.pass(1_500);
    assert_eq!(alarm(&bench.hear_at(BOB, What::Status, again)), None, "the process before this one may be heard late");
    bench.pass(1_500);
    assert!(alarm(&bench.hear_at(BOB, What::Status, again)).is_some());

    let mut bench = Bench::following();
    for _ in 0..10 {
        bench.pass(1_000);
        bench.hear_at(BOB, What::Status, |said| said.instance = 77);
    }
    assert_eq!(bench.member.alarm(), None, "it hears itself");
}

#[test]
fn an_alarm_that_the_driver_finds_is_one() {
    let mut bench = Bench::writing();
    let outputs = bench.tell(Input::Alarm("the disk is gone".into()));
    assert_eq!(outputs, [Output::Depose, Output::Alarm("the disk is gone".into())]);
    assert_eq!(bench.pass(1_000), []);
    assert_eq!(says(&bench.hear(CAT, What::Ask { question: 1 }), |_| true), 0);
}

#[test]
fn a_claim_is_sent_until_its_place_is_taken() {
    let (mut bench, claim) = Bench::claiming();
    for _ in 0..40 {
        assert_eq!(published(&bench.pass(250)).map(|(_, sent)| sent), Some(Arc::clone(&claim)));
    }
}
