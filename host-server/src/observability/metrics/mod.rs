//! Metrics for Prometheus. The host counts requests, the core counts commands and batches, and gauges are set on each
//! scrape.

#[cfg(feature = "cluster")]
mod cluster;
#[cfg(feature = "pages")]
mod latency;
mod requests;
mod sales;
#[cfg(feature = "pages")]
mod tee;

use std::collections::BTreeMap;
#[cfg(feature = "pages")]
use std::sync::Arc;
use std::sync::{Mutex, OnceLock, PoisonError};

use boxoffice::{Actor, BoxOffice};
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::limits::Load;
use crate::webhooks::Webhooks;

#[cfg(feature = "pages")]
pub(crate) use latency::{LatencyHistogram, Percentiles, Snapshot};
pub(crate) use requests::RequestMetrics;
pub(crate) use sales::SalesCounter;

const SECONDS: [f64; 14] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
const COMMANDS: [f64; 13] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0];

/// The metrics of the process. All applications in the process share them.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    prometheus: PrometheusHandle,
    /// Latency of commands, for readers in this process.
    #[cfg(feature = "pages")]
    commands: Arc<LatencyHistogram>,
}

impl Metrics {
    /// Returns the metrics. The first call installs their recorder.
    pub(crate) fn installed() -> Self {
        static INSTALLED: OnceLock<Metrics> = OnceLock::new();
        INSTALLED.get_or_init(Self::install).clone()
    }

    fn install() -> Self {
        let recorder = prometheus();
        let prometheus = recorder.handle();
        #[cfg(feature = "pages")]
        let commands = Arc::new(LatencyHistogram::new(&SECONDS));
        #[cfg(feature = "pages")]
        let recorder = tee::Tee::new(recorder, Arc::clone(&commands));
        if ::metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another metrics recorder is installed; /metrics will be empty");
        }
        describe();
        Self {
            prometheus,
            #[cfg(feature = "pages")]
            commands,
        }
    }

    /// Returns the latency of all commands since the process started.
    #[cfg(feature = "pages")]
    pub(crate) fn commands(&self) -> Snapshot {
        self.commands.snapshot()
    }

    /// Moves recorded values into buckets, so that the memory for unsorted values stays bounded.
    pub(crate) fn run_upkeep(&self) {
        self.prometheus.run_upkeep();
    }

    /// Returns the text of `/metrics`.
    pub(crate) fn render(&self, office: &BoxOffice, load: &Load, webhooks: Option<&Webhooks>) -> String {
        set_gauges(office, load, webhooks);
        self.prometheus.render()
    }
}

fn prometheus() -> PrometheusRecorder {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_commands".to_owned()), &COMMANDS))
        .unwrap_or_else(|_| PrometheusBuilder::new());
    builder.build_recorder()
}

fn describe() {
    describe_counter!("boxoffice_http_requests_total", "Requests answered");
    describe_histogram!("boxoffice_http_request_seconds", "Time from a request to its answer");
    describe_counter!("boxoffice_commands_total", "Commands decided, by outcome");
    describe_histogram!("boxoffice_command_seconds", "Time from a command to its durable answer");
    describe_histogram!("boxoffice_batch_commands", "Commands that shared one fsync");
    describe_histogram!("boxoffice_append_seconds", "Time of an append to the journal, fsync included");
    describe_counter!("boxoffice_refusals_total", "Answers that are errors, by code");
    describe_counter!("boxoffice_sales_total", "Orders that were paid, by currency");
    describe_counter!("boxoffice_sales_minor_total", "What was paid for orders, in minor units of the currency");
    describe_gauge!("boxoffice_escalated_charges", "Charges whose money waits for an operator");
    describe_gauge!("boxoffice_escalated_minor", "The money of those charges, in minor units of the currency");
    describe_counter!("boxoffice_expired_orders_total", "Orders that reached their deadline");
    describe_gauge!("boxoffice_http_in_flight", "Requests under way");
    describe_gauge!("boxoffice_queue_depth", "Commands that wait for the writer");
    describe_gauge!("boxoffice_queue_capacity", "Commands that may wait for the writer");
    describe_gauge!("boxoffice_open_holds", "Orders that hold tickets");
    describe_gauge!("boxoffice_expiry_lag_seconds", "How long the hold that is longest due has been due");
    describe_gauge!("boxoffice_journal_head", "The number of the last record");
    describe_gauge!("boxoffice_checkpoint_lag_records", "Records that the checkpoint does not cover yet");
    describe_gauge!("boxoffice_users", "Users");
    describe_gauge!("boxoffice_tickets_available", "Tickets on sale");
    describe_gauge!("boxoffice_tickets_locked", "Tickets that orders hold");
    describe_counter!("boxoffice_webhook_deliveries_total", "Attempts to deliver to a webhook, by outcome");
    describe_gauge!("boxoffice_webhook_subscriptions", "Webhooks, by status");
    describe_gauge!("boxoffice_webhook_failing", "Active webhooks whose next delivery has failed");
    describe_gauge!("boxoffice_webhook_files_set_aside", "1 while a damaged file of webhooks is set aside");
    describe_gauge!("boxoffice_webhook_lag_records", "Records that the slowest active webhook has before it");
    describe_gauge!("boxoffice_pending_payments", "Payments whose outcome is not known yet");
    #[cfg(feature = "cluster")]
    cluster::describe();
}

/// Sets the gauges to their current values.
fn set_gauges(office: &BoxOffice, load: &Load, webhooks: Option<&Webhooks>) {
    let now = office.metrics();
    gauge!("boxoffice_http_in_flight").set(figure(load.in_flight()));
    gauge!("boxoffice_queue_depth").set(figure(now.queue_len));
    gauge!("boxoffice_queue_capacity").set(figure(now.queue_capacity));
    gauge!("boxoffice_open_holds").set(figure(now.open_orders));
    gauge!("boxoffice_expiry_lag_seconds").set(now.expiry_lag.as_secs_f64());
    gauge!("boxoffice_journal_head").set(figure(now.head_seq));
    gauge!("boxoffice_checkpoint_lag_records").set(figure(now.checkpoint_lag));
    gauge!("boxoffice_users").set(figure(now.users));
    gauge!("boxoffice_tickets_available").set(figure(now.tickets_available));
    gauge!("boxoffice_tickets_locked").set(figure(now.tickets_locked));
    gauge!("boxoffice_pending_payments").set(figure(now.pending_payments));
    set_escalated(office);
    #[cfg(feature = "cluster")]
    cluster::set(office);
    if let Some(Ok(webhooks)) = webhooks.map(Webhooks::metrics) {
        gauge!("boxoffice_webhook_subscriptions", "status" => "active").set(figure(webhooks.active));
        gauge!("boxoffice_webhook_subscriptions", "status" => "disabled").set(figure(webhooks.disabled));
        gauge!("boxoffice_webhook_failing").set(figure(webhooks.behind));
        gauge!("boxoffice_webhook_files_set_aside").set(figure(webhooks.set_aside));
        gauge!("boxoffice_webhook_lag_records").set(figure(webhooks.lag_max));
    }
}

/// Sets the gauges of the money that waits for somebody. A currency of which there is no more shows zero.
fn set_escalated(office: &BoxOffice) {
    static SEEN: Mutex<BTreeMap<&'static str, u64>> = Mutex::new(BTreeMap::new());
    let Ok(charges) = office.payments().escalated(Actor::System) else { return };
    gauge!("boxoffice_escalated_charges").set(figure(charges.len()));
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    seen.values_mut().for_each(|minor| *minor = 0);
    for charge in &charges {
        let minor = seen.entry(charge.amount.currency().code()).or_default();
        *minor = minor.saturating_add(charge.amount.minor());
    }
    for (currency, minor) in seen.iter() {
        gauge!("boxoffice_escalated_minor", "currency" => *currency).set(figure(*minor));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure on a chart, far below 2^52")]
fn figure(value: impl TryInto<u64>) -> f64 {
    value.try_into().unwrap_or(u64::MAX) as f64
}
