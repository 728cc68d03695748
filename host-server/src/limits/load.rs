//! Limits on concurrent work, so that memory stays bounded. A request beyond a limit is refused at once, with the
//! advice to try again later.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::error::Refusal;
use crate::settings::Settings;

/// The limits on concurrent work.
#[derive(Debug)]
pub(crate) struct Load {
    in_flight: Semaphore,
    /// Room for bodies, in kibibytes.
    body_room: Semaphore,
    /// Room reserved for a body of unknown length, in kibibytes.
    body_room_unknown: u32,
    /// Maximum size of any body, in bytes.
    body_limit_max: usize,
    feeds: Arc<Semaphore>,
    #[cfg(feature = "pages")]
    live_pages: Arc<Semaphore>,
    in_flight_max: usize,
}

impl Load {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            in_flight: Semaphore::new(settings.in_flight_max),
            body_room: Semaphore::new(settings.body_bytes_max / 1024),
            body_room_unknown: kibibytes(settings.body_limit),
            body_limit_max: settings.batch_body_limit.max(settings.body_limit),
            feeds: Arc::new(Semaphore::new(settings.feeds_max)),
            #[cfg(feature = "pages")]
            live_pages: Arc::new(Semaphore::new(settings.live_pages_max)),
            in_flight_max: settings.in_flight_max,
        }
    }

    /// Reserves a place for one request, for the lifetime of the permit.
    pub(crate) fn place_in_flight(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.in_flight.try_acquire().map_err(|_| Refusal::Overloaded)
    }

    /// Reserves room for the body that the headers announce.
    pub(crate) fn room_for_body(&self, headers: &HeaderMap) -> Result<SemaphorePermit<'_>, Refusal> {
        let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        // A body above the limit is refused when it is read; until then it must not reserve all the room.
        let room = length.map_or(self.body_room_unknown, |length: usize| kibibytes(length.min(self.body_limit_max)));
        self.body_room.try_acquire_many(room).map_err(|_| Refusal::Overloaded)
    }

    /// Reserves a place for one journal stream.
    pub(crate) fn place_for_feed(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        Arc::clone(&self.feeds).try_acquire_owned().map_err(|_| Refusal::Overloaded)
    }

    /// Reserves a place for one page that follows a show.
    #[cfg(feature = "pages")]
    pub(crate) fn place_for_live_page(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        Arc::clone(&self.live_pages).try_acquire_owned().map_err(|_| Refusal::Overloaded)
    }

    /// Returns the number of requests in progress.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight_max - self.in_flight.available_permits()
    }
}

fn kibibytes(bytes: usize) -> u32 {
    u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX)
}
