//! What this host has beyond what the journal of its cluster says, and the journal is told.

use std::collections::BTreeSet;
use std::sync::Arc;

use boxoffice::{Actor, Error, ErrorKind, Webhook, WebhookDraft};
use uuid::Uuid;

use super::Webhooks;
use super::error::WebhookError;
use super::mirror::{self, Offer, Told};
use super::store::Store;

/// Maximum number of things that are told of a webhook at a time.
const OFFERS_MAX: usize = 4;

type Result<T> = std::result::Result<T, WebhookError>;

impl Webhooks {
    /// Tells the journal what this host has beyond it.
    pub(super) async fn offer_all(&self) -> Result<()> {
        let shared = &self.0.shared;
        shared.is_told();
        let own = shared.stored(Store::list).await?;
        let known = shared.office.shared_webhooks().list()?;
        let mut ids: BTreeSet<Uuid> = own.iter().map(|(subscription, _)| subscription.id).collect();
        ids.extend(known.iter().map(|webhook| Uuid::from(webhook.id)));
        for id in ids {
            for _ in 0..OFFERS_MAX {
                if !self.offer(id).await? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Tells the journal one thing about a webhook; returns `true` if there was any.
    async fn offer(&self, id: Uuid) -> Result<bool> {
        let shared = &self.0.shared;
        let history = shared.office.journal().history()?;
        // What can't be read here was logged when it was to be taken in.
        let Ok(told) = self.told(id) else { return Ok(false) };
        let (own, noted) = shared.stored(move |store| Ok((store.find(id)?, store.noted(id)?))).await?;
        let Some(offer) = Offer::of(told.as_ref(), own.as_ref(), noted.as_ref(), history) else { return Ok(false) };
        let before = told.as_ref().map_or(0, |told| told.webhook.version);
        let expected = told.as_ref().map_or(0, Told::version);
        let after = match self.give(id, &offer, expected).await {
            Ok(after) => Told::read(&shared.office.shared_webhooks(), after)?,
            Err(error) if is_passing(&error) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(webhook = %id, %error, "the cluster does not take over a webhook of this host");
                return Ok(false);
            }
        };
        if offer.was_taken(before, &after) {
            self.0.sharing.note(&after.webhook);
            shared.stored(move |store| store.note(&after.webhook)).await?;
        } else {
            self.level().await?;
        }
        Ok(true)
    }

    async fn give(&self, id: Uuid, offer: &Offer, expected: u64) -> std::result::Result<Arc<Webhook>, Error> {
        let shared = self.0.shared.office.shared_webhooks();
        let (actor, webhook_id) = (Actor::System, id.into());
        match offer {
            Offer::Save(subscription, progress) => {
                let draft = mirror::draft(subscription).map_err(|error| Error::invalid("webhook", error))?;
                let draft = draft.rests_on(expected);
                shared.save(actor, progress.iter().copied().fold(draft, WebhookDraft::begins_at)).await
            }
            Offer::Disable(reason) => shared.disable(actor, webhook_id, Some(expected), reason).await,
            Offer::Resume => shared.resume(actor, webhook_id).await,
            Offer::Advance(progress) => shared.advance(actor, webhook_id, expected, *progress).await,
            Offer::Remove => shared.remove(actor, webhook_id).await,
        }
    }
}

/// Returns `true` if the same command may be accepted a little later.
fn is_passing(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Internal)
}
