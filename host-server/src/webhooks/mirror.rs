//! The file as the mirror of the webhooks that the hosts of a cluster share.
//!
//! In the journal are their settings, with URL and secrets encrypted, and how far deliveries had come a few seconds ago. The file
//! has what this host delivers by. What another host has decided is taken in; what this host has done beyond it, or what was
//! decided while its directory was alone, is offered to the journal.
//!
//! ```text
//!               take_in ┌─────────────┐ offer
//!   journal ───────────▶│webhooks.redb│───────────▶ journal
//!                       └─────────────┘
//! ```
//!
//! **Invariant:** what is taken in, and that it was taken in, are one transaction.

use std::sync::Arc;

use boxoffice::{JournalHistory, SharedWebhooks, Webhook, WebhookDraft, WebhookProgress};
use redb::{Database, ReadableTable, WriteTransaction};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::WebhookError;
use super::message::Secret;
use super::store::{META, PROGRESS, SUBSCRIPTIONS, Store, decode, encode, erase, found, noted_key, put};
use super::subscription::{Noted, PreviousSecret, Progress, Status, Subscription};

type Result<T> = std::result::Result<T, WebhookError>;

/// The part of a subscription that the journal keeps encrypted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secrets {
    url: String,
    secret: Secret,
    previous_secret: Option<PreviousSecret>,
}

/// A webhook as the journal has it.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) webhook: Arc<Webhook>,
    /// What is delivered where; `None` if it was removed.
    pub(super) subscription: Option<Subscription>,
    /// `true` if its secrets are sealed for the cluster's current secret.
    pub(super) is_current: bool,
}

impl Told {
    /// Reads a webhook of the journal.
    pub(super) fn read(shared: &SharedWebhooks, webhook: Arc<Webhook>) -> Result<Self> {
        if webhook.removed {
            return Ok(Self { webhook, subscription: None, is_current: true });
        }
        let sealed = shared.open(&webhook)?;
        let secrets: Secrets = serde_json::from_slice(&sealed.bytes).map_err(WebhookError::unavailable)?;
        let Secrets { url, secret, previous_secret } = secrets;
        let status = match &webhook.disabled_reason {
            Some(reason) => {
                let at = webhook.disabled_at.unwrap_or(webhook.updated_at);
                Status::Disabled { reason: reason.as_ref().to_owned(), at }
            }
            None => Status::Active,
        };
        let subscription = Subscription {
            id: webhook.id.into(),
            url,
            event_types: webhook.event_types.iter().map(|name| name.as_ref().to_owned()).collect(),
            secret,
            previous_secret,
            status,
            created_at: webhook.created_at,
        };
        Ok(Self { webhook, subscription: Some(subscription), is_current: sealed.is_current })
    }

    /// Returns the version on which a change rests; 0 if there is no such webhook any more.
    pub(super) fn version(&self) -> u64 {
        if self.webhook.removed { 0 } else { self.webhook.version }
    }
}

/// Returns the draft by which a subscription is saved in the journal.
pub(super) fn draft(subscription: &Subscription) -> Result<WebhookDraft> {
    let Subscription { id, url, event_types, secret, previous_secret, .. } = subscription.clone();
    let secrets = Secrets { url, secret, previous_secret };
    Ok(WebhookDraft::new(id.into(), encode(&secrets)?).event_types(&event_types))
}

/// Returns `true` if both deliver the same, to the same place, signed in the same way.
pub(super) fn is_same(one: &Subscription, other: &Subscription) -> bool {
    let settings =
        |it: &Subscription| (it.url.clone(), it.event_types.clone(), it.secret.clone(), it.previous_secret.clone());
    settings(one) == settings(other)
}

/// Returns progress in the form that the journal has.
pub(super) fn told_progress(progress: &Progress, history: JournalHistory) -> WebhookProgress {
    WebhookProgress::new(progress.cursor, history.id)
        .common(history.common)
        .failed(progress.attempts, progress.next_try)
        .reset(progress.reset)
}

/// Returns the progress from which this host goes on, once it has taken in a webhook.
fn merged(own: Option<&Progress>, webhook: &Webhook, was: Option<&Noted>, history: JournalHistory) -> Progress {
    let mut told = Progress {
        cursor: webhook.progress.cursor,
        attempts: webhook.progress.attempts,
        next_try: webhook.progress.next_try_at,
        last_delivery: own.map_or(0, |own| own.last_delivery),
        reset: webhook.progress.reset,
    };
    if webhook.progress.history != history.id {
        // The journal was restored since: what the receiver was told beyond the common part has become something else.
        let cursor = told.cursor.min(history.common.unwrap_or(0));
        told = Progress { cursor, last_delivery: told.last_delivery, reset: true, ..Progress::default() };
    }
    // What this host has delivered beyond what the journal was told counts, too.
    let mut progress = own.filter(|own| own.cursor > told.cursor).cloned().unwrap_or(told);
    if was.is_some_and(|was| was.resumed_version != webhook.resumed_version) {
        (progress.attempts, progress.next_try) = (0, None);
    }
    progress
}

/// What this host has to tell the journal about a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Offer {
    /// A subscription, or other settings; with progress if the journal has none.
    Save(Box<Subscription>, Option<WebhookProgress>),
    /// It is disabled, for this reason.
    Disable(String),
    /// It is active again.
    Resume,
    /// It has come further.
    Advance(WebhookProgress),
    /// It is gone.
    Remove,
}

impl Offer {
    /// Returns what there is to tell, one thing at a time. Whatever another host has decided must be taken in first.
    pub(super) fn of(
        told: Option<&Told>,
        own: Option<&(Subscription, Progress)>,
        noted: Option<&Noted>,
        history: JournalHistory,
    ) -> Option<Self> {
        let anew = |(subscription, progress): &(Subscription, Progress)| {
            Self::Save(Box::new(subscription.clone()), Some(told_progress(progress, history)))
        };
        let Some(told) = told else { return own.map(anew) };
        let noted = noted.filter(|noted| noted.version == told.webhook.version)?;
        let (Some(there), Some((subscription, progress))) = (&told.subscription, own) else {
            return if told.subscription.is_some() { Some(Self::Remove) } else { own.map(anew) };
        };
        if !told.is_current || !is_same(there, subscription) {
            return Some(Self::Save(Box::new(subscription.clone()), None));
        }
        match (&there.status, &subscription.status) {
            (Status::Active, Status::Disabled { reason, .. }) => return Some(Self::Disable(reason.clone())),
            (Status::Disabled { .. }, Status::Active) => return Some(Self::Resume),
            (Status::Active, Status::Active) | (Status::Disabled { .. }, Status::Disabled { .. }) => {}
        }
        // Messages are numbered as they were, unless the journal was restored.
        let mut history = history;
        if noted.history == history.id {
            history.common = noted.common;
        }
        let progress = told_progress(progress, history);
        (progress != told.webhook.progress).then_some(Self::Advance(progress))
    }

    /// Returns `true` if this is what the journal says after it was offered, and it was the next thing that it was told.
    pub(super) fn was_taken(&self, before: u64, after: &Told) -> bool {
        let is_so = match (self, &after.subscription) {
            (Self::Save(subscription, _), Some(there)) => is_same(there, subscription),
            (Self::Disable(reason), Some(there)) => {
                matches!(&there.status, Status::Disabled { reason: told, .. } if told == reason)
            }
            (Self::Resume, Some(there)) => there.is_active(),
            (Self::Advance(progress), Some(_)) => after.webhook.progress == *progress,
            (Self::Remove, None) => true,
            (Self::Remove, Some(_)) | (_, None) => false,
        };
        is_so && after.webhook.version == before + 1
    }
}

impl Noted {
    fn of(webhook: &Webhook) -> Self {
        let WebhookProgress { history, common, .. } = webhook.progress;
        Self { version: webhook.version, resumed_version: webhook.resumed_version, history, common }
    }
}

impl Store {
    /// Takes in what the journal says of a webhook, unless that has happened.
    pub(super) fn take_in(&self, told: &Told, history: JournalHistory) -> Result<()> {
        let id = Uuid::from(told.webhook.id);
        write(&self.database, |txn| {
            let was = noted(txn, id)?;
            if was.is_some_and(|was| was.version >= told.webhook.version) {
                return Ok(());
            }
            if let Some(subscription) = &told.subscription {
                let own = found(&txn.open_table(PROGRESS)?, id.as_u128())?;
                let progress = merged(own.as_ref(), &told.webhook, was.as_ref(), history);
                put(txn, SUBSCRIPTIONS, id, subscription)?;
                put(txn, PROGRESS, id, &progress)?;
            } else {
                erase(txn, id)?;
            }
            note(txn, &told.webhook)
        })
    }

    /// Takes note that the journal says what this host has offered.
    pub(super) fn note(&self, webhook: &Webhook) -> Result<()> {
        write(&self.database, |txn| {
            let is_newer = |noted: Noted| noted.version < webhook.version;
            if noted(txn, webhook.id.into())?.is_none_or(is_newer) { note(txn, webhook) } else { Ok(()) }
        })
    }

    /// Returns the subscription, if there is one.
    pub(super) fn find(&self, id: Uuid) -> Result<Option<(Subscription, Progress)>> {
        match self.get(id) {
            Ok(found) => Ok(Some(found)),
            Err(WebhookError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Changes the file in one transaction.
fn write(database: &Database, change: impl FnOnce(&WriteTransaction) -> Result<()>) -> Result<()> {
    let txn = database.begin_write()?;
    change(&txn)?;
    Ok(txn.commit()?)
}

fn noted(txn: &WriteTransaction, id: Uuid) -> Result<Option<Noted>> {
    let table = txn.open_table(META)?;
    let noted = table.get(noted_key(id).as_str())?;
    noted.map(|value| decode(value.value())).transpose()
}

fn note(txn: &WriteTransaction, webhook: &Webhook) -> Result<()> {
    let key = noted_key(webhook.id.into());
    txn.open_table(META)?.insert(key.as_str(), encode(&Noted::of(webhook))?.as_slice())?;
    Ok(())
}
