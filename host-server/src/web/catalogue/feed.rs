//! The feed of a show as server-sent events: written once, and sent to everybody who looks at the show.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use serde_json::{Map, Value, json};
use tokio::sync::broadcast;

use super::shows::{Change, ShowKey, Summary};

/// How many messages a slow reader may be behind; then it is told to look at everything again.
const BEHIND_MAX: usize = 16;

/// Who looks at which show.
#[derive(Debug, Default)]
pub(super) struct Feeds(Mutex<HashMap<ShowKey, broadcast::Sender<Bytes>>>);

impl Feeds {
    pub(super) fn subscribe(&self, key: ShowKey) -> broadcast::Receiver<Bytes> {
        self.senders().entry(key).or_insert_with(|| broadcast::channel(BEHIND_MAX).0).subscribe()
    }

    /// Sends a message to all who look at a show; it is not even written if nobody does.
    pub(super) fn send(&self, key: ShowKey, message: impl FnOnce() -> Bytes) {
        let mut senders = self.senders();
        if let Some(sender) = senders.get(&key)
            && (sender.receiver_count() == 0 || sender.send(message()).is_err())
        {
            senders.remove(&key);
        }
    }

    /// Shows that the feeds live, so that neither browsers nor proxies give them up, and forgets shows that nobody looks at.
    pub(super) fn keep_alive(&self) {
        self.senders().retain(|_, sender| sender.send(Bytes::from_static(b":\n\n")).is_ok());
    }

    fn senders(&self) -> MutexGuard<'_, HashMap<ShowKey, broadcast::Sender<Bytes>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What has changed, as one event.
pub(super) fn message(changes: &[Change], summary: Option<&Summary>, seq: u64) -> Bytes {
    // The latest change of a ticket is the one that counts.
    let tickets: Map<String, Value> =
        changes.iter().map(|change| (change.ticket.to_string(), json!(change.status.as_str()))).collect();
    let left = summary.map_or(0, |summary| summary.available);
    Bytes::from(format!("id: {seq}\ndata: {}\n\n", json!({ "left": left, "tickets": tickets })))
}

/// Tells the page to look at everything again.
pub(crate) fn reset(seq: u64) -> Bytes {
    Bytes::from(format!("id: {seq}\nevent: reset\ndata: {{}}\n\n"))
}
