//! A host that is a separate program. It lets the tests run against an app in another language.
//!
//! `BOXOFFICE_TEST_HOST` is the command that starts it, with its words separated by spaces. The program gets:
//!
//! - `--data DIR`, the directory of its box office;
//! - `BOXOFFICE_TEST_SETTINGS`, a JSON object: `now` (RFC 3339; the clock stands still there until it is moved; `null`
//!   for the machine's clock), `answerPaymentWithinMs`, `fees` (`null`, or
//!   `{"percent": "2.5", "fixed": [{"amount": "0.30", "currency": "USD"}]}`), and the host's settings `publicUrl` (a
//!   list, or `null`), `corsOrigins`, `rateLimit` and `feedsMax`.
//!
//! It prints `listening on http://127.0.0.1:PORT`. Then it reads commands, one JSON object per line, and prints `ok`
//! after each: `{"advanceMs": 900000}` moves the clock, `{"operator": ["olga@example.com", true]}` grants or revokes
//! the role, `{"close": true}` closes the box office while the host continues. When its input ends, it closes the box
//! office and exits.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use boxoffice_server::Settings;
use reqwest::Client;
use serde_json::{Value, json};

use super::fees::Fees;

/// Returns the command of `BOXOFFICE_TEST_HOST`, if set.
pub(crate) fn command(dir: &Path, settings: &Settings, fees: Option<Fees>, now: Option<&str>) -> Option<Command> {
    let words = std::env::var("BOXOFFICE_TEST_HOST").ok()?;
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().expect("BOXOFFICE_TEST_HOST is empty"));
    let public_urls: Vec<_> = settings.public_url.iter().chain(&settings.further_public_urls).collect();
    let settings = json!({
        "now": now,
        "answerPaymentWithinMs": 200,
        "fees": fees.map(Fees::told),
        "publicUrl": if public_urls.is_empty() { Value::Null } else { json!(public_urls) },
        "corsOrigins": settings.cors_origins,
        "rateLimit": settings.rate_limit,
        "feedsMax": settings.feeds_max,
    });
    command.args(words).arg("--data").arg(dir).env("BOXOFFICE_TEST_SETTINGS", settings.to_string());
    Some(command)
}

/// A running host, which is killed when it is dropped.
pub(crate) struct Outside {
    child: Child,
    pipes: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
    url: String,
    client: Client,
}

impl Outside {
    /// Starts the host and waits until it prints its address.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").expect("the host did not start").to_owned();
        let pipes = Mutex::new(Some((child.stdin.take().unwrap(), answers)));
        Self { child, pipes, url, client: Client::new() }
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.tell(&json!({ "advanceMs": by.as_millis() }));
    }

    pub(crate) fn set_operator(&self, email: &str, operator: bool) {
        self.tell(&json!({ "operator": [email, operator] }));
    }

    pub(crate) fn close_office(&self) {
        self.tell(&json!({ "close": true }));
    }

    fn tell(&self, command: &Value) {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let (orders, answers) = pipes.as_mut().unwrap();
        writeln!(orders, "{command}").unwrap();
        let mut answer = String::new();
        answers.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), "ok", "{command}");
    }

    /// Sends a request that was built for the router in this process.
    pub(crate) async fn send(&self, request: Request<Body>) -> (StatusCode, HeaderMap, Body) {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let url = format!("{}{}", self.url, parts.uri);
        let call = self.client.request(parts.method, url).headers(parts.headers);
        // An empty body would be sent with length 0, which differs from no body.
        let call = if body.is_empty() { call } else { call.body(body) };
        let response = call.send().await.unwrap();
        (response.status(), response.headers().clone(), Body::from_stream(response.bytes_stream()))
    }

    /// Stops the host and waits until it has exited.
    pub(crate) fn end(mut self) {
        self.pipes = Mutex::default();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        // Does nothing if the process has exited.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
