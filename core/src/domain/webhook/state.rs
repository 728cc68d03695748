//! State of the webhooks, and its changes by events.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Rejection, WebhookSaved};
use crate::domain::apply::Applied;
use crate::domain::{Context, Fact, Inconsistency, State};
use crate::event::Hash;
use crate::types::{Timestamp, WebhookId};

/// Maximum number of webhooks that are not removed. Random histories have to reach it.
pub(super) const WEBHOOKS_MAX: usize = if cfg!(test) { 3 } else { 64 };

/// A webhook that the hosts of a cluster share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Webhook {
    /// Id of the webhook.
    pub id: WebhookId,
    /// Types of the delivered events; empty for all.
    pub event_types: Vec<Arc<str>>,
    /// Where deliveries go and what signs them, encrypted; empty once it is removed.
    pub sealed: Arc<str>,
    /// How far deliveries have come.
    pub progress: WebhookProgress,
    /// Reason for which nothing is delivered; none while it is active.
    pub disabled_reason: Option<Arc<str>>,
    /// Time at which it was disabled; none while it is active.
    pub disabled_at: Option<Timestamp>,
    /// Version that it had after it was last resumed; 0 if nobody has resumed it.
    pub resumed_version: u64,
    /// `true` if it was removed.
    pub removed: bool,
    /// Version: 1 after it was saved for the first time, incremented by every change.
    pub version: u64,
    /// Time at which it was created.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

/// How far the deliveries of a webhook have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WebhookProgress {
    /// Number of the last record that needs no more delivery.
    pub cursor: u64,
    /// Number of failed attempts of the next delivery.
    pub attempts: u32,
    /// Time before which the next delivery is not attempted again; none if it may be at once.
    pub next_try_at: Option<Timestamp>,
    /// Id of the journal's history in which the cursor lies.
    pub history: Hash,
    /// Number of the last record that this history shares with those that it was restored from, as messages tell it; none if
    /// it never was. Hosts may differ in what they know of it, and messages must not.
    pub common: Option<u64>,
    /// `true` until the receiver is told that the journal goes on with another history.
    pub reset: bool,
}

impl WebhookProgress {
    /// Creates the progress of a webhook that has all records up to number `cursor` of this history.
    ///
    /// ```
    /// use boxoffice::{Hash, WebhookProgress};
    ///
    /// let progress = WebhookProgress::new(17, Hash::ZERO);
    /// assert_eq!((progress.cursor, progress.attempts), (17, 0));
    /// ```
    pub const fn new(cursor: u64, history: Hash) -> Self {
        Self { cursor, attempts: 0, next_try_at: None, history, common: None, reset: false }
    }

    /// Sets the number of failed attempts of the next delivery, and the time before which there is no other.
    ///
    /// ```
    /// use boxoffice::{Hash, Timestamp, WebhookProgress};
    ///
    /// let progress = WebhookProgress::new(17, Hash::ZERO).failed(2, Some(Timestamp::from_millis(1_800_000_000_000)));
    /// assert_eq!(progress.attempts, 2);
    /// ```
    #[must_use]
    pub const fn failed(self, attempts: u32, next_try_at: Option<Timestamp>) -> Self {
        Self { attempts, next_try_at, ..self }
    }

    /// Sets the number of the last record that the history shares with those that it was restored from.
    ///
    /// ```
    /// use boxoffice::{Hash, WebhookProgress};
    ///
    /// assert_eq!(WebhookProgress::new(17, Hash::ZERO).common(Some(9)).common, Some(9));
    /// ```
    #[must_use]
    pub const fn common(self, common: Option<u64>) -> Self {
        Self { common, ..self }
    }

    /// Sets whether the receiver is still to be told that the journal goes on with another history.
    ///
    /// ```
    /// use boxoffice::{Hash, WebhookProgress};
    ///
    /// assert!(WebhookProgress::new(17, Hash::ZERO).reset(true).reset);
    /// ```
    #[must_use]
    pub const fn reset(self, reset: bool) -> Self {
        Self { reset, ..self }
    }
}

/// All webhooks that were ever saved. They are few.
#[derive(Debug, Clone, Default)]
pub(crate) struct Webhooks(BTreeMap<WebhookId, Arc<Webhook>>);

impl Webhooks {
    /// Returns the webhook, also one that was removed.
    pub(crate) fn get(&self, id: WebhookId) -> Option<&Arc<Webhook>> {
        self.0.get(&id)
    }

    /// Iterates over all webhooks, those that were removed included.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Webhook>> {
        self.0.values()
    }

    /// Adds a webhook, or replaces what it was.
    pub(crate) fn insert(&mut self, webhook: Arc<Webhook>) {
        self.0.insert(webhook.id, webhook);
    }
}

impl State {
    /// Adds a webhook, or changes what it delivers and where.
    pub(super) fn webhook_saved(&mut self, event: &WebhookSaved, fact: Fact) -> Applied {
        let known = self.webhooks().get(event.webhook_id);
        fact.follows(known.map_or(0, |webhook| webhook.version))?;
        let (event_types, sealed) = (event.event_types.clone(), Arc::clone(&event.sealed));
        let (version, updated_at) = (fact.version, fact.at);
        let webhook = match known.filter(|webhook| !webhook.removed) {
            Some(webhook) => {
                let progress = event.progress.unwrap_or(webhook.progress);
                Webhook { event_types, sealed, progress, version, updated_at, ..Webhook::clone(webhook) }
            }
            None => Webhook {
                id: event.webhook_id,
                event_types,
                sealed,
                progress: event.progress.ok_or(Inconsistency("a new webhook begins nowhere"))?,
                disabled_reason: None,
                disabled_at: None,
                resumed_version: 0,
                removed: false,
                version,
                created_at: fact.at,
                updated_at,
            },
        };
        self.restore_webhook(Arc::new(webhook));
        Ok(())
    }

    /// Changes a webhook that was not removed.
    pub(super) fn change_webhook(&mut self, id: WebhookId, fact: Fact, change: impl FnOnce(&mut Webhook)) -> Applied {
        let known = self.webhooks().get(id).filter(|webhook| !webhook.removed);
        let known = known.ok_or(Inconsistency("a webhook changed that does not exist"))?;
        fact.follows(known.version)?;
        let mut webhook = Webhook { version: fact.version, updated_at: fact.at, ..Webhook::clone(known) };
        change(&mut webhook);
        self.restore_webhook(Arc::new(webhook));
        Ok(())
    }
}

/// Refuses whoever is no operator.
pub(super) fn demand_operator(state: &State, context: &Context) -> Result<(), Rejection> {
    if state.is_operator(context.actor) { Ok(()) } else { Err(Rejection::OperatorRequired) }
}

/// Returns the webhook, unless it was removed.
pub(super) fn present(state: &State, id: WebhookId) -> Result<&Arc<Webhook>, Rejection> {
    state.webhook(id).filter(|webhook| !webhook.removed).ok_or(Rejection::NotFound)
}
