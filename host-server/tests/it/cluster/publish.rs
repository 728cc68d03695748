//! Events that servers publish on NATS, as other programs see them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};

use async_nats::{Client, ConnectOptions, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boxoffice::testing::NatsServers;
use serde_json::{Value, json};

use super::{Trio, until};
use crate::harness::{Finish, Process, command};

/// Account of the programs that read and publish events.
const ACCOUNT: usize = 1;

/// A program that reads the stream.
struct Reader(Client);

impl Reader {
    async fn connect(nats: &NatsServers) -> Self {
        let user = format!("shop{ACCOUNT}");
        let options = ConnectOptions::new().user_and_password(user.clone(), user);
        Self(options.connect(nats.urls(ACCOUNT)).await.unwrap())
    }

    async fn ask(&self, what: &str, body: &Value) -> Value {
        let request = Request::new().payload(body.to_string().into());
        let Ok(answer) = self.0.send_request(format!("$JS.API.{what}"), request).await else { return Value::Null };
        serde_json::from_slice(&answer.payload).unwrap()
    }

    /// Returns the messages of the stream: subject, headers and record.
    async fn read(&self) -> Vec<(String, String, Value)> {
        let info = self.ask("STREAM.INFO.EVENTS", &json!({})).await;
        let last = info["state"]["last_seq"].as_u64().unwrap_or_default();
        let mut all = Vec::new();
        for seq in 1..=last {
            let stored = self.ask("STREAM.MSG.GET.EVENTS", &json!({ "seq": seq })).await;
            let text = |name: &str| {
                let encoded = stored["message"][name].as_str().unwrap_or_default();
                String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
            };
            let subject = stored["message"]["subject"].as_str().unwrap_or_default().to_owned();
            all.push((subject, text("hdrs"), serde_json::from_str(&text("data")).unwrap_or_default()));
        }
        all
    }

    /// Waits until the stream has all these records, and returns how often each is there.
    async fn until_has(&self, records: &[Value]) -> BTreeMap<u64, usize> {
        let seqs = |messages: &[(String, String, Value)]| {
            let mut counts = BTreeMap::new();
            for (_, _, record) in messages {
                *counts.entry(record["seq"].as_u64().unwrap_or_default()).or_insert(0) += 1;
            }
            counts
        };
        let wanted: Vec<u64> = records.iter().map(|record| record["seq"].as_u64().unwrap()).collect();
        let has_all = async || {
            let counts = seqs(&self.read().await);
            wanted.iter().all(|seq| counts.contains_key(seq))
        };
        until("all records are published", has_all).await;
        let messages = self.read().await;
        for (subject, headers, record) in &messages {
            let Some(known) = records.iter().find(|known| known["seq"] == record["seq"]) else { continue };
            assert_eq!(record, known, "as the journal's feed shows it");
            assert_eq!(*subject, format!("events.{}", known["event"]["type"].as_str().unwrap()));
            assert!(headers.contains(&format!("Nats-Msg-Id: {}\r\n", known["seq"])), "{headers}");
        }
        seqs(&messages)
    }
}

/// Returns the records of a directory whose server runs.
fn exported(dir: &Path) -> Vec<Value> {
    let (status, stdout, stderr) = command(&["export"], dir).finish();
    assert_eq!(status, Some(0), "{stderr}");
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn the_host_that_writes_publishes_and_the_next_one_goes_on() {
    let publish = |nats: &NatsServers| vec!["--publish".to_owned(), nats.urls(ACCOUNT).join(",")];
    let mut trio = Trio::start_with(publish).await;
    let reader = Reader::connect(&trio.nats).await;
    for person in 0..10 {
        trio.hosts[person % 3].person(&format!("early{person}")).await;
    }
    let writer = trio.writer().await;
    let other = (writer + 1) % 3;
    reader.until_has(&exported(trio.dirs[writer].path())).await;
    trio.hosts[writer].kill();
    for person in 0..10 {
        let body = json!({ "email": format!("late{person}@example.com"), "password": crate::harness::PASSWORD });
        let post = async || trio.hosts[other].post("/api/users/signup", &body).send().await.unwrap().status().as_u16();
        until("somebody signs up", async || matches!(post().await, 201 | 409)).await;
    }
    let records = exported(trio.dirs[other].path());
    let counts = reader.until_has(&records).await;
    // Both know the ids, for two minutes.
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
}

/// A program that is killed when it is dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Publishes the events of a directory's server.
fn publish(nats: &NatsServers, dir: &Path) -> Killed {
    let urls = nats.urls(ACCOUNT).join(",");
    let mut publish = command(&["publish", "--nats", &urls], dir);
    Killed(publish.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn a_program_beside_a_server_publishes_and_takes_up_where_it_was_killed() {
    let nats = NatsServers::start(1, 2).unwrap();
    let reader = Reader::connect(&nats).await;
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(dir.path());
    for round in 0..3 {
        let publishing = publish(&nats, dir.path());
        for person in 0..5 {
            server.person(&format!("person{round}-{person}")).await;
        }
        if round > 0 {
            // In the middle of it.
            drop(publishing);
            continue;
        }
        reader.until_has(&exported(dir.path())).await;
    }
    let _publishing = publish(&nats, dir.path());
    let counts = reader.until_has(&exported(dir.path())).await;
    assert!(counts.len() >= 15 && counts.values().all(|count| *count == 1), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn another_journal_does_not_publish_into_the_same_stream() {
    let nats = NatsServers::start(1, 2).unwrap();
    let reader = Reader::connect(&nats).await;
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, second) = (Process::start(one.path()), Process::start(two.path()));
    first.person("ann").await;
    let publishing = publish(&nats, one.path());
    reader.until_has(&exported(one.path())).await;
    drop(publishing);
    second.person("bob").await;
    second.person("cat").await;
    let urls = nats.urls(ACCOUNT).join(",");
    let mut other = command(&["publish", "--nats", &urls], two.path());
    let mut other = other.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let stderr = other.stderr.take().unwrap();
    let _killed = Killed(other);
    let said = tokio::task::spawn_blocking(move || {
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(stderr)).map_while(Result::ok);
        lines.find(|line| line.contains("of another journal"))
    });
    assert!(tokio::time::timeout(super::LONG, said).await.unwrap().unwrap().is_some());
    assert_eq!(reader.read().await.len(), 1);
}
