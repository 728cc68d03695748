//! The task that updates the series. It follows the journal, from some hours ago on, and takes a sample of the metrics
//! each second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use boxoffice::{BoxOffice, Code, Error, Subscription, Timestamp};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use super::series::{MINUTES_MAX, MetricSamples, TimeSeries};
use crate::observability::metrics::{Metrics, Snapshot};
use crate::observability::position::first_at;

/// Interval between two samples.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);

/// Maximum number of earlier records that are read, so that a start after a busy day stays quick.
const HISTORY_MAX: u64 = 500_000;

/// Maximum number of records in a batch.
const BATCH_MAX: usize = 512;

/// Time before the next attempt to read the journal after an error.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The task's state.
pub(super) struct Sampler {
    office: BoxOffice,
    series: Arc<Mutex<TimeSeries>>,
    metrics: Metrics,
    covers: watch::Sender<u64>,
    /// The current minute since 1970, and the latencies at its beginning.
    latency: Option<(u64, Snapshot)>,
}

impl Sampler {
    pub(super) fn new(
        office: BoxOffice,
        series: Arc<Mutex<TimeSeries>>,
        metrics: Metrics,
        covers: watch::Sender<u64>,
    ) -> Self {
        Self { office, series, metrics, covers, latency: None }
    }

    /// Follows the journal until the box office closes.
    pub(super) async fn run(mut self) {
        let Some(mut records) = self.begin().await else { return };
        let mut ticks = tokio::time::interval_at(Instant::now(), SAMPLE_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let batch = tokio::select! {
                _ = ticks.tick() => {
                    self.sample();
                    continue;
                }
                batch = records.next_batch(BATCH_MAX) => batch,
            };
            match batch {
                Ok(batch) => {
                    let mut series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
                    for record in &batch {
                        series.record(record);
                    }
                    drop(series);
                    self.covers.send_replace(records.position() - 1);
                }
                Err(error) if error.code() == Code::EngineClosed => return,
                Err(error) => {
                    tracing::error!(%error, "the journal can't be followed for its figures");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            }
        }
    }

    /// Resets the series and returns its records, or `None` if the box office is closed.
    async fn begin(&self) -> Option<Subscription> {
        loop {
            let office = self.office.clone();
            match tokio::task::spawn_blocking(move || start(&office)).await.ok()? {
                Ok((from, since)) => {
                    *self.series.lock().unwrap_or_else(PoisonError::into_inner) = TimeSeries::since(since);
                    self.covers.send_replace(from - 1);
                    return Some(self.office.journal().subscribe(from));
                }
                Err(error) if error.code() == Code::EngineClosed => return None,
                Err(error) => {
                    tracing::error!(%error, "the journal can't be read for its figures");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            }
        }
    }

    fn sample(&mut self) {
        let metrics = self.office.metrics();
        let now = self.office.now();
        let sample = MetricSamples {
            queue_len: metrics.queue_len,
            expiry_lag_ms: u64::try_from(metrics.expiry_lag.as_millis()).unwrap_or(u64::MAX),
            open_orders: metrics.open_orders,
        };
        self.series.lock().unwrap_or_else(PoisonError::into_inner).sample(now, sample);
        self.sample_latency(now);
    }

    /// Updates the latency of the current minute: that of the commands between the first sample in it and the first
    /// sample after it.
    fn sample_latency(&mut self, now: Timestamp) {
        let snapshot = self.metrics.commands();
        let minute = now.as_secs() / 60;
        let (of, start) = self.latency.get_or_insert_with(|| (minute, snapshot.clone()));
        let at = Timestamp::from_millis(*of * 60_000);
        let is_over = *of != minute;
        let percentiles = snapshot.since(start);
        self.series.lock().unwrap_or_else(PoisonError::into_inner).latency(at, percentiles);
        if is_over {
            self.latency = Some((minute, snapshot));
        }
    }
}

/// Returns the number of the series' first record, and the time from which on the series is complete.
fn start(office: &BoxOffice) -> Result<(u64, Timestamp), Error> {
    let journal = office.journal();
    let kept = Duration::from_mins(MINUTES_MAX as u64);
    let oldest =
        Timestamp::from_millis(office.now().as_millis().saturating_sub(u64::try_from(kept.as_millis()).unwrap_or(0)));
    let wanted = first_at(&journal, oldest)?;
    let nearest = (journal.head()? + 1).saturating_sub(HISTORY_MAX).max(1);
    if wanted >= nearest {
        return Ok((wanted, oldest));
    }
    let since = journal.read(nearest, 1)?.first().map_or(oldest, |record| record.at);
    Ok((nearest, since))
}
