//! Places for responses that stream for as long as the client reads.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

#[cfg(feature = "pages")]
use super::Client;
use super::{Load, Share};
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

    /// Takes a place for one journal stream, for as long as the share lives.
    pub(crate) fn place_for_feed(&self) -> Result<Share, Refusal> {
        self.load.place_for_feed()
    }

    /// Takes a place for one page that follows a show, for as long as the share lives.
    #[cfg(feature = "pages")]
    pub(crate) fn place_for_live_page(&self, client: Option<Client>) -> Result<Share, Refusal> {
        self.load.place_for_live_page(client.map(Client::network))
    }

    /// Waits until the host stops.
    pub(crate) fn end(self) -> impl Future<Output = ()> + Send + 'static {
        self.stopping.cancelled_owned()
    }
}
