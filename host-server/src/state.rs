//! What every request shares.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::BoxOffice;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use crate::catalogue::Catalogue;
use crate::config::gateway::CardForm;
use crate::limits::{Load, Rates};
use crate::middleware::RequestIds;
use crate::observability::Insight;
use crate::observability::metrics::{RequestMetrics, recorder};
use crate::webhooks::Webhooks;

/// How the host behaves, as decided at its start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address at which people reach the host; `https` there makes cookies `Secure`.
    pub public_url: Option<String>,
    /// Sites whose pages may call the host: none unless told otherwise.
    pub cors_origins: Vec<String>,
    /// Whether clients are limited in how much they may ask.
    pub rate_limit: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How large a body may be, in bytes.
    pub body_limit: usize,
    /// How large the body of a batch of tickets may be, in bytes.
    pub batch_body_limit: usize,
    /// How many requests may be under way.
    pub in_flight_max: usize,
    /// How many bytes of bodies may be in memory while they are read.
    pub body_bytes_max: usize,
    /// How many journal streams may be open.
    pub feeds_max: usize,
    /// How many pages may follow what happens to the tickets of a show.
    pub live_pages_max: usize,
    /// How long a session lives; what the office is opened with.
    pub session_length: Duration,
    /// How the checkout takes a card; it must fit the gateway that the office is opened with.
    pub cards: CardForm,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            cors_origins: Vec::new(),
            rate_limit: true,
            trusted_proxies: Vec::new(),
            request_timeout: Duration::from_secs(30),
            body_limit: 1 << 20,
            batch_body_limit: 8 << 20,
            in_flight_max: 4096,
            body_bytes_max: 256 << 20,
            feeds_max: 128,
            live_pages_max: 4096,
            session_length: Duration::from_hours(7 * 24),
            cards: CardForm::default(),
        }
    }
}

impl Settings {
    /// Whether people reach the host over https.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// What every request shares: the office, the settings, and what counts and limits.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Shared>);

/// The fields of [`AppState`].
#[derive(Debug)]
pub struct Shared {
    /// The box office.
    pub office: BoxOffice,
    /// How the host behaves.
    pub settings: Settings,
    /// Cancelled when the host begins to stop: streams end then, and `/readyz` says no.
    pub stopping: CancellationToken,
    pub(crate) load: Load,
    pub(crate) rates: Option<Rates>,
    pub(crate) request_ids: RequestIds,
    pub(crate) request_metrics: RequestMetrics,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) webhooks: Option<Webhooks>,
    pub(crate) catalogue: Catalogue,
    pub(crate) insight: Insight,
}

impl AppState {
    /// The state of a host that serves `office`.
    pub fn new(office: BoxOffice, settings: Settings) -> Self {
        Self::with_webhooks(office, settings, None)
    }

    /// The same with webhooks to look after; whoever opened them starts their deliveries. Without any, their routes answer
    /// `webhook.unavailable`.
    pub fn with_webhooks(office: BoxOffice, settings: Settings, webhooks: Option<Webhooks>) -> Self {
        Self(Arc::new(Shared {
            office,
            stopping: CancellationToken::new(),
            load: Load::new(&settings),
            rates: settings.rate_limit.then(|| Rates::new(&settings.trusted_proxies)),
            request_ids: RequestIds::default(),
            metrics: recorder(),
            request_metrics: RequestMetrics::default(),
            webhooks,
            catalogue: Catalogue::default(),
            insight: Insight::default(),
            settings,
        }))
    }

    /// Begins to keep the figures that operators look at, if that has not begun; it ends when the box office closes. Needs a
    /// runtime, which is why a new state does not begin by itself; the first look at the figures does otherwise.
    pub fn keep_figures(&self) {
        self.insight.follow(&self.office, &self.metrics);
    }

    /// Does what is due every few seconds, so that what is counted stays small.
    pub fn tidy(&self) {
        self.metrics.run_upkeep();
        if let Some(rates) = &self.rates {
            rates.forget_the_idle();
        }
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
