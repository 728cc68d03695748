//! Tests of deliveries by the real binary, with crashes and restarts.

use std::path::Path;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::receiver::Receiver;
use crate::harness::{Finish, Process, command};

/// Number of crashes.
const ROUNDS: usize = 3;

pub(super) const ALLOWED: &[&str] = &["--webhooks-allow-http", "--webhooks-allow-private"];

pub(super) fn start(dir: &Path, more: &[&str]) -> Process {
    let serve = ["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off"];
    Process::spawn(command(&[&serve[..], more].concat(), dir))
}

fn cli(dir: &Path, args: &[&str]) -> String {
    let (status, stdout, stderr) = command(args, dir).finish();
    assert_eq!(status, Some(0), "{stdout}{stderr}");
    stdout
}

pub(super) async fn operator(server: &Process, dir: &Path) -> String {
    let token = server.person("olga").await;
    cli(dir, &["operator", "add", "olga@example.com"]);
    token
}

/// Sends a request; returns status and body.
async fn ask(server: &Process, token: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let call = server.client.request(method.parse().unwrap(), format!("{}{path}", server.url)).bearer_auth(token);
    let answer = body.into_iter().fold(call, |call, body| call.json(&body)).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn subscribe(server: &Process, token: &str, receiver: &Receiver, after: u64) -> String {
    let body = json!({ "url": receiver.url, "after": after });
    let (status, webhook) = ask(server, token, "POST", "/api/webhooks", Some(body)).await;
    assert_eq!(status, 201, "{webhook}");
    receiver.expect_secret(&webhook["secret"]);
    webhook["id"].as_str().unwrap().to_owned()
}

/// Lists 100 tickets, which creates 100 records.
async fn list_tickets(server: &Process, token: &str) {
    let tickets: Vec<_> = (0..100).map(|at| json!({ "title": format!("Seat {at}"), "price": "10.00" })).collect();
    let (status, body) = ask(server, token, "POST", "/api/tickets/batch", Some(json!({ "tickets": tickets }))).await;
    assert_eq!(status, 201, "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn power_cuts_leave_no_gap() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let mut server = start(dir.path(), ALLOWED);
    let token = operator(&server, dir.path()).await;
    let id = subscribe(&server, &token, &receiver, 0).await;
    for _ in 0..ROUNDS {
        list_tickets(&server, &token).await;
        let before = receiver.got().len();
        receiver.until(|got| got.len() >= before + 30).await;
        server.kill();
        server = start(dir.path(), ALLOWED);
    }
    list_tickets(&server, &token).await;
    // Two records of the operator's own, and the tickets.
    let head = 2 + 100 * (ROUNDS as u64 + 1);
    let got = receiver.until(|got| got.last().is_some_and(|last| last.seq() == head)).await;
    assert_eq!(got[0].seq(), 1);
    for pair in got.windows(2) {
        let (one, next) = (pair[0].seq(), pair[1].seq());
        assert!(next == one || next == one + 1, "{next} came after {one}");
        assert_eq!(next == one, pair[0].id == pair[1].id, "only a repetition has the id of the one before");
    }
    assert!(got.len() as u64 <= head + ROUNDS as u64, "a power cut repeats one delivery at most");
    let (_, webhook) = ask(&server, &token, "GET", &format!("/api/webhooks/{id}"), None).await;
    assert_eq!((webhook["status"].as_str(), webhook.get("secret")), (Some("active"), None), "{webhook}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_redirects_then_is_gone_then_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let server = start(dir.path(), ALLOWED);
    let token = operator(&server, dir.path()).await;
    receiver.answer(StatusCode::FOUND);
    let path = format!("/api/webhooks/{}", subscribe(&server, &token, &receiver, 1).await);
    receiver.until(|got| got.len() == 1).await;
    receiver.answer(StatusCode::GONE);
    let log = format!("{path}/deliveries");
    while ask(&server, &token, "GET", &path, None).await.1["attempts"] != 1 {}
    // Its next attempt is due in seconds; resuming makes it at once.
    ask(&server, &token, "POST", &format!("{path}/resume"), None).await;
    while ask(&server, &token, "GET", &path, None).await.1["status"] != "disabled" {}
    let (_, failed) = ask(&server, &token, "GET", &log, None).await;
    let first = failed.as_array().unwrap().last().unwrap();
    assert!(first["error"].as_str().unwrap().contains("redirects are not followed"), "{first}");
    assert_eq!(failed[0]["status"], 410);
    receiver.answer(StatusCode::OK);
    ask(&server, &token, "POST", &format!("{path}/resume"), None).await;
    list_tickets(&server, &token).await;
    let got = receiver.until(|got| got.last().is_some_and(|last| last.seq() == 102)).await;
    assert!(got.iter().all(|got| got.path == "/hooks"), "a redirect was followed");
    let mut seqs: Vec<_> = got.iter().map(super::receiver::Got::seq).collect();
    seqs.dedup();
    assert!(seqs.into_iter().eq(2..=102), "it went on where it had stopped");

    let (_, page) = ask(&server, &token, "GET", &format!("{log}?limit=2"), None).await;
    let newest = page[0]["id"].as_u64().unwrap();
    assert_eq!(page[1]["id"].as_u64(), Some(newest - 1));
    let (_, older) = ask(&server, &token, "GET", &format!("{log}?limit=2&cursor={}", newest - 1), None).await;
    assert_eq!(older[0]["id"].as_u64(), Some(newest - 2));
    let resend = format!("{log}/{}/resend", first["id"]);
    let (status, sent) = ask(&server, &token, "POST", &resend, None).await;
    assert_eq!((status, &sent["seq"], &sent["delivered"]), (200, &json!(2), &json!(true)), "{sent}");
    assert_eq!(receiver.got().last().unwrap().id, got[0].id);

    let (_, rotated) = ask(&server, &token, "POST", &format!("{path}/rotate-secret"), None).await;
    for secret in [None, Some(&rotated["secret"])] {
        // Both the previous secret and the new one are valid.
        if let Some(secret) = secret {
            receiver.expect_secret(secret);
        }
        let (_, pinged) = ask(&server, &token, "POST", &format!("{path}/ping"), None).await;
        assert_eq!((&pinged["delivered"], &pinged["eventType"]), (&json!(true), &json!("webhook.ping")), "{pinged}");
    }
    let metrics = server.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("boxoffice_webhook_deliveries_total{outcome=\"failed\"}"), "{metrics}");
    assert!(metrics.contains("boxoffice_webhook_subscriptions{status=\"active\"} 1"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_to_begin_is_the_number_of_a_record() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path(), &[]);
    let token = operator(&server, dir.path()).await;
    // JSON doesn't tell 1.0 from 1.
    let cases = [("1", 201), ("1.0", 201), ("null", 201), ("-1", 400), ("1.5", 400), ("9223372036854775808", 400)];
    for (after, status) in cases {
        let body = format!(r#"{{ "url": "https://receiver.example", "after": {after} }}"#);
        let (found, answer) = ask(&server, &token, "POST", "/api/webhooks", serde_json::from_str(&body).ok()).await;
        assert_eq!(found, status, "{after} {answer}");
        if status == 400 {
            assert_eq!(answer["errors"][0]["field"], json!("after"), "{answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_inside_through_the_host() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let mut server = start(dir.path(), ALLOWED);
    let token = operator(&server, dir.path()).await;
    let path = format!("/api/webhooks/{}", subscribe(&server, &token, &receiver, 2).await);
    server.kill();
    let server = start(dir.path(), &["--webhooks-allow-http"]);
    let port = receiver.url.rsplit_once(':').unwrap().1;
    let private =
        ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "localhost", "10.1.2.3", "169.254.169.254"];
    for host in private {
        let body = json!({ "url": format!("http://{host}:{port}") });
        let (status, answer) = ask(&server, &token, "POST", "/api/webhooks", Some(body)).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (400, &json!("url")), "{host} {answer}");
    }
    // An address that was allowed when it was subscribed is refused at delivery.
    let (_, pinged) = ask(&server, &token, "POST", &format!("{path}/ping"), None).await;
    assert_eq!(pinged["error"], "must not lead to a private address", "{pinged}");
    assert!(receiver.got().is_empty());

    let ann = server.person("ann").await;
    assert_eq!(ask(&server, &ann, "GET", "/api/webhooks", None).await.0, 403);
    assert_eq!(ask(&server, "", "GET", "/api/webhooks", None).await.0, 401);
    assert_eq!(ask(&server, &token, "GET", "/api/webhooks/x", None).await.0, 404);
    assert_eq!(ask(&server, &token, "DELETE", &path, None).await.0, 204);
    assert_eq!(ask(&server, &token, "DELETE", &path, None).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_looks_after_them_with_and_without_a_server() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let server = start(dir.path(), ALLOWED);
    let token = operator(&server, dir.path()).await;
    let added = cli(dir.path(), &["webhooks", "add", &receiver.url, "--event", "TicketCreated"]);
    let id = added.split_whitespace().next().unwrap().to_owned();
    assert!(added.contains("whsec_"), "{added}");
    list_tickets(&server, &token).await;
    receiver.until(|got| got.len() == 100).await;
    let sent = cli(dir.path(), &["webhooks", "resend", &id, "1"]);
    assert!(sent.contains("TicketCreated") && sent.contains("delivered"), "{sent}");
    assert!(cli(dir.path(), &["webhooks", "ping", &id]).contains("webhook.ping"));
    assert!(cli(dir.path(), &["webhooks", "rotate-secret", &id]).contains("whsec_"));
    assert!(cli(dir.path(), &["webhooks", "resume", &id]).contains("active"));
    server.terminate();

    let listed = cli(dir.path(), &["webhooks", "list"]);
    assert!(listed.starts_with(&id) && !listed.contains("whsec_"), "{listed}");
    assert_eq!(cli(dir.path(), &["webhooks", "deliveries", &id, "--limit", "3"]).lines().count(), 3);
    let copy = dir.path().join("copy");
    cli(dir.path(), &["backup", copy.to_str().unwrap()]);
    assert_eq!(cli(&copy, &["webhooks", "list"]), listed);
    cli(dir.path(), &["webhooks", "remove", &id]);
    assert_eq!(cli(dir.path(), &["webhooks", "list"]), "");
    let (status, _, stderr) = command(&["webhooks", "add", "https://127.0.0.1"], dir.path()).finish();
    assert!(status == Some(1) && stderr.contains("private"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_look_after_webhooks_in_the_console() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let server = start(dir.path(), ALLOWED);
    let token = operator(&server, dir.path()).await;
    let id = subscribe(&server, &token, &receiver, 1).await;
    receiver.until(|got| got.len() == 1).await;
    let (server, token) = (&server, &token);
    let look = async |path: &str| {
        let call = server.get(path).header("cookie", format!("session={token}")).header("accept", "text/html");
        let answer = call.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let click = async |path: &str| {
        let form = "0123456789abcdef0123456789abcdef";
        let call = server.client.post(format!("{}{path}", server.url)).header("origin", &server.url);
        let call = call.header("cookie", format!("session={token}; form={form}")).header("accept", "text/html");
        let call = call.header("content-type", "application/x-www-form-urlencoded");
        let answer = call.body(format!("form-token={form}")).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, list) = look("/console/webhooks").await;
    assert!(status == 200 && list.contains(&format!("/console/webhooks/{id}")), "{list}");
    let path = format!("/console/webhooks/{id}");
    let page = loop {
        let (_, page) = look(&path).await;
        if page.contains("/deliveries/1/resend") {
            break page;
        }
    };
    assert!(page.contains("UserUpdated") && page.contains(">Disable<") && !page.contains("whsec_"), "{page}");

    let (status, again) = click(&format!("{path}/deliveries/1/resend")).await;
    assert!(status == 200 && again.contains("by hand"), "{again}");
    let got = receiver.until(|got| got.len() == 2).await;
    assert_eq!(got[0].id, got[1].id);
    let (_, disabled) = click(&format!("{path}/disable")).await;
    assert!(disabled.contains("an operator disabled it") && disabled.contains(">Resume<"), "{disabled}");
    list_tickets(server, token).await;
    assert_eq!(ask(server, token, "GET", &format!("/api/webhooks/{id}"), None).await.1["status"], "disabled");
    assert_eq!(receiver.got().len(), 2, "nothing is delivered meanwhile");
    let (_, resumed) = click(&format!("{path}/resume")).await;
    assert!(resumed.contains(">Disable<") && !resumed.contains("an operator disabled it"), "{resumed}");
    receiver.until(|got| got.last().is_some_and(|last| last.seq() == 102)).await;
    assert_eq!(click(&format!("{path}/explode")).await.0, 404);
    assert_eq!(click(&format!("{path}/deliveries/9999/resend")).await.0, 404);
}
