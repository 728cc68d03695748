//! Deliveries of one subscription: one at a time, in the order of the journal, each retried until it succeeds.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use boxoffice::{Code, Record, Timestamp};
use tokio::sync::Notify;
use uuid::Uuid;

use super::error::WebhookError;
use super::message::Message;
use super::schedule;
use super::shared::Shared;
use super::store::Store;
use super::subscription::{Delivery, Progress, Status, Subscription};
use super::transport::{Answer, Post, RetryAfter};

/// Maximum number of records read at a time.
const BATCH_MAX: usize = 256;

/// Number of unwanted records after which the cursor is stored. A restart reads later ones again, which does no harm.
const SKIPPED_MAX: u64 = 4096;

/// Pause after records that a subscription does not want: the next ones are looked at together, because each look costs, whatever it
/// finds. What is wanted arrives later by that much at most.
const GATHER: Duration = Duration::from_millis(20);

/// Pause before a retry when the disk or the journal fails.
const FAULT_WAIT: Duration = Duration::from_secs(5);

/// Shared state of a worker.
#[derive(Debug, Default)]
pub(super) struct Signals {
    /// Notifies the worker that the subscription was changed.
    pub(super) changed: Notify,
    /// Set before that, so that the worker reads the subscription again; until then it has it in memory.
    is_stale: AtomicBool,
    /// Last record that needs no more delivery, including unwanted ones.
    pub(super) covered: AtomicU64,
}

impl Signals {
    /// Tells the worker that the subscription was changed.
    pub(super) fn tell(&self) {
        self.is_stale.store(true, Ordering::Release);
        self.changed.notify_one();
    }
}

/// Worker for the deliveries of one subscription.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) id: Uuid,
    pub(super) signals: Arc<Signals>,
}

/// Reasons why a worker stops delivering.
enum End {
    /// The subscription is removed, or the box office is closed.
    Over,
    Fault(WebhookError),
}

impl From<WebhookError> for End {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::NotFound => Self::Over,
            WebhookError::Invalid(error) if error.code() == Code::EngineClosed => Self::Over,
            other => Self::Fault(other),
        }
    }
}

impl Worker {
    /// Delivers until the subscription is removed or the box office is closed.
    pub(super) async fn run(self) {
        loop {
            match self.deliver().await {
                Err(End::Fault(error)) => {
                    tracing::error!(subscription = %self.id, error = &error as &dyn std::error::Error, "deliveries wait");
                    tokio::time::sleep(FAULT_WAIT).await;
                }
                Ok(()) | Err(End::Over) => return,
            }
        }
    }

    async fn deliver(&self) -> Result<(), End> {
        let (mut subscription, mut progress) = self.current().await?;
        let history = self.shared.history_of(self.id).await?;
        self.cover(progress.cursor);
        let mut noted = progress.cursor;
        let mut feed = self.shared.office.journal().subscribe(progress.cursor + 1);
        let mut ahead: VecDeque<Arc<Record>> = VecDeque::new();
        let (mut is_idle, mut is_behind) = (false, false);
        loop {
            if self.signals.is_stale.swap(false, Ordering::Acquire) {
                (subscription, progress) = self.current().await?;
            }
            if !subscription.is_active() {
                self.signals.changed.notified().await;
                continue;
            }
            if let Some(until) = progress.next_try.filter(|until| self.shared.clock.now() < *until) {
                tokio::select! {
                    () = self.shared.wait_until(until) => {}
                    () = self.signals.changed.notified() => {}
                }
                continue;
            }
            if progress.reset {
                self.tell_reset(&subscription, &progress).await?;
                (subscription, progress) = self.current().await?;
                continue;
            }
            let Some(record) = ahead.front() else {
                if std::mem::take(&mut is_idle) && !is_behind {
                    self.gather().await;
                    continue;
                }
                tokio::select! {
                    batch = feed.next_batch(BATCH_MAX) => {
                        let batch = batch.map_err(closed)?;
                        is_behind = batch.len() == BATCH_MAX;
                        ahead.extend(batch);
                    }
                    () = self.signals.changed.notified() => {}
                }
                continue;
            };
            let seq = record.seq;
            if seq <= progress.cursor {
                // Another host of the cluster has delivered it.
                ahead.pop_front();
                continue;
            }
            is_idle = !subscription.wants(&record.event);
            if !is_idle {
                let message = Message::about(self.id, record, history).map_err(WebhookError::unavailable)?;
                let arrived = self.attempt(&subscription, &progress, message, seq).await?;
                (subscription, progress) = self.current().await?;
                self.shared.attempted(subscription.is_active());
                if !arrived {
                    continue;
                }
                noted = seq;
            } else if seq - noted >= SKIPPED_MAX {
                let skipped = move |store: &Store, id| store.change(id, |_, progress| skip_to(progress, seq));
                (subscription, progress) = self.stored(skipped).await?;
                noted = seq;
            }
            self.cover(seq);
            ahead.pop_front();
        }
    }

    /// Waits until several records may have come.
    async fn gather(&self) {
        tokio::select! {
            () = tokio::time::sleep(GATHER) => {}
            () = self.signals.changed.notified() => {}
        }
    }

    /// Tells the receiver once that the journal goes on with another history.
    async fn tell_reset(&self, subscription: &Subscription, progress: &Progress) -> Result<(), End> {
        let history = self.shared.history_of(self.id).await?;
        let message = Message::reset(self.id, history, progress.cursor, self.shared.clock.now());
        self.attempt(subscription, progress, message, progress.cursor).await.map(drop)
    }

    /// Sends a message once and stores the outcome; returns `true` if it arrived, after which `seq` is the cursor.
    async fn attempt(
        &self,
        subscription: &Subscription,
        progress: &Progress,
        message: Message,
        seq: u64,
    ) -> Result<bool, End> {
        let attempt = progress.attempts + 1;
        let (delivery, answer) = self.shared.send(subscription, &message, attempt).await;
        let (arrived, chance) = (delivery.error.is_none(), fastrand::f64());
        let what = message.seq.map_or_else(|| message.event_type.clone(), |seq| format!("record {seq}"));
        let follow = move |subscription: &mut Subscription, progress: &mut Progress, now: Timestamp| {
            if arrived {
                *progress = Progress { cursor: seq, last_delivery: progress.last_delivery, ..Progress::default() };
                return;
            }
            progress.attempts = attempt;
            let asked = answer.and_then(|answer| answer.retry_after).map(|after| after.from(now));
            let wait = schedule::wait(attempt, asked, chance);
            progress.next_try = wait.map(|wait| now.plus(wait));
            let is_gone = answer.is_some_and(|answer| answer.status == 410);
            // An operator's reason for disabling it in the meantime takes precedence.
            if (is_gone || wait.is_none()) && subscription.is_active() {
                let reason = if is_gone {
                    "the receiver answered 410 Gone".to_owned()
                } else {
                    format!("{what} could not be delivered in {} attempts", schedule::ATTEMPTS_MAX)
                };
                tracing::warn!(subscription = %subscription.id, reason, "a webhook is disabled");
                subscription.status = Status::Disabled { reason, at: now };
            }
        };
        let now = self.shared.clock.now();
        self.stored(move |store, id| {
            store.settle(id, delivery, |subscription, progress| follow(subscription, progress, now))
        })
        .await?;
        Ok(arrived)
    }

    fn cover(&self, seq: u64) {
        self.signals.covered.store(seq, Ordering::Relaxed);
    }

    async fn current(&self) -> Result<(Subscription, Progress), End> {
        self.stored(Store::get).await
    }

    async fn stored<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store, Uuid) -> Result<T, WebhookError> + Send + 'static,
    ) -> Result<T, End> {
        let id = self.id;
        Ok(self.shared.stored(move |store| work(store, id)).await?)
    }
}

impl RetryAfter {
    fn from(self, now: Timestamp) -> Duration {
        match self {
            Self::Wait(wait) => wait,
            Self::At(secs) => Timestamp::from_millis(secs.saturating_mul(1000)).since(now),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a change may do")]
fn skip_to(progress: &mut Progress, seq: u64) -> Result<(), WebhookError> {
    progress.cursor = progress.cursor.max(seq);
    Ok(())
}

fn closed(error: boxoffice::Error) -> End {
    if error.code() == Code::EngineClosed { End::Over } else { End::Fault(error.into()) }
}

/// Classifies an answer for the log: its status, and the reason if it is a failure.
pub(super) fn classify_response(sent: &Result<Answer, String>) -> (Option<u16>, Option<String>) {
    match sent {
        Err(reason) => (None, Some(reason.clone())),
        Ok(Answer { status, .. }) => {
            let error = match status {
                200..=299 => None,
                300..=399 => Some(format!("the receiver redirects ({status}), and redirects are not followed")),
                _ => Some(format!("the receiver answered {status}")),
            };
            (Some(*status), error)
        }
    }
}

impl Shared {
    /// Sends a message once. The outcome is counted in the metrics but not stored.
    pub(super) async fn send(
        &self,
        subscription: &Subscription,
        message: &Message,
        attempt: u32,
    ) -> (Delivery, Option<Answer>) {
        let at = self.clock.now();
        let began = tokio::time::Instant::now();
        let sent = match post(subscription, message, at) {
            Ok(post) => self.transport.send(post).await,
            Err(reason) => Err(reason),
        };
        let (status, error) = classify_response(&sent);
        let outcome = if error.is_none() { "delivered" } else { "failed" };
        metrics::counter!("boxoffice_webhook_deliveries_total", "outcome" => outcome).increment(1);
        let delivery = Delivery {
            id: 0,
            seq: message.seq,
            event_type: message.event_type.clone(),
            message_id: message.id.clone(),
            attempt,
            at,
            took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            status,
            error,
        };
        (delivery, sent.ok())
    }
}

fn post(subscription: &Subscription, message: &Message, at: Timestamp) -> Result<Post, String> {
    Ok(Post {
        url: subscription.url.parse().map_err(|_| "the URL is not valid".to_owned())?,
        id: message.id.clone(),
        timestamp_secs: at.as_secs(),
        signature: message.sign(subscription.secrets(at), at)?,
        body: message.body.clone().into(),
    })
}
