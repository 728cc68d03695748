//! What operators look at: figures by the minute, the audit trail of one order or ticket, and the check of the whole journal.
//!
//! Everything here is read from the journal, the metrics and the engine's gauges, and is gone with the process: after a start the
//! last hours are read from the journal again.
//!
//! **Invariant:** the journal's writer never waits for anything here, and memory stays bounded whatever the journal's length.

pub(crate) mod audit_trail;
pub(crate) mod chart;
pub(crate) mod history;
pub(crate) mod metrics;
mod position;
mod throttle;
mod verification;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use boxoffice::BoxOffice;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use audit_trail::HistorySearch;
use history::{Sampler, TimeSeries};
pub(crate) use throttle::Throttle;
pub(crate) use verification::{State as VerificationState, Verification};

/// What operators look at.
#[derive(Debug, Default)]
pub(crate) struct Insight {
    series: Arc<Mutex<TimeSeries>>,
    pub(crate) verification: Verification,
    pub(crate) history_search: Arc<HistorySearch>,
    following: OnceLock<Following>,
}

/// The task that keeps the series.
#[derive(Debug)]
struct Following {
    /// The last record that the series has.
    covered: watch::Receiver<u64>,
    _stop: DropGuard,
}

impl Insight {
    /// Begins to keep the series, unless that has begun; it ends with this value or when the box office closes. Needs a runtime.
    pub(crate) fn follow(&self, office: &BoxOffice, metrics: &PrometheusHandle) {
        self.following.get_or_init(|| {
            let stop = CancellationToken::new();
            let (covers, covered) = watch::channel(0);
            let sampler = Sampler::new(office.clone(), Arc::clone(&self.series), metrics.clone(), covers);
            tokio::spawn(stop.clone().run_until_cancelled_owned(sampler.run()));
            Following { covered, _stop: stop.drop_guard() }
        });
    }

    /// Reads the series, with everything in it that was durable before.
    pub(crate) async fn series<T>(&self, office: &BoxOffice, read: impl FnOnce(&TimeSeries) -> T) -> T {
        if let Some(following) = self.following.get() {
            let head = office.stats().head_seq;
            // The sampler goes when the box office closes; then this is all that there is.
            let _ = following.covered.clone().wait_for(|covered| *covered >= head).await;
        }
        read(&self.series.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
