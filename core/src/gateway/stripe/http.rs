//! Requests to Stripe: pinned to one version of its API, bounded in time, and sent again where that is safe.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{StripeError, StripeKey};
use crate::gateway::GatewayError;

/// The version that this module was written against. Stripe answers in its shapes, whatever the account's own version is.
///
/// Later ones, from `2026-09-30.endive` on, no longer take `payment_method_types`.
const API_VERSION: &str = "2026-08-26.dahlia";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How patient a client is. The worker gives one call of the gateway half a minute in all, and looks the charge up after that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// How often a request is sent at most.
    pub(super) attempts_max: u32,
    /// How long one attempt may take.
    pub(super) timeout: Duration,
    /// How long to wait before the second attempt; doubled each time, and shortened at random so that callers spread.
    pub(super) pause: Duration,
    /// How long to wait at most if Stripe says how long; if that is longer, the worker asks again when its own time comes.
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

/// Fields of a form, with the bracketed names that Stripe uses.
pub(super) type Form = Vec<(&'static str, String)>;

pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    key: StripeKey,
    pace: Pace,
}

/// What is wrong, in Stripe's codes, which are not for buyers. Its message is left out: it may quote a card's token.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct ApiError {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
    pub(super) decline_code: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ApiError,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Stripe refused: the same request again would be refused again.
    Refused(ApiError),
    /// It is not known what Stripe did.
    Unknown(GatewayError),
}

impl Client {
    pub(super) fn new(key: StripeKey, base: &str, pace: Pace) -> Result<Self, StripeError> {
        let broken = |error: &dyn std::fmt::Display| StripeError::Client(error.to_string());
        let base = base.trim_end_matches('/').to_owned();
        let url: reqwest::Url = base.parse().map_err(|error| broken(&error))?;
        let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err(StripeError::Insecure);
        }
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| broken(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(pace.timeout)
            .build()
            .map_err(|error| broken(&error))?;
        Ok(Self { http, base, key, pace })
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, query: &Form) -> Result<T, Failure> {
        let request = || self.request(Method::GET, path).query(query);
        self.send(request).await.map(|(answer, _)| answer)
    }

    /// Sends a form for which a second time changes nothing.
    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, form: &Form) -> Result<T, Failure> {
        self.send(|| self.request(Method::POST, path).form(form)).await.map(|(answer, _)| answer)
    }

    /// Sends a form under an idempotency key; tells whether Stripe has only repeated an earlier answer.
    pub(super) async fn post_once<T>(&self, path: &str, key: &str, form: &Form) -> Result<(T, bool), Failure>
    where
        T: DeserializeOwned,
    {
        self.send(|| self.request(Method::POST, path).header("Idempotency-Key", key).form(form)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/v1/{path}", self.base);
        self.http.request(method, url).bearer_auth(self.key.expose()).header("Stripe-Version", API_VERSION)
    }

    async fn send<T: DeserializeOwned>(&self, request: impl Fn() -> RequestBuilder) -> Result<(T, bool), Failure> {
        let mut attempt = 1;
        loop {
            let (failure, again) = match request().send().await {
                Ok(response) if response.status().is_success() => {
                    let repeated = response.headers().get("idempotent-replayed").is_some_and(|value| value == "true");
                    match read(response).await {
                        Ok(answer) => return Ok((answer, repeated)),
                        // It was done, and the answer was lost on its way.
                        Err(failure) => (failure, Again::After(Duration::ZERO)),
                    }
                }
                Ok(response) => refused(response).await,
                // Without its address: it may name things.
                Err(error) => (unknown(error.without_url()), Again::After(Duration::ZERO)),
            };
            let Again::After(least) = again else { return Err(failure) };
            if attempt >= self.pace.attempts_max || least > self.pace.pause_max {
                return Err(failure);
            }
            tokio::time::sleep(jittered(self.pace.pause * 2_u32.pow(attempt - 1)).max(least)).await;
            attempt += 1;
        }
    }
}

/// Whether a request is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// It would be refused again.
    Never,
    /// After this long at least.
    After(Duration),
}

async fn read<T: DeserializeOwned>(response: reqwest::Response) -> Result<T, Failure> {
    let body = response.bytes().await.map_err(|error| unknown(error.without_url()))?;
    serde_json::from_slice(&body).map_err(unknown)
}

/// What went wrong, and whether to ask again.
async fn refused(response: reqwest::Response) -> (Failure, Again) {
    let status = response.status();
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let should_retry = header("stripe-should-retry");
    // Stripe says it in seconds.
    let least = header("retry-after").and_then(|value| value.parse().ok()).map_or(Duration::ZERO, Duration::from_secs);
    let busy = matches!(status, StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS) || status.is_server_error();
    let again = if should_retry.map_or(busy, |advice| advice == "true") { Again::After(least) } else { Again::Never };
    let error = match read::<ErrorBody>(response).await {
        Ok(body) => body.error,
        Err(_) => ApiError::default(),
    };
    let is_final = matches!(status, StatusCode::BAD_REQUEST | StatusCode::PAYMENT_REQUIRED | StatusCode::NOT_FOUND);
    if is_final && error.kind.is_some() {
        return (Failure::Refused(error), again);
    }
    let code = error.code.or(error.kind).unwrap_or_default();
    (Failure::Unknown(GatewayError(format!("Stripe answered {status} {code}"))), again)
}

fn unknown(error: impl std::fmt::Display) -> Failure {
    Failure::Unknown(GatewayError(format!("Stripe can't be asked: {error}")))
}

/// Between half of the pause and all of it.
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
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}
