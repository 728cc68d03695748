//! Webhooks that are shared, on one host: what they keep secret, and what they refuse.

use super::draft::{EVENT_TYPE_LEN_MAX, EVENT_TYPES_MAX, SECRET_LEN_MAX};
use super::*;
use crate::KeyRing;
use crate::event::Hash;

const ID: WebhookId = WebhookId::from_bytes([7; 16]);
const OLD: &[u8] = b"the old secret, at least 32 bytes long";
const NEW: &[u8] = b"the new secret, at least 32 bytes long";

fn open(dir: &std::path::Path, keys: KeyRing) -> SharedWebhooks {
    BoxOffice::builder().key_ring(keys).open(dir).unwrap().shared_webhooks()
}

fn begun() -> WebhookProgress {
    WebhookProgress::new(0, Hash::ZERO)
}

#[tokio::test]
async fn a_webhook_is_kept_with_a_secret_that_the_journal_does_not_show() {
    let dir = tempfile::tempdir().unwrap();
    let webhooks = open(dir.path(), KeyRing::new(OLD).unwrap());
    let draft = WebhookDraft::new(ID, b"whsec_secret").event_types(["OrderCreated"]).begins_at(begun());
    let saved = webhooks.save(Actor::System, draft).await.unwrap();
    let secret = webhooks.open(&saved).unwrap();
    assert_eq!((secret.bytes.as_slice(), secret.is_current), (b"whsec_secret".as_slice(), true));
    assert_eq!(webhooks.list().unwrap(), [saved]);
    let records = webhooks.office.journal().read(1, 10).unwrap();
    assert_eq!(records.iter().map(|record| record.event.name()).collect::<Vec<_>>(), ["WebhookSaved"]);
    assert!(!serde_json::to_string(&records).unwrap().contains("whsec"));
    let removed = webhooks.remove(Actor::System, ID).await.unwrap();
    assert_eq!(webhooks.open(&removed).unwrap_err().code(), Code::JournalUnavailable);
}

#[tokio::test]
async fn what_was_sealed_for_a_previous_secret_says_so_and_a_stranger_can_not_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let webhooks = open(dir.path(), KeyRing::new(OLD).unwrap());
    webhooks.save(Actor::System, WebhookDraft::new(ID, b"x").begins_at(begun())).await.unwrap();
    webhooks.office.close().await.unwrap();
    let rotated = KeyRing::new(NEW).unwrap().with_previous(OLD).unwrap();
    let webhooks = open(dir.path(), rotated);
    let saved = webhooks.list().unwrap().swap_remove(0);
    assert!(!webhooks.open(&saved).unwrap().is_current);
    let anew = webhooks.save(Actor::System, WebhookDraft::new(ID, b"x").rests_on(saved.version)).await.unwrap();
    assert!(webhooks.open(&anew).unwrap().is_current);
    webhooks.office.close().await.unwrap();
    let stranger = open(dir.path(), KeyRing::new(&[9; 32]).unwrap());
    let saved = stranger.list().unwrap().swap_remove(0);
    assert_eq!(stranger.open(&saved).unwrap_err().code(), Code::JournalUnavailable);
}

#[tokio::test]
async fn everything_has_a_limit() {
    let dir = tempfile::tempdir().unwrap();
    let webhooks = open(dir.path(), KeyRing::new(OLD).unwrap());
    let draft = || WebhookDraft::new(ID, b"x").begins_at(begun());
    let long = [
        WebhookDraft::new(ID, vec![0; SECRET_LEN_MAX + 1]).begins_at(begun()),
        draft().event_types(["x".repeat(EVENT_TYPE_LEN_MAX + 1)]),
        draft().event_types(vec!["x"; EVENT_TYPES_MAX + 1]),
    ];
    for draft in long {
        assert_eq!(webhooks.save(Actor::System, draft).await.unwrap_err().code(), Code::Validation);
    }
    webhooks.save(Actor::System, draft()).await.unwrap();
    let reason = "x".repeat(REASON_LEN_MAX + 1);
    let refused = webhooks.disable(Actor::System, ID, None, &reason).await.unwrap_err();
    assert_eq!(refused.code(), Code::Validation);
}

#[tokio::test]
async fn whoever_rests_on_an_older_version_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let webhooks = open(dir.path(), KeyRing::new(OLD).unwrap());
    let saved = webhooks.save(Actor::System, WebhookDraft::new(ID, b"x").begins_at(begun())).await.unwrap();
    let resumed = webhooks.resume(Actor::System, ID).await.unwrap();
    let late = webhooks.advance(Actor::System, ID, saved.version, begun().failed(3, None)).await.unwrap();
    assert_eq!(late, resumed);
    let disabled = webhooks.disable(Actor::System, ID, Some(resumed.version), "gone").await.unwrap();
    assert_eq!((disabled.version, disabled.disabled_reason.as_deref()), (3, Some("gone")));
}
