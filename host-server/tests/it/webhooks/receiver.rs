//! A receiver that checks all signatures, and answers with a configured status.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::sync::Notify;

/// A message that a receiver has got.
#[derive(Debug, Clone)]
pub(super) struct Got {
    pub(super) path: String,
    pub(super) id: String,
    pub(super) body: Value,
}

impl Got {
    pub(super) fn seq(&self) -> u64 {
        self.body["seq"].as_u64().unwrap()
    }
}

#[derive(Default)]
struct Inner {
    got: Mutex<Vec<Got>>,
    status: Mutex<Option<StatusCode>>,
    secret: Mutex<Option<String>>,
    more: Notify,
}

/// A receiver, which ends with the test's runtime.
#[derive(Clone)]
pub(super) struct Receiver {
    inner: Arc<Inner>,
    pub(super) url: String,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let inner = Arc::new(Inner::default());
        let router = Router::new().fallback(take).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { inner, url }
    }

    /// Checks signatures from now on.
    pub(super) fn expect_secret(&self, secret: &Value) {
        *self.inner.secret.lock().unwrap() = Some(secret.as_str().unwrap().to_owned());
    }

    /// Answers with this status from now on.
    pub(super) fn answer(&self, status: StatusCode) {
        *self.inner.status.lock().unwrap() = Some(status);
    }

    pub(super) fn got(&self) -> Vec<Got> {
        self.inner.got.lock().unwrap().clone()
    }

    /// Waits until the received messages fulfil the condition, and returns all of them.
    pub(super) async fn until(&self, wanted: impl Fn(&[Got]) -> bool) -> Vec<Got> {
        loop {
            let more = self.inner.more.notified();
            let got = self.got();
            if wanted(&got) {
                return got;
            }
            more.await;
        }
    }
}

async fn take(State(inner): State<Arc<Inner>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(secret) = inner.secret.lock().unwrap().as_ref() {
        Webhook::new(secret).unwrap().verify(&body, &headers).expect("the signature is wrong");
    }
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    let body = serde_json::from_slice(&body).unwrap();
    // The status is read before the message is published: a later change applies to the next message.
    let status = inner.status.lock().unwrap().unwrap_or(StatusCode::NO_CONTENT);
    inner.got.lock().unwrap().push(Got { path: uri.path().to_owned(), id, body });
    inner.more.notify_waiters();
    (status, [("location", "/elsewhere")]).into_response()
}
