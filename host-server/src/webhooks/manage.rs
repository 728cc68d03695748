//! Operators' commands on subscriptions.

use std::time::Duration;

use boxoffice::{Code, Error, IdSource as _, RandomIds};
use uuid::Uuid;

use super::message::{Message, RESET, Secret, deliverable_types};
use super::subscription::{Delivery, PreviousSecret, Progress, Status, Subscription};
use super::{SUBSCRIPTIONS_MAX, WebhookError, Webhooks, target};

/// Time for which the previous secret remains valid after a rotation.
const BOTH_SIGN: Duration = Duration::from_hours(24);

/// Parameters of a new subscription.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewSubscription {
    pub(crate) url: String,
    pub(crate) event_types: Vec<String>,
    pub(crate) secret: Option<String>,
    /// Last record that is not delivered. Without it, only records after the creation are delivered.
    pub(crate) after: Option<u64>,
}

/// Changes to a subscription.
#[derive(Debug, Clone, Default)]
pub(crate) struct SubscriptionEdit {
    pub(crate) url: Option<String>,
    pub(crate) event_types: Option<Vec<String>>,
}

type Result<T> = std::result::Result<T, WebhookError>;

impl Webhooks {
    /// Creates a subscription and starts its deliveries.
    pub(crate) async fn add(&self, new: NewSubscription) -> Result<(Subscription, Progress)> {
        let id = RandomIds.next();
        // The id is new, so no other subscription has it.
        self.add_once(id, new).await?.ok_or(WebhookError::NotFound)
    }

    /// Creates a subscription with the given id; returns `None` if the id exists.
    pub(crate) async fn add_once(&self, id: Uuid, new: NewSubscription) -> Result<Option<(Subscription, Progress)>> {
        let url = target::parse(&new.url, &self.0.settings)?;
        let event_types = known(new.event_types)?;
        let secret = match new.secret {
            Some(text) => Secret::parse(text)?,
            None => Secret::generate().map_err(WebhookError::unavailable)?,
        };
        let head = self.0.shared.office.journal().head()?;
        if new.after.is_some_and(|after| after > head) {
            return Err(Error::from(Code::JournalCursorUnknown).into());
        }
        let progress = Progress { cursor: new.after.unwrap_or(head), ..Progress::default() };
        let subscription = Subscription {
            id,
            url: url.into(),
            event_types,
            secret,
            previous_secret: None,
            status: Status::Active,
            created_at: self.0.shared.clock.now(),
        };
        #[cfg(feature = "cluster")]
        if self.is_shared() {
            return self.add_shared(subscription, progress).await;
        }
        let (added, from) = (subscription.clone(), progress.clone());
        if !self.0.shared.stored(move |store| store.add(&added, &from, SUBSCRIPTIONS_MAX)).await? {
            return Ok(None);
        }
        self.spawn(id);
        Ok(Some((subscription, progress)))
    }

    pub(crate) async fn list(&self) -> Result<Vec<(Subscription, Progress)>> {
        #[cfg(feature = "cluster")]
        self.level().await?;
        self.0.shared.stored(super::Store::list).await
    }

    pub(crate) async fn get(&self, id: Uuid) -> Result<(Subscription, Progress)> {
        #[cfg(feature = "cluster")]
        self.level().await?;
        self.0.shared.stored(move |store| store.get(id)).await
    }

    pub(crate) async fn edit(&self, id: Uuid, edit: SubscriptionEdit) -> Result<(Subscription, Progress)> {
        self.get(id).await?;
        let url = edit.url.map(|url| target::parse(&url, &self.0.settings)).transpose()?;
        let event_types = edit.event_types.map(known).transpose()?;
        let change = move |subscription: &mut Subscription| {
            if let Some(url) = &url {
                url.as_str().clone_into(&mut subscription.url);
            }
            if let Some(event_types) = &event_types {
                subscription.event_types.clone_from(event_types);
            }
        };
        #[cfg(feature = "cluster")]
        if self.is_shared() {
            return self.change_shared(id, &change).await;
        }
        self.change(id, move |subscription, _| change(subscription)).await
    }

    /// Removes a subscription with its log. A delivery in progress may still arrive.
    pub(crate) async fn remove(&self, id: Uuid) -> Result<()> {
        #[cfg(feature = "cluster")]
        if self.is_shared() {
            return self.remove_shared(id).await;
        }
        self.0.shared.stored(move |store| store.remove(id)).await?;
        self.tell(id);
        self.workers().remove(&id);
        Ok(())
    }

    /// Resumes deliveries at once, from where they stopped.
    pub(crate) async fn resume(&self, id: Uuid) -> Result<(Subscription, Progress)> {
        #[cfg(feature = "cluster")]
        if self.is_shared() {
            return self.resume_shared(id).await;
        }
        self.change(id, |subscription, progress| {
            subscription.status = Status::Active;
            (progress.attempts, progress.next_try) = (0, None);
        })
        .await
    }

    /// Stops deliveries until the subscription is resumed. A subscription that is already disabled keeps its reason.
    #[cfg(feature = "pages")]
    pub(crate) async fn disable(&self, id: Uuid, reason: String) -> Result<(Subscription, Progress)> {
        #[cfg(feature = "cluster")]
        if self.is_shared() {
            return self.disable_shared(id, &reason).await;
        }
        let at = self.0.shared.clock.now();
        self.change(id, move |subscription, progress| {
            if subscription.is_active() {
                subscription.status = Status::Disabled { reason, at };
                progress.next_try = None;
            }
        })
        .await
    }

    /// Gives a subscription a new secret. The previous one also signs for a day.
    pub(crate) async fn rotate_secret(&self, id: Uuid) -> Result<(Subscription, Progress)> {
        let secret = Secret::generate().map_err(WebhookError::unavailable)?;
        let until = self.0.shared.clock.now().plus(BOTH_SIGN);
        let change = move |subscription: &mut Subscription| {
            let previous = std::mem::replace(&mut subscription.secret, secret.clone());
            subscription.previous_secret = Some(PreviousSecret { secret: previous, until });
        };
        #[cfg(feature = "cluster")]
        if self.is_shared() {
            return self.change_shared(id, &change).await;
        }
        self.change(id, move |subscription, _| change(subscription)).await
    }

    /// Returns the attempts before number `before`, latest first.
    pub(crate) async fn deliveries(&self, id: Uuid, before: u64, limit: usize) -> Result<Vec<Delivery>> {
        #[cfg(feature = "cluster")]
        self.level().await?;
        self.0.shared.stored(move |store| store.deliveries(id, before, limit)).await
    }

    /// Repeats a delivery at once, whatever else is in progress. The cursor does not move. What was told of a history that is gone
    /// can't be repeated.
    pub(crate) async fn resend(&self, id: Uuid, number: u64) -> Result<Delivery> {
        let delivery = self.0.shared.stored(move |store| store.delivery(id, number)).await?;
        let journal = self.0.shared.office.journal();
        let history = self.0.shared.history_of(id).await?;
        let Some(seq) = delivery.seq else {
            if delivery.event_type != RESET {
                return self.ping(id).await;
            }
            let after = delivery.message_id.rsplit('_').next().and_then(|after| after.parse().ok()).unwrap_or_default();
            let message = Message::reset(id, history, after, self.0.shared.clock.now());
            return self.repeat(id, &delivery, &message).await;
        };
        let record =
            tokio::task::spawn_blocking(move || journal.read(seq, 1)).await.map_err(WebhookError::unavailable)?;
        let record = match record {
            Ok(mut records) => records.pop(),
            // It was a record of a history that a backup has replaced.
            Err(error) if error.code() == Code::JournalCursorUnknown => None,
            Err(error) => return Err(error.into()),
        };
        let record = record.ok_or(WebhookError::DeliveryNotFound)?;
        let message = Message::about(id, &record, history).map_err(WebhookError::unavailable)?;
        self.repeat(id, &delivery, &message).await
    }

    async fn repeat(&self, id: Uuid, delivery: &Delivery, message: &Message) -> Result<Delivery> {
        if message.id != delivery.message_id {
            return Err(WebhookError::DeliveryNotFound);
        }
        self.send_by_hand(id, message).await
    }

    /// Sends a test message that carries no event.
    pub(crate) async fn ping(&self, id: Uuid) -> Result<Delivery> {
        let message = Message::ping(RandomIds.next(), self.0.shared.clock.now());
        self.send_by_hand(id, &message).await
    }

    async fn send_by_hand(&self, id: Uuid, message: &Message) -> Result<Delivery> {
        let (subscription, _) = self.get(id).await?;
        let _place = self.0.by_hand.try_acquire().map_err(|_| WebhookError::Busy)?;
        let (delivery, _) = self.0.shared.send(&subscription, message, 0).await;
        self.0.shared.stored(move |store| store.settle(id, delivery, |_, _| ())).await
    }

    async fn change(
        &self,
        id: Uuid,
        change: impl FnOnce(&mut Subscription, &mut Progress) + Send + 'static,
    ) -> Result<(Subscription, Progress)> {
        let change = move |subscription: &mut Subscription, progress: &mut Progress| {
            change(subscription, progress);
            Ok(())
        };
        let changed = self.0.shared.stored(move |store| store.change(id, change)).await?;
        self.tell(id);
        Ok(changed)
    }
}

fn known(mut types: Vec<String>) -> Result<Vec<String>> {
    if let Some(at) = types.iter().position(|name| !deliverable_types().contains(name)) {
        return Err(Error::invalid(format!("eventTypes[{at}]"), "must be the name of an event").into());
    }
    types.sort_unstable();
    types.dedup();
    Ok(types)
}
