//! Metrics of each of the last minutes: a bounded series in memory.
//!
//! Events come from the journal, in its order; other metrics are samples. The engine's clock decides the minute of
//! both. A minute counts as covered only if the series contains all its events, so that "nothing happened" and "nothing
//! is known" differ.

use std::collections::VecDeque;

use boxoffice::{CancelReason, DomainEvent, Record, Timestamp};

use crate::observability::metrics::Percentiles;

/// Maximum length of the series, in minutes.
pub(crate) const MINUTES_MAX: usize = 6 * 60;

const MINUTE_MS: u64 = 60_000;

/// The metrics of one minute.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Minute {
    /// `true` if the series contains all events of the minute.
    pub(crate) is_covered: bool,
    /// Number of orders that locked tickets.
    pub(crate) reservations: u32,
    /// Number of orders that were paid.
    pub(crate) sales: u32,
    /// Number of orders that expired.
    pub(crate) expiries: u32,
    /// Number of orders that ended because the payment was declined.
    pub(crate) declines: u32,
    /// Number of orders that their buyers cancelled.
    pub(crate) cancellations: u32,
    /// The samples of the minute; `None` if there are none.
    pub(crate) samples: Option<MetricSamples>,
    /// Latency of the commands that were answered in the minute.
    pub(crate) latency: Option<Percentiles>,
}

/// The highest samples of a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct MetricSamples {
    /// Number of waiting commands.
    pub(crate) queue_len: usize,
    /// Time by which the most overdue hold was late, in milliseconds.
    pub(crate) expiry_lag_ms: u64,
    /// Number of orders that held tickets.
    pub(crate) open_orders: usize,
}

impl Minute {
    /// Returns the share of the ended holds that became sales, in percent; `None` if no hold ended.
    pub(crate) fn conversion(&self) -> Option<f64> {
        let ended = self.sales + self.expiries + self.declines + self.cancellations;
        (ended > 0).then(|| f64::from(self.sales) / f64::from(ended) * 100.0)
    }

    fn count(&mut self, event: &DomainEvent) {
        match event {
            DomainEvent::OrderCreated(_) => self.reservations += 1,
            DomainEvent::ChargeCreated(_) => self.sales += 1,
            DomainEvent::OrderExpired(_) => self.expiries += 1,
            DomainEvent::OrderCancelled(event) if event.reason == CancelReason::PaymentFailed => self.declines += 1,
            DomainEvent::OrderCancelled(_) => self.cancellations += 1,
            _ => {}
        }
    }
}

/// The last minutes, the oldest first, without a gap.
#[derive(Debug, Default)]
pub(crate) struct TimeSeries {
    minutes: VecDeque<Minute>,
    /// Number of the first minute, counted from 1970.
    first: u64,
    /// Time from which on events are counted.
    since: Option<Timestamp>,
}

impl TimeSeries {
    /// Creates a series whose events are counted from `since` on.
    pub(crate) fn since(since: Timestamp) -> Self {
        Self { since: Some(since), ..Self::default() }
    }

    /// Counts an event.
    pub(crate) fn record(&mut self, record: &Record) {
        if let Some(minute) = self.minute(record.at) {
            minute.count(&record.event);
        }
    }

    /// Adds a sample. A minute keeps the highest values.
    pub(crate) fn sample(&mut self, now: Timestamp, sample: MetricSamples) {
        if let Some(minute) = self.minute(now) {
            let worst = minute.samples.unwrap_or_default();
            minute.samples = Some(MetricSamples {
                queue_len: worst.queue_len.max(sample.queue_len),
                expiry_lag_ms: worst.expiry_lag_ms.max(sample.expiry_lag_ms),
                open_orders: worst.open_orders.max(sample.open_orders),
            });
        }
    }

    /// Sets the latency of the commands that were answered in the minute of `at`.
    pub(crate) fn latency(&mut self, at: Timestamp, percentiles: Option<Percentiles>) {
        if let Some(minute) = self.minute(at) {
            minute.latency = percentiles;
        }
    }

    /// Returns the last `count` minutes up to that of `now`, the oldest first, each with its start. Minutes before the
    /// series began are not covered, and minutes without samples have none.
    pub(crate) fn last(&self, count: usize, now: Timestamp) -> Vec<(Timestamp, Minute)> {
        let end = minute_of(now);
        let count = count.min(MINUTES_MAX) as u64;
        let start = (end + 1).saturating_sub(count);
        let covered = |number: u64| self.since.is_some_and(|since| since.as_millis() <= number * MINUTE_MS);
        let at = |number: u64| {
            let known = number.checked_sub(self.first).and_then(|at| self.minutes.get(usize::try_from(at).ok()?));
            let minute = Minute { is_covered: covered(number), ..known.copied().unwrap_or_default() };
            (Timestamp::from_millis(number * MINUTE_MS), minute)
        };
        (start..=end).map(at).collect()
    }

    /// Returns the minute of `at`, or `None` if it is too old to be kept.
    fn minute(&mut self, at: Timestamp) -> Option<&mut Minute> {
        let number = minute_of(at);
        if self.minutes.is_empty() {
            self.first = number;
        }
        let last = self.first + self.minutes.len() as u64;
        if number >= last + MINUTES_MAX as u64 {
            // All kept minutes are too old.
            self.minutes.clear();
            self.first = number;
        }
        while self.first + (self.minutes.len() as u64) <= number {
            self.minutes.push_back(Minute::default());
            if self.minutes.len() > MINUTES_MAX {
                self.minutes.pop_front();
                self.first += 1;
            }
        }
        self.minutes.get_mut(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }
}

fn minute_of(at: Timestamp) -> u64 {
    at.as_millis() / MINUTE_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms * MINUTE_MS)
    }

    fn queue(queue_len: usize) -> MetricSamples {
        MetricSamples { queue_len, ..MetricSamples::default() }
    }

    fn queues(series: &TimeSeries, count: usize, now: u64) -> Vec<Option<usize>> {
        let last = series.last(count, minutes(now));
        last.iter().map(|(_, minute)| minute.samples.map(|samples| samples.queue_len)).collect()
    }

    #[test]
    fn the_worst_of_a_minute_stays() {
        let mut series = TimeSeries::default();
        for (ms, len) in [(0, 3), (59_999, 1), (60_000, 2)] {
            series.sample(Timestamp::from_millis(ms), queue(len));
        }
        assert_eq!(queues(&series, 2, 1), [Some(3), Some(2)]);
    }

    #[test]
    fn minutes_in_which_nothing_was_seen_are_unknown() {
        let mut series = TimeSeries::default();
        series.sample(minutes(10), queue(1));
        series.sample(minutes(13), queue(4));
        assert_eq!(queues(&series, 6, 14), [None, Some(1), None, None, Some(4), None]);
        assert_eq!(queues(&TimeSeries::default(), 3, 0), [None], "there is nothing before 1970");
    }

    #[test]
    fn old_minutes_are_forgotten() {
        let mut series = TimeSeries::default();
        let max = MINUTES_MAX as u64;
        for minute in 0..2 * max {
            series.sample(minutes(minute), queue(1));
        }
        assert_eq!((series.minutes.len(), series.first), (MINUTES_MAX, max));
        series.sample(minutes(5), queue(9));
        assert!(queues(&series, MINUTES_MAX, 2 * max - 1).iter().all(|len| *len == Some(1)), "too old to be kept");
        series.sample(minutes(100 * max), queue(7));
        assert_eq!(series.minutes.len(), 1);
        assert_eq!(queues(&series, 2, 100 * max), [None, Some(7)]);
    }

    #[test]
    fn only_whole_minutes_are_covered() {
        let series = TimeSeries::since(Timestamp::from_millis(90_000));
        let covered: Vec<_> = series.last(3, minutes(3)).iter().map(|(_, minute)| minute.is_covered).collect();
        assert_eq!(covered, [false, true, true]);
    }

    #[test]
    fn conversion_is_of_the_holds_that_ended() {
        assert_eq!(Minute { reservations: 5, ..Minute::default() }.conversion(), None);
        let minute = Minute { sales: 3, expiries: 1, declines: 1, cancellations: 1, ..Minute::default() };
        assert_eq!(minute.conversion(), Some(50.0));
    }
}
