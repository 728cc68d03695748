//! State that all requests share. A handler takes only the parts that it needs, such as `State<BoxOffice>`.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use axum::http::HeaderMap;
use boxoffice::BoxOffice;
use tokio_util::sync::CancellationToken;

#[cfg(feature = "pages")]
use crate::catalogue::Catalogue;
use crate::extract;
use crate::limits::{Clients, Listings, Load, Rates, Streams};
use crate::observability::metrics::{Metrics, SalesCounter};
#[cfg(feature = "pages")]
use crate::observability::{Verification, audit_trail::HistorySearch, history::MetricsHistory};
use crate::settings::Settings;
use crate::webhooks::Webhooks;

/// State that all requests share: the box office, the settings, the limits and the metrics.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Shared>);

/// The fields of [`AppState`].
#[derive(Debug)]
pub struct Shared {
    /// The box office.
    pub office: BoxOffice,
    /// Settings of the host.
    pub settings: Arc<Settings>,
    /// Cancelled when the host begins to stop. Streams end then, and `/readyz` answers 503.
    pub stopping: CancellationToken,
    pub(crate) load: Arc<Load>,
    pub(crate) rates: Option<Arc<Rates>>,
    pub(crate) listings: Listings,
    pub(crate) clients: Arc<Clients>,
    pub(crate) sales: Arc<SalesCounter>,
    pub(crate) metrics: Metrics,
    pub(crate) webhooks: Option<Webhooks>,
    #[cfg(feature = "pages")]
    pub(crate) catalogue: Arc<Catalogue>,
    #[cfg(feature = "pages")]
    pub(crate) metrics_history: Arc<MetricsHistory>,
    #[cfg(feature = "pages")]
    pub(crate) history_search: Arc<HistorySearch>,
    #[cfg(feature = "pages")]
    pub(crate) verification: Verification,
}

/// Implements `FromRef` for these fields, so that handlers can take them.
macro_rules! parts {
    ($($field:ident: $part:ty),+ $(,)?) => {$(
        impl FromRef<AppState> for $part {
            fn from_ref(state: &AppState) -> Self {
                state.$field.clone()
            }
        }
    )+};
}

parts! {
    office: BoxOffice,
    settings: Arc<Settings>,
    stopping: CancellationToken,
    load: Arc<Load>,
    listings: Listings,
    metrics: Metrics,
    webhooks: Option<Webhooks>,
}

#[cfg(feature = "pages")]
parts! {
    catalogue: Arc<Catalogue>,
    metrics_history: Arc<MetricsHistory>,
    history_search: Arc<HistorySearch>,
    verification: Verification,
}

impl FromRef<AppState> for Streams {
    fn from_ref(state: &AppState) -> Self {
        Self::new(Arc::clone(&state.load), state.stopping.clone())
    }
}

impl AppState {
    /// Creates the state of a host that serves `office`.
    pub fn new(office: BoxOffice, settings: Settings) -> Self {
        Self::with_webhooks(office, settings, None)
    }

    /// Creates the state of a host that serves `office` and manages its webhooks. The caller starts their deliveries.
    /// Without webhooks, their routes answer `webhook.unavailable`.
    pub fn with_webhooks(office: BoxOffice, settings: Settings, webhooks: Option<Webhooks>) -> Self {
        let settings = settings.normalized();
        Self(Arc::new(Shared {
            office,
            stopping: CancellationToken::new(),
            load: Arc::new(Load::new(&settings)),
            rates: settings.rate_limit.then(|| Arc::new(Rates::new())),
            listings: Listings::new(&settings),
            clients: Arc::new(Clients::new(&settings)),
            sales: Arc::default(),
            metrics: Metrics::installed(),
            webhooks,
            #[cfg(feature = "pages")]
            catalogue: Arc::default(),
            #[cfg(feature = "pages")]
            metrics_history: Arc::default(),
            #[cfg(feature = "pages")]
            history_search: Arc::default(),
            #[cfg(feature = "pages")]
            verification: Verification::default(),
            settings: Arc::new(settings),
        }))
    }

    /// Returns the same host for an address of its own, where operators alone reach it: over plain http, under whatever name, with the
    /// console and the metrics.
    #[cfg(feature = "cli")]
    pub(crate) fn for_admins(&self) -> Self {
        let settings = Settings {
            public_url: None,
            further_public_urls: Vec::new(),
            cors_origins: Vec::new(),
            serves_admin: true,
            ..Settings::clone(&self.settings)
        };
        Self(Arc::new(Shared {
            office: self.office.clone(),
            settings: Arc::new(settings),
            stopping: self.stopping.clone(),
            load: Arc::clone(&self.load),
            rates: self.rates.clone(),
            listings: self.listings.clone(),
            clients: Arc::clone(&self.clients),
            sales: Arc::clone(&self.sales),
            metrics: self.metrics.clone(),
            webhooks: self.webhooks.clone(),
            #[cfg(feature = "pages")]
            catalogue: Arc::clone(&self.catalogue),
            #[cfg(feature = "pages")]
            metrics_history: Arc::clone(&self.metrics_history),
            #[cfg(feature = "pages")]
            history_search: Arc::clone(&self.history_search),
            #[cfg(feature = "pages")]
            verification: self.verification.clone(),
        }))
    }

    /// Iterates over the session tokens of a request that count at this host, good or not: where the public address is `https`, those
    /// of the cookie that no other host can plant. Routes beside the host's take the first that is good, as the host does.
    pub fn session_tokens<'h>(&self, headers: &'h HeaderMap) -> impl Iterator<Item = Cow<'h, str>> + use<'h> {
        extract::candidates(headers, self.settings.is_https())
    }

    /// Begins to count what is sold, for the metrics, if that has not begun; it ends when the box office closes. Needs a runtime.
    pub fn count_sales(&self) {
        self.sales.keep(&self.office);
    }

    /// Starts the task that keeps the metrics of the console's charts, unless it is running. The task ends when the box
    /// office closes. Requires a Tokio runtime, so a new state does not start it; otherwise the first visit of the
    /// charts does.
    #[cfg(feature = "pages")]
    pub fn keep_figures(&self) {
        self.metrics_history.keep(&self.office, &self.metrics);
    }

    /// Performs periodic maintenance of the metrics and the rate limits, which bounds their memory. Call it every few
    /// seconds.
    pub fn tidy(&self) {
        self.metrics.run_upkeep();
        self.listings.forget_the_idle();
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
