//! Outbound webhooks: events are delivered to their subscribers at least once and in order.
//!
//! Each subscription follows the journal by its own cursor, which moves in the transaction that records a delivery
//! (`store`). One task for each subscription (`worker`) sends a message, waits for its answer, and only then continues.
//! A failed delivery is retried over three days (`schedule`). After that the subscription is disabled until an operator
//! resumes it from where it stopped. Messages and signatures (`message`) follow the Standard Webhooks specification.
//! Nothing is sent to a non-public address (`address`, `target`, `transport`) unless the settings allow it.
//!
//! ```text
//!   journal ──▶ worker ──▶ transport ──▶ receiver
//!                 │ outcome and cursor, one transaction
//!                 ▼
//!           webhooks.redb
//! ```
//!
//! **Invariant:** the journal's writer never waits for anything here.

mod address;
mod aside;
#[cfg(any(feature = "cli", test))]
mod backup;
mod error;
mod manage;
mod message;
mod schedule;
mod shared;
mod store;
mod subscription;
mod target;
mod transport;
mod worker;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use boxoffice::{BoxOffice, Clock, JournalHistory, SystemClock};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[cfg(feature = "cli")]
pub(crate) use backup::{are_in, damage_in};
pub use error::WebhookError;
pub(crate) use manage::{NewSubscription, SubscriptionEdit};
pub use message::{Secret, event_types};
use shared::Shared;
use store::Store;
pub use subscription::{Delivery, PreviousSecret, Progress, Status, Subscription};
use transport::{Http, Transport};
use worker::{Signals, Worker};

/// Maximum number of subscriptions. Each has at most one delivery in progress.
pub const SUBSCRIPTIONS_MAX: usize = 64;

/// Maximum number of manual deliveries in progress.
const BY_HAND_MAX: usize = 8;

/// Settings of the delivery of webhooks.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// `true` if receivers may use plain http.
    pub allow_http: bool,
    /// `true` if receivers may be on private addresses, such as this machine's.
    pub allow_private: bool,
    /// Timeout of a receiver's answer.
    pub timeout: Duration,
    /// Clock that dates signatures and times retries.
    pub clock: Arc<dyn Clock>,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            allow_http: false,
            allow_private: false,
            timeout: Duration::from_secs(15),
            clock: Arc::new(SystemClock::new()),
        }
    }
}

/// The webhooks of a box office. Clones share their content.
#[derive(Clone)]
pub struct Webhooks(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    settings: Arc<WebhookSettings>,
    workers: Mutex<HashMap<Uuid, Arc<Signals>>>,
    by_hand: Semaphore,
    stop: CancellationToken,
    started: AtomicBool,
    dir: PathBuf,
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Webhooks {
    /// Opens the subscriptions in `dir`, the data directory of `office`. Nothing is delivered before
    /// [`Webhooks::start`].
    ///
    /// A damaged file is renamed to `webhooks.redb.damaged-1`, logged as an error, and shown by the metric
    /// `boxoffice_webhook_files_set_aside` until it is removed. Its subscriptions have to be made again.
    ///
    /// # Errors
    /// `webhook.unavailable` if the file can't be used; `journal.unavailable` if the journal can't be read.
    pub fn open(office: BoxOffice, dir: &Path, settings: WebhookSettings) -> Result<Self, WebhookError> {
        let settings = Arc::new(settings);
        let http = Http::new(Arc::clone(&settings)).map_err(WebhookError::unavailable)?;
        Self::with_transport(office, dir, settings, Box::new(http))
    }

    fn with_transport(
        office: BoxOffice,
        dir: &Path,
        settings: Arc<WebhookSettings>,
        transport: Box<dyn Transport>,
    ) -> Result<Self, WebhookError> {
        let store = Store::open_or_set_aside(dir)?;
        follow_history(&store, office.journal().history()?, office.journal().head()?)?;
        let shared = Arc::new(Shared::new(office, store, Arc::clone(&settings.clock), transport));
        let by_hand = Semaphore::new(BY_HAND_MAX);
        Ok(Self(Arc::new(Inner {
            shared,
            settings,
            workers: Mutex::default(),
            by_hand,
            stop: CancellationToken::new(),
            started: AtomicBool::new(false),
            dir: dir.to_owned(),
        })))
    }

    /// Starts deliveries on the caller's runtime. They run until [`Webhooks::stop`] or until the box office closes.
    ///
    /// # Errors
    /// `webhook.unavailable` if the file can't be read.
    pub fn start(&self) -> Result<(), WebhookError> {
        self.0.started.store(true, Ordering::Relaxed);
        for (subscription, _) in self.0.shared.store.list()? {
            self.spawn(subscription.id);
        }
        Ok(())
    }

    /// Stops all deliveries. A delivery in progress is repeated after the next start.
    pub fn stop(&self) {
        self.0.stop.cancel();
    }

    fn spawn(&self, id: Uuid) {
        if !self.0.started.load(Ordering::Relaxed) {
            return;
        }
        let signals = Arc::new(Signals::default());
        let replaced = self.workers().insert(id, Arc::clone(&signals));
        debug_assert!(replaced.is_none(), "one subscription has one worker");
        let worker = Worker { shared: Arc::clone(&self.0.shared), id, signals };
        tokio::spawn(self.0.stop.clone().run_until_cancelled_owned(worker.run()));
    }

    fn workers(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Arc<Signals>>> {
        self.0.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, id: Uuid) {
        if let Some(signals) = self.workers().get(&id) {
            signals.tell();
        }
    }

    /// Returns metrics of the deliveries.
    pub(crate) fn metrics(&self) -> Result<Metrics, WebhookError> {
        let head = self.0.shared.office.metrics().head_seq;
        let set_aside = usize::from(aside::find(&self.0.dir).is_some());
        let mut metrics = Metrics { set_aside, ..Metrics::default() };
        let workers = self.workers().clone();
        for (subscription, progress) in error::guarded(|| self.0.shared.store.list())? {
            if !subscription.is_active() {
                metrics.disabled += 1;
                continue;
            }
            metrics.active += 1;
            let covered = workers.get(&subscription.id).map_or(0, |signals| signals.covered.load(Ordering::Relaxed));
            let lag = head.saturating_sub(covered.max(progress.cursor));
            metrics.behind += usize::from(progress.attempts > 0);
            metrics.lag_max = metrics.lag_max.max(lag);
        }
        Ok(metrics)
    }
}

/// Metrics of the deliveries.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Metrics {
    pub(crate) active: usize,
    pub(crate) disabled: usize,
    /// Number of active subscriptions whose next delivery has failed at least once.
    pub(crate) behind: usize,
    /// Number of records that the slowest active subscription lags behind.
    pub(crate) lag_max: u64,
    /// 1 if a damaged file was set aside and is still there.
    pub(crate) set_aside: usize,
}

/// Moves cursors back to where the journal's history is still the one that they followed, so that its new records are not
/// skipped, and has the receivers told.
fn follow_history(store: &Store, history: JournalHistory, head: u64) -> Result<(), WebhookError> {
    let id = history.id.to_string();
    let followed = store.history()?;
    let is_other = followed.as_ref().is_some_and(|followed| *followed != id);
    // Files of earlier versions name no history: there only the end of the journal tells.
    let common = if is_other { history.common.unwrap_or(0).min(head) } else { head };
    for (subscription, progress) in store.list()? {
        if is_other || progress.cursor > head {
            tracing::warn!(subscription = %subscription.id, cursor = progress.cursor, head, "the journal has another history");
            store.change(subscription.id, |_, progress| {
                let (cursor, last_delivery) = (progress.cursor.min(common), progress.last_delivery);
                *progress = Progress { cursor, last_delivery, reset: true, ..Progress::default() };
                Ok(())
            })?;
        }
    }
    if followed == Some(id.clone()) { Ok(()) } else { store.note_history(&id) }
}
