//! Tests of the webhook domain, as given, when, then.

use super::{
    Rejection, WebhookAdvanced, WebhookDisabled, WebhookProgress, WebhookRemoved, WebhookResumed, WebhookSaved,
};
use crate::domain::testing::*;
use crate::event::{DomainEvent, Hash};
use crate::types::Timestamp;

fn at(cursor: u64) -> WebhookProgress {
    WebhookProgress::new(cursor, Hash::ZERO)
}

fn saved(number: u64, sealed: &str, cursor: Option<u64>) -> DomainEvent {
    let (webhook_id, event_types, sealed) = (webhook(number), Vec::new(), sealed.into());
    DomainEvent::WebhookSaved(WebhookSaved { webhook_id, event_types, sealed, progress: cursor.map(at) })
}

fn advanced(number: u64, progress: WebhookProgress) -> DomainEvent {
    DomainEvent::WebhookAdvanced(WebhookAdvanced { webhook_id: webhook(number), progress })
}

fn disabled(number: u64, reason: &str) -> DomainEvent {
    DomainEvent::WebhookDisabled(WebhookDisabled { webhook_id: webhook(number), reason: reason.into() })
}

fn resumed(number: u64) -> DomainEvent {
    DomainEvent::WebhookResumed(WebhookResumed { webhook_id: webhook(number) })
}

fn removed(number: u64) -> DomainEvent {
    DomainEvent::WebhookRemoved(WebhookRemoved { webhook_id: webhook(number) })
}

/// Returns a scenario with a webhook that has all records up to the seventh.
fn subscribed() -> Scenario {
    market().at(5).has(save(1, 0, "sealed", Some(7)))
}

#[test]
fn a_webhook_is_created_once_and_changed_by_who_knows_it() {
    let scenario = market().at(5).when(save(1, 0, "one", Some(7))).then_events([saved(1, "one", Some(7))]);
    let scenario = scenario.when(save(1, 0, "other", Some(9))).then_nothing();
    let scenario = scenario.at(6).when(save(1, 1, "two", None)).then_events([saved(1, "two", None)]);
    let scenario = scenario.when(save(1, 1, "three", None)).then_nothing();
    let webhook = scenario.webhook(1);
    assert_eq!((&*webhook.sealed, webhook.progress, webhook.version), ("two", at(7), 2));
    assert_eq!((webhook.created_at, webhook.updated_at), (ms(5), ms(6)));
    let scenario = scenario.when(save(1, 2, "two", Some(8))).then_events([saved(1, "two", Some(8))]);
    assert_eq!(scenario.webhook(1).progress, at(8));
}

#[test]
fn deliveries_advance_unless_something_was_decided_meanwhile() {
    let failed = at(9).failed(2, Some(Timestamp::from_millis(100)));
    let scenario = subscribed().when(advance(1, 1, failed)).then_events([advanced(1, failed)]);
    scenario.when(advance(1, 2, failed)).then_nothing();
    let scenario = scenario.has(resume(1));
    assert_eq!(scenario.webhook(1).progress, at(9));
    // It was under way while the operator resumed.
    let scenario = scenario.when(advance(1, 2, at(9).failed(3, None))).then_nothing();
    scenario.when(disable(1, Some(2), "it failed")).then_nothing();
}

#[test]
fn what_is_disabled_keeps_its_reason_until_it_is_resumed() {
    let scenario = subscribed().at(6).when(disable(1, Some(1), "it failed")).then_events([disabled(1, "it failed")]);
    let scenario = scenario.when(disable(1, None, "another")).then_nothing();
    assert_eq!(scenario.webhook(1).disabled_reason.as_deref(), Some("it failed"));
    assert_eq!(scenario.webhook(1).disabled_at, Some(ms(6)));
    let scenario = scenario.at(8).when(resume(1)).then_events([resumed(1)]);
    let webhook = scenario.webhook(1);
    assert_eq!((&webhook.disabled_reason, webhook.disabled_at, webhook.resumed_version), (&None, None, 3));
    // An operator means any version, and may resume what is active.
    scenario.has(resume(1)).when(disable(1, None, "by hand")).then_events([disabled(1, "by hand")]);
}

#[test]
fn what_is_removed_keeps_no_secret_and_may_come_again() {
    let scenario = subscribed().has(disable(1, None, "gone")).when(remove(1)).then_events([removed(1)]);
    assert!(scenario.webhook(1).sealed.is_empty() && scenario.webhook(1).removed);
    for command in [advance(1, 3, at(9)), disable(1, None, "x"), resume(1), remove(1), save(1, 3, "x", Some(9))] {
        scenario.when(command).then_refused(Rejection::NotFound);
    }
    let scenario = scenario.when(save(1, 0, "again", Some(9))).then_events([saved(1, "again", Some(9))]);
    let webhook = scenario.webhook(1);
    assert_eq!((webhook.version, webhook.removed, &webhook.disabled_reason), (4, false, &None));
}

#[test]
fn there_is_a_limit() {
    let scenario = (1..=3).fold(market(), |scenario, number| scenario.has(save(number, 0, "sealed", Some(0))));
    scenario.when(save(4, 0, "sealed", Some(0))).then_refused(Rejection::LimitReached);
    scenario.clone().has(save(3, 1, "changed", None));
    scenario.has(remove(2)).has(save(4, 0, "sealed", Some(0)));
}

#[test]
fn only_operators_and_the_system_may() {
    let scenario = subscribed();
    for command in [save(2, 0, "x", Some(0)), advance(1, 1, at(9)), disable(1, None, "x"), resume(1), remove(1)] {
        scenario.clone().by(BUYER).when(command.clone()).then_refused(Rejection::OperatorRequired);
        scenario.clone().by(OPERATOR).has(command);
    }
}

#[test]
fn refusals_come_in_this_order() {
    let full = (1..=3).fold(market(), |scenario, number| scenario.has(save(number, 0, "sealed", Some(0))));
    check_refused([
        (full.clone().by(BUYER), save(4, 1, "x", None), Rejection::OperatorRequired),
        (full.clone(), save(4, 1, "x", Some(0)), Rejection::NotFound),
        (full.clone(), save(4, 0, "x", None), Rejection::NotFound),
        (full.clone(), save(4, 0, "x", Some(0)), Rejection::LimitReached),
        (full.clone().by(BUYER), advance(9, 1, at(1)), Rejection::OperatorRequired),
        (full.clone().by(BUYER), disable(9, None, "x"), Rejection::OperatorRequired),
        (full.clone().by(BUYER), resume(9), Rejection::OperatorRequired),
        (full.by(BUYER), remove(9), Rejection::OperatorRequired),
    ]);
}

#[test]
fn forged_facts_about_webhooks_are_refused() {
    let mut scenario = subscribed();
    assert!(scenario.apply(&saved(2, "x", None)).is_err());
    for event in [advanced(9, at(1)), disabled(9, "x"), resumed(9), removed(9)] {
        assert!(scenario.apply(&event).is_err(), "{event:?}");
    }
    for version in [0, 1, 3] {
        let fact = crate::domain::Fact { at: ms(9), version };
        for event in [saved(1, "x", None), advanced(1, at(9)), disabled(1, "x"), resumed(1), removed(1)] {
            assert!(scenario.state.clone().apply(&event, fact).is_err(), "{event:?} as version {version}");
        }
    }
    let mut gone = scenario.has(remove(1));
    for event in [saved(1, "x", None), advanced(1, at(9)), disabled(1, "x"), resumed(1), removed(1)] {
        assert!(gone.apply(&event).is_err(), "{event:?}");
    }
}
