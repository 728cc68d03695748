//! Metrics of requests.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use metrics::{Counter, Histogram, counter, histogram};

/// Metrics of requests, by method, status and route.
///
/// The metrics are cached, because finding one by its labels costs more than reading a ticket. The number of routes
/// bounds the cache.
#[derive(Debug, Default)]
pub(crate) struct RequestMetrics(RwLock<Kept>);

type Kept = HashMap<(&'static str, StatusCode), HashMap<String, OfRoute>>;

#[derive(Debug, Clone)]
struct OfRoute {
    answered: Counter,
    seconds: Histogram,
}

impl RequestMetrics {
    /// Counts an answer that is an error, by its code. There are as many codes as are written down.
    pub(crate) fn refused(code: &str) {
        counter!("boxoffice_refusals_total", "code" => code.to_owned()).increment(1);
    }

    /// Counts one answered request.
    pub(crate) fn observe(&self, method: &Method, route: &str, status: StatusCode, latency: Duration) {
        let of = (method_label(method), status);
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(metrics) = kept.get(&of).and_then(|routes| routes.get(route)) {
            metrics.count(latency);
            return;
        }
        drop(kept);
        let (method, status) = (of.0, status.as_str().to_owned());
        let route = route.to_owned();
        let metrics = OfRoute {
            answered: counter!(
                "boxoffice_http_requests_total", "method" => method, "route" => route.clone(), "status" => status
            ),
            seconds: histogram!("boxoffice_http_request_seconds", "method" => method, "route" => route.clone()),
        };
        metrics.count(latency);
        self.0.write().unwrap_or_else(PoisonError::into_inner).entry(of).or_default().insert(route, metrics);
    }
}

impl OfRoute {
    fn count(&self, latency: Duration) {
        self.answered.increment(1);
        self.seconds.record(latency.as_secs_f64());
    }
}

/// Returns the label of a method. Unknown methods share one label, because clients could send any number of them.
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
