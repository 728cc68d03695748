//! Waiting for a cluster: until it has a copy of the journal, a host says by its health that it lives and is not ready.
//!
//! A host may start before its servers, and before somebody has made the cluster. Taking a copy of a long journal takes its time,
//! too. A restart would help with none of it.

use std::io;
use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use boxoffice::{BoxOffice, ClusterOptions, Code, Error, FieldError};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;

use crate::cause::chain;
use crate::error::{Failure, Refusal};
use crate::listener::{self, ConnectionLimits};

/// Pause before it is looked again whether there is a cluster.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How often it is tried to open a directory that another process has, which may be that of `cluster init`.
const TRIES_MAX: u32 = 30;

/// How long an answer may take that is under way when the wait ends.
const DEADLINE: Duration = Duration::from_secs(1);

/// Why a host waits whose servers have no stream, whether there never was one or it is lost.
const NO_CLUSTER: &str =
    "there is no cluster on its servers: `cluster init` makes one, `cluster remake` makes a lost one anew";

/// Why the host is not ready.
type Why = Arc<watch::Sender<String>>;

/// Opens a box office in a cluster, as soon as there is one, and answers meanwhile that this host is not ready. Returns none if it is to
/// stop before.
pub(super) async fn opened(
    listener: &StdListener,
    limits: ConnectionLimits,
    options: &ClusterOptions,
    open: impl Fn() -> Result<BoxOffice, Error> + Clone + Send + 'static,
    stop: impl Future<Output = ()>,
) -> Result<Option<BoxOffice>, Box<dyn std::error::Error>> {
    let why: Why = Arc::new(watch::Sender::new("it looks for its cluster".to_owned()));
    let (done, has_opened) = oneshot::channel::<()>();
    let until = async move {
        // It is done, or this function has ended.
        let _ = has_opened.await;
    };
    let health = TcpListener::from_std(listener.try_clone()?)?;
    let answering = tokio::spawn(listener::serve(health, app(Arc::clone(&why)), limits, None, until, DEADLINE));
    let opened = tokio::select! {
        opened = open_in_time(options, open, &why) => Some(opened??),
        () = stop => None,
    };
    drop(done);
    // Its panic is in the log.
    let _ = answering.await;
    Ok(opened)
}

/// Opens the box office once there is a cluster.
async fn open_in_time(
    options: &ClusterOptions,
    open: impl Fn() -> Result<BoxOffice, Error> + Clone + Send + 'static,
    why: &Why,
) -> io::Result<Result<BoxOffice, Error>> {
    loop {
        let options = options.clone();
        match blocking(move || options.exists()).await? {
            Ok(true) => break,
            Ok(false) => tell(why, NO_CLUSTER.to_owned()),
            Err(error) if error.retry_after().is_some() => tell(why, chain(&error)),
            Err(error) => return Ok(Err(error)),
        }
        sleep(LOOK_AGAIN).await;
    }
    tell(why, "it gets a copy of the journal".to_owned());
    let mut tries = 1;
    loop {
        match blocking(open.clone()).await? {
            Err(error) if error.code() == Code::JournalInUse && tries < TRIES_MAX => tries += 1,
            // Nobody gives a copy yet, for example.
            Err(error) if error.retry_after().is_some() => tell(why, chain(&error)),
            opened => return Ok(opened),
        }
        sleep(LOOK_AGAIN).await;
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    Ok(tokio::task::spawn_blocking(work).await?)
}

/// Says why the host is not ready, in the log too if it is something new.
fn tell(why: &Why, new: String) {
    why.send_if_modified(|told| {
        let is_new = *told != new;
        if is_new {
            tracing::warn!(why = new, "this host waits");
            *told = new;
        }
        is_new
    });
}

/// Returns the application of a host that waits.
fn app(why: Why) -> Router {
    Router::new().route("/healthz", get(healthz)).fallback(not_ready).with_state(why)
}

async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn not_ready(State(why): State<Why>) -> Failure {
    let why = why.borrow().clone();
    Failure::Described(Refusal::NotReady, vec![FieldError::new(format!("Not ready: {why}"), None)])
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_host_that_waits_lives_and_says_why_it_is_not_ready() {
        let why: Why = Arc::new(watch::Sender::new("it looks".to_owned()));
        tell(&why, "there is nothing yet".to_owned());
        let ask = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let answer = app(Arc::clone(&why)).oneshot(request).await.unwrap();
            let status = answer.status().as_u16();
            (status, String::from_utf8(to_bytes(answer.into_body(), 10_000).await.unwrap().to_vec()).unwrap())
        };
        assert_eq!(ask("/healthz").await, (200, r#"{"status":"ok"}"#.to_owned()));
        for path in ["/readyz", "/api/tickets", "/"] {
            let (status, body) = ask(path).await;
            assert_eq!(status, 503, "{path}");
            assert_eq!(body, r#"{"errors":[{"message":"Not ready: there is nothing yet"}]}"#);
        }
    }
}
