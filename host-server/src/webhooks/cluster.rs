//! Webhooks of a cluster: which of its hosts delivers, and what the journal is told of it.
//!
//! ```text
//!   follower: takes in ──▶ writer: takes in, offers, delivers ──▶ follower
//!                              └── every few seconds: offers how far it has come
//! ```
//!
//! **Invariant:** only the host that writes delivers. One that no longer does ends what is under way at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use boxoffice::{Actor, BoxOffice, Cluster, Webhook, WebhookId};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::error::WebhookError;
use super::mirror::Told;
use super::shared::Shared;
use super::store::Store;
use super::{Inner, Webhooks};

/// Interval in which the host that writes looks for what other hosts have decided.
const LOOK_EVERY: Duration = Duration::from_millis(if cfg!(test) { 5 } else { 500 });

/// Interval in which the journal is told how far deliveries have come.
const TELL_EVERY: Duration = Duration::from_millis(if cfg!(test) { 20 } else { 5_000 });

/// Maximum time in which the journal is told once more, when this host stops.
const LAST_WORD_MAX: Duration = Duration::from_secs(1);

/// Pause before the next attempt to begin.
const AGAIN: Duration = Duration::from_secs(1);

type Result<T> = std::result::Result<T, WebhookError>;

/// Tells whether this host is the one that writes.
#[derive(Debug, Clone)]
pub(super) enum Lead {
    /// The cluster says so.
    Cluster(Cluster),
    /// A test says so.
    #[cfg(test)]
    Switch(tokio::sync::watch::Receiver<bool>),
}

impl Lead {
    /// Waits until this host writes, or until it writes no more.
    async fn until(&self, writes: bool) {
        match self {
            Self::Cluster(cluster) => cluster.until_writer(writes).await,
            #[cfg(test)]
            Self::Switch(switch) => {
                let mut switch = switch.clone();
                // The test keeps the other end.
                drop(switch.wait_for(|is| *is == writes).await);
            }
        }
    }
}

/// What this host has of the webhooks that a cluster shares.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    /// `None` if the box office is alone. Its journal may have been a cluster's once.
    lead: Option<Lead>,
    /// Versions that the file has taken in, or can't.
    versions: Arc<Versions>,
}

/// Versions of webhooks that were looked at.
#[derive(Debug, Default)]
struct Versions(Mutex<HashMap<WebhookId, u64>>);

impl Versions {
    fn knows(&self, webhook: &Webhook) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&webhook.id) == Some(&webhook.version)
    }

    fn note(&self, webhook: &Webhook) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(webhook.id, webhook.version);
    }
}

/// A webhook that has changed, and whether it is still there.
type Changed = (Uuid, bool);

impl Sharing {
    pub(super) fn of(office: &BoxOffice) -> Self {
        Self { lead: office.cluster().map(Lead::Cluster), versions: Arc::default() }
    }

    #[cfg(test)]
    pub(super) fn switched(switch: tokio::sync::watch::Receiver<bool>) -> Self {
        Self { lead: Some(Lead::Switch(switch)), versions: Arc::default() }
    }

    /// Takes note of a version that the file has.
    pub(super) fn note(&self, webhook: &Webhook) {
        self.versions.note(webhook);
    }

    /// Returns `true` if this host belongs to a cluster.
    pub(super) const fn is_shared(&self) -> bool {
        self.lead.is_some()
    }

    /// Brings the file to what the journal says.
    pub(super) fn take_in(&self, office: &BoxOffice, store: &Store) -> Result<()> {
        take_in(office, store, &self.versions).map(drop)
    }
}

/// Brings the file to what the journal says; returns what has changed. What this host has no key for stays as it is.
fn take_in(office: &BoxOffice, store: &Store, versions: &Versions) -> Result<Vec<Changed>> {
    let shared = office.shared_webhooks();
    let history = office.journal().history()?;
    let mut changed = Vec::new();
    for webhook in shared.list()?.into_iter().filter(|webhook| !versions.knows(webhook)) {
        let is_there = store.noted(webhook.id.into())?.is_some_and(|noted| noted.version >= webhook.version);
        if is_there {
            versions.note(&webhook);
            continue;
        }
        match Told::read(&shared, Arc::clone(&webhook)) {
            Ok(told) => {
                store.take_in(&told, history)?;
                changed.push((webhook.id.into(), !webhook.removed));
            }
            Err(error) => {
                tracing::error!(webhook = %webhook.id, error = &error as &dyn std::error::Error, "a webhook can't be read here");
            }
        }
        versions.note(&webhook);
    }
    Ok(changed)
}

impl Webhooks {
    /// Returns `true` if the hosts of a cluster share the webhooks.
    pub(super) fn is_shared(&self) -> bool {
        self.0.sharing.is_shared()
    }

    /// Starts to deliver whenever this host writes; returns `false` if it is alone.
    pub(super) fn start_sharing(&self) -> bool {
        let Some(lead) = self.0.sharing.lead.clone() else { return false };
        let host =
            Host { inner: Arc::downgrade(&self.0), shared: Arc::clone(&self.0.shared), stop: self.0.stop.clone() };
        tokio::spawn(host.run(lead));
        true
    }

    /// Brings the file and the deliveries to what the journal says.
    pub(super) async fn level(&self) -> Result<()> {
        let (shared, versions) = (&self.0.shared, &self.0.sharing.versions);
        if shared.office.shared_webhooks().list()?.iter().all(|webhook| versions.knows(webhook)) {
            return Ok(());
        }
        let (office, versions) = (shared.office.clone(), Arc::clone(versions));
        for (id, is_there) in shared.stored(move |store| take_in(&office, store, &versions)).await? {
            self.follow(id, is_there);
        }
        Ok(())
    }

    /// Lets deliveries follow a change.
    fn follow(&self, id: Uuid, is_there: bool) {
        if is_there {
            self.tell(id);
            self.spawn(id);
        } else {
            self.tell(id);
            self.workers().remove(&id);
        }
    }
}

/// A host that delivers while it writes.
struct Host {
    inner: Weak<Inner>,
    shared: Arc<Shared>,
    stop: CancellationToken,
}

impl Host {
    async fn run(self, lead: Lead) {
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = lead.until(true) => {}
            }
            let term = self.stop.child_token();
            tokio::select! {
                () = lead.until(false) => {}
                () = self.write(&term) => {}
            }
            term.cancel();
            let Some(webhooks) = self.webhooks() else { return };
            *webhooks.term() = None;
            webhooks.workers().clear();
            if self.stop.is_cancelled() {
                return;
            }
        }
    }

    /// Returns the webhooks, unless nobody uses them any more.
    fn webhooks(&self) -> Option<Webhooks> {
        self.inner.upgrade().map(|inner| Webhooks(inner, Actor::System))
    }

    /// Delivers, until the webhooks are stopped.
    async fn write(&self, term: &CancellationToken) {
        while let Err(error) = self.begin(term).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "deliveries to webhooks wait");
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = sleep(AGAIN) => {}
            }
        }
        let mut told_at = Instant::now();
        while let Some(is_urgent) = self.next_look().await {
            let is_due = is_urgent || told_at.elapsed() >= TELL_EVERY;
            if let Err(error) = self.look(is_due).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the cluster is not told how far deliveries have come"
                );
            }
            if is_due {
                told_at = Instant::now();
            }
        }
        // Nobody waits for it: what is not told is repeated.
        drop(timeout(LAST_WORD_MAX, self.look(true)).await);
    }

    /// Waits for the next look; `None` once the webhooks are stopped. It is `true` if the journal is to be told at once.
    async fn next_look(&self) -> Option<bool> {
        tokio::select! {
            () = self.stop.cancelled() => None,
            () = self.shared.is_to_be_told() => Some(true),
            () = sleep(LOOK_EVERY) => Some(false),
        }
    }

    async fn begin(&self, term: &CancellationToken) -> Result<()> {
        self.look(true).await?;
        self.webhooks().map_or(Ok(()), |webhooks| webhooks.begin(term.clone()))
    }

    async fn look(&self, offers: bool) -> Result<()> {
        let Some(webhooks) = self.webhooks() else { return Ok(()) };
        webhooks.level().await?;
        if offers { webhooks.offer_all().await } else { Ok(()) }
    }
}
