//! The routes of the HTTP host, called within this process.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use boxoffice::{Code, Error};
use boxoffice_server::{AppState, List, Settings, parse_all, parse_networks, parse_origins};
use futures_util::StreamExt;
use napi::Either;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use tokio::sync::{Mutex, watch};
use tower::ServiceExt;

use crate::convert::{millis, natural, one_byte_a_character, one_character_a_byte};
use crate::errors::rejection;
use crate::office::Office;

/// Interval of the host's upkeep, which bounds the memory of metrics and rate limits.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// Returns the OpenAPI description of the routes, as JSON.
#[napi]
pub fn openapi() -> &'static str {
    boxoffice_server::openapi::json()
}

/// Returns the session tokens in the headers of a request, by either name of the cookie and without checking them: the first that is
/// good counts.
///
/// `rawHeaders` has names and values in turn, as in Node.
#[napi]
pub fn session_tokens(raw_headers: Vec<String>) -> Vec<String> {
    let Ok(map) = header_map(&raw_headers) else { return Vec::new() };
    boxoffice_server::session_tokens(&map).map(Cow::into_owned).collect()
}

/// Settings of the ready router. Omitted settings have the host's defaults.
#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct HttpSettings {
    /// Public address of the application, or several if people reach it by several names, all of them `https` or all
    /// `http`. With `https`, cookies are `Secure`.
    pub public_url: Option<Either<String, Vec<String>>>,
    /// Origins whose pages may call the routes; none by default.
    pub cors_origins: Option<Either<String, Vec<String>>>,
    /// `true`, the default, limits the request rate of each client.
    pub rate_limit: Option<bool>,
    /// Proxies whose `X-Forwarded-For`, or `Forwarded`, is trusted: addresses, and networks such as `10.0.0.0/8`; none by
    /// default.
    pub trusted_proxies: Option<Either<String, Vec<String>>>,
    /// Timeout of a request, in milliseconds; 30,000 by default.
    pub request_timeout_ms: Option<f64>,
    /// Maximum number of requests in flight; 4,096 by default.
    pub in_flight_max: Option<f64>,
    /// Maximum number of open journal streams; 128 by default.
    pub feeds_max: Option<f64>,
    /// `true` to publish the storefront and the console.
    pub pages: Option<bool>,
    /// `true` to publish `/metrics`.
    pub metrics: Option<bool>,
}

impl HttpSettings {
    fn checked(self, session_length: Option<Duration>) -> Result<Settings, Error> {
        let usual = Settings::default();
        let count = |field, value: Option<f64>| value.map(|value| natural(field, value)).transpose();
        let settings = Settings {
            cors_origins: all("corsOrigins", self.cors_origins, parse_origins)?,
            rate_limit: self.rate_limit.unwrap_or(usual.rate_limit),
            trusted_networks: all("trustedProxies", self.trusted_proxies, parse_networks)?,
            request_timeout: self
                .request_timeout_ms
                .map_or(Ok(usual.request_timeout), |ms| millis("requestTimeoutMs", ms))?,
            in_flight_max: count("inFlightMax", self.in_flight_max)?.unwrap_or(usual.in_flight_max),
            feeds_max: count("feedsMax", self.feeds_max)?.unwrap_or(usual.feeds_max),
            session_length: session_length.unwrap_or(usual.session_length),
            // What an application publishes beside the API, it says.
            pages: self.pages.unwrap_or(false),
            metrics: self.metrics.unwrap_or(false),
            ..usual
        };
        let addresses = all("publicUrl", self.public_url, parse_origins)?;
        settings.reached_at(addresses).map_err(|reason| Error::invalid("publicUrl", reason))
    }
}

/// Parses the addresses of an option that takes one text or several.
///
/// # Errors
/// `validation` on `field` if `parse` refuses one of them.
fn all<T>(
    field: &'static str,
    given: Option<Either<String, Vec<String>>>,
    parse: impl Fn(&str) -> Result<List<T>, String>,
) -> Result<Vec<T>, Error> {
    let texts = match given {
        None => Vec::new(),
        Some(Either::A(one)) => vec![one],
        Some(Either::B(several)) => several,
    };
    parse_all(&texts, parse).map_err(|reason| Error::invalid(field, reason))
}

/// The HTTP host of an open box office, without a listener.
#[napi]
#[derive(Debug)]
pub struct HttpApp {
    state: AppState,
    router: Router,
}

#[napi]
impl HttpApp {
    /// Creates the host of this box office.
    #[napi(constructor)]
    pub fn new(office: &Office, settings: Option<HttpSettings>) -> napi::Result<Self> {
        let shared = office.shared();
        let settings = settings.unwrap_or_default().checked(shared.session_length).map_err(rejection)?;
        let state = AppState::new(shared.office().clone(), settings);
        let router = boxoffice_server::app(state.clone());
        napi::bindgen_prelude::spawn(tidy(state.clone()));
        Ok(Self { state, router })
    }

    /// Maximum length of a request body, in bytes, that any route reads.
    #[napi(getter)]
    pub fn body_limit(&self) -> u32 {
        let limit = self.state.settings.body_limit.max(self.state.settings.batch_body_limit);
        u32::try_from(limit).unwrap_or(u32::MAX)
    }

    /// Handles a request and returns the response.
    #[napi]
    pub async fn handle(
        &self,
        method: String,
        target: String,
        raw_headers: Vec<String>,
        body: Buffer,
        client: Option<String>,
    ) -> napi::Result<HttpResponse> {
        let request = request(&method, &target, &raw_headers, body.to_vec(), client).map_err(rejection)?;
        let response = self.router.clone().oneshot(request).await.map_err(|_| rejection(Code::Internal.into()))?;
        let (parts, body) = response.into_parts();
        let body = Arc::new(Mutex::new(body.into_data_stream()));
        Ok(HttpResponse {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
            ended: watch::Sender::new(false),
        })
    }

    /// Returns the session tokens of a request that count at this host, without checking them: the first that is good counts.
    #[napi]
    pub fn session_tokens(&self, raw_headers: Vec<String>) -> Vec<String> {
        let Ok(map) = header_map(&raw_headers) else { return Vec::new() };
        self.state.session_tokens(&map).map(Cow::into_owned).collect()
    }

    /// Ends the open streams, so that a stopping server does not wait for them.
    #[napi]
    pub fn stop(&self) {
        self.state.stopping.cancel();
    }
}

impl Drop for HttpApp {
    fn drop(&mut self) {
        self.state.stopping.cancel();
    }
}

async fn tidy(state: AppState) {
    while tokio::time::timeout(TIDY_EVERY, state.stopping.cancelled()).await.is_err() {
        state.tidy();
    }
}

fn request(
    method: &str,
    target: &str,
    raw_headers: &[String],
    body: Vec<u8>,
    client: Option<String>,
) -> Result<Request<Body>, Error> {
    let mut request = Request::new(if body.is_empty() { Body::empty() } else { Body::from(body) });
    *request.method_mut() = Method::from_bytes(method.as_bytes()).map_err(|_| malformed("method"))?;
    *request.uri_mut() = target.parse::<Uri>().map_err(|_| malformed("path"))?;
    *request.headers_mut() = header_map(raw_headers)?;
    if let Some(address) = client.and_then(|host| host.parse().ok()) {
        // The host does not use the port.
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address, 0)));
    }
    Ok(request)
}

fn header_map(raw: &[String]) -> Result<HeaderMap, Error> {
    let mut map = HeaderMap::with_capacity(raw.len() / 2);
    for pair in raw.chunks_exact(2) {
        let name = HeaderName::from_bytes(pair[0].as_bytes()).map_err(|_| malformed("header"))?;
        let value = one_byte_a_character(&pair[1]);
        let value = value.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()).ok_or_else(|| malformed("header"))?;
        map.append(name, value);
    }
    Ok(map)
}

fn malformed(what: &'static str) -> Error {
    Error::invalid(what, "is malformed")
}

/// Response of the host.
#[napi]
#[derive(Debug)]
pub struct HttpResponse {
    status: u16,
    headers: HeaderMap,
    body: Arc<Mutex<BodyDataStream>>,
    ended: watch::Sender<bool>,
}

#[napi]
impl HttpResponse {
    /// HTTP status.
    #[napi(getter)]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Headers: names and values in turn.
    #[napi(getter)]
    pub fn headers(&self) -> Vec<String> {
        let pair = |(name, value): (&HeaderName, &HeaderValue)| {
            [name.as_str().to_owned(), one_character_a_byte(value.as_bytes())]
        };
        self.headers.iter().flat_map(pair).collect()
    }

    /// Returns the next part of the body; `null` at its end.
    #[napi]
    pub async fn chunk(&self) -> napi::Result<Option<Buffer>> {
        let mut ended = self.ended.subscribe();
        let next = async { self.body.lock().await.next().await };
        let part = tokio::select! {
            biased;
            _ = ended.wait_for(|ended| *ended) => None,
            part = next => part,
        };
        match part {
            None => Ok(None),
            Some(Ok(bytes)) => Ok(Some(Vec::from(bytes).into())),
            Some(Err(_)) => Err(rejection(Code::Internal.into())),
        }
    }

    /// Ends the body, because the client is gone.
    #[napi]
    pub async fn end(&self) {
        self.ended.send_replace(true);
        *self.body.lock().await = Body::empty().into_data_stream();
    }
}
