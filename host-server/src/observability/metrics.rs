//! Figures for Prometheus: requests here, commands and batches from the core, and gauges that are read when asked for.

use std::collections::HashMap;
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use metrics::{Counter, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::state::AppState;
use crate::webhooks::Webhooks;

const SECONDS: [f64; 14] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
const COMMANDS: [f64; 13] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0];

/// The process's recorder, installed once however many applications live in it.
pub(crate) fn recorder() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(install).clone()
}

fn install() -> PrometheusHandle {
    let builder = PrometheusBuilder::new();
    let builder = builder
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_commands".to_owned()), &COMMANDS))
        .unwrap_or_else(|_| PrometheusBuilder::new());
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    if ::metrics::set_global_recorder(recorder).is_err() {
        tracing::warn!("another metrics recorder is installed; /metrics will be empty");
    }
    describe();
    handle
}

fn describe() {
    describe_counter!("boxoffice_http_requests_total", "Requests answered");
    describe_histogram!("boxoffice_http_request_seconds", "Time from a request to its answer");
    describe_counter!("boxoffice_commands_total", "Commands decided, by outcome");
    describe_histogram!("boxoffice_command_seconds", "Time from a command to its durable answer");
    describe_histogram!("boxoffice_batch_commands", "Commands that shared one fsync");
    describe_histogram!("boxoffice_append_seconds", "Time of an append to the journal, fsync included");
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
    describe_gauge!("boxoffice_webhook_lag_records", "Records that the slowest active webhook has before it");
    describe_gauge!("boxoffice_pending_payments", "Payments whose outcome is not known yet");
}

/// The metrics of requests, by method, status and route.
///
/// To find a metric by its labels costs more than to read a ticket, so they are kept; there are as many as there are routes.
#[derive(Debug, Default)]
pub(crate) struct RequestMetrics(RwLock<Kept>);

type Kept = HashMap<(&'static str, StatusCode), HashMap<String, Figures>>;

#[derive(Debug, Clone)]
struct Figures {
    answered: Counter,
    seconds: Histogram,
}

impl RequestMetrics {
    /// Counts one answered request.
    pub(crate) fn observe(&self, method: &Method, route: &str, status: StatusCode, latency: Duration) {
        let of = (method_label(method), status);
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(figures) = kept.get(&of).and_then(|routes| routes.get(route)) {
            figures.count(latency);
            return;
        }
        drop(kept);
        let (method, status) = (of.0, status.as_str().to_owned());
        let route = route.to_owned();
        let figures = Figures {
            answered: counter!(
                "boxoffice_http_requests_total", "method" => method, "route" => route.clone(), "status" => status
            ),
            seconds: histogram!("boxoffice_http_request_seconds", "method" => method, "route" => route.clone()),
        };
        figures.count(latency);
        self.0.write().unwrap_or_else(PoisonError::into_inner).entry(of).or_default().insert(route, figures);
    }
}

impl Figures {
    fn count(&self, latency: Duration) {
        self.answered.increment(1);
        self.seconds.record(latency.as_secs_f64());
    }
}

/// The methods that are worth a series; anybody can make up another.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The text of `/metrics`.
pub(crate) fn render(state: &AppState) -> String {
    let now = state.office.stats();
    gauge!("boxoffice_http_in_flight").set(figure(state.load.in_flight()));
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
    if let Some(Ok(webhooks)) = state.webhooks.as_ref().map(Webhooks::figures) {
        gauge!("boxoffice_webhook_subscriptions", "status" => "active").set(figure(webhooks.active));
        gauge!("boxoffice_webhook_subscriptions", "status" => "disabled").set(figure(webhooks.disabled));
        gauge!("boxoffice_webhook_failing").set(figure(webhooks.behind));
        gauge!("boxoffice_webhook_lag_records").set(figure(webhooks.lag_max));
    }
    state.metrics.render()
}

#[expect(clippy::cast_precision_loss, reason = "a figure on a chart, far below 2^52")]
fn figure(value: impl TryInto<u64>) -> f64 {
    value.try_into().unwrap_or(u64::MAX) as f64
}
