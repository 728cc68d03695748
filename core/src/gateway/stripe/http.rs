//! Requests to Stripe: pinned to one version of its API, bounded in time, and retried where that is safe.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};
use rustls_native_certs::CertificateResult;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{StripeError, StripeKey};
use crate::gateway::GatewayError;

/// Version of Stripe's API that this module uses. Stripe answers in the shapes of this version, whatever the account's
/// default version is.
///
/// Versions from `2026-09-30.endive` on no longer accept `payment_method_types`.
const API_VERSION: &str = "2026-08-26.dahlia";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Time after which an unused connection is closed.
const IDLE_MAX: Duration = Duration::from_mins(1);

/// Limit of bytes read of an answer. A page of a hundred intents has less than half as many.
const ANSWER_LEN_MAX: usize = 4 << 20;

/// Timeouts and retry limits of a client. The worker allows half a minute for one call of the gateway in all, and looks
/// the charge up after that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Maximum number of attempts of a request.
    pub(super) attempts_max: u32,
    /// Timeout of one attempt.
    pub(super) timeout: Duration,
    /// Pause before the second attempt. It doubles each time and is shortened at random so that callers spread.
    pub(super) pause: Duration,
    /// Maximum `Retry-After` that the client waits for. After a longer one the call fails, and the worker retries
    /// later.
    pub(super) pause_max: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            attempts_max: 3,
            timeout: Duration::from_secs(12),
            pause: Duration::from_millis(400),
            pause_max: Duration::from_secs(8),
        }
    }
}

/// Fields of a form, with Stripe's bracketed names.
pub(super) type Form = Vec<(&'static str, String)>;

pub(super) struct Client {
    http: hyper_util::client::legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    /// `Authorization` header with the key, marked as sensitive so that it is not logged.
    authorization: HeaderValue,
    pace: Pace,
}

/// Stripe's error, which is not meant for buyers.
#[derive(Clone, Default, Deserialize)]
pub(super) struct ApiError {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
    pub(super) decline_code: Option<String>,
    /// Name of the field that Stripe does not accept.
    pub(super) param: Option<String>,
    /// Stripe's words. They may quote a card's token, so that they are logged only where no card is involved.
    pub(super) message: Option<String>,
    /// Status of the answer; 0 for an error within an object.
    #[serde(skip)]
    pub(super) status: u16,
}

impl std::fmt::Debug for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, code, decline_code, param, message: _, status } = self;
        f.debug_struct("ApiError")
            .field("kind", kind)
            .field("code", code)
            .field("decline_code", decline_code)
            .field("param", param)
            .field("status", status)
            .finish_non_exhaustive()
    }
}

impl ApiError {
    /// Returns `true` if no card could change the answer: the shop's key, account or settings are wrong.
    pub(super) fn is_about_shop(&self) -> bool {
        let is_about_card = self.param.as_deref().is_some_and(|param| {
            ["payment_method", "source", "card", "token"].iter().any(|of_card| param.starts_with(of_card))
                && !param.starts_with("payment_method_types")
        });
        let is_about_state = matches!(
            self.code.as_deref(),
            Some("payment_intent_unexpected_state" | "token_already_used" | "lock_timeout" | "idempotency_key_in_use")
        );
        // A card that Stripe does not know has no `param` in every version.
        let is_unknown_card = self.code.as_deref() == Some("resource_missing") && self.param.is_none();
        // 402: all parameters were right, and the request failed; 404: what it names is not there, such as a card.
        let is_decline = matches!(self.status, 402 | 404)
            || self.decline_code.is_some()
            || matches!(
                self.code.as_deref(),
                Some("card_declined" | "expired_card" | "incorrect_cvc" | "incorrect_number" | "processing_error")
            );
        let is_refusal =
            matches!(self.kind.as_deref(), Some("invalid_request_error" | "authentication_error" | "permission_error"));
        is_refusal && !is_decline && !is_about_card && !is_about_state && !is_unknown_card
    }

    /// Returns the error in words for the log of the shop.
    pub(super) fn told(&self) -> String {
        let named = |name: &str, value: Option<&String>| value.map(|value| format!("{name}: {value}"));
        let parts = [
            named("type", self.kind.as_ref()),
            named("code", self.code.as_ref()),
            named("parameter", self.param.as_ref()),
            named("message", self.message.as_ref()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ApiError,
}

/// Reasons why a request has no usable answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Stripe refused the request and would refuse it again.
    Refused(ApiError),
    /// Stripe did not look at the request, because it does not accept the key or the key's rights.
    Denied(ApiError),
    /// The effect of the request at Stripe is unknown.
    Unknown(GatewayError),
}

impl Failure {
    /// Returns the failure as it counts after a request that may have had its effect: Stripe did not look at this one,
    /// which tells nothing about that one.
    pub(super) fn after_effect(self) -> Self {
        match self {
            Self::Denied(_) => Self::Unknown(self.into()),
            failure => failure,
        }
    }
}

impl Client {
    pub(super) fn new(key: &StripeKey, base: &str, pace: Pace) -> Result<Self, StripeError> {
        let broken = |error: &dyn std::fmt::Display| StripeError::Client(error.to_string());
        let base = base.trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().map_err(|error| broken(&error))?;
        let is_here = matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if uri.scheme_str() != Some("https") && !(uri.scheme_str() == Some("http") && is_here) {
            return Err(StripeError::Insecure);
        }
        let mut authorization =
            HeaderValue::try_from(format!("Bearer {}", key.expose())).map_err(|error| broken(&error))?;
        authorization.set_sensitive(true);
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let tls = tls(rustls_native_certs::load_native_certs(), uri.scheme_str() == Some("https"))?;
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(connector);
        let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_MAX)
            .build(connector);
        Ok(Self { http, base, authorization, pace })
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, query: &Form) -> Result<T, Failure> {
        let path = if query.is_empty() { path.to_owned() } else { format!("{path}?{}", encoded(query)) };
        self.send(&Method::GET, &path, None, "").await.map(|(answer, _)| answer)
    }

    /// Posts a form whose repetition has no further effect.
    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, form: &Form) -> Result<T, Failure> {
        self.send(&Method::POST, path, None, &encoded(form)).await.map(|(answer, _)| answer)
    }

    /// Posts a form under an idempotency key. The second value is `true` if Stripe replayed an earlier answer.
    pub(super) async fn post_once<T>(&self, path: &str, key: &str, form: &Form) -> Result<(T, bool), Failure>
    where
        T: DeserializeOwned,
    {
        self.send(&Method::POST, path, Some(key), &encoded(form)).await
    }

    /// Makes one attempt and returns status, headers and body.
    async fn ask(&self, method: &Method, path: &str, key: Option<&str>, form: &str) -> Result<Answer, Failure> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/v1/{path}", self.base))
            .header(AUTHORIZATION, &self.authorization)
            .header(USER_AGENT, concat!("boxoffice/", env!("CARGO_PKG_VERSION")))
            .header("stripe-version", API_VERSION);
        let request = match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        let request = match *method {
            Method::POST => request.header(CONTENT_TYPE, "application/x-www-form-urlencoded"),
            _ => request,
        };
        let request = request.body(Full::new(Bytes::copy_from_slice(form.as_bytes()))).map_err(unknown)?;
        let answer = async {
            let (parts, body) = self.http.request(request).await.map_err(|error| unknown(chain(&error)))?.into_parts();
            let body = Limited::new(body, ANSWER_LEN_MAX).collect().await.map_err(|error| unknown(&error))?.to_bytes();
            Ok(Answer { status: parts.status, headers: parts.headers, body })
        };
        tokio::time::timeout(self.pace.timeout, answer).await.map_err(|_| unknown("no answer in time"))?
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        key: Option<&str>,
        form: &str,
    ) -> Result<(T, bool), Failure> {
        let mut attempt = 1;
        let mut may_have_effect = false;
        loop {
            let (failure, again) = match self.ask(method, path, key, form).await {
                Ok(answer) if answer.status.is_success() => {
                    let repeated = answer.header("idempotent-replayed") == Some("true");
                    match serde_json::from_slice(&answer.body) {
                        Ok(object) => return Ok((object, repeated)),
                        // Stripe executed the request, but the answer is corrupt.
                        Err(error) => (unknown(error), Again::After(Duration::ZERO)),
                    }
                }
                Ok(answer) => refused(&answer),
                Err(failure) => (failure, Again::After(Duration::ZERO)),
            };
            let failure = if may_have_effect { failure.after_effect() } else { failure };
            may_have_effect |= matches!(failure, Failure::Unknown(_));
            let Again::After(least) = again else { return Err(failure) };
            if attempt >= self.pace.attempts_max || least > self.pace.pause_max {
                return Err(failure);
            }
            tokio::time::sleep(jittered(self.pace.pause * 2_u32.pow(attempt - 1)).max(least)).await;
            attempt += 1;
        }
    }
}

/// An answer of Stripe.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Creates a TLS configuration that trusts the machine's certificate authorities, of which https needs one at least.
fn tls(found: CertificateResult, is_needed: bool) -> Result<ClientConfig, StripeError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() && is_needed {
        let why = found.errors.first().map_or_else(String::new, |error| format!(" ({error})"));
        return Err(StripeError::Authorities(why));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StripeError::Client(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn encoded(form: &Form) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

/// Retry decision for a failed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// Stripe would refuse the request again.
    Never,
    /// Retry after at least this time.
    After(Duration),
}

/// Classifies an unsuccessful answer as a failure with a retry decision.
fn refused(answer: &Answer) -> (Failure, Again) {
    let status = answer.status;
    // The header is in seconds.
    let least = answer.header("retry-after").and_then(|value| value.parse().ok());
    let least = least.map_or(Duration::ZERO, Duration::from_secs);
    let busy = matches!(status, StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS) || status.is_server_error();
    let should_retry = answer.header("stripe-should-retry").map_or(busy, |advice| advice == "true");
    let again = if should_retry { Again::After(least) } else { Again::Never };
    let error = serde_json::from_slice::<ErrorBody>(&answer.body).map(|body| body.error).unwrap_or_default();
    let error = ApiError { status: status.as_u16(), ..error };
    if status == StatusCode::UNAUTHORIZED || (status == StatusCode::FORBIDDEN && error.kind.is_some()) {
        return (Failure::Denied(without_keys(error)), Again::Never);
    }
    let is_final = matches!(status, StatusCode::BAD_REQUEST | StatusCode::PAYMENT_REQUIRED | StatusCode::NOT_FOUND);
    if is_final && error.kind.is_some() {
        return (Failure::Refused(error), again);
    }
    let code = error.code.or(error.kind).unwrap_or_default();
    (Failure::Unknown(GatewayError(format!("Stripe answered {status} {code}"))), again)
}

/// Masks keys in the message of an error, which is logged and told.
fn without_keys(error: ApiError) -> ApiError {
    let mask = |word: &str| {
        if word.starts_with("sk_") || word.starts_with("rk_") { "(key)".to_owned() } else { word.to_owned() }
    };
    let message = error.message.map(|text| text.split(' ').map(mask).collect::<Vec<_>>().join(" "));
    ApiError { message, ..error }
}

/// Formats an error with its chain of sources, because hyper's own message says little.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn unknown(error: impl std::fmt::Display) -> Failure {
    Failure::Unknown(GatewayError(format!("Stripe can't be asked: {error}")))
}

/// Returns a random duration between half of `pause` and `pause`.
fn jittered(pause: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    pause / 2 + (pause / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
}

impl From<Failure> for GatewayError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unknown(error) => error,
            Failure::Refused(error) => {
                Self(format!("Stripe refused: {}", error.code.or(error.kind).unwrap_or_default()))
            }
            Failure::Denied(error) => Self(format!("Stripe does not accept the key: {}", error.told())),
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}
