//! Limits on concurrent work, so that memory stays bounded. A request beyond a limit is refused at once, with the
//! advice to try again later.

use std::net::IpAddr;
use std::sync::Arc;

use super::shares::{Bounds, Full, Resource, Share, Shares};
use crate::error::Refusal;
use crate::settings::Settings;

/// One client may have this part of the room for bodies.
const BODY_PARTS: usize = 8;

/// The limits on concurrent work.
#[derive(Debug)]
pub(crate) struct Load(Arc<Shares>);

impl Load {
    pub(crate) fn new(settings: &Settings) -> Self {
        let client_body_bytes = (settings.body_bytes_max / BODY_PARTS).max(settings.batch_body_limit);
        let is_limited = settings.rate_limit;
        let bounds = |total, client| Bounds { total, client: if is_limited { client } else { usize::MAX } };
        Self(Shares::new(&[
            (Resource::Requests, bounds(settings.in_flight_max, settings.client_in_flight_max)),
            (Resource::BodyBytes, bounds(settings.body_bytes_max, client_body_bytes)),
            (Resource::Feeds, bounds(settings.feeds_max, usize::MAX)),
            (Resource::LivePages, bounds(settings.live_pages_max, settings.client_live_pages_max)),
        ]))
    }

    /// Takes a place for one request, for as long as the share lives.
    pub(crate) fn place_in_flight(&self, client: Option<IpAddr>) -> Result<Share, Refusal> {
        self.take(Resource::Requests, client, 1)
    }

    /// Takes room for a body, which grows by the bytes that come: what is announced takes none.
    pub(crate) fn room_for_body(&self, client: Option<IpAddr>) -> Result<BodyRoom, Refusal> {
        self.take(Resource::BodyBytes, client, 0).map(BodyRoom)
    }

    /// Takes a place for one journal stream. They are for operators alone, who share them.
    pub(crate) fn place_for_feed(&self) -> Result<Share, Refusal> {
        self.take(Resource::Feeds, None, 1)
    }

    /// Takes a place for one page that follows a show.
    #[cfg(feature = "pages")]
    pub(crate) fn place_for_live_page(&self, client: Option<IpAddr>) -> Result<Share, Refusal> {
        self.take(Resource::LivePages, client, 1)
    }

    /// Returns how many requests are under way.
    pub(crate) fn in_flight(&self) -> usize {
        self.0.used(Resource::Requests)
    }

    fn take(&self, resource: Resource, client: Option<IpAddr>, amount: usize) -> Result<Share, Refusal> {
        self.0.take(resource, client, amount).map_err(Refusal::from)
    }
}

/// The room of one body.
#[derive(Debug)]
pub(crate) struct BodyRoom(Share);

impl BodyRoom {
    /// Takes room for bytes that have come.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.0.grow(bytes).map_err(Refusal::from)
    }
}

impl From<Full> for Refusal {
    fn from(full: Full) -> Self {
        match full {
            Full::Everybody => Self::Overloaded,
            Full::Client => Self::ClientBusy,
        }
    }
}
