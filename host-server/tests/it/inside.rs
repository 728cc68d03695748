//! Tests that need the host in their own process, to add routes, pause the time or set the client's address.

mod console;
mod forms;
mod imports;
mod misconfigured;
mod pages;
mod services;

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
    // What comes takes room, and what is announced takes none.
    let ann = host.person("ann").await;
    let larger = json!({ "tickets": [], "padding": "x".repeat(3 << 20) });
    ann.post("/api/tickets/batch", larger).await.is_error(503, "engine.overloaded");
    let call = host.call("POST", "/api/users/signup").header("content-length", "1000000").json(person);
    call.send().await.is_error(400, "validation");
}

#[tokio::test]
async fn one_client_never_has_all_the_room_for_bodies() {
    let host = here(Settings { body_bytes_max: 64 << 20, ..Settings::default() });
    let ann = host.person("ann").await;
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    let (asked, mut asks) = tokio::sync::mpsc::unbounded_channel();
    let chunks = futures_util::stream::unfold((receiver, asked), |(mut receiver, asked)| async move {
        asked.send(()).unwrap();
        receiver.recv().await.map(|chunk: Vec<u8>| (Ok::<_, std::io::Error>(chunk), (receiver, asked)))
    });
    let call = ann.call("POST", "/api/tickets/batch").extension(from("192.0.2.1"));
    let call = call.header("content-type", "application/json").body(axum::body::Body::from_stream(chunks));
    let first = tokio::spawn(call.send());
    sender.send(vec![b' '; 7 << 20]).unwrap();
    // Whoever asks for the second piece has taken the first.
    for _ in 0..2 {
        asks.recv().await.unwrap();
    }
    let larger = json!({ "tickets": [], "padding": "x".repeat(3 << 20) });
    let second = ann.call("POST", "/api/tickets/batch").extension(from("192.0.2.1")).json(larger.clone());
    let refused = second.send().await;
    refused.is_error(429, "client.busy");
    let other = ann.call("POST", "/api/tickets/batch").extension(from("192.0.2.2")).json(larger);
    other.send().await.is_error(400, "validation");
    sender.send(b"{\"tickets\":[]}".to_vec()).unwrap();
    drop(sender);
    first.await.unwrap().is_error(400, "validation");
}

#[tokio::test]
async fn one_client_never_has_all_places_and_keeps_its_own_until_its_answers_are_read() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (entered, leave) = (entered.clone(), leave.clone());
        async move || {
            entered.notify_one();
            leave.notified().await;
        }
    };
    let slow = Router::new().route("/slow", get(handler));
    let settings = Settings { client_in_flight_max: 2, ..Settings::default() };
    let host = Host::built(settings, |builder| builder, slow);
    let get = |path: &str, address| host.call("GET", path).extension(from(address));
    let first = tokio::spawn(get("/slow", "192.0.2.1").send());
    entered.notified().await;
    let (_, _, unread) = get("/api/tickets", "192.0.2.1").stream().await;
    let refused = get("/api/tickets", "192.0.2.1").send().await;
    refused.is_error(429, "client.busy");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(get("/api/tickets", "192.0.2.2").send().await.status, 200);
    assert_eq!(get("/healthz", "192.0.2.1").send().await.status, 200);
    drop(unread);
    assert_eq!(get("/api/tickets", "192.0.2.1").send().await.status, 200);
    leave.notify_one();
    assert_eq!(first.await.unwrap().status, 200);
}

#[tokio::test]
async fn whoever_signed_in_from_there_before_gets_in_beside_those_who_guess() {
    let host = here(Settings::default());
    let sign_in = |password: &str, address, device: Option<&str>| {
        let call = host.call("POST", "/api/users/signin").extension(from(address));
        let call = device.into_iter().fold(call, |call, id| call.header("cookie", &format!("device={id}")));
        call.json(json!({ "email": "ann@example.com", "password": password }))
    };
    let ann = json!({ "email": "ann@example.com", "password": crate::harness::PASSWORD });
    let answer = host.call("POST", "/api/users/signup").extension(from("192.0.2.1")).json(ann).send().await;
    let cookies: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let device = cookies.iter().find_map(|cookie| cookie.strip_prefix("device=")).unwrap();
    let device = device.split(';').next().unwrap();
    // Strangers use up what one address may try, and what one account may be tried.
    let mut codes = Vec::new();
    for _ in 0..25 {
        codes.push(sign_in("wrong guess", "192.0.2.9", None).send().await.status);
    }
    assert_eq!(codes.last(), Some(&429));
    let right = crate::harness::PASSWORD;
    sign_in(right, "192.0.2.9", None).send().await.is_error(429, "rate.limited");
    sign_in(right, "192.0.2.8", None).send().await.is_error(429, "rate.limited");
    assert_eq!(sign_in(right, "192.0.2.1", None).send().await.status, 200);
    assert_eq!(sign_in(right, "192.0.2.9", Some(device)).send().await.status, 200);
    sign_in(right, "192.0.2.8", Some(&"0".repeat(32))).send().await.is_error(429, "rate.limited");
}

#[tokio::test]
async fn sales_are_metrics_by_currency() {
    let host = here(unlimited());
    host.inside().state.count_sales();
    let (ann, bob) = (host.person("ann").await, host.person("bob").await);
    // The recorder is the process's, so this is a currency that no other test sells in.
    let body = json!({ "title": "Hamlet", "price": "19.99", "currency": "NZD" });
    let ticket = ann.post("/api/tickets", body).await.id();
    let order = bob.orders(&ticket).await;
    assert_eq!(bob.pays(&order, "tok_visa").await.status, 201);
    let text = loop {
        let text = host.get("/metrics").await.text;
        if text.contains("boxoffice_sales_minor_total{currency=\"NZD\"}") {
            break text;
        }
        tokio::task::yield_now().await;
    };
    assert!(text.contains("boxoffice_sales_total{currency=\"NZD\"} 1\n"), "{text}");
    assert!(text.contains("boxoffice_sales_minor_total{currency=\"NZD\"} 1999\n"), "{text}");
    ann.get("/api/orders/nope").await.is_error(404, "order.not_found");
    let text = host.get("/metrics").await.text;
    assert!(text.contains("boxoffice_refusals_total{code=\"order.not_found\"}"), "{text}");
}

#[tokio::test]
async fn console_and_metrics_may_be_served_elsewhere() {
    let host = here(Settings { serves_admin: false, ..unlimited() });
    for path in ["/metrics", "/console", "/console/journal", "/console/nope"] {
        host.get(path).await.is_error(404, "route.not_found");
    }
    for path in ["/healthz", "/readyz", "/api/tickets", "/consoles"] {
        let status = host.get(path).await.status;
        assert_eq!(status, if path == "/consoles" { 404 } else { 200 }, "{path}");
    }
}

#[tokio::test]
async fn pages_lead_to_the_console_only_where_it_is() {
    for serves_admin in [true, false] {
        let host = here(Settings { serves_admin, ..unlimited() });
        let olga = host.operator("olga").await;
        for path in ["/", "/account", "/no-such-page"] {
            let page = olga.call("GET", path).header("accept", "text/html").send().await.text;
            assert!(page.contains("My orders"), "{path}: {page}");
            assert_eq!(page.contains("href=\"/console\""), serves_admin, "{path}: {page}");
        }
    }
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
    assert!(feed.next().await.unwrap().0.starts_with("2-"));
    host.inside().state.stopping.cancel();
    assert!(feed.next().await.is_none());
    host.get("/readyz").await.is_error(503, "engine.not_ready");
}

#[tokio::test]
async fn a_quiet_stream_says_that_it_lives() {
    let host = here(unlimited());
    let olga = host.operator("olga").await;
    let mut feed = Feed::open(&olga, "/api/journal?after=1", None).await;
    assert!(feed.next().await.unwrap().0.starts_with("2-"));
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
    assert!(feed.next().await.unwrap().0.starts_with("3-"), "and nothing else has changed");
}
