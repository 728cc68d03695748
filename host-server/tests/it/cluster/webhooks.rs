//! Webhooks that the hosts of a cluster share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{Trio, until};
use crate::harness::PASSWORD;

/// Deliveries that a receiver has got: the record's number, and the message's id.
type Got = Arc<Mutex<Vec<(u64, String)>>>;

/// Starts a receiver; returns its URL.
async fn receiver(got: &Got) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let router = Router::new().fallback(take).with_state(Arc::clone(got));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn take(State(got): State<Got>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body: Value = serde_json::from_slice(&body).unwrap();
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    got.lock().unwrap().push((body["seq"].as_u64().unwrap(), id));
    StatusCode::NO_CONTENT
}

/// Signs somebody up at a host, as soon as it can.
async fn sign_up(trio: &Trio, host: usize, name: &str) {
    let body = json!({ "email": format!("{name}@example.com"), "password": PASSWORD });
    let post = async || trio.hosts[host].post("/api/users/signup", &body).send().await.unwrap().status().as_u16();
    // An attempt without an answer may have taken effect.
    until("somebody signs up", async || matches!(post().await, 201 | 409)).await;
}

async fn ask(trio: &Trio, host: usize, token: &str, path: &str) -> (u16, Value) {
    let answer = trio.hosts[host].get(path).bearer_auth(token).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

/// Makes somebody an operator on all hosts; returns a token.
async fn operator(trio: &Trio) -> String {
    let token = trio.hosts[0].person("olga").await;
    let add = ["operator", "add", "olga@example.com"].map(str::to_owned);
    until("there is an operator", async || trio.run(0, &add).0 == Some(0)).await;
    for host in 0..trio.hosts.len() {
        until("the host knows the operator", async || ask(trio, host, &token, "/api/webhooks").await.0 == 200).await;
    }
    token
}

/// Waits until so many people who have signed up were told.
async fn until_told(got: &Got, people: usize) {
    let told = || got.lock().unwrap().iter().map(|(seq, _)| *seq).collect::<std::collections::BTreeSet<_>>().len();
    until("all are told", async || told() >= people).await;
    assert_eq!(told(), people);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn another_host_delivers_on_when_the_one_that_delivers_dies() {
    let allowed = ["--webhooks-allow-http", "--webhooks-allow-private"].map(str::to_owned).to_vec();
    let mut trio = Trio::start_with(|_| allowed.clone()).await;
    let token = operator(&trio).await;
    let writer = trio.writer().await;
    let (one, two) = ((writer + 1) % 3, (writer + 2) % 3);
    let got = Got::default();
    let body = json!({ "url": receiver(&got).await, "eventTypes": ["UserCreated"], "after": 0 });
    let made = trio.hosts[one].post("/api/webhooks", &body).bearer_auth(&token).send().await.unwrap();
    assert_eq!(made.status(), 201);
    let made: Value = made.json().await.unwrap();
    let path = format!("/api/webhooks/{}", made["id"].as_str().unwrap());

    for person in 0..20 {
        sign_up(&trio, person % 3, &format!("early{person}")).await;
    }
    until_told(&got, 21).await;
    trio.hosts[writer].kill();
    for person in 0..20 {
        sign_up(&trio, if person % 2 == 0 { one } else { two }, &format!("late{person}")).await;
    }
    until_told(&got, 41).await;

    let got = got.lock().unwrap().clone();
    let mut ids = BTreeMap::new();
    for (seq, id) in &got {
        assert_eq!(ids.entry(*seq).or_insert(id), &id, "record {seq} was told under two ids");
    }
    let mut first_times: Vec<u64> = Vec::new();
    for (seq, _) in &got {
        if !first_times.contains(seq) {
            first_times.push(*seq);
        }
    }
    assert!(first_times.is_sorted(), "{first_times:?}");
    for host in [one, two] {
        let (status, webhook) = ask(&trio, host, &token, &path).await;
        assert_eq!((status, &webhook["url"], &webhook["status"]), (200, &made["url"], &json!("active")), "{webhook}");
    }
    // An operator stops it at whichever host.
    let removed = trio.hosts[two].delete(&path).bearer_auth(&token).send().await.unwrap();
    assert_eq!(removed.status(), 204);
    until("it is gone everywhere", async || ask(&trio, one, &token, &path).await.0 == 404).await;
    until("it is verified", async || trio.run(one, &["verify".to_owned()]).0 == Some(0)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn a_host_that_is_stopped_leaves_little_to_repeat() {
    let allowed = ["--webhooks-allow-http", "--webhooks-allow-private"].map(str::to_owned).to_vec();
    let mut trio = Trio::start_with(|_| allowed.clone()).await;
    let token = operator(&trio).await;
    let got = Got::default();
    let body = json!({ "url": receiver(&got).await, "eventTypes": ["UserCreated"], "after": 0 });
    assert_eq!(trio.hosts[0].post("/api/webhooks", &body).bearer_auth(&token).send().await.unwrap().status(), 201);
    for person in 0..10 {
        sign_up(&trio, person % 3, &format!("early{person}")).await;
    }
    until_told(&got, 11).await;
    let writer = trio.writer().await;
    let (status, logs) = trio.hosts.remove(writer).terminate();
    assert_eq!(status, Some(0), "{logs}");
    for person in 0..10 {
        sign_up(&trio, person % 2, &format!("late{person}")).await;
    }
    until_told(&got, 21).await;
    let count = got.lock().unwrap().len();
    // The last ones may come twice, if the journal was not told in time.
    assert!(count <= 21 + 11, "{count} deliveries of 21 records");
}
