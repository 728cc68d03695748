//! Tests that need the host in their own process, to add routes, pause the time or set the client's address.

mod console;
mod pages;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use boxoffice_server::Settings;
use futures_util::StreamExt;
use serde_json::json;
use tokio::sync::Notify;

use crate::harness::Host;
use crate::journal::Feed;

fn unlimited() -> Settings {
    Settings { rate_limit: false, ..Settings::default() }
}

/// Starts a host in this process.
fn here(settings: Settings) -> Host {
    Host::built(settings, |builder| builder, Router::new())
}

fn from(address: &str) -> ConnectInfo<SocketAddr> {
    ConnectInfo(format!("{address}:4000").parse().unwrap())
}

#[tokio::test]
async fn guessing_passwords_is_limited_by_address() {
    let host = here(Settings::default());
    let guess = async |address: &str| {
        // Malformed bodies count like others, but need no password hash.
        host.call("POST", "/api/users/signup").json(json!({})).extension(from(address)).send().await
    };
    for _ in 0..20 {
        guess("192.0.2.1").await.is_error(400, "validation");
    }
    let limited = guess("192.0.2.1").await;
    limited.is_error(429, "rate.limited");
    let wait: u64 = limited.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
    guess("192.0.2.2").await.is_error(400, "validation");
    let browsing = host.call("GET", "/api/tickets").extension(from("192.0.2.1")).send().await;
    assert_eq!(browsing.status, 200, "the limit is on passwords only");
}

#[tokio::test]
async fn everything_is_limited_generously() {
    let host = here(Settings::default());
    // More requests than the burst and the rate allow, so that even a slow machine reaches the limit.
    for _ in 0..2_000 {
        host.call("GET", "/nope").extension(from("192.0.2.1")).send().await;
    }
    let mut refused = None;
    for _ in 0..20_000 {
        refused =
            Some(host.call("GET", "/nope").extension(from("192.0.2.1")).send().await).filter(|it| it.status == 429);
        if refused.is_some() {
            break;
        }
    }
    refused.unwrap().is_error(429, "rate.limited");
    assert_eq!(host.call("GET", "/healthz").extension(from("192.0.2.1")).send().await.status, 200);
}

#[tokio::test]
async fn overload_is_told_at_once() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (entered, leave) = (entered.clone(), leave.clone());
        async move || {
            entered.notify_one();
            leave.notified().await;
        }
    };
    let slow = Router::new().route("/slow", get(handler));
    let settings = Settings { in_flight_max: 1, rate_limit: false, ..Settings::default() };
    let host = Host::built(settings, |builder| builder, slow);
    let first = tokio::spawn(host.call("GET", "/slow").send());
    entered.notified().await;
    let refused = host.get("/api/tickets").await;
    refused.is_error(503, "engine.overloaded");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(host.get("/healthz").await.status, 200);
    leave.notify_one();
    assert_eq!(first.await.unwrap().status, 200);
    assert_eq!(host.get("/api/tickets").await.status, 200);
}

#[tokio::test]
async fn bodies_have_bounded_room() {
    let host = here(Settings { body_bytes_max: 2 << 20, ..unlimited() });
    let person = json!({ "email": "x", "password": "y" });
    host.post("/api/users/signup", person.clone()).await.is_error(400, "validation");
    let call = host.call("POST", "/api/users/signup").header("content-length", "4000000").json(person);
    call.send().await.is_error(503, "engine.overloaded");
}

#[tokio::test]
async fn panics_fail_their_request_only() {
    let panics = Router::new().route("/panic", get(async || -> () { panic!("secret 7") }));
    let host = Host::built(unlimited(), |builder| builder, panics);
    let answer = host.call("GET", "/panic").header("x-request-id", "mine").send().await;
    answer.is_error(500, "internal");
    assert!(!answer.text.contains("secret"), "{}", answer.text);
    assert_eq!(answer.header("x-request-id"), Some("mine"));
    assert_eq!(host.get("/healthz").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn requests_that_take_too_long() {
    let slow = Router::new().route("/slow", get(std::future::pending::<()>));
    let settings = Settings { request_timeout: Duration::from_secs(30), rate_limit: false, ..Settings::default() };
    let host = Host::built(settings, |builder| builder, slow);
    let answer = host.get("/slow").await;
    answer.is_error(503, "request.timeout");
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn streams_end_when_the_host_stops() {
    let host = here(unlimited());
    let olga = host.operator("olga").await;
    let mut feed = Feed::open(&olga, "/api/journal?after=1", None).await;
    assert_eq!(feed.next().await.unwrap().0, "2");
    host.inside().state.stopping.cancel();
    assert!(feed.next().await.is_none());
    host.get("/readyz").await.is_error(503, "engine.not_ready");
}

#[tokio::test]
async fn a_quiet_stream_says_that_it_lives() {
    let host = here(unlimited());
    let olga = host.operator("olga").await;
    let mut feed = Feed::open(&olga, "/api/journal?after=1", None).await;
    assert_eq!(feed.next().await.unwrap().0, "2");
    // From here on, time advances whenever all tasks wait.
    tokio::time::pause();
    for _ in 0..3 {
        let before = tokio::time::Instant::now();
        let bytes = feed.body.next().await.unwrap().unwrap();
        assert_eq!(
            (bytes.as_ref(), before.elapsed().as_secs()),
            (b":\n\n".as_slice(), 15),
            "a comment, which readers skip"
        );
    }
    tokio::time::resume();
    olga.lists("Hamlet", "1").await;
    assert_eq!(feed.next().await.unwrap().0, "3", "and nothing else has changed");
}
