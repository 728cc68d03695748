//! A recorder that also records the latency of commands in a histogram that this process can read, without parsing
//! Prometheus's text.

use std::sync::Arc;

use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::latency::LatencyHistogram;

/// Name of the histogram of the time from a command to its durable answer.
const COMMAND_SECONDS: &str = "boxoffice_command_seconds";

/// Records all metrics in another recorder, and the latency of commands in a histogram too.
pub(super) struct Tee<R> {
    recorder: R,
    commands: Arc<LatencyHistogram>,
}

impl<R> Tee<R> {
    pub(super) fn new(recorder: R, commands: Arc<LatencyHistogram>) -> Self {
        Self { recorder, commands }
    }
}

impl<R: Recorder> Recorder for Tee<R> {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.recorder.describe_counter(key, unit, description);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.recorder.describe_gauge(key, unit, description);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.recorder.describe_histogram(key, unit, description);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        self.recorder.register_counter(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.recorder.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        let histogram = self.recorder.register_histogram(key, metadata);
        if key.name() != COMMAND_SECONDS {
            return histogram;
        }
        Histogram::from_arc(Arc::new(Both { histogram, commands: Arc::clone(&self.commands) }))
    }
}

/// A histogram of the other recorder, together with ours.
struct Both {
    histogram: Histogram,
    commands: Arc<LatencyHistogram>,
}

impl HistogramFn for Both {
    fn record(&self, seconds: f64) {
        self.histogram.record(seconds);
        self.commands.record(seconds);
    }
}

#[cfg(test)]
mod tests {
    use metrics::{Level, NoopRecorder};

    use super::*;

    #[test]
    fn commands_of_every_label_are_kept_and_nothing_else() {
        let commands = Arc::new(LatencyHistogram::new(&[1.0]));
        let tee = Tee::new(NoopRecorder, Arc::clone(&commands));
        let metadata = Metadata::new("", Level::INFO, None);
        let before = commands.snapshot();
        for name in ["boxoffice_append_seconds", "boxoffice_http_request_seconds"] {
            tee.register_histogram(&Key::from_static_name(name), &metadata).record(0.5);
        }
        assert_eq!(commands.snapshot(), before);
        for command in ["CreateOrder", "CreateUser"] {
            let key = Key::from_parts(COMMAND_SECONDS, vec![metrics::Label::new("command", command)]);
            tee.register_histogram(&key, &metadata).record(0.5);
        }
        assert_eq!(commands.snapshot().len(), 2);
    }
}
