//! Planted mistakes: each is found by a world within so many seeds.

use super::world::{Damage, Plan, World};
use crate::failpoint::Failpoint;

/// Returns the first seed that finds a mistake, and what it finds.
fn found(mistake: Failpoint, plan: &Plan, seeds: u64) -> Option<(u64, String)> {
    let violation = |seed| World::outcome(seed, plan).violation.map(|violation| (seed, violation));
    mistake.activate(|| (0..seeds).find_map(violation))
}

fn check(mistake: Failpoint, plan: &Plan, seeds: u64) {
    let found = found(mistake, plan, seeds);
    let Some((seed, violation)) = found else { panic!("{mistake:?} is not found by {seeds} seeds") };
    println!("{mistake:?} is found by seed {seed}: {violation}");
}

#[test]
fn two_batches_in_flight() {
    check(Failpoint::TwoBatchesInFlight, &Plan::FAULTS, 100);
}

#[test]
fn a_conflict_taken_as_a_verdict() {
    check(Failpoint::ConflictIsVerdict, &Plan::FAULTS, 100);
}

#[test]
fn a_claim_without_consent() {
    check(Failpoint::ClaimWithoutConsent, &Plan::FAULTS, 100);
    // Not only the claim shows it, but what comes of it: it writes where another host has something already.
    let damaged = Plan { damage: Some(Damage::Tail), checks_consents: false, ..Plan::FAULTS };
    let (_, violation) = found(Failpoint::ClaimWithoutConsent, &damaged, 200).unwrap();
    assert!(violation.contains("which host"), "{violation}");
}

#[test]
fn giving_up_by_time_out() {
    check(Failpoint::GiveUpByTimeout, &Plan::FAULTS, 100);
}

#[test]
fn a_follower_that_skips() {
    check(Failpoint::FollowerSkips, &Plan::FAULTS, 100);
}

#[test]
fn an_answer_before_a_second_host_has_it() {
    check(Failpoint::AnswerBeforeSecondHost, &Plan { second_host: true, ..Plan::FAULTS }, 20);
}

#[test]
fn a_blank_host_that_votes() {
    check(Failpoint::BlankVotes, &Plan { damage: Some(Damage::Tail), ..Plan::FAULTS }, 300);
}
