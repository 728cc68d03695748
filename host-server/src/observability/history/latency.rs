//! Percentiles out of the histograms that `/metrics` publishes, so that there is one measurement and not two.

use std::collections::BTreeMap;

/// The histogram of commands: from a command to its durable answer.
const HISTOGRAM: &str = "boxoffice_command_seconds_bucket{";

/// What half, nineteen of twenty, and ninety-nine of a hundred commands took at most, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
}

/// How many commands took how long since the process started: for each bound in microseconds, how many took no longer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Histogram(BTreeMap<u64, u64>);

/// The bound of the commands that took longer than every other bound.
const UNBOUNDED: u64 = u64::MAX;

impl Histogram {
    /// Reads it from a text in Prometheus's format, all commands taken together.
    pub(crate) fn parse(text: &str) -> Self {
        let mut bounds = BTreeMap::new();
        for line in text.lines().filter_map(|line| line.strip_prefix(HISTOGRAM)) {
            let bound = line.split_once("le=\"").and_then(|(_, rest)| rest.split_once('"')).and_then(|it| bound(it.0));
            let count = line.rsplit_once(' ').and_then(|(_, count)| count.parse::<u64>().ok());
            if let (Some(bound), Some(count)) = (bound, count) {
                *bounds.entry(bound).or_insert(0) += count;
            }
        }
        Self(bounds)
    }

    /// The percentiles of what came since an earlier reading; none if nothing did.
    pub(crate) fn since(&self, earlier: &Self) -> Option<Percentiles> {
        let new =
            |(bound, count): (&u64, &u64)| (*bound, count.saturating_sub(earlier.0.get(bound).copied().unwrap_or(0)));
        let new: Vec<(u64, u64)> = self.0.iter().map(new).collect();
        let all = new.last().filter(|(_, count)| *count > 0)?.1;
        let at = |share: f64| percentile(&new, share * float(all)) / 1000.0;
        Some(Percentiles { p50: at(0.5), p95: at(0.95), p99: at(0.99) })
    }
}

/// How many microseconds the command of this rank took, as if those between two bounds were spread evenly.
fn percentile(bounds: &[(u64, u64)], rank: f64) -> f64 {
    let (mut low, mut before) = (0, 0);
    for &(bound, count) in bounds {
        if float(count) >= rank && count > before {
            if bound == UNBOUNDED {
                break;
            }
            let share = (rank - float(before)) / float(count - before);
            return float(low) + share.clamp(0.0, 1.0) * float(bound - low);
        }
        if bound != UNBOUNDED {
            (low, before) = (bound, count);
        }
    }
    // Longer than the last bound, nobody knows how long.
    float(low)
}

fn bound(text: &str) -> Option<u64> {
    if text == "+Inf" {
        return Some(UNBOUNDED);
    }
    let seconds: f64 = text.parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounds are between 0 and some seconds"
    )]
    Some((seconds * 1e6).round() as u64)
}

#[expect(clippy::cast_precision_loss, reason = "figures of a chart, far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# TYPE boxoffice_command_seconds histogram
boxoffice_command_seconds_bucket{command=\"CreateOrder\",le=\"0.001\"} 50
boxoffice_command_seconds_bucket{command=\"CreateOrder\",le=\"0.002\"} 80
boxoffice_command_seconds_bucket{command=\"CreateOrder\",le=\"+Inf\"} 90
boxoffice_command_seconds_sum{command=\"CreateOrder\"} 1.5
boxoffice_command_seconds_count{command=\"CreateOrder\"} 90
boxoffice_command_seconds_bucket{command=\"CreateUser\",le=\"0.001\"} 0
boxoffice_command_seconds_bucket{command=\"CreateUser\",le=\"0.002\"} 10
boxoffice_command_seconds_bucket{command=\"CreateUser\",le=\"+Inf\"} 10
boxoffice_append_seconds_bucket{le=\"0.001\"} 7
";

    #[test]
    fn all_commands_are_taken_together() {
        let histogram = Histogram::parse(TEXT);
        assert_eq!(histogram.0, BTreeMap::from([(1000, 50), (2000, 90), (UNBOUNDED, 100)]));
        let Percentiles { p50, p95, p99 } = histogram.since(&Histogram::default()).unwrap();
        assert!((p50 - 1.0).abs() < 1e-9, "{p50}");
        // Nobody knows how long the slowest took, only that it was longer than the last bound.
        assert!((p95 - 2.0).abs() < 1e-9 && (p99 - 2.0).abs() < 1e-9, "{p95} {p99}");
    }

    #[test]
    fn only_what_is_new_counts() {
        let earlier = Histogram::parse(TEXT);
        assert_eq!(earlier.since(&earlier), None);
        let mut later = earlier.clone();
        for bound in [2000, UNBOUNDED] {
            *later.0.get_mut(&bound).unwrap() += 4;
        }
        let Percentiles { p50, .. } = later.since(&earlier).unwrap();
        assert!((p50 - 1.5).abs() < 1e-9, "{p50}");
    }

    #[test]
    fn a_text_without_commands_has_no_percentiles() {
        assert_eq!(Histogram::parse("up 1\nboxoffice_command_seconds_bucket{le=\"x\"} y\n"), Histogram::default());
        assert_eq!(Histogram::default().since(&Histogram::default()), None);
    }
}
