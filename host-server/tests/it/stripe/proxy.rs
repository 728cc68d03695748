//! A proxy between the host and the stand-in for Stripe. It forwards requests, or stops one of them at a given moment.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::watch;

/// A request that changes something at Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Create,
    Card,
    Confirm,
    Capture,
    Cancel,
    Refund,
}

/// The moment at which a request is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Moment {
    /// Before Stripe receives the request; it is lost.
    Before,
    /// After Stripe has processed the request; its answer is delayed.
    After,
    /// Before Stripe receives the request; Stripe receives it when the test opens the proxy.
    Late,
}

#[derive(Debug)]
struct Shared {
    target: String,
    client: reqwest::Client,
    /// The planned stops of requests about an order. Each applies to one request.
    stops: Mutex<HashMap<(String, Step), Moment>>,
    /// The orders of the created intents.
    orders: Mutex<HashMap<String, String>>,
    /// The orders and steps at which a request is or was stopped.
    reached: watch::Sender<HashSet<(String, Step)>>,
    /// `true` if stopped requests continue.
    open: watch::Sender<bool>,
}

/// A running proxy.
#[derive(Debug)]
pub(crate) struct Proxy {
    shared: Arc<Shared>,
    pub(crate) url: String,
}

impl Proxy {
    pub(crate) async fn start(target: &str) -> Self {
        let shared = Arc::new(Shared {
            target: target.to_owned(),
            client: reqwest::Client::new(),
            stops: Mutex::default(),
            orders: Mutex::default(),
            reached: watch::Sender::default(),
            open: watch::Sender::new(false),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { shared, url }
    }

    /// Stops the next request of this kind that is about this order.
    pub(crate) fn stop(&self, order: &str, step: Step, moment: Moment) {
        self.shared.stops.lock().unwrap().insert((order.to_owned(), step), moment);
    }

    /// Waits until the request is stopped.
    pub(crate) async fn reached(&self, order: &str, step: Step) {
        let wanted = (order.to_owned(), step);
        self.shared.reached.subscribe().wait_for(|reached| reached.contains(&wanted)).await.unwrap();
    }

    /// Lets all stopped requests continue.
    pub(crate) fn open(&self) {
        self.shared.open.send_replace(true);
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    // A separate task, so that a request arrives even if its sender has died.
    tokio::spawn(async move { shared.pass(parts.method, parts.uri, parts.headers, body).await }).await.unwrap()
}

impl Shared {
    async fn pass(&self, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
        let stop = self.subject(&method, &uri, &body).and_then(|subject| {
            let moment = self.stops.lock().unwrap().remove(&subject)?;
            Some((subject, moment))
        });
        let Some((subject, moment)) = stop else { return self.forward(method, uri, headers, body).await };
        let answer = match moment {
            Moment::After => Some(self.forward(method.clone(), uri.clone(), headers.clone(), body.clone()).await),
            Moment::Before | Moment::Late => None,
        };
        self.reached.send_modify(|reached| {
            reached.insert(subject);
        });
        self.open.subscribe().wait_for(|open| *open).await.unwrap();
        match (moment, answer) {
            (_, Some(answer)) => answer,
            (Moment::Late, None) => self.forward(method, uri, headers, body).await,
            (_, None) => StatusCode::BAD_GATEWAY.into_response(),
        }
    }

    /// Returns the order and the step of a request.
    fn subject(&self, method: &Method, uri: &Uri, body: &[u8]) -> Option<(String, Step)> {
        if method != Method::POST {
            return None;
        }
        let form: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
        let order = |intent: &str| self.orders.lock().unwrap().get(intent).cloned();
        let path: Vec<&str> = uri.path().trim_start_matches("/v1/").split('/').collect();
        Some(match path[..] {
            ["payment_intents"] => (form.get("metadata[order_id]")?.clone(), Step::Create),
            ["payment_intents", id] => (order(id)?, Step::Card),
            ["payment_intents", id, "confirm"] => (order(id)?, Step::Confirm),
            ["payment_intents", id, "capture"] => (order(id)?, Step::Capture),
            ["payment_intents", id, "cancel"] => (order(id)?, Step::Cancel),
            ["refunds"] => (order(form.get("payment_intent")?)?, Step::Refund),
            _ => return None,
        })
    }

    async fn forward(&self, method: Method, uri: Uri, mut headers: HeaderMap, body: Bytes) -> Response {
        headers.remove(header::HOST);
        let path = uri.path_and_query().unwrap();
        let request = self.client.request(method, format!("{}{path}", self.target)).headers(headers).body(body);
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.unwrap();
        if let Ok(object) = serde_json::from_slice::<Value>(&body)
            && let (Some(id), Some(order)) = (object["id"].as_str(), object["metadata"]["order_id"].as_str())
        {
            self.orders.lock().unwrap().insert(id.to_owned(), order.to_owned());
        }
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        for name in ["content-type", "idempotent-replayed"] {
            if let Some(value) = headers.get(name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }
}
