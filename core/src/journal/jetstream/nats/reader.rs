//! Reading the stream: a pull loop of its own, whose every doubt leads to a new consumer.
//!
//! A consumer lies on one server, and dies with it without a word. So silence is a sign, too: the servers send a heartbeat
//! while a request is open.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, Message as NatsMessage, Subscriber};
use futures_core::Stream;
use serde::Deserialize;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::api;
use super::protocol::Event;

/// Maximum number of messages that are asked for at a time.
const BATCH: usize = 64;

/// Time for which a request for messages stays open.
const EXPIRES: Duration = Duration::from_secs(30);

/// Interval of the servers' signs of life while a request is open.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// Time without any sign after which a consumer counts as dead.
const SILENCE_MAX: Duration = Duration::from_millis(1_100);

/// Pause after an attempt to make a consumer failed.
const PAUSE: Duration = Duration::from_millis(200);

/// Number of failed attempts in a row after which another server is tried.
const ATTEMPTS_MAX: u32 = 2;

/// Most bytes of messages that were read and are not applied yet.
const BACKLOG_MAX: u64 = 64 << 20;

/// Bytes that were read and are not applied yet. The reader waits while there are too many.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    bytes: AtomicU64,
    less: Notify,
}

impl Backlog {
    pub(super) fn add(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn remove(&self, bytes: u64) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        self.less.notify_one();
    }

    fn has_room(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) < BACKLOG_MAX
    }
}

/// Where the reader begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beginning {
    /// Number of the beginning: what is read after an earlier one is of no use any more.
    pub(super) round: u64,
    /// Sequence number of the first message.
    pub(super) seq: u64,
}

/// Reads a stream.
pub(super) struct Reader {
    pub(super) client: Client,
    pub(super) stream: String,
    /// Beginning of the names of its consumers.
    pub(super) name: String,
    /// Where to begin, now and whenever something is in doubt.
    pub(super) from: watch::Receiver<Beginning>,
    pub(super) backlog: Arc<Backlog>,
    pub(super) events: flume::Sender<Event>,
}

/// What a message of the subscription is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// A message of the stream.
    Delivered(u64),
    /// The servers live.
    Heartbeat,
    /// A request has ended, with this many messages that it did not get.
    Ended(usize),
    /// The consumer is gone, or will deliver no more.
    Broken,
}

/// Reason why the reading of a consumer ended.
enum End {
    /// The protocol wants to read from another place, or once more from this one.
    Again,
    /// The consumer is dead or in doubt: the next one goes on from here.
    Doubt(u64),
    /// The process ends.
    Closed,
}

impl Reader {
    /// Reads until the process ends.
    pub(super) async fn run(mut self) {
        if self.from.changed().await.is_err() {
            return;
        }
        let mut from = *self.from.borrow_and_update();
        let (mut consumers, mut failed) = (0_u64, 0);
        loop {
            consumers += 1;
            match self.consume(from, consumers).await {
                Ok(End::Closed) => return,
                Ok(End::Again) => (from, failed) = (*self.from.borrow_and_update(), 0),
                Ok(End::Doubt(seq)) => (from.seq, failed) = (seq, 0),
                Err(error) => {
                    tracing::debug!(%error, stream = self.stream, "the stream can't be read");
                    failed += 1;
                    self.try_another_server(&mut failed).await;
                    match timeout(PAUSE, self.from.changed()).await {
                        Ok(Ok(())) => from = *self.from.borrow_and_update(),
                        Ok(Err(_)) => return,
                        Err(_) => {}
                    }
                }
            }
        }
    }

    /// Leaves a server that is cut off from the others, if there is another one.
    async fn try_another_server(&self, failed: &mut u32) {
        if *failed >= ATTEMPTS_MAX && self.client.connection_state() == State::Connected {
            *failed = 0;
            // It fails only if the client is gone.
            let _ = self.client.force_reconnect().await;
        }
    }

    /// Makes a consumer that begins there, and reads it. `number` makes its name unique.
    async fn consume(&mut self, from: Beginning, number: u64) -> Result<End, api::ApiFailure> {
        #[derive(Deserialize)]
        struct Created {}
        let name = format!("{}-{number}", self.name);
        let config = api::consumer_config(&self.stream, &name, from.seq);
        let Created {} = api::ask(&self.client, &format!("CONSUMER.CREATE.{}.{name}", self.stream), &config).await?;
        let inbox = self.client.new_inbox();
        let unreadable = |error: &dyn std::fmt::Display| api::ApiFailure::Unreadable(name.clone(), error.to_string());
        let mut deliveries = self.client.subscribe(inbox.clone()).await.map_err(|error| unreadable(&error))?;
        let pull = format!("$JS.API.CONSUMER.MSG.NEXT.{}.{name}", self.stream);
        let mut next = from.seq;
        // Messages that were asked for and have not come.
        let mut due = 0_usize;
        loop {
            if due <= BATCH / 2 && self.backlog.has_room() {
                let request = api::pull(BATCH, EXPIRES, HEARTBEAT);
                let sent = self.client.publish_with_reply(pull.clone(), inbox.clone(), request).await;
                sent.map_err(|error| unreadable(&error))?;
                due += BATCH;
            }
            let message = tokio::select! {
                message = timeout(SILENCE_MAX, next_of(&mut deliveries)), if due > 0 => message,
                () = self.backlog.less.notified(), if due == 0 => continue,
                changed = self.from.changed() => return Ok(changed.map_or(End::Closed, |()| End::Again)),
            };
            let Ok(Some(message)) = message else { return Ok(End::Doubt(next)) };
            match sign_of(&message) {
                Sign::Delivered(seq) => {
                    due = due.saturating_sub(1);
                    next = seq + 1;
                    let read = Event::Read { round: from.round, seq, message };
                    if self.events.send_async(read).await.is_err() {
                        return Ok(End::Closed);
                    }
                }
                Sign::Heartbeat => {}
                Sign::Ended(missing) => due = due.saturating_sub(missing),
                Sign::Broken => return Ok(End::Doubt(next)),
            }
        }
    }
}

/// Waits for the next message of a subscription.
pub(super) async fn next_of(subscription: &mut Subscriber) -> Option<NatsMessage> {
    poll_fn(|context| Pin::new(&mut *subscription).poll_next(context)).await
}

fn sign_of(message: &NatsMessage) -> Sign {
    let pending = message.headers.as_ref().and_then(|headers| headers.get("Nats-Pending-Messages"));
    let pending = pending.map(async_nats::HeaderValue::as_str);
    sign(message.status.map(|status| status.as_u16()), pending, message.reply.as_deref())
}

/// Tells what a message is by its status, the number of messages that its request did not get, and its reply subject.
fn sign(status: Option<u16>, pending: Option<&str>, reply: Option<&str>) -> Sign {
    match status {
        Some(100) => Sign::Heartbeat,
        // Without the number, all that were asked for count as missing.
        Some(404 | 408) => Sign::Ended(pending.and_then(|pending| pending.parse().ok()).unwrap_or(usize::MAX)),
        Some(_) => Sign::Broken,
        None => reply.and_then(api::delivered_seq).map_or(Sign::Broken, Sign::Delivered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_in_doubt_ends_the_consumer() {
        let delivered = "$JS.ACK.JOURNAL-1.reader.1.417.3.1800000000000000000.0";
        assert_eq!(sign(None, None, Some(delivered)), Sign::Delivered(417));
        assert_eq!(sign(None, None, None), Sign::Broken);
        assert_eq!(sign(None, None, Some("_INBOX.other")), Sign::Broken);
        assert_eq!(sign(Some(100), None, None), Sign::Heartbeat);
        assert_eq!(sign(Some(408), Some("12"), None), Sign::Ended(12));
        assert_eq!(sign(Some(404), None, None), Sign::Ended(usize::MAX));
        assert_eq!(sign(Some(408), Some("many"), None), Sign::Ended(usize::MAX));
        for status in [400, 409, 412, 423, 500, 503] {
            assert_eq!(sign(Some(status), Some("12"), None), Sign::Broken, "{status}");
        }
    }

    #[test]
    fn the_reader_waits_while_too_much_is_not_applied() {
        let backlog = Backlog::default();
        backlog.add(BACKLOG_MAX - 1);
        assert!(backlog.has_room());
        backlog.add(1);
        assert!(!backlog.has_room());
        backlog.remove(BACKLOG_MAX / 2);
        assert!(backlog.has_room());
    }
}
