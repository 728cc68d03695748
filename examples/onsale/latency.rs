//! Latency of each step.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use boxoffice_examples::measure::thousands;
use hdrhistogram::Histogram;

/// Steps of a buyer, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Look,
    Lock,
    LockRefused,
    Pay,
    Decline,
    Cancel,
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::Look => "look at a ticket",
            Self::Lock => "lock",
            Self::LockRefused => "lock, refused",
            Self::Pay => "pay",
            Self::Decline => "pay, declined",
            Self::Cancel => "cancel",
        }
    }
}

/// Latency of each step, in microseconds.
#[derive(Debug, Default)]
pub(crate) struct Latency(BTreeMap<Step, Histogram<u64>>);

impl Latency {
    pub(crate) fn record(&mut self, step: Step, took: Duration) {
        let histogram = self.0.entry(step).or_insert_with(histogram);
        histogram.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (step, histogram) in &other.0 {
            // All histograms have the same bounds, so they can be added.
            let _ = self.0.entry(*step).or_insert_with(self::histogram).add(histogram);
        }
    }

    /// Returns the number of steps of this kind.
    pub(crate) fn count(&self, step: Step) -> u64 {
        self.0.get(&step).map_or(0, Histogram::len)
    }

    /// Formats a table in milliseconds.
    pub(crate) fn table(&self) -> String {
        let mut text = format!(
            "{:<18}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n",
            "latency in ms", "count", "p50", "p90", "p99", "p99.9", "max"
        );
        for (step, histogram) in &self.0 {
            let count = thousands(histogram.len() as f64);
            // Writing to a string does not fail.
            let _ = write!(text, "{:<18}{count:>10}", step.name());
            for quantile in [0.5, 0.9, 0.99, 0.999, 1.0] {
                let _ = write!(text, "{:>10.2}", histogram.value_at_quantile(quantile) as f64 / 1e3);
            }
            text.push('\n');
        }
        text
    }
}

/// Creates a histogram from a microsecond to an hour with three significant digits.
fn histogram() -> Histogram<u64> {
    let mut histogram =
        Histogram::new_with_bounds(1, 3_600_000_000, 3).unwrap_or_else(|_| unreachable!("fixed bounds"));
    histogram.auto(false);
    histogram
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_all_that_was_added() {
        let (mut all, mut other) = (Latency::default(), Latency::default());
        for ms in 1..=50 {
            all.record(Step::Lock, Duration::from_millis(ms));
            other.record(Step::Lock, Duration::from_millis(50 + ms));
        }
        all.add(&other);
        assert_eq!(all.count(Step::Lock), 100);
        let table = all.table();
        let row: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(row[..3], ["lock", "100", "50.02"]);
    }
}
