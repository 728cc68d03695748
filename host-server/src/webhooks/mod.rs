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
//! In a cluster, subscriptions and cursors are facts of the journal (`cluster`), and only the host that writes delivers. The
//! file is its mirror (`mirror`), with the log of this host's own deliveries.
//!
//! **Invariant:** the journal's writer never waits for anything here.

mod address;
mod aside;
#[cfg(any(feature = "cli", test))]
mod backup;
#[cfg(feature = "cluster")]
mod changes;
#[cfg(feature = "cluster")]
mod cluster;
mod error;
mod history;
mod manage;
mod message;
#[cfg(feature = "cluster")]
mod mirror;
#[cfg(feature = "cluster")]
mod offers;
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
use std::collections::hash_map::Entry;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use boxoffice::{Actor, BoxOffice, Clock, SystemClock};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[cfg(feature = "cli")]
pub(crate) use backup::{are_in, damage_in};
pub use error::WebhookError;
pub(crate) use manage::{NewSubscription, SubscriptionEdit};
pub(crate) use message::deliverable_types;
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
pub struct Webhooks(
    Arc<Inner>,
    #[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "only the journal of a cluster tells who it was"))]
    Actor,
);

struct Inner {
    shared: Arc<Shared>,
    settings: Arc<WebhookSettings>,
    workers: Mutex<HashMap<Uuid, Arc<Signals>>>,
    by_hand: Semaphore,
    stop: CancellationToken,
    /// Cancelled when this host is to deliver no more; none while it delivers nothing.
    term: Mutex<Option<CancellationToken>>,
    dir: PathBuf,
    #[cfg(feature = "cluster")]
    sharing: cluster::Sharing,
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
        #[cfg(feature = "cluster")]
        let sharing = cluster::Sharing::of(&office);
        Self::with_transport(
            office,
            dir,
            settings,
            Box::new(http),
            #[cfg(feature = "cluster")]
            sharing,
        )
    }

    fn with_transport(
        office: BoxOffice,
        dir: &Path,
        settings: Arc<WebhookSettings>,
        transport: Box<dyn Transport>,
        #[cfg(feature = "cluster")] sharing: cluster::Sharing,
    ) -> Result<Self, WebhookError> {
        let store = Store::open_or_set_aside(dir)?;
        // The copy of a host of a cluster may be behind what this host has delivered: it catches up.
        #[cfg(feature = "cluster")]
        let head = if sharing.is_shared() { u64::MAX } else { office.journal().head()? };
        #[cfg(not(feature = "cluster"))]
        let head = office.journal().head()?;
        history::follow(&store, office.journal().history()?, head)?;
        #[cfg(feature = "cluster")]
        sharing.take_in(&office, &store)?;
        let shared = Arc::new(Shared::new(office, store, Arc::clone(&settings.clock), transport));
        let inner = Inner {
            shared,
            settings,
            workers: Mutex::default(),
            by_hand: Semaphore::new(BY_HAND_MAX),
            stop: CancellationToken::new(),
            term: Mutex::default(),
            dir: dir.to_owned(),
            #[cfg(feature = "cluster")]
            sharing,
        };
        Ok(Self(Arc::new(inner), Actor::System))
    }

    /// Returns the same webhooks for this actor, whom the journal of a cluster names.
    pub(crate) fn by(mut self, actor: Actor) -> Self {
        self.1 = actor;
        self
    }

    /// Starts deliveries on the caller's runtime. They run until [`Webhooks::stop`] or until the box office closes; in a cluster,
    /// while this host writes.
    ///
    /// # Errors
    /// `webhook.unavailable` if the file can't be read.
    pub fn start(&self) -> Result<(), WebhookError> {
        #[cfg(feature = "cluster")]
        if self.start_sharing() {
            return Ok(());
        }
        self.begin(self.0.stop.clone())
    }

    /// Delivers until the token is cancelled.
    fn begin(&self, term: CancellationToken) -> Result<(), WebhookError> {
        *self.term() = Some(term);
        for (subscription, _) in self.0.shared.store.list()? {
            self.spawn(subscription.id);
        }
        Ok(())
    }

    /// Stops all deliveries. A delivery in progress is repeated after the next start.
    pub fn stop(&self) {
        self.0.stop.cancel();
    }

    /// Starts the deliveries of a subscription, if this host delivers.
    fn spawn(&self, id: Uuid) {
        let Some(term) = self.term().clone() else { return };
        let signals = match self.workers().entry(id) {
            Entry::Occupied(known) => return known.get().tell(),
            Entry::Vacant(place) => Arc::clone(place.insert(Arc::new(Signals::default()))),
        };
        let worker = Worker { shared: Arc::clone(&self.0.shared), id, signals };
        tokio::spawn(term.run_until_cancelled_owned(worker.run()));
    }

    fn workers(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Signals>>> {
        self.0.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn term(&self) -> MutexGuard<'_, Option<CancellationToken>> {
        self.0.term.lock().unwrap_or_else(PoisonError::into_inner)
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
        // How far others have come is only told now and then.
        let delivers = self.term().is_some();
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
            metrics.lag_max = if delivers { metrics.lag_max.max(lag) } else { 0 };
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
