//! Worlds from many seeds: with faults, with damage, and with both.

use std::ops::Range;

use super::world::{Damage, End, Outcome, Plan, World};

/// Replays one seed, and tells what happens.
pub(super) const SEED: &str = "BOXOFFICE_SIMULATION_SEED";

/// Number of seeds, if not as many as the tests run by themselves.
const SEEDS: &str = "BOXOFFICE_SIMULATION_SEEDS";

/// Runs as many worlds, or as the environment says; returns what came of them.
fn worlds(count: u64, plan: &Plan) -> Vec<Outcome> {
    let number = |name| std::env::var(name).ok().map(|text: String| text.parse::<u64>().unwrap());
    let seeds: Range<u64> = match number(SEED) {
        Some(seed) => seed..seed + 1,
        None => 0..number(SEEDS).unwrap_or(count),
    };
    let outcome = |seed| {
        let outcome = World::outcome(seed, plan);
        let Some(violation) = &outcome.violation else { return outcome };
        panic!("seed {seed}: {violation}\nto replay: {SEED}={seed} cargo test with the name of this test\n{plan:?}");
    };
    seeds.map(outcome).collect()
}

fn sum(outcomes: &[Outcome], of: impl Fn(&Outcome) -> u64) -> u64 {
    outcomes.iter().map(of).sum()
}

#[test]
fn a_seed_is_always_the_same_world() {
    let plan = Plan { damage: Some(Damage::Tail), ..Plan::FAULTS };
    assert_eq!(World::outcome(7, &plan), World::outcome(7, &plan));
}

#[test]
fn faults_lose_nothing_double_nothing_and_pass() {
    let outcomes = worlds(150, &Plan::FAULTS);
    assert!(sum(&outcomes, |outcome| outcome.answered) > 300 * outcomes.len() as u64);
    assert!(sum(&outcomes, |outcome| outcome.claims) > outcomes.len() as u64, "writers change");
    assert!(sum(&outcomes, |outcome| outcome.fresh_percent) > 60 * outcomes.len() as u64);
    assert!(outcomes.iter().all(|outcome| outcome.alarms == 0 && outcome.healed_after < 20_000));
}

#[test]
fn many_faults_do_neither() {
    worlds(50, &Plan { faults_max: 40, ends_at: 60_000, ..Plan::FAULTS });
}

#[test]
fn other_numbers_of_hosts_do_as_well() {
    for (hosts, count) in [(1, 30), (2, 30), (5, 50)] {
        worlds(count, &Plan { hosts, ..Plan::FAULTS });
    }
}

#[test]
fn a_second_host_has_what_is_told() {
    let plan = Plan { second_host: true, ..Plan::FAULTS };
    let outcomes = worlds(100, &plan);
    assert!(sum(&outcomes, |outcome| outcome.answered) > 50 * outcomes.len() as u64);
    worlds(20, &Plan { faults_max: 0, is_fair: true, ..plan });
    for hosts in [1, 2, 5] {
        worlds(20, &Plan { hosts, ..plan });
    }
}

#[test]
fn a_clock_that_is_wrong_harms_nothing() {
    worlds(100, &Plan { clocks_apart: true, ..Plan::FAULTS });
}

#[test]
fn without_faults_one_host_leads_and_all_are_fresh() {
    for outcome in worlds(20, &Plan::FAIR) {
        assert_eq!((outcome.claims, outcome.alarms), (1, 0));
        assert!(outcome.fresh_percent >= 95, "{outcome:?}");
    }
}

#[test]
fn damage_is_an_alarm() {
    for (damage, count) in [(Damage::Tail, 100), (Damage::HoleEverywhere, 50), (Damage::Copied, 50)] {
        let outcomes = worlds(count, &Plan { damage: Some(damage), ..Plan::FAULTS });
        let with_alarm = outcomes.iter().filter(|outcome| outcome.alarms > 0).count();
        assert!(with_alarm * 20 > outcomes.len(), "{damage:?}: {with_alarm} alarms");
    }
}

#[test]
fn a_hole_of_one_replica_is_read_from_another() {
    let outcomes = worlds(50, &Plan { damage: Some(Damage::Hole), ..Plan::FAULTS });
    assert!(sum(&outcomes, |outcome| outcome.alarms) * 50 < outcomes.len() as u64);
}

#[test]
fn another_host_leads_soon() {
    for (end, p95, most) in [(End::Killed, 700, 1_000), (End::Terminated, 180, 250)] {
        let mut times: Vec<u64> = (0..100).map(|seed| World::silence(seed, end)).collect();
        times.sort_unstable();
        assert!(times[95] < p95 && times[99] < most, "{end:?}: {times:?}");
    }
}
