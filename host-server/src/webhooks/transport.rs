//! Transport of messages to their receivers. It uses no proxy and follows no redirects. It connects only to addresses
//! that were checked after the name was resolved, so a name that resolves to another address a moment later has no
//! effect.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use tower::Service;
use url::Url;

use super::{WebhookSettings, address, target};
use crate::cause::chain;

/// Limit of bytes read of an answer. It is read only so that the connection can be reused; its content is ignored.
const ANSWER_LEN_MAX: usize = 64 * 1024;

/// Maximum time to wait for the rest of an answer after its status.
const REST_WITHIN: Duration = Duration::from_secs(1);

/// Time after which an unused connection is closed.
const IDLE_MAX: Duration = Duration::from_mins(1);

/// A request to a receiver.
#[derive(Debug, Clone)]
pub(super) struct Post {
    pub(super) url: Url,
    pub(super) id: String,
    pub(super) timestamp_secs: u64,
    pub(super) signature: String,
    pub(super) body: Bytes,
}

/// Answer of a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<RetryAfter>,
}

/// Time at which the receiver wants a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RetryAfter {
    Wait(Duration),
    /// Seconds since 1970.
    At(u64),
}

pub(super) type Sent = Pin<Box<dyn Future<Output = Result<Answer, String>> + Send>>;

/// Sends messages to receivers: over HTTP, or by a double in tests.
pub(super) trait Transport: Send + Sync {
    /// Sends a message once. The error describes the failure to get an answer, in words for operators.
    fn send(&self, post: Post) -> Sent;
}

type HttpClient = Client<HttpsConnector<HttpConnector<PublicOnly>>, Full<Bytes>>;

/// Transport over HTTP.
pub(super) struct Http {
    client: HttpClient,
    settings: Arc<WebhookSettings>,
}

impl Http {
    pub(super) fn new(settings: Arc<WebhookSettings>) -> Result<Self, rustls::Error> {
        let mut http = HttpConnector::new_with_resolver(PublicOnly { allow_private: settings.allow_private });
        http.enforce_http(false);
        http.set_nodelay(true);
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls()?).https_or_http().enable_http1().wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(2)
            .build(connector);
        Ok(Self { client, settings })
    }
}

/// Creates a TLS configuration that trusts the machine's certificate authorities.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (good, _) = roots.add_parsable_certificates(found.certs);
    if good == 0 {
        tracing::warn!(errors = ?found.errors, "the machine trusts no certificate authority: no webhook can go to https");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

impl Transport for Http {
    fn send(&self, post: Post) -> Sent {
        let (client, settings) = (self.client.clone(), Arc::clone(&self.settings));
        Box::pin(async move {
            // The connector resolves names only, so an address in the URL is checked here.
            target::check(&post.url, &settings)?;
            let request = request(post).map_err(|error| error.to_string())?;
            let timeout = settings.timeout;
            let response = tokio::time::timeout(timeout, client.request(request)).await;
            let response = response.map_err(|_| format!("no answer within {} s", timeout.as_secs_f32()))?;
            let (parts, body) = response.map_err(|error| chain(&error))?.into_parts();
            // The status is the answer; nothing after it can change it.
            let _ = tokio::time::timeout(REST_WITHIN, Limited::new(body, ANSWER_LEN_MAX).collect()).await;
            Ok(Answer { status: parts.status.as_u16(), retry_after: retry_after(parts.status, &parts.headers) })
        })
    }
}

fn request(post: Post) -> Result<Request<Full<Bytes>>, axum::http::Error> {
    Request::post(post.url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("boxoffice/", env!("CARGO_PKG_VERSION")))
        .header(standardwebhooks::HEADER_WEBHOOK_ID, post.id)
        .header(standardwebhooks::HEADER_WEBHOOK_TIMESTAMP, post.timestamp_secs)
        .header(standardwebhooks::HEADER_WEBHOOK_SIGNATURE, post.signature)
        .body(Full::new(post.body))
}

fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<RetryAfter> {
    if status.is_success() {
        return None;
    }
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(secs) = text.parse() {
        return Some(RetryAfter::Wait(Duration::from_secs(secs)));
    }
    // HTTP dates have the form of mail dates, except for the name of the zone, which mail calls obsolete.
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second();
    u64::try_from(at).ok().map(RetryAfter::At)
}

/// Resolves names to public Internet addresses only.
#[derive(Debug, Clone)]
struct PublicOnly {
    allow_private: bool,
}

impl Service<Name> for PublicOnly {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let mut found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            found.retain(|address| allow_private || address::is_public(address.ip()));
            if found.is_empty() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, target::PRIVATE));
            }
            Ok(found.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, value: &'static str) -> Option<RetryAfter> {
        let headers = HeaderMap::from_iter([(header::RETRY_AFTER, header::HeaderValue::from_static(value))]);
        retry_after(StatusCode::from_u16(status).unwrap(), &headers)
    }

    #[test]
    fn retry_after_in_both_forms() {
        assert_eq!(of(503, "120"), Some(RetryAfter::Wait(Duration::from_mins(2))));
        assert_eq!(of(429, "Sun, 06 Nov 1994 08:49:37 GMT"), Some(RetryAfter::At(784_111_777)));
        assert_eq!((of(503, "soon"), of(503, "-1"), of(200, "120")), (None, None, None));
    }

    #[tokio::test]
    async fn receivers_that_hang_are_given_up() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = WebhookSettings {
            allow_http: true,
            allow_private: true,
            timeout: Duration::from_millis(50),
            ..WebhookSettings::default()
        };
        let post = Post {
            url: format!("http://{}", listener.local_addr().unwrap()).parse().unwrap(),
            id: "msg_1".to_owned(),
            timestamp_secs: 1,
            signature: "v1,".to_owned(),
            body: Bytes::new(),
        };
        let sent = Http::new(Arc::new(settings)).unwrap().send(post).await;
        assert_eq!(sent, Err("no answer within 0.05 s".to_owned()));
    }

    #[tokio::test]
    async fn names_are_checked_by_what_they_lead_to() {
        let mut resolver = PublicOnly { allow_private: false };
        let error = resolver.call("localhost".parse().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        resolver.allow_private = true;
        assert!(resolver.call("localhost".parse().unwrap()).await.unwrap().all(|address| address.ip().is_loopback()));
    }
}
