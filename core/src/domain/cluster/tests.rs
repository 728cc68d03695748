//! Tests of the cluster domain, as given, when, then.

use super::{HostJoined, HostLeft, Rejection};
use crate::domain::testing::*;
use crate::event::DomainEvent;

fn joined(number: u64, name: &str, voter: bool) -> DomainEvent {
    DomainEvent::HostJoined(HostJoined { host_id: host(number), name: name.parse().unwrap(), voter })
}

fn left(number: u64) -> DomainEvent {
    DomainEvent::HostLeft(HostLeft { host_id: host(number) })
}

/// Returns a scenario with three hosts of which two vote.
fn cluster() -> Scenario {
    market().has(join(1, "a", true)).has(join(2, "b", true)).has(join(3, "c", false))
}

fn voters<const N: usize>(scenario: &Scenario, numbers: [u64; N]) {
    assert!(scenario.state.hosts().voters().iter().copied().eq(numbers.map(host)));
}

#[test]
fn hosts_join_with_a_vote_or_without() {
    let scenario = market().at(5).when(join(1, "a", true)).then_events([joined(1, "a", true)]);
    voters(&scenario, [1]);
    let scenario = scenario.at(6).when(join(2, "b", false)).then_events([joined(2, "b", false)]);
    voters(&scenario, [1]);
    let first = scenario.state.host(host(1)).unwrap();
    assert_eq!((first.version, first.joined_at, first.updated_at), (1, ms(5), ms(5)));
}

#[test]
fn a_member_gets_another_name_or_vote() {
    let scenario = cluster().at(7).when(join(3, "c", true)).then_events([joined(3, "c", true)]);
    voters(&scenario, [1, 2, 3]);
    let scenario = scenario.when(join(1, "z", true)).then_events([joined(1, "z", true)]);
    let scenario = scenario.when(join(1, "z", false)).then_events([joined(1, "z", false)]);
    voters(&scenario, [2, 3]);
    let first = scenario.state.host(host(1)).unwrap();
    assert_eq!((first.name.as_str(), first.version, first.joined_at, first.updated_at), ("z", 3, ms(0), ms(7)));
    scenario.when(join(1, "z", false)).then_nothing();
}

#[test]
fn who_has_left_has_no_vote_until_it_joins_again() {
    let scenario = cluster().when(leave(1)).then_events([left(1)]);
    voters(&scenario, [2]);
    let scenario = scenario.when(leave(1)).then_nothing();
    let scenario = scenario.when(join(1, "a", true)).then_events([joined(1, "a", true)]);
    voters(&scenario, [1, 2]);
    assert_eq!(scenario.state.host(host(1)).unwrap().version, 3);
}

#[test]
fn a_name_is_free_once_its_host_has_left() {
    let scenario = cluster().when(join(4, "a", false)).then_refused(Rejection::NameTaken);
    scenario.has(leave(1)).has(join(4, "a", false)).when(join(1, "a", true)).then_refused(Rejection::NameTaken);
}

#[test]
fn one_host_joins_or_leaves_at_a_time() {
    let scenario = cluster().while_hosts_change();
    scenario.when(join(4, "d", false)).then_refused(Rejection::ChangePending);
    scenario.when(join(3, "c", true)).then_refused(Rejection::ChangePending);
    scenario.when(leave(3)).then_refused(Rejection::ChangePending);
    scenario.when(join(3, "c", false)).then_nothing();
}

#[test]
fn one_host_always_votes() {
    let scenario = cluster().has(leave(2));
    scenario.when(leave(1)).then_refused(Rejection::LastVoter);
    scenario.when(join(1, "a", false)).then_refused(Rejection::LastVoter);
    scenario.clone().has(join(1, "other", true)).has(leave(3));
    market().has(join(1, "a", false)).has(leave(1));
}

#[test]
fn only_operators_and_the_system_say_who_belongs_to_it() {
    let scenario = cluster();
    scenario.clone().by(BUYER).when(join(4, "d", false)).then_refused(Rejection::OperatorRequired);
    scenario.clone().by(BUYER).when(leave(3)).then_refused(Rejection::OperatorRequired);
    scenario.by(OPERATOR).has(join(4, "d", false)).has(leave(4));
}

#[test]
fn refusals_come_in_this_order() {
    let pending = cluster().has(leave(2)).while_hosts_change();
    check_refused([
        (pending.clone().by(BUYER), join(4, "a", true), Rejection::OperatorRequired),
        (pending.clone(), join(4, "a", true), Rejection::NameTaken),
        (pending.clone(), join(1, "a", false), Rejection::ChangePending),
        (pending.clone().by(BUYER), leave(9), Rejection::OperatorRequired),
        (pending.clone(), leave(9), Rejection::HostNotFound),
        (pending, leave(1), Rejection::ChangePending),
    ]);
}

#[test]
fn forged_facts_about_hosts_are_refused() {
    let mut scenario = cluster().has(leave(1));
    assert!(scenario.apply(&left(1)).is_err());
    assert!(scenario.apply(&left(9)).is_err());
    for version in [0, 1, 3] {
        let fact = crate::domain::Fact { at: ms(9), version };
        assert!(scenario.state.clone().apply(&joined(3, "c", true), fact).is_err(), "{version}");
        assert!(scenario.state.clone().apply(&left(3), fact).is_err(), "{version}");
    }
}
