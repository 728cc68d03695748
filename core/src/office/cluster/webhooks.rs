//! Webhooks that the hosts of a cluster share.

mod draft;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use self::draft::WebhookDraft;
use crate::domain::webhook::{
    AdvanceWebhook, DisableWebhook, RemoveWebhook, ResumeWebhook, SaveWebhook, Webhook, WebhookProgress,
};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::journal::jetstream::{SealingError, Unsealed};
use crate::office::{BoxOffice, Named};
use crate::types::WebhookId;

/// Maximum length of the reason for which a webhook is disabled, in bytes.
const REASON_LEN_MAX: usize = 1024;

/// Operations on the webhooks that the hosts of a cluster share, as facts of the journal.
///
/// The box office delivers nothing by itself: hosts do, and remember here what is to be delivered and how far that has come, so
/// that whichever host becomes the writer goes on. Where deliveries go and what signs them is encrypted under a key that is made
/// of the secrets of [`KeyRing`](crate::KeyRing). A directory of a cluster that is opened alone can read them, and should change
/// none: its journal would no longer be that of the others.
#[derive(Debug, Clone)]
pub struct SharedWebhooks {
    office: BoxOffice,
}

/// The secret part of a webhook.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookSecret {
    /// What the host has saved.
    pub bytes: Vec<u8>,
    /// `true` if it is sealed for the current secret of the cluster. Otherwise it should be saved anew, so that the previous secret
    /// can be forgotten.
    pub is_current: bool,
}

impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSecret").field("is_current", &self.is_current).finish_non_exhaustive()
    }
}

impl BoxOffice {
    /// Returns the operations on the webhooks that the hosts of a cluster share.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// for webhook in office.shared_webhooks().list()? {
    ///     println!("{} has come to record {}", webhook.id, webhook.progress.cursor);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn shared_webhooks(&self) -> SharedWebhooks {
        SharedWebhooks { office: self.clone() }
    }
}

impl SharedWebhooks {
    /// Returns all webhooks in the order of their ids, those that were removed included. They are few.
    ///
    /// ```
    /// # fn example(webhooks: boxoffice::SharedWebhooks) -> Result<(), boxoffice::Error> {
    /// let active = webhooks.list()?.iter().filter(|it| !it.removed && it.disabled_reason.is_none()).count();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `engine.closed`.
    pub fn list(&self) -> Result<Vec<Arc<Webhook>>, Error> {
        Ok(self.office.0.views()?.webhooks())
    }

    /// Decrypts the secret part of a webhook.
    ///
    /// ```
    /// # fn example(webhooks: boxoffice::SharedWebhooks, webhook: &boxoffice::Webhook) -> Result<(), boxoffice::Error> {
    /// let secret = webhooks.open(webhook)?;
    /// if !secret.is_current {
    ///     println!("it is to be saved anew");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable` if this box office has none of the secrets for which it was sealed, or it was removed.
    pub fn open(&self, webhook: &Webhook) -> Result<WebhookSecret, Error> {
        let opened = self.office.0.envelopes.open(webhook.id.as_bytes(), &webhook.sealed);
        let Unsealed { text, is_current } = opened.map_err(unusable)?;
        Ok(WebhookSecret { bytes: text, is_current })
    }

    /// Creates a webhook, or changes one; returns it as it is then. If it has another version by now than the draft rests on,
    /// nothing changes: then the answer is not what was drafted.
    ///
    /// ```
    /// # async fn example(
    /// #     webhooks: boxoffice::SharedWebhooks, draft: boxoffice::WebhookDraft,
    /// # ) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// let webhook = webhooks.save(Actor::System, draft).await?;
    /// println!("version {}", webhook.version);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation` if it is too long; `auth.operator_required`; `webhook.not_found` if there is none to change, or a new one
    /// has no progress; `webhook.limit_reached`; the errors of all commands.
    pub async fn save(&self, actor: Actor, draft: WebhookDraft) -> Result<Arc<Webhook>, Error> {
        draft.check()?;
        let sealed = self.office.0.envelopes.seal(draft.id.as_bytes(), &draft.secret).map_err(unusable)?;
        let WebhookDraft { id, expected_version, event_types, progress, .. } = draft;
        let (webhook_id, sealed) = (id, sealed.into());
        let command =
            SaveWebhook { webhook_id, expected_version, event_types, sealed, progress: progress.map(Box::new) };
        self.office.0.submit(command, actor, Named::Fresh).await
    }

    /// Records how far the deliveries of a webhook have come; returns it as it is then. If it has another version by now, nothing
    /// changes. Record it now and then: each time is a record of the journal.
    ///
    /// ```
    /// # async fn example(
    /// #     webhooks: boxoffice::SharedWebhooks, webhook: &boxoffice::Webhook,
    /// # ) -> Result<(), boxoffice::Error> {
    /// use boxoffice::{Actor, WebhookProgress};
    ///
    /// let progress = WebhookProgress::new(170, webhook.progress.history);
    /// let webhook = webhooks.advance(Actor::System, webhook.id, webhook.version, progress).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`, `webhook.not_found`; the errors of all commands.
    pub async fn advance(
        &self,
        actor: Actor,
        webhook_id: WebhookId,
        expected_version: u64,
        progress: WebhookProgress,
    ) -> Result<Arc<Webhook>, Error> {
        let command = AdvanceWebhook { webhook_id, expected_version, progress: progress.into() };
        self.office.0.submit(command, actor, Named::Fresh).await
    }

    /// Stops the deliveries of a webhook until it is resumed; returns it as it is then. One that is disabled already keeps its
    /// reason, and one that has another version than expected stays as it is.
    ///
    /// ```
    /// # async fn example(webhooks: boxoffice::SharedWebhooks, id: boxoffice::WebhookId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// let webhook = webhooks.disable(Actor::System, id, None, "the receiver is gone").await?;
    /// assert!(webhook.disabled_reason.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation` if the reason has more than 1,024 bytes; `auth.operator_required`, `webhook.not_found`; the errors of all
    /// commands.
    pub async fn disable(
        &self,
        actor: Actor,
        webhook_id: WebhookId,
        expected_version: Option<u64>,
        reason: &str,
    ) -> Result<Arc<Webhook>, Error> {
        if reason.len() > REASON_LEN_MAX {
            return Err(Error::invalid("reason", format_args!("must have at most {REASON_LEN_MAX} bytes")));
        }
        let command = DisableWebhook { webhook_id, expected_version, reason: reason.into() };
        self.office.0.submit(command, actor, Named::Fresh).await
    }

    /// Resumes the deliveries of a webhook at once, from where they stopped; returns it as it is then.
    ///
    /// ```
    /// # async fn example(webhooks: boxoffice::SharedWebhooks, id: boxoffice::WebhookId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// assert_eq!(webhooks.resume(Actor::System, id).await?.progress.attempts, 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`, `webhook.not_found`; the errors of all commands.
    pub async fn resume(&self, actor: Actor, webhook_id: WebhookId) -> Result<Arc<Webhook>, Error> {
        self.office.0.submit(ResumeWebhook { webhook_id }, actor, Named::Fresh).await
    }

    /// Removes a webhook; returns it as it is then, without its secret part.
    ///
    /// ```
    /// # async fn example(webhooks: boxoffice::SharedWebhooks, id: boxoffice::WebhookId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// assert!(webhooks.remove(Actor::System, id).await?.removed);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`, `webhook.not_found`; the errors of all commands.
    pub async fn remove(&self, actor: Actor, webhook_id: WebhookId) -> Result<Arc<Webhook>, Error> {
        self.office.0.submit(RemoveWebhook { webhook_id }, actor, Named::Fresh).await
    }
}

fn unusable(error: SealingError) -> Error {
    let code = match error {
        SealingError::Random => Code::Internal,
        SealingError::Format | SealingError::Foreign => Code::JournalUnavailable,
    };
    Error::with_message(code, format!("The secret part of a webhook can't be used: {error}")).with_source(error)
}
