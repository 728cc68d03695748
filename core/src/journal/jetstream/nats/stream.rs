//! The stream itself: which one is the newest, making one, and its first message.
//!
//! A stream is made by an operator alone. A server with a wrong key for its disk only warns, and shows none of its streams:
//! whoever made a new one then by itself would split the journal.

use std::time::Duration;

use async_nats::{Client, HeaderMap, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::super::answer::Answer;
use super::super::message::{Header, Kind, Message};
use super::super::position::{Fork, Position};
use super::api::{self, ApiFailure};
use super::config::{self, Expected, Finding, Severity, StreamInfo};
use super::protocol::EXPECTED_LAST;
use super::subjects;
use crate::event::Hash;
use crate::journal::Head;
use crate::types::{HostId, Timestamp};

/// Number of attempts to write the first message, and the pause between them.
const ATTEMPTS_MAX: u32 = 40;
const PAUSE: Duration = Duration::from_millis(250);

/// Time for which servers without a leader are asked again. An election takes 4 to 9 seconds.
const ELECTION_MAX: Duration = Duration::from_secs(15);

/// Reason why a stream can't be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamFailure {
    /// The servers don't do it.
    #[error(transparent)]
    Api(#[from] ApiFailure),
    /// The servers or the stream are not what they must be.
    #[error("{}", listed(.0))]
    Unsound(Vec<Finding>),
    /// There is a stream already.
    #[error("there is a stream already, {0}: if it is lost for good, make a new one from a copy by `remake`")]
    Exists(String),
    /// The stream's first message is another one.
    #[error("the stream has another first message than this one's: {0}")]
    Foreign(String),
    /// The first message could not be written.
    #[error("the stream is there, and its first message could not be written: try again")]
    NotWritten,
}

fn listed(findings: &[Finding]) -> String {
    findings.iter().map(|finding| finding.what.as_str()).collect::<Vec<_>>().join("; ")
}

/// Content of the first message, for people and tools that read the stream: the copies on which it goes on.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BaseBody {
    generation: u64,
    /// Number of records in the copies.
    records: u64,
    /// Hash of the last of them.
    hash: Hash,
}

/// Returns the position of the first copy of a journal, before any message. It is another one for every end of the journal, so
/// that only copies with these records follow.
pub(crate) fn origin(journal: Hash, head: Head, host: HostId, generation: u64) -> Position {
    let mut hasher = blake3::Hasher::new_derive_key("boxoffice 2026-11-30 origin of a cluster");
    hasher.update(journal.as_bytes());
    hasher.update(&head.seq.to_le_bytes());
    hasher.update(head.hash.as_bytes());
    let origin = Hash::from_bytes(*hasher.finalize().as_bytes());
    Position { journal, generation, seq: 0, n: 0, head: origin, epoch: 0, writer: host }
}

/// Returns the first message of the stream that goes on from a position.
pub(crate) fn base(position: &Position, head: Head, host: HostId, at: Timestamp) -> Message {
    let body = BaseBody { generation: position.generation, records: head.seq, hash: head.hash };
    // It can't fail: it is numbers and a hash.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let header = Header {
        journal: position.journal,
        kind: Kind::Base,
        epoch: position.epoch,
        writer: host,
        n: position.n + 1,
        prev: position.head,
        hash: Hash::ZERO,
        at,
    };
    Message::new(header, body.into())
}

/// Returns the generation of the newest stream.
pub(crate) async fn newest(client: &Client) -> Result<Option<u64>, ApiFailure> {
    let names = api::stream_names(client).await?;
    Ok(names.iter().filter_map(|name| subjects::generation(name)).max())
}

/// Returns the generation of the newest stream for an operator, who may ask as soon as the servers are begun: until they have
/// elected a leader it asks again.
pub(crate) async fn newest_when_elected(client: &Client) -> Result<Option<u64>, ApiFailure> {
    let end = Instant::now() + ELECTION_MAX;
    loop {
        match newest(client).await {
            Err(failure) if failure.passes() && Instant::now() < end => tokio::time::sleep(PAUSE).await,
            answered => return answered,
        }
    }
}

/// Returns the stream of a generation.
pub(crate) async fn info(client: &Client, generation: u64) -> Result<StreamInfo, ApiFailure> {
    api::ask(client, &format!("STREAM.INFO.{}", subjects::stream(generation)), &Value::Null).await
}

/// Makes the stream that goes on from a position, and writes its first message. What an earlier attempt has made stays.
pub(crate) async fn make(
    client: &Client,
    expected: Expected,
    replicas: u64,
    position: &Position,
    first: &Message,
) -> Result<(), StreamFailure> {
    let name = subjects::stream(expected.generation);
    let wanted = config::wanted(expected, replicas);
    let _: StreamInfo = api::ask(client, &format!("STREAM.CREATE.{name}"), &wanted).await?;
    let made = info(client, expected.generation).await?;
    let mut findings = config::judge_stream(&made, expected);
    findings.retain(|finding| finding.severity == Severity::Fatal);
    if !findings.is_empty() {
        return Err(StreamFailure::Unsound(findings));
    }
    let mut last = made.state.last_seq;
    for _ in 0..ATTEMPTS_MAX {
        if last > 0 {
            return follows(position, &stored(client, &name, 1).await?);
        }
        if !matches!(write(client, expected.generation, first).await, Answer::Ack { .. }) {
            tokio::time::sleep(PAUSE).await;
        }
        last = info(client, expected.generation).await.map_or(0, |info| info.state.last_seq);
    }
    Err(StreamFailure::NotWritten)
}

fn follows(position: &Position, first: &Message) -> Result<(), StreamFailure> {
    position.after(first).map(drop).map_err(|fork: Fork| StreamFailure::Foreign(fork.to_string()))
}

/// Writes the first message.
async fn write(client: &Client, generation: u64, first: &Message) -> Answer {
    let mut headers = HeaderMap::new();
    for (name, value) in first.headers() {
        headers.insert(name, value);
    }
    headers.insert(EXPECTED_LAST, "0");
    let request = Request::new().headers(headers).payload(Bytes::from(first.body.to_vec()));
    let request = request.timeout(Some(api::ANSWER_TIMEOUT));
    let answer = client.send_request(subjects::stream_subject(generation), request).await;
    answer.map_or(Answer::Silence, |answer| api::answer_of(&answer))
}

/// Returns a message of the stream, as its leader has it.
async fn stored(client: &Client, stream: &str, seq: u64) -> Result<Message, StreamFailure> {
    #[derive(Deserialize)]
    struct Got {
        message: Stored,
    }
    let got: Got = api::ask(client, &format!("STREAM.MSG.GET.{stream}"), &json!({ "seq": seq })).await?;
    got.message.read().map_err(StreamFailure::Foreign)
}

/// A message in the form in which JetStream's API gives it.
#[derive(Debug, Deserialize)]
struct Stored {
    #[serde(default)]
    hdrs: String,
    #[serde(default)]
    data: String,
}

impl Stored {
    fn read(&self) -> Result<Message, String> {
        let decode = |text: &str| STANDARD.decode(text).map_err(|error| error.to_string());
        let headers = String::from_utf8(decode(&self.hdrs)?).map_err(|error| error.to_string())?;
        let lines = headers.lines().skip(1).filter_map(|line| line.split_once(':'));
        let headers = lines.map(|(name, value)| (name, value.trim())).filter(|(name, _)| *name != EXPECTED_LAST);
        Message::read(headers, decode(&self.data)?.into()).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: HostId = HostId::from_bytes([1; 16]);
    const JOURNAL: Hash = Hash::from_bytes([7; 32]);

    fn head(seq: u64) -> Head {
        Head { seq, hash: Hash::from_bytes([9; 32]), at: Timestamp::from_millis(5) }
    }

    #[test]
    fn the_first_message_follows_the_copies_that_it_was_made_for() {
        let start = origin(JOURNAL, head(17), HOST, 1);
        let first = base(&start, head(17), HOST, Timestamp::from_millis(6));
        let after = start.after(&first).unwrap();
        assert_eq!((after.seq, after.n, after.epoch), (1, 1, 0));
        let other = origin(JOURNAL, head(16), HOST, 1);
        assert!(matches!(follows(&other, &first), Err(StreamFailure::Foreign(_))));

        // A stream that is made anew goes on from the last message.
        let remade = Position { generation: 2, seq: 0, epoch: 4, ..after };
        let first = base(&remade, head(90), HOST, Timestamp::from_millis(7));
        let after = remade.after(&first).unwrap();
        assert_eq!((after.seq, after.n, after.epoch, after.generation), (1, 2, 4, 2));
    }

    #[test]
    fn a_stored_message_is_read_from_the_servers_form() {
        let start = origin(JOURNAL, head(17), HOST, 1);
        let first = base(&start, head(17), HOST, Timestamp::from_millis(6));
        let mut block = "NATS/1.0\r\n".to_owned();
        for (name, value) in first.headers() {
            block.extend([name, ": ", &value, "\r\n"]);
        }
        block.extend([EXPECTED_LAST, ": 0\r\n\r\n"]);
        let stored = Stored { hdrs: STANDARD.encode(block), data: STANDARD.encode(&first.body) };
        assert_eq!(stored.read(), Ok(first));
        for (hdrs, data) in [("", ""), ("%", ""), ("TkFUUy8xLjANCg0K", "eA=="), ("/w==", "")] {
            assert!(Stored { hdrs: hdrs.into(), data: data.into() }.read().is_err(), "{hdrs} {data}");
        }
    }
}
