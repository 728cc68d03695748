//! What a connection's socket and its requests tell each other.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::time::Duration;

use futures_util::task::AtomicWaker;

use crate::limits::{Resource, Share, Shares};
use crate::middleware::Unsent;

/// Heads of up to so many bytes don't count: hyper has a buffer of that size for every connection anyway, so that there is room for the
/// heads of honest clients whatever others send.
pub(super) const HEAD_FREE: usize = 8 << 10;

/// How long a connection may be idle before its first request.
const FIRST_WITHIN: Duration = Duration::from_secs(15);

/// How long it may be idle between requests: longer than proxies keep theirs, which must be the ones that close.
const IDLE_WITHIN: Duration = Duration::from_secs(75);

/// How long it may be if its client has many others.
const IDLE_WITHIN_IF_MANY: Duration = Duration::from_secs(5);

/// How many connections of one client are many.
const MANY: usize = 64;

/// The state of one connection.
#[derive(Debug)]
pub(super) struct Connection {
    /// `None` if the client is not limited.
    client: Option<IpAddr>,
    shares: Arc<Shares>,
    /// How many requests have begun.
    requests: AtomicU32,
    is_in_request: AtomicBool,
    /// Whether the client may still be sending the body of the last request.
    is_body_open: AtomicBool,
    /// The room of a long head, until its request is answered.
    head: Mutex<Option<Share>>,
    /// The places of answers that are not written out.
    unsent: Unsent,
    /// Whoever reads from the socket while a request is under way: idle time begins when it has ended, and hyper may not read again
    /// by itself.
    reader: AtomicWaker,
}

impl Connection {
    pub(super) fn new(client: Option<IpAddr>, shares: Arc<Shares>) -> Self {
        Self {
            client,
            shares,
            requests: AtomicU32::new(0),
            is_in_request: AtomicBool::new(false),
            is_body_open: AtomicBool::new(false),
            head: Mutex::default(),
            unsent: Unsent::default(),
            reader: AtomicWaker::new(),
        }
    }

    /// A request has come, with a body or without.
    pub(super) fn begin(&self, has_body: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.is_body_open.store(has_body, Ordering::Relaxed);
        self.is_in_request.store(true, Ordering::Relaxed);
    }

    /// The body of the request has come to its end.
    pub(super) fn body_ended(&self) {
        self.is_body_open.store(false, Ordering::Relaxed);
    }

    /// The request is answered.
    pub(super) fn end(&self) {
        self.is_in_request.store(false, Ordering::Relaxed);
        drop(self.head.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.reader.wake();
    }

    /// Returns the places of answers that are not written out.
    pub(super) fn unsent(&self) -> &Unsent {
        &self.unsent
    }

    /// Wakes the reader when the request is answered.
    pub(super) fn wake_after_request(&self, reader: &Waker) {
        self.reader.register(reader);
    }

    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn is_in_request(&self) -> bool {
        self.is_in_request.load(Ordering::Relaxed)
    }

    pub(super) fn is_body_open(&self) -> bool {
        self.is_body_open.load(Ordering::Relaxed)
    }

    /// Takes room for more bytes of a head that has `len` bytes now; returns `false` if there is none.
    pub(super) fn head_grew(&self, len: usize, more: usize) -> bool {
        let counted = len.saturating_sub(HEAD_FREE).min(more);
        if counted == 0 {
            return true;
        }
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(head) = head.as_mut() {
            head.grow(counted).is_ok()
        } else {
            *head = self.shares.take(Resource::HeadBytes, self.client, counted).ok();
            head.is_some()
        }
    }

    /// Returns how long the connection may wait for the next request.
    pub(super) fn idle_within(&self) -> Duration {
        let has_many = self.client.is_some_and(|client| self.shares.used_by(Resource::Connections, client) > MANY);
        match self.requests() {
            _ if has_many => IDLE_WITHIN_IF_MANY,
            0 => FIRST_WITHIN,
            _ => IDLE_WITHIN,
        }
    }
}
