//! The stream of the events: how far it has come, and publishing there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use async_nats::{HeaderMap, Message, Subscriber};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout_at};

use super::servers::{Refusal, Servers, read};
use super::{Event, Options, PublishError, WINDOW};

/// Header with the id of a message. The server stores a message once whose id it knows.
const MESSAGE_ID: &str = "Nats-Msg-Id";

/// Name, in the stream's metadata, of the history whose events it has.
const HISTORY: &str = "boxoffice-history";

/// Codes of JetStream: no such stream; no such message; more than one replica on a server alone.
const STREAM_NOT_FOUND: u64 = 10_059;
const MESSAGE_NOT_FOUND: u64 = 10_037;
const REPLICAS_NOT_SUPPORTED: u64 = 10_074;

/// Status of an answer to a message that no stream takes.
const NO_RESPONDERS: u16 = 503;

/// Time for which the server knows ids, in nanoseconds: two minutes.
const DUPLICATE_WINDOW: u64 = 120_000_000_000;

/// Time within which records should be answered, before they are sent again.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Number of attempts to publish records, and the pause between them.
const ATTEMPTS_MAX: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// What a stream says of itself.
#[derive(Debug, Deserialize)]
struct Info {
    config: Config,
    state: State,
}

#[derive(Debug, Deserialize)]
struct Config {
    #[serde(default)]
    metadata: HashMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct State {
    messages: u64,
    first_seq: u64,
    last_seq: u64,
}

/// How far a stream has come.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Number of the last record up to which it has all.
    pub(super) after: u64,
    /// Numbers of the records beyond it that it has, too.
    pub(super) known: BTreeSet<u64>,
    /// Id of the history whose events it has; none if it was made by hand.
    pub(super) history: Option<String>,
}

impl Found {
    /// Returns how far a stream has come by the ids of its last messages. `is_all` says that it has no others.
    fn of(mut known: BTreeSet<u64>, is_all: bool) -> Self {
        let Some(first) = known.first().copied().filter(|_| !is_all) else { return Self::on(0, known) };
        known.remove(&first);
        Self::on(first, known)
    }

    fn on(mut after: u64, mut known: BTreeSet<u64>) -> Self {
        while known.remove(&(after + 1)) {
            after += 1;
        }
        Self { after, known, history: None }
    }
}

/// The stream.
pub(super) struct Stream {
    servers: Servers,
    name: String,
    prefix: String,
    replicas: u64,
    /// Beginning of the subjects on which answers come.
    inbox: String,
    answers: Subscriber,
}

impl Stream {
    pub(super) async fn new(servers: Servers, options: &Options) -> Result<Self, PublishError> {
        let inbox = servers.0.new_inbox();
        let subscribed = servers.0.subscribe(format!("{inbox}.*")).await;
        let answers = subscribed.map_err(|error| PublishError::Connect(error.to_string()))?;
        let Options { stream: name, prefix, replicas, .. } = options.clone();
        Ok(Self { servers, name, prefix, replicas, inbox, answers })
    }

    /// Returns how far the stream has come; none if there is no stream. It reads backwards until it has seen as many records as are
    /// sent at a time: repetitions, and messages of others, don't count.
    pub(super) async fn find(&self) -> Result<Option<Found>, PublishError> {
        let what = format!("STREAM.INFO.{}", self.name);
        let info: Info = match self.servers.ask(&what, &Value::Null).await? {
            Ok(info) => info,
            Err(refusal) if refusal.err_code == STREAM_NOT_FOUND => return Ok(None),
            Err(refusal) => return Err(PublishError::Refused(what, refusal.description)),
        };
        let State { messages, first_seq, last_seq } = info.state;
        if messages == 0 && last_seq > 0 {
            tracing::warn!(
                stream = self.name,
                "the stream has forgotten all events: they are published again from the first on"
            );
        }
        // With fewer records, all might be of those that were sent last, of which an earlier one is missing.
        let (mut ids, mut seq) = (BTreeSet::new(), last_seq);
        while seq >= first_seq.max(1) && ids.len() < WINDOW {
            ids.extend(self.id_of(seq).await?);
            seq -= 1;
        }
        let is_all = seq == 0 || messages == 0;
        let history = info.config.metadata.get(HISTORY).cloned();
        Ok(Some(Found { history, ..Found::of(ids, is_all) }))
    }

    /// Returns the record whose event a message is, if the message is still there and is an event.
    async fn id_of(&self, seq: u64) -> Result<Option<u64>, PublishError> {
        #[derive(Deserialize)]
        struct Stored {
            message: Headers,
        }
        #[derive(Deserialize)]
        struct Headers {
            #[serde(default)]
            hdrs: String,
        }
        let what = format!("STREAM.MSG.GET.{}", self.name);
        match self.servers.ask::<Stored>(&what, &json!({ "seq": seq })).await? {
            Ok(stored) => Ok(id_in(&STANDARD.decode(stored.message.hdrs).unwrap_or_default())),
            Err(refusal) if refusal.err_code == MESSAGE_NOT_FOUND => Ok(None),
            Err(refusal) => Err(PublishError::Refused(what, refusal.description)),
        }
    }

    /// Makes the stream.
    pub(super) async fn make(&self, history: &str) -> Result<(), PublishError> {
        let what = format!("STREAM.CREATE.{}", self.name);
        let made = match self.servers.ask::<Value>(&what, &self.wanted(history, self.replicas)).await? {
            Err(refusal) if refusal.err_code == REPLICAS_NOT_SUPPORTED && self.replicas > 1 => {
                tracing::warn!(stream = self.name, "there is one NATS server: events are lost with its disk");
                self.servers.ask(&what, &self.wanted(history, 1)).await?
            }
            answered => answered,
        };
        made.map(drop).map_err(|refusal| PublishError::Refused(what, refusal.description))
    }

    fn wanted(&self, history: &str, replicas: u64) -> Value {
        json!({
            "name": self.name,
            "description": "The events of a box office, for other services.",
            "subjects": [format!("{}.>", self.prefix)],
            "retention": "limits",
            "storage": "file",
            "num_replicas": replicas,
            "discard": "old",
            "max_msgs": -1,
            "max_bytes": -1,
            "max_age": 0,
            "max_msgs_per_subject": -1,
            "max_msg_size": -1,
            "max_consumers": -1,
            "duplicate_window": DUPLICATE_WINDOW,
            "metadata": { HISTORY: history },
        })
    }

    /// Publishes events in order, and waits until the stream has all of them.
    pub(super) async fn publish(&mut self, events: &[Event]) -> Result<(), PublishError> {
        let mut due: BTreeMap<u64, &Event> = events.iter().map(|event| (event.seq, event)).collect();
        let mut refusal = None;
        for attempt in 0..ATTEMPTS_MAX {
            if due.is_empty() {
                return Ok(());
            }
            if attempt > 0 {
                sleep(PAUSE).await;
            }
            for event in due.values() {
                self.send(event).await?;
            }
            refusal = self.wait_for(&mut due).await?.or(refusal);
        }
        match (due.is_empty(), refusal) {
            (true, _) => Ok(()),
            (false, Some(refusal)) => Err(PublishError::Refused("an event".to_owned(), refusal.description)),
            (false, None) => Err(PublishError::Silence("an event".to_owned())),
        }
    }

    async fn send(&self, event: &Event) -> Result<(), PublishError> {
        let (subject, reply) = (format!("{}.{}", self.prefix, event.name), format!("{}.{}", self.inbox, event.seq));
        let mut headers = HeaderMap::new();
        headers.insert(MESSAGE_ID, event.seq.to_string());
        let sent = self.servers.0.publish_with_reply_and_headers(subject, reply, headers, event.json.clone()).await;
        sent.map_err(|error| PublishError::Refused("an event".to_owned(), error.to_string()))
    }

    /// Waits for the answers to these events, and takes out those that are stored; returns a refusal, if there was one.
    async fn wait_for(&mut self, due: &mut BTreeMap<u64, &Event>) -> Result<Option<Refusal>, PublishError> {
        let end = Instant::now() + ANSWER_TIMEOUT;
        let (mut missing, mut refused): (BTreeSet<u64>, _) = (due.keys().copied().collect(), None);
        while !missing.is_empty() {
            let Ok(answer) = timeout_at(end, self.answers.next()).await else { break };
            let Some(answer) = answer else { return Err(PublishError::Connect("the connection is closed".to_owned())) };
            let Some(seq) = answer.subject.rsplit('.').next().and_then(|seq| seq.parse().ok()) else { continue };
            missing.remove(&seq);
            match verdict(&answer, &self.name)? {
                Verdict::Stored => drop(due.remove(&seq)),
                Verdict::Refused(refusal) => refused = Some(refusal),
                Verdict::Silence => {}
            }
        }
        Ok(refused)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Stored,
    Refused(Refusal),
    /// No stream has taken it just now.
    Silence,
}

/// Reads the answer to a published event.
fn verdict(answer: &Message, stream: &str) -> Result<Verdict, PublishError> {
    #[derive(Deserialize)]
    struct Published {
        stream: String,
    }
    if answer.status.is_some_and(|status| status.as_u16() == NO_RESPONDERS) {
        return Ok(Verdict::Silence);
    }
    match read(&answer.payload) {
        Ok(Ok(Published { stream: by })) if by == stream => Ok(Verdict::Stored),
        Ok(Ok(Published { stream: by })) => Err(PublishError::Elsewhere(stream.to_owned(), by)),
        Ok(Err(refusal)) => Ok(Verdict::Refused(refusal)),
        Err(_) => Ok(Verdict::Silence),
    }
}

/// Returns the id in the headers of a stored message, if it is the number of a record.
fn id_in(headers: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(headers).ok()?;
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(name, _)| *name == MESSAGE_ID)?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests;
