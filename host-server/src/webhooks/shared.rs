//! State that all deliveries share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use boxoffice::{BoxOffice, Clock, JournalHistory, Timestamp};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::error::{WebhookError, guarded};
use super::store::Store;
use super::transport::Transport;

/// Number of attempts after which a cluster's journal is told at once how far deliveries have come: no more are repeated if this
/// host dies.
const UNTOLD_MAX: u64 = 256;

/// State that all deliveries share.
pub(super) struct Shared {
    pub(super) office: BoxOffice,
    pub(super) store: Arc<Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) transport: Box<dyn Transport>,
    /// Notifies of jumps of the time.
    jumps: watch::Sender<()>,
    /// Number of attempts of which a cluster's journal was not told.
    untold: AtomicU64,
    /// Notifies that it should be told at once.
    to_tell: Notify,
}

impl Shared {
    pub(super) fn new(office: BoxOffice, store: Store, clock: Arc<dyn Clock>, transport: Box<dyn Transport>) -> Self {
        let jumps = watch::Sender::new(());
        let jumped = jumps.clone();
        clock.wake_by(Arc::new(move || jumped.send_modify(|()| ())));
        let (untold, to_tell) = (AtomicU64::new(0), Notify::new());
        Self { office, store: Arc::new(store), clock, transport, jumps, untold, to_tell }
    }

    /// Waits until the clock reaches `until`.
    pub(super) async fn wait_until(&self, until: Timestamp) {
        let mut jumps = self.jumps.subscribe();
        while self.clock.now() < until {
            let jumped = async {
                // The sender is held here, so it can't be dropped.
                let _ = jumps.changed().await;
            };
            match self.clock.wait_for(until) {
                Some(wait) => drop(tokio::time::timeout(wait, jumped).await),
                None => jumped.await,
            }
        }
    }

    /// Takes note of an attempt of a delivery, and of whether there will be others.
    pub(super) fn attempted(&self, goes_on: bool) {
        let untold = self.untold.fetch_add(1, Ordering::Relaxed) + 1;
        if untold >= UNTOLD_MAX || !goes_on {
            self.to_tell.notify_one();
        }
    }

    /// Waits until the journal should be told at once.
    #[cfg(feature = "cluster")]
    pub(super) async fn is_to_be_told(&self) {
        self.to_tell.notified().await;
    }

    /// Takes note that the journal is being told.
    #[cfg(feature = "cluster")]
    pub(super) fn is_told(&self) {
        self.untold.store(0, Ordering::Relaxed);
    }

    /// Returns the history by which the messages of a subscription are numbered: on all hosts of a cluster in the same way.
    pub(super) async fn history_of(&self, id: Uuid) -> Result<JournalHistory, WebhookError> {
        let mut history = self.office.journal().history()?;
        if let Some(noted) = self.stored(move |store| store.noted(id)).await?
            && noted.history == history.id
        {
            history.common = noted.common;
        }
        Ok(history)
    }

    /// Runs work on the file on a blocking thread.
    pub(super) async fn stored<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, WebhookError> + Send + 'static,
    ) -> Result<T, WebhookError> {
        let store = Arc::clone(&self.store);
        tokio::task::spawn_blocking(move || guarded(|| work(&store))).await.map_err(WebhookError::unavailable)?
    }
}
