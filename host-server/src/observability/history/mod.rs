//! Metrics per minute: a bounded series in memory, and the task that updates it.

mod sampler;
mod series;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use boxoffice::BoxOffice;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::observability::metrics::Metrics;
use sampler::Sampler;
use series::TimeSeries;
pub(crate) use series::{MINUTES_MAX, Minute};

/// The metrics of the last hours, per minute.
#[derive(Debug, Default)]
pub(crate) struct MetricsHistory {
    series: Arc<Mutex<TimeSeries>>,
    following: OnceLock<Following>,
}

/// The task that updates the series.
#[derive(Debug)]
struct Following {
    /// Number of the last record that the series contains.
    covered: watch::Receiver<u64>,
    _stop: DropGuard,
}

impl MetricsHistory {
    /// Starts the task that updates the series, unless it is running. The task ends when this value is dropped or the
    /// box office closes. Requires a Tokio runtime.
    pub(crate) fn keep(&self, office: &BoxOffice, metrics: &Metrics) {
        self.following.get_or_init(|| {
            let stop = CancellationToken::new();
            let (covers, covered) = watch::channel(0);
            let sampler = Sampler::new(office.clone(), Arc::clone(&self.series), metrics.clone(), covers);
            tokio::spawn(stop.clone().run_until_cancelled_owned(sampler.run()));
            Following { covered, _stop: stop.drop_guard() }
        });
    }

    /// Reads the series after it contains all records that were durable at the time of the call.
    pub(crate) async fn read<T>(&self, office: &BoxOffice, read: impl FnOnce(&TimeSeries) -> T) -> T {
        if let Some(following) = self.following.get() {
            let head = office.metrics().head_seq;
            // The sampler ends when the box office closes; the series is complete then.
            let _ = following.covered.clone().wait_for(|covered| *covered >= head).await;
        }
        read(&self.series.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
