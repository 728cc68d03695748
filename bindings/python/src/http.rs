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
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyString;
use pyo3::{Borrowed, PyTypeInfo as _, type_hint_identifier, type_hint_subscript, type_hint_union};
use tower::ServiceExt;

use crate::call::{Awaitable, Shared};
use crate::convert::Natural;
use crate::errors::exception;
use crate::office::Office;

/// Interval of the host's upkeep, which bounds the memory of metrics and rate limits.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// Returns the OpenAPI description of the routes, as JSON.
#[pyfunction]
pub(crate) fn openapi() -> &'static str {
    boxoffice_server::openapi::json()
}

/// The addresses of an option: one text, or several. An object that has the address as its text, such as one of `ipaddress`, is taken
/// too.
struct Addresses(Vec<String>);

impl FromPyObject<'_, '_> for Addresses {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_union!(
        PyString::TYPE_HINT,
        type_hint_subscript!(
            type_hint_identifier!("collections.abc", "Iterable"),
            type_hint_identifier!("builtins", "object")
        )
    );

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if let Ok(one) = object.cast::<PyString>() {
            return Ok(Self(vec![one.extract()?]));
        }
        let mut several = Vec::new();
        for address in object.try_iter()? {
            several.push(address?.str()?.to_str()?.to_owned());
        }
        Ok(Self(several))
    }
}

/// Parses the addresses of an option.
///
/// # Errors
/// `validation` on `field` if `parse` refuses one of them.
fn all<T>(
    field: &'static str,
    given: Option<Addresses>,
    parse: impl Fn(&str) -> Result<List<T>, String>,
) -> Result<Vec<T>, Error> {
    let texts = given.map_or(Vec::new(), |addresses| addresses.0);
    parse_all(&texts, parse).map_err(|reason| Error::invalid(field, reason))
}

/// The HTTP host of an open box office, without a listener.
#[pyclass(frozen, module = "boxoffice._native")]
pub(crate) struct HttpApp {
    shared: Arc<Shared>,
    state: AppState,
    router: Router,
}

#[pymethods]
impl HttpApp {
    #[new]
    #[pyo3(signature = (
        office, *, public_url=None, cors_origins=None, rate_limit=None, trusted_proxies=None, request_timeout=None,
        in_flight_max=None, feeds_max=None, pages=false, metrics=false
    ))]
    fn new(
        py: Python<'_>,
        office: &Bound<'_, Office>,
        public_url: Option<Addresses>,
        cors_origins: Option<Addresses>,
        rate_limit: Option<bool>,
        trusted_proxies: Option<Addresses>,
        request_timeout: Option<Duration>,
        in_flight_max: Option<Natural<usize>>,
        feeds_max: Option<Natural<usize>>,
        pages: bool,
        metrics: bool,
    ) -> PyResult<Self> {
        let shared = Arc::clone(&office.get().0);
        let usual = Settings::default();
        let refused = |error: Error| exception(py, &error);
        let settings = Settings {
            cors_origins: all("corsOrigins", cors_origins, parse_origins).map_err(refused)?,
            rate_limit: rate_limit.unwrap_or(usual.rate_limit),
            trusted_networks: all("trustedProxies", trusted_proxies, parse_networks).map_err(refused)?,
            request_timeout: request_timeout.unwrap_or(usual.request_timeout),
            in_flight_max: in_flight_max.map_or(usual.in_flight_max, |max| max.0),
            feeds_max: feeds_max.map_or(usual.feeds_max, |max| max.0),
            session_length: shared.session_length.unwrap_or(usual.session_length),
            // What an application publishes beside the API, it says.
            pages,
            metrics,
            ..usual
        };
        let addresses = all("publicUrl", public_url, parse_origins).map_err(refused)?;
        let settings = settings.reached_at(addresses).map_err(|reason| refused(Error::invalid("publicUrl", reason)))?;
        let state = AppState::new(shared.office(py)?.clone(), settings);
        let router = boxoffice_server::app(state.clone());
        shared.spawn(tidy(state.clone()));
        Ok(Self { shared, state, router })
    }

    /// Maximum length of a request body, in bytes, that any route reads.
    #[getter]
    fn body_limit(&self) -> usize {
        self.state.settings.body_limit.max(self.state.settings.batch_body_limit)
    }

    /// Handles a request and returns the response.
    #[pyo3(signature = (method, target, headers, body, client))]
    fn handle(
        &self,
        py: Python<'_>,
        method: &str,
        target: &str,
        headers: Vec<(PyBackedBytes, PyBackedBytes)>,
        body: Vec<u8>,
        client: Option<(String, u16)>,
    ) -> PyResult<Awaitable<HttpResponse>> {
        let request = request(method, target, &headers, body, client);
        let (router, shared) = (self.router.clone(), Arc::clone(&self.shared));
        self.shared.start(py, async move {
            let response = router.oneshot(request?).await.map_err(|_| Error::from(Code::Internal))?;
            let (parts, body) = response.into_parts();
            let body = Arc::new(tokio::sync::Mutex::new(body.into_data_stream()));
            Ok(HttpResponse { shared, status: parts.status.as_u16(), headers: parts.headers, body })
        })
    }

    /// Returns the session tokens of a request that count at this host, without checking them: the first that is good counts.
    fn session_tokens(&self, headers: Vec<(PyBackedBytes, PyBackedBytes)>) -> Vec<String> {
        let Ok(map) = header_map(&headers) else { return Vec::new() };
        self.state.session_tokens(&map).map(Cow::into_owned).collect()
    }

    /// Ends the open streams, so that a stopping server does not wait for them.
    fn stop(&self) {
        self.state.stopping.cancel();
    }
}

impl Drop for HttpApp {
    fn drop(&mut self) {
        self.state.stopping.cancel();
    }
}

impl std::fmt::Debug for HttpApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpApp").field("state", &self.state).finish_non_exhaustive()
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
    headers: &[(PyBackedBytes, PyBackedBytes)],
    body: Vec<u8>,
    client: Option<(String, u16)>,
) -> Result<Request<Body>, Error> {
    let mut request = Request::new(if body.is_empty() { Body::empty() } else { Body::from(body) });
    *request.method_mut() = Method::from_bytes(method.as_bytes()).map_err(|_| malformed("method"))?;
    *request.uri_mut() = target.parse::<Uri>().map_err(|_| malformed("path"))?;
    *request.headers_mut() = header_map(headers)?;
    if let Some(address) = client.and_then(|(host, port)| Some(SocketAddr::new(host.parse().ok()?, port))) {
        request.extensions_mut().insert(ConnectInfo(address));
    }
    Ok(request)
}

fn header_map(headers: &[(PyBackedBytes, PyBackedBytes)]) -> Result<HeaderMap, Error> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name).map_err(|_| malformed("header"))?;
        map.append(name, HeaderValue::from_bytes(value).map_err(|_| malformed("header"))?);
    }
    Ok(map)
}

fn malformed(what: &'static str) -> Error {
    Error::invalid(what, "is malformed")
}

/// Response of the host.
#[pyclass(frozen, module = "boxoffice._native")]
pub(crate) struct HttpResponse {
    shared: Arc<Shared>,
    status: u16,
    headers: HeaderMap,
    body: Arc<tokio::sync::Mutex<BodyDataStream>>,
}

#[pymethods]
impl HttpResponse {
    #[getter]
    fn status(&self) -> u16 {
        self.status
    }

    #[getter]
    fn headers(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.headers.iter().map(|(name, value)| (name.as_str().into(), value.as_bytes().into())).collect()
    }

    /// Returns the next part of the body; `None` at its end.
    fn chunk(&self, py: Python<'_>) -> PyResult<Awaitable<Option<Vec<u8>>>> {
        let body = Arc::clone(&self.body);
        self.shared.start_waiting(py, async move {
            match body.lock().await.next().await {
                None => Ok(None),
                Some(Ok(bytes)) => Ok(Some(bytes.into())),
                Some(Err(_)) => Err(Code::Internal.into()),
            }
        })
    }
}

impl std::fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}
