//! The feed of a show as server-sent events: written once, and sent to everybody who looks at the show.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use serde_json::{Map, Value, json};
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::key::ShowKey;
use super::shows::News;

/// How many messages a slow reader may be behind; then it is told to look at everything again.
const BEHIND_MAX: usize = 16;

/// How long changes of a show are gathered after a message about it; the first one after that is told at once. A message costs the
/// host some ten microseconds for each who looks, and everybody is to see a change within a second.
const GATHER_MIN: Duration = Duration::from_millis(200);
const GATHER_MAX: Duration = Duration::from_millis(900);

/// How much longer they are gathered for each who looks.
const GATHER_MORE: Duration = Duration::from_micros(350);

/// Who looks at which show.
#[derive(Debug, Default)]
pub(super) struct Feeds(Mutex<HashMap<ShowKey, Feed>>);

#[derive(Debug)]
struct Feed {
    sender: broadcast::Sender<Bytes>,
    /// Before when nothing more is told.
    quiet_until: Option<Instant>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { sender: broadcast::channel(BEHIND_MAX).0, quiet_until: None }
    }
}

impl Feeds {
    pub(super) fn subscribe(&self, key: ShowKey) -> broadcast::Receiver<Bytes> {
        self.by_show().entry(key).or_default().sender.subscribe()
    }

    /// Which shows may be told of now: all but those that were told of just before.
    pub(super) fn are_due(&self, now: Instant) -> impl Fn(ShowKey) -> bool {
        let feeds = self.by_show();
        move |key| feeds.get(&key).and_then(|feed| feed.quiet_until).is_none_or(|until| until <= now)
    }

    /// Sends a message to all who look at a show; it is not even written if nobody does.
    pub(super) fn send(&self, key: ShowKey, now: Instant, message: impl FnOnce() -> Bytes) {
        let mut feeds = self.by_show();
        let Some(feed) = feeds.get_mut(&key) else { return };
        let readers = u32::try_from(feed.sender.receiver_count()).unwrap_or(u32::MAX);
        if readers == 0 || feed.sender.send(message()).is_err() {
            feeds.remove(&key);
        } else {
            let gather = GATHER_MIN.saturating_add(GATHER_MORE.saturating_mul(readers));
            feed.quiet_until = Some(now + gather.min(GATHER_MAX));
        }
    }

    /// Shows that the feeds live, so that neither browsers nor proxies give them up, and forgets shows that nobody looks at.
    pub(super) fn keep_alive(&self) {
        self.by_show().retain(|_, feed| feed.sender.send(Bytes::from_static(b":\n\n")).is_ok());
    }

    fn by_show(&self) -> MutexGuard<'_, HashMap<ShowKey, Feed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What has changed, as one event.
pub(super) fn message(news: &News) -> Bytes {
    // The latest change of a ticket is the one that counts.
    let tickets: Map<String, Value> =
        news.changes.iter().map(|(ticket, status)| (ticket.to_string(), json!(status.as_str()))).collect();
    Bytes::from(format!("id: {}\ndata: {}\n\n", news.seq, json!({ "left": news.left, "tickets": tickets })))
}

/// Tells the page to look at everything again.
pub(crate) fn reset(seq: u64) -> Bytes {
    Bytes::from(format!("id: {seq}\nevent: reset\ndata: {{}}\n\n"))
}
