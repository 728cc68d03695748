//! The feed of a show as server-sent events. Each message is serialized once and sent to all readers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use boxoffice::Money;
use serde_json::{Map, Value, json};
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::key::ShowKey;
use super::shows::News;

/// Maximum lag of a reader, in messages. The connection of a slower reader ends.
const BEHIND_MAX: usize = 16;

/// Minimum and maximum time for which changes of a show are collected after a message about it. The first change after
/// that is sent at once. A message costs the host about ten microseconds per reader, and every reader must see a change
/// within a second.
const GATHER_MIN: Duration = Duration::from_millis(200);
const GATHER_MAX: Duration = Duration::from_millis(900);

/// Additional time for each reader.
const GATHER_MORE: Duration = Duration::from_micros(350);

/// The readers of each show.
#[derive(Debug, Default)]
pub(super) struct Feeds(Mutex<HashMap<ShowKey, Feed>>);

#[derive(Debug)]
struct Feed {
    sender: broadcast::Sender<Bytes>,
    /// Time before which no further message is sent.
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

    /// Returns `true` if a show may send a message now, because its collection time is over.
    pub(super) fn is_due(&self, key: ShowKey, now: Instant) -> bool {
        self.by_show().get(&key).and_then(|feed| feed.quiet_until).is_none_or(|until| until <= now)
    }

    /// Sends a message to all readers of a show. Without readers, the message is not created.
    pub(super) fn send(&self, key: ShowKey, now: Instant, message: impl FnOnce() -> Bytes) {
        if !self.by_show().contains_key(&key) {
            return;
        }
        // Others may subscribe meanwhile: the message about a large show takes a while.
        let message = message();
        let mut feeds = self.by_show();
        let Some(feed) = feeds.get_mut(&key) else { return };
        let readers = u32::try_from(feed.sender.receiver_count()).unwrap_or(u32::MAX);
        if readers == 0 || feed.sender.send(message).is_err() {
            feeds.remove(&key);
        } else {
            let gather = GATHER_MIN.saturating_add(GATHER_MORE.saturating_mul(readers));
            feed.quiet_until = Some(now + gather.min(GATHER_MAX));
        }
    }

    /// Sends a comment on all feeds, so that browsers and proxies keep the connections. Removes feeds without readers.
    pub(super) fn keep_alive(&self) {
        self.by_show().retain(|_, feed| feed.sender.send(Bytes::from_static(b":\n\n")).is_ok());
    }

    fn by_show(&self) -> MutexGuard<'_, HashMap<ShowKey, Feed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the changes as one event.
pub(super) fn message(news: &News) -> Bytes {
    // The last change of a ticket wins.
    let tickets: Map<String, Value> =
        news.changes.iter().map(|(ticket, state)| (ticket.to_string(), json!(state.status.as_str()))).collect();
    let prices: Map<String, Value> =
        news.changes.iter().filter_map(|(ticket, state)| Some((ticket.to_string(), price(state.price?)))).collect();
    Bytes::from(format!(
        "id: {}\ndata: {}\n\n",
        news.seq,
        json!({ "left": news.left, "tickets": tickets, "prices": prices })
    ))
}

fn price(price: Money) -> Value {
    json!({ "minor": price.minor(), "decimal": price.decimal(), "currency": price.currency().code() })
}

/// Returns an event that makes the page reload everything.
pub(crate) fn reset(seq: u64) -> Bytes {
    Bytes::from(format!("id: {seq}\nevent: reset\ndata: {{}}\n\n"))
}
