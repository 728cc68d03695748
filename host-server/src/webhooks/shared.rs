//! State that all deliveries share.

use std::sync::Arc;

use boxoffice::{BoxOffice, Clock, Timestamp};
use tokio::sync::watch;

use super::error::{WebhookError, guarded};
use super::store::Store;
use super::transport::Transport;

/// State that all deliveries share.
pub(super) struct Shared {
    pub(super) office: BoxOffice,
    pub(super) store: Arc<Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) transport: Box<dyn Transport>,
    /// Notifies of jumps of the time.
    jumps: watch::Sender<()>,
}

impl Shared {
    pub(super) fn new(office: BoxOffice, store: Store, clock: Arc<dyn Clock>, transport: Box<dyn Transport>) -> Self {
        let jumps = watch::Sender::new(());
        let jumped = jumps.clone();
        clock.wake_by(Arc::new(move || jumped.send_modify(|()| ())));
        Self { office, store: Arc::new(store), clock, transport, jumps }
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

    /// Runs work on the file on a blocking thread.
    pub(super) async fn stored<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, WebhookError> + Send + 'static,
    ) -> Result<T, WebhookError> {
        let store = Arc::clone(&self.store);
        tokio::task::spawn_blocking(move || guarded(|| work(&store))).await.map_err(WebhookError::unavailable)?
    }
}
