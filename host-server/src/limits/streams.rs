//! Places for responses that stream for as long as the client reads.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use super::Load;
use crate::error::Refusal;

/// Reserves places for streams, and ends the streams when the host stops.
#[derive(Debug, Clone)]
pub(crate) struct Streams {
    load: Arc<Load>,
    stopping: CancellationToken,
}

impl Streams {
    pub(crate) fn new(load: Arc<Load>, stopping: CancellationToken) -> Self {
        Self { load, stopping }
    }

    /// Reserves a place for one journal stream, for the lifetime of the permit.
    pub(crate) fn place_for_feed(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        self.load.place_for_feed()
    }

    /// Reserves a place for one page that follows a show, for the lifetime of the permit.
    #[cfg(feature = "pages")]
    pub(crate) fn place_for_live_page(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        self.load.place_for_live_page()
    }

    /// Waits until the host stops.
    pub(crate) fn end(self) -> impl Future<Output = ()> + Send + 'static {
        self.stopping.cancelled_owned()
    }
}
