//! Metrics of commands.

use std::fmt;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use metrics::{Counter, Histogram};
use rustc_hash::FxHashMap;

/// Metrics of commands, by their names.
///
/// Finding a metric by its labels costs as much as deciding a command, so the metrics of commands that succeed are
/// cached. They belong to the recorder that is installed when the first command of the name is answered.
#[derive(Default)]
pub(super) struct CommandMetrics(RwLock<FxHashMap<&'static str, OfCommand>>);

struct OfCommand {
    succeeded: Counter,
    seconds: Histogram,
}

impl CommandMetrics {
    /// Counts a command with its latency, and the code of its refusal if there is one.
    pub(super) fn count(&self, name: &'static str, refusal: Option<&'static str>, latency: Duration) {
        if let Some(code) = refusal {
            counter(name, code).increment(1);
        }
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(metrics) = kept.get(name) {
            metrics.count(refusal.is_none(), latency);
            return;
        }
        drop(kept);
        let seconds = metrics::histogram!("boxoffice_command_seconds", "command" => name);
        let metrics = OfCommand { succeeded: counter(name, "ok"), seconds };
        metrics.count(refusal.is_none(), latency);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(name, metrics);
    }
}

impl OfCommand {
    fn count(&self, succeeded: bool, latency: Duration) {
        if succeeded {
            self.succeeded.increment(1);
        }
        self.seconds.record(latency);
    }
}

impl fmt::Debug for CommandMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CommandMetrics")
    }
}

fn counter(name: &'static str, outcome: &'static str) -> Counter {
    metrics::counter!("boxoffice_commands_total", "command" => name, "outcome" => outcome)
}
