//! Histogram of the latency of commands, and its percentiles.

use std::sync::atomic::{AtomicU64, Ordering};

/// The 50th, 95th and 99th percentiles of latency, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
}

/// Counts of commands in buckets of latency.
#[derive(Debug)]
pub(crate) struct LatencyHistogram {
    /// Upper bounds of the buckets, in seconds.
    bounds: &'static [f64],
    /// Counts of the buckets. The last bucket, which has no bound, counts the commands above all bounds.
    counts: Box<[AtomicU64]>,
}

impl LatencyHistogram {
    pub(crate) fn new(bounds: &'static [f64]) -> Self {
        Self { bounds, counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Counts a command with this latency.
    pub(crate) fn record(&self, seconds: f64) {
        let at = self.bounds.partition_point(|bound| *bound < seconds);
        self.counts[at].fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the current counts.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        Snapshot { bounds: self.bounds, counts }
    }
}

/// The counts at one time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Snapshot {
    bounds: &'static [f64],
    counts: Box<[u64]>,
}

impl Snapshot {
    /// Returns the percentiles of the commands since an earlier snapshot, or `None` if there were none.
    pub(crate) fn since(&self, earlier: &Self) -> Option<Percentiles> {
        let new: Vec<u64> =
            self.counts.iter().zip(&earlier.counts).map(|(now, then)| now.saturating_sub(*then)).collect();
        let all: u64 = new.iter().sum();
        let at = |share: f64| self.seconds(&new, share * float(all)) * 1000.0;
        (all > 0).then(|| Percentiles { p50: at(0.5), p95: at(0.95), p99: at(0.99) })
    }

    /// Returns the latency of the command with this rank, in seconds. The commands of a bucket count as evenly
    /// distributed.
    fn seconds(&self, counts: &[u64], rank: f64) -> f64 {
        let (mut low, mut before) = (0.0, 0.0);
        for (high, count) in self.bounds.iter().zip(counts).map(|(high, count)| (*high, float(*count))) {
            if count > 0.0 && before + count >= rank {
                return low + ((rank - before) / count).clamp(0.0, 1.0) * (high - low);
            }
            (low, before) = (high, before + count);
        }
        // The exact latency above the last bound is unknown.
        low
    }

    /// Returns the number of commands.
    #[cfg(test)]
    pub(super) fn len(&self) -> u64 {
        self.counts.iter().sum()
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures of a chart, far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates a histogram of fifty commands of 1 ms, forty of 2 ms and ten of 3 ms.
    fn busy() -> LatencyHistogram {
        let histogram = LatencyHistogram::new(&[0.001, 0.002]);
        for (seconds, count) in [(0.001, 50), (0.002, 40), (0.003, 10)] {
            (0..count).for_each(|_| histogram.record(seconds));
        }
        histogram
    }

    fn empty() -> Snapshot {
        LatencyHistogram::new(&[0.001, 0.002]).snapshot()
    }

    #[test]
    fn all_commands_are_taken_together() {
        let snapshot = busy().snapshot();
        assert_eq!(*snapshot.counts, [50, 40, 10]);
        let Percentiles { p50, p95, p99 } = snapshot.since(&empty()).unwrap();
        assert!((p50 - 1.0).abs() < 1e-9, "{p50}");
        // The exact latency above the last bound is unknown.
        assert!((p95 - 2.0).abs() < 1e-9 && (p99 - 2.0).abs() < 1e-9, "{p95} {p99}");
    }

    #[test]
    fn only_what_is_new_counts() {
        let histogram = busy();
        let earlier = histogram.snapshot();
        assert_eq!(earlier.since(&earlier), None);
        (0..4).for_each(|_| histogram.record(0.002));
        let Percentiles { p50, .. } = histogram.snapshot().since(&earlier).unwrap();
        assert!((p50 - 1.5).abs() < 1e-9, "{p50}");
    }

    #[test]
    fn without_commands_there_are_no_percentiles() {
        assert_eq!(empty().since(&empty()), None);
    }
}
