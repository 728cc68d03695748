//! A client of the servers without a box office: who leads a stream, and what a fenced publish takes.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, HeaderMap, Request};
use boxoffice_examples::measure::Stopwatch;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::{Failure, LONG, within};

/// Header by which a publish is fenced.
const EXPECTED_LAST: &str = "Nats-Expected-Last-Sequence";

/// Stream that is compared with the journal's.
const STREAM: &str = "BARE";
const SUBJECT: &str = "bare";

/// Bytes of a message: about as many as the batch of one reservation, with its headers.
const MESSAGE_BYTES: usize = 1_024;

/// Time within which the servers must answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// A connection to the servers.
pub(crate) struct Probe {
    runtime: Runtime,
    client: Client,
}

impl Probe {
    /// Connects to one of these servers. The first is tried first.
    pub(crate) fn connect(urls: Vec<String>) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let first: async_nats::ServerAddr = urls.first().ok_or("there is no server")?.parse()?;
        let user = first.username().unwrap_or_default().to_owned();
        let password = first.password().unwrap_or_default().to_owned();
        let options = ConnectOptions::new().user_and_password(user, password).retain_servers_order();
        let client = runtime.block_on(options.connect(urls))?;
        Ok(Self { runtime, client })
    }

    /// Makes the stream that is compared with the journal's.
    pub(crate) fn make(&self) -> Result<(), Failure> {
        let config = json!({
            "name": STREAM, "subjects": [SUBJECT], "retention": "limits", "storage": "file", "num_replicas": 3,
            "discard": "new", "deny_delete": true, "deny_purge": true,
        });
        self.ask(&format!("STREAM.CREATE.{STREAM}"), &config).map(drop)
    }

    /// Returns the name of the server that leads a stream.
    pub(crate) fn leader(&self, stream: &str) -> Result<String, Failure> {
        let info = self.ask(&format!("STREAM.INFO.{stream}"), &json!({}))?;
        let leader = info["cluster"]["leader"].as_str().filter(|leader| !leader.is_empty());
        Ok(leader.ok_or("nobody leads the stream")?.to_owned())
    }

    /// Lets a server lead both the journal's stream and the one that is compared with it.
    pub(crate) fn lead(&self, server: &str) -> Result<(), Failure> {
        for stream in ["JOURNAL-1", STREAM] {
            within(LONG, &format!("{server} leads {stream}"), || {
                if self.leader(stream).is_ok_and(|leader| leader == server) {
                    return Ok(true);
                }
                let wish = json!({ "placement": { "preferred": server } });
                // It is refused while nobody leads, or the server is not level.
                drop(self.ask(&format!("STREAM.LEADER.STEPDOWN.{stream}"), &wish));
                Ok(false)
            })?;
        }
        Ok(())
    }

    /// Publishes so many messages, one after the other, each fenced by the one before it. Returns the time of each in
    /// microseconds.
    pub(crate) fn publish(&self, count: usize) -> Result<Vec<f64>, Failure> {
        let info = self.ask(&format!("STREAM.INFO.{STREAM}"), &json!({}))?;
        let mut last = info["state"]["last_seq"].as_u64().ok_or("the stream has no end")?;
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let mut headers = HeaderMap::new();
            headers.insert(EXPECTED_LAST, last.to_string());
            let request = Request::new().headers(headers).payload(vec![7_u8; MESSAGE_BYTES].into());
            let watch = Stopwatch::start();
            let answer = self.runtime.block_on(self.client.send_request(SUBJECT, request))?;
            times.push(watch.elapsed().as_secs_f64() * 1e6);
            let answer: Value = serde_json::from_slice(&answer.payload)?;
            last += 1;
            if answer["seq"].as_u64() != Some(last) {
                return Err(format!("a publish was answered with {answer}").into());
            }
        }
        Ok(times)
    }

    fn ask(&self, what: &str, body: &Value) -> Result<Value, Failure> {
        let request = Request::new().payload(body.to_string().into()).timeout(Some(ANSWER_WITHIN));
        let answer = self.runtime.block_on(self.client.send_request(format!("$JS.API.{what}"), request))?;
        let answer: Value = serde_json::from_slice(&answer.payload)?;
        match answer.get("error") {
            Some(error) => Err(format!("{what}: {error}").into()),
            None => Ok(answer),
        }
    }
}
