//! Running a [`Member`](super::super::member::Member) beside real servers.
//!
//! ```text
//!   reader ──┐                        ┌──▶ sender: publishes, what is said
//!   answers ─┤                        ├──▶ news for the engine
//!   says ────┼──▶ events ──▶ Member ──┼──▶ outcomes of appends
//!   engine ──┘                        └──▶ reader: read from here
//! ```
//!
//! One task handles one event after the other, and waits for nothing else: neither for a disk nor for the network.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, HeaderMap, Message as NatsMessage, Subscriber};
use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::timeout;

use super::super::answer::Answer;
use super::super::member::{Input, Now, Output, Resolution};
use super::super::message::Message;
use super::super::peer::{Said, Secured};
use super::api;
use super::config::StreamInfo;
use super::reader::{Beginning, next_of};
use super::seal::Purpose;
use super::shared::{News, Shared, lock};
use crate::event::Hash;
use crate::types::HostId;

/// Interval in which the member is told that time has passed.
const TICK: Duration = Duration::from_millis(20);

/// Number of publishes whose answers are still looked at. The answer to an older one comes too late to tell anything.
const ATTEMPTS_MAX: usize = 64;

/// The header by which the stream itself fences its writer. It is the only one of the servers that a message may have.
pub(super) const EXPECTED_LAST: &str = "Nats-Expected-Last-Sequence";

/// What happens to a host.
#[derive(Debug)]
pub(super) enum Event {
    /// A message of the stream was read.
    Read {
        /// Number of the beginning after which it was read.
        round: u64,
        /// Its sequence number.
        seq: u64,
        /// The message, as it came.
        message: NatsMessage,
    },
    /// An answer to a publish came.
    Answered {
        /// Number of the publish.
        attempt: u64,
        /// The answer.
        answer: Answer,
    },
    /// The stream's leader says where it ends; `None` if it says nothing.
    Last(Option<u64>),
    /// A host said something.
    Said(Box<Said>),
    /// Whether all personal data can be decrypted.
    Keys {
        /// `true` if no key is missing.
        complete: bool,
    },
    /// The engine appends.
    Append {
        /// Number of the append.
        ticket: u64,
        /// Its body; empty for a tick.
        body: Arc<[u8]>,
    },
    /// The engine has begun to lead in this epoch.
    Leads(u64),
    /// This host's copy is durable up to here.
    Secured(Secured),
    /// The voters have changed.
    Voters(BTreeSet<HostId>),
    /// This host's copy can't be written.
    Alarm(String),
    /// The operator wants this host to write without the others' consent.
    TakeOver,
    /// The process is about to end.
    Leave,
}

/// What the sender sends.
#[derive(Debug)]
pub(super) struct Outbound {
    pub(super) subject: String,
    pub(super) reply: Option<String>,
    pub(super) headers: Option<HeaderMap>,
    pub(super) body: Bytes,
}

/// The task that runs the protocol.
pub(super) struct Protocol {
    pub(super) shared: Arc<Shared>,
    pub(super) events: flume::Receiver<Event>,
    /// Where the reader is to read from.
    pub(super) read_from: watch::Sender<Beginning>,
    /// Number of the reader's last beginning.
    pub(super) round: u64,
    /// Beginning of the subjects on which answers to publishes come.
    pub(super) answers: String,
    /// Publishes whose answers are looked at: what each was written to follow, and its hash.
    pub(super) attempts: BTreeMap<u64, (u64, Hash)>,
    pub(super) attempt: u64,
    /// `true` while the stream's leader is being asked where it ends.
    pub(super) is_asking: bool,
}

impl Protocol {
    /// Handles events until nobody can send any.
    pub(super) async fn run(mut self) {
        loop {
            let event = timeout(TICK, self.events.recv_async()).await;
            match event {
                Ok(Ok(event)) => self.take(event),
                Ok(Err(_)) => return,
                Err(_) => self.handle(Input::Tick),
            }
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            // What an earlier consumer still delivers may be what was in doubt.
            Event::Read { round, .. } if round != self.round => {}
            Event::Read { seq, message, .. } => self.read(seq, &message),
            Event::Answered { attempt, answer } => {
                if let Some((expected, hash)) = self.attempts.remove(&attempt) {
                    self.handle(Input::Answered { expected, hash, answer });
                }
            }
            Event::Last(last) => {
                self.is_asking = false;
                if let Some(seq) = last {
                    self.handle(Input::Last { seq });
                }
            }
            Event::Said(said) => self.handle(Input::Heard(*said)),
            Event::Keys { complete } => self.handle(Input::Keys { complete }),
            Event::Append { ticket, body } => self.append(ticket, body),
            Event::Leads(epoch) => {
                self.shared.engine_epoch.store(epoch, Ordering::Release);
                self.shared.tell_turn();
            }
            Event::Voters(voters) => self.handle(Input::Voters(voters)),
            Event::Secured(secured) => self.handle(Input::Secured(secured)),
            Event::Alarm(why) => self.handle(Input::Alarm(why)),
            Event::TakeOver => self.handle(Input::TakeOver),
            Event::Leave => self.handle(Input::Leave),
        }
    }

    fn append(&mut self, ticket: u64, body: Arc<[u8]>) {
        // What the engine appends in another epoch was decided on another end of the journal.
        let epoch = lock(&self.shared.member).position().epoch;
        if epoch == self.shared.engine_epoch.load(Ordering::Acquire) {
            self.handle(Input::Append { ticket, body });
        } else {
            self.shared.tickets.resolve(ticket, Resolution::Lost);
        }
    }

    fn read(&mut self, seq: u64, message: &NatsMessage) {
        if seq < lock(&self.shared.member).position().seq {
            // Most of what a writer reads is its own, and known.
            return;
        }
        let input = match decoded(message) {
            Ok(message) => Input::Read { seq, message: Arc::new(message) },
            Err(error) => Input::Unreadable { seq, why: error.to_string() },
        };
        self.handle(input);
    }

    /// Tells the member what has happened, and does what it wants.
    fn handle(&mut self, input: Input) {
        let now = (self.shared.now)();
        let (before, outputs, after, is_held) = {
            let mut member = lock(&self.shared.member);
            let before = member.position().n;
            let outputs = member.handle(now, input);
            let after = member.position().n;
            (before, outputs, after, member.holds(after))
        };
        if after > before && !is_held && !outputs.iter().any(is_told) {
            self.shared.wrote_nothing(after);
        }
        for output in outputs {
            self.perform(now, output);
        }
        self.shared.tell_turn();
    }

    fn perform(&mut self, now: Now, output: Output) {
        match output {
            Output::Publish { expected, message } => self.publish(expected, &message),
            Output::Apply { position, message } => {
                self.shared.unapplied(position.seq, message.body.len());
                (self.shared.news)(News::Apply { position, message });
            }
            Output::Resolved { ticket, outcome } => self.shared.tickets.resolve(ticket, outcome),
            Output::Lead { epoch } => {
                tracing::info!(epoch, "this host writes the journal of the cluster");
                (self.shared.news)(News::Lead { epoch });
            }
            Output::Depose => {
                tracing::info!("this host no longer writes the journal of the cluster");
                (self.shared.news)(News::Depose);
            }
            Output::ReadFrom { seq } => {
                self.round += 1;
                self.read_from.send_replace(Beginning { round: self.round, seq });
            }
            Output::AskLast => self.ask_last(),
            Output::CheckKeys => self.shared.check_keys(),
            Output::Say(said) => self.say(now, &said),
            Output::Alarm(why) => self.shared.alarmed(&why),
        }
    }

    fn publish(&mut self, expected: u64, message: &Message) {
        self.attempt += 1;
        self.attempts.insert(self.attempt, (expected, message.header.hash));
        while self.attempts.len() > ATTEMPTS_MAX {
            self.attempts.pop_first();
        }
        let mut headers = HeaderMap::new();
        for (name, value) in message.headers() {
            headers.insert(name, value);
        }
        headers.insert(EXPECTED_LAST, expected.to_string());
        self.shared.send(Outbound {
            subject: self.shared.stream_subject.clone(),
            reply: Some(format!("{}.{}", self.answers, self.attempt)),
            headers: Some(headers),
            body: Bytes::from_owner(Arc::clone(&message.body)),
        });
    }

    fn say(&self, now: Now, said: &Said) {
        // It can't fail: it is numbers and hashes.
        let text = rmp_serde::to_vec_named(said).unwrap_or_default();
        self.shared.send_sealed(Purpose::Say, now, self.shared.subjects.say(), &text);
    }

    fn ask_last(&mut self) {
        if std::mem::replace(&mut self.is_asking, true) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let asked = format!("STREAM.INFO.{}", shared.stream);
            let info = api::ask::<StreamInfo>(&shared.connection.client, &asked, &serde_json::Value::Null).await;
            let info = info.inspect_err(|error| tracing::debug!(%error, "the stream's leader says nothing")).ok();
            // A leader that is cut off from the others answers, too.
            let last = info.filter(StreamInfo::is_led).map(|info| info.state.last_seq);
            // It fails only if the process ends.
            let _ = shared.events.send_async(Event::Last(last)).await;
        });
    }
}

/// Returns `true` if the engine learns of a message by this, or nobody does any more.
fn is_told(output: &Output) -> bool {
    let is_stored = matches!(output, Output::Resolved { outcome: Resolution::Stored(_), .. });
    is_stored || matches!(output, Output::Apply { .. } | Output::Alarm(_))
}

/// Publishes what is to be sent, until the process ends. While the connection is down, it sends nothing: what would wait for
/// the next one is sent again anyway by whoever needs it.
pub(super) async fn publish_all(client: Client, outbound: flume::Receiver<Outbound>) {
    while let Ok(Outbound { subject, reply, headers, body }) = outbound.recv_async().await {
        if client.connection_state() != State::Connected {
            continue;
        }
        let sent = match (reply, headers) {
            (Some(reply), Some(headers)) => client.publish_with_reply_and_headers(subject, reply, headers, body).await,
            (Some(reply), None) => client.publish_with_reply(subject, reply, body).await,
            (None, Some(headers)) => client.publish_with_headers(subject, headers, body).await,
            (None, None) => client.publish(subject, body).await,
        };
        if let Err(error) = sent {
            tracing::warn!(%error, "a message can't be sent");
        }
    }
}

/// Takes the answers to publishes, until the process ends.
pub(super) async fn take_answers(mut subscription: Subscriber, events: flume::Sender<Event>) {
    while let Some(message) = next_of(&mut subscription).await {
        let attempt = message.subject.rsplit('.').next().and_then(|attempt| attempt.parse().ok());
        let Some(attempt) = attempt else { continue };
        let answer = api::answer_of(&message);
        if events.send_async(Event::Answered { attempt, answer }).await.is_err() {
            return;
        }
    }
}

/// Takes what other hosts say, until the process ends.
pub(super) async fn take_says(shared: Arc<Shared>, mut subscription: Subscriber) {
    while let Some(message) = next_of(&mut subscription).await {
        let Some(text) = shared.open(Purpose::Say, &message.payload) else { continue };
        match rmp_serde::from_slice(&text) {
            Ok(said) => {
                if shared.events.send_async(Event::Said(Box::new(said))).await.is_err() {
                    return;
                }
            }
            Err(error) => tracing::debug!(%error, "what a host says can't be read"),
        }
    }
}

/// Reads a message as it came.
fn decoded(message: &NatsMessage) -> Result<Message, super::super::message::MessageError> {
    let headers = message.headers.iter().flat_map(HeaderMap::iter);
    let headers = headers.flat_map(|(name, values)| {
        let name: &str = name.as_ref();
        values.iter().map(move |value| (name, value.as_str()))
    });
    Message::read(headers.filter(|(name, _)| *name != EXPECTED_LAST), Arc::from(&*message.payload))
}

#[cfg(test)]
mod tests {
    use super::super::super::message::{Header, Kind, MessageError};
    use super::*;
    use crate::types::Timestamp;

    fn sample() -> Message {
        let header = Header {
            journal: Hash::from_bytes([1; 32]),
            kind: Kind::Batch,
            epoch: 3,
            writer: HostId::from_bytes([2; 16]),
            n: 17,
            prev: Hash::from_bytes([4; 32]),
            hash: Hash::ZERO,
            at: Timestamp::from_millis(1_800_000_000_000),
        };
        Message::new(header, b"rows".as_slice().into())
    }

    fn delivered(message: &Message, more: &[(&str, &str)]) -> NatsMessage {
        let mut headers = HeaderMap::new();
        for (name, value) in message.headers() {
            headers.insert(name, value);
        }
        for (name, value) in more {
            headers.append(*name, *value);
        }
        NatsMessage {
            subject: "journal.1".into(),
            reply: None,
            payload: Bytes::from_owner(Arc::clone(&message.body)),
            headers: Some(headers),
            status: None,
            description: None,
            length: 0,
        }
    }

    #[test]
    fn a_message_comes_back_with_the_fence_of_the_stream() {
        let message = sample();
        assert_eq!(decoded(&delivered(&message, &[])), Ok(message.clone()));
        assert_eq!(decoded(&delivered(&message, &[(EXPECTED_LAST, "16")])), Ok(message));
    }

    #[test]
    fn no_other_header_is_taken() {
        let message = sample();
        let with_id = delivered(&message, &[("Nats-Msg-Id", "7")]);
        assert_eq!(decoded(&with_id), Err(MessageError::Foreign("Nats-Msg-Id".into())));
        let twice = delivered(&message, &[("Bx-N", "18")]);
        assert_eq!(decoded(&twice), Err(MessageError::Header("Bx-N")));
        let lower = delivered(&message, &[("nats-expected-last-sequence", "16")]);
        assert!(matches!(decoded(&lower), Err(MessageError::Foreign(_))));
        let without = NatsMessage { headers: None, ..delivered(&message, &[]) };
        assert!(matches!(decoded(&without), Err(MessageError::Header(_))));
    }
}
