//! Operators' commands on subscriptions that the hosts of a cluster share. They are given on any host.

use boxoffice::{WebhookDraft, WebhookId};
use uuid::Uuid;

use super::Webhooks;
use super::error::WebhookError;
use super::mirror::{self, Told};
use super::subscription::{Progress, Subscription};

/// Maximum number of attempts to change a subscription that others change, too.
const ATTEMPTS_MAX: usize = 4;

type Result<T> = std::result::Result<T, WebhookError>;

impl Webhooks {
    /// Creates a subscription for all hosts; returns `None` if its id exists.
    pub(super) async fn add_shared(
        &self,
        subscription: Subscription,
        progress: Progress,
    ) -> Result<Option<(Subscription, Progress)>> {
        let office = &self.0.shared.office;
        let shared = office.shared_webhooks();
        let progress = mirror::told_progress(&progress, office.journal().history()?);
        let draft = mirror::draft(&subscription)?.begins_at(progress);
        let saved = shared.save(self.1, draft).await.map_err(WebhookError::of_command)?;
        let told = Told::read(&shared, saved)?;
        // Its secret is its own: whatever else is there was there before.
        if told.subscription.is_none_or(|there| !mirror::is_same(&there, &subscription)) {
            return Ok(None);
        }
        self.get(subscription.id).await.map(Some)
    }

    /// Changes what a subscription delivers and where, on all hosts.
    pub(super) async fn change_shared(
        &self,
        id: Uuid,
        change: &(dyn Fn(&mut Subscription) + Send + Sync),
    ) -> Result<(Subscription, Progress)> {
        let shared = self.0.shared.office.shared_webhooks();
        for _ in 0..ATTEMPTS_MAX {
            let told = self.told(id)?.ok_or(WebhookError::NotFound)?;
            let mut changed = told.subscription.clone().ok_or(WebhookError::NotFound)?;
            change(&mut changed);
            let draft: WebhookDraft = mirror::draft(&changed)?.rests_on(told.version());
            let saved = shared.save(self.1, draft).await.map_err(WebhookError::of_command)?;
            let saved = Told::read(&shared, saved)?;
            if saved.subscription.is_some_and(|there| mirror::is_same(&there, &changed)) {
                return self.get(id).await;
            }
            // Somebody else has changed it meanwhile: what they have done is changed.
        }
        Err(WebhookError::Busy)
    }

    /// Stops the deliveries of a subscription, on whichever host.
    #[cfg(feature = "pages")]
    pub(super) async fn disable_shared(&self, id: Uuid, reason: &str) -> Result<(Subscription, Progress)> {
        let shared = self.0.shared.office.shared_webhooks();
        shared.disable(self.1, id.into(), None, reason).await.map_err(WebhookError::of_command)?;
        self.get(id).await
    }

    /// Resumes the deliveries of a subscription, on whichever host.
    pub(super) async fn resume_shared(&self, id: Uuid) -> Result<(Subscription, Progress)> {
        let shared = self.0.shared.office.shared_webhooks();
        shared.resume(self.1, id.into()).await.map_err(WebhookError::of_command)?;
        self.get(id).await
    }

    /// Removes a subscription from all hosts.
    pub(super) async fn remove_shared(&self, id: Uuid) -> Result<()> {
        let shared = self.0.shared.office.shared_webhooks();
        shared.remove(self.1, id.into()).await.map_err(WebhookError::of_command)?;
        self.level().await
    }

    /// Returns a webhook as the journal has it.
    pub(super) fn told(&self, id: Uuid) -> Result<Option<Told>> {
        let shared = self.0.shared.office.shared_webhooks();
        let id = WebhookId::from(id);
        let found = shared.list()?.into_iter().find(|webhook| webhook.id == id);
        found.map(|webhook| Told::read(&shared, webhook)).transpose()
    }
}
