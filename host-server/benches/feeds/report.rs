//! The results as published on the page of benchmarks.

use std::fmt;
use std::path::PathBuf;

use crate::rounds::{median, medians};
use crate::{FOLLOWERS, OTHERS};

/// Minimum ratio of orders with followers to orders without.
const RATIO_MIN: f64 = 0.9;
const MEMORY_MB_MAX: f64 = 200.0;
const FIRST_PAGE_MS_MAX: f64 = 50.0;
const FIRST_PAGE_BYTES_MAX: usize = 100_000;

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    pub(crate) orders_a_second: f64,
    pub(crate) busy_us_an_order: f64,
    pub(crate) memory_mb: f64,
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { orders_a_second, busy_us_an_order, memory_mb } = self;
        write!(f, "{orders_a_second:.0} orders/s, {busy_us_an_order:.0} µs an order, {memory_mb:.0} MB")
    }
}

#[derive(Debug)]
pub(crate) struct FirstPage {
    pub(crate) bytes: usize,
    pub(crate) median_ms: f64,
}

#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) is_pinned: bool,
    /// Location of the journal.
    pub(crate) place: PathBuf,
    pub(crate) first_page: FirstPage,
    /// Rounds without and with followers.
    pub(crate) rounds: Vec<(Round, Round)>,
    /// Number of followers that received an order, in the round with the fewest.
    pub(crate) heard: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = |is_reached| if is_reached { '✓' } else { '✗' };
        let (orders, orders_with) = medians(&self.rounds, |round| round.orders_a_second);
        let (busy, busy_with) = medians(&self.rounds, |round| round.busy_us_an_order);
        let (memory, memory_with) = medians(&self.rounds, |round| round.memory_mb);
        // Each round is compared with its neighbour, since a busy machine changes from minute to minute.
        let ratio =
            median(self.rounds.iter().map(|(without, with)| with.orders_a_second / without.orders_a_second).collect());
        // Memory once taken is kept for the next followers, so the cost shows in the first round.
        let costs = self.rounds.iter().map(|(without, with)| with.memory_mb - without.memory_mb);
        let (cost, page) = (costs.fold(0.0, f64::max), &self.first_page);
        writeln!(f, "| a show with orders | nobody follows | {FOLLOWERS} pages follow |\n|---|--:|--:|")?;
        writeln!(f, "| orders a second, each cancelled again | {orders:.0} | {orders_with:.0} |")?;
        writeln!(
            f,
            "| the host's processor time, an order with its cancellation | {busy:.0} µs | {busy_with:.0} µs |"
        )?;
        writeln!(f, "| the host's memory | {memory:.0} MB | {memory_with:.0} MB |\n")?;
        let percent = ratio * 100.0;
        writeln!(
            f,
            "- Orders with the followers: {percent:.0} % of those without {} (target ≥ 90 %)",
            mark(ratio >= RATIO_MIN)
        )?;
        writeln!(
            f,
            "- Memory that followers cost, at most: {cost:.0} MB {} (target < 200 MB)",
            mark(cost < MEMORY_MB_MAX)
        )?;
        writeln!(f, "- Followers who heard of orders: {} {}", self.heard, mark(self.heard == FOLLOWERS))?;
        let is_quick = page.median_ms < FIRST_PAGE_MS_MAX;
        writeln!(
            f,
            "- First page with {OTHERS} tickets on sale: {:.1} ms {} (target < 50 ms)",
            page.median_ms,
            mark(is_quick)
        )?;
        let (kb, is_small) = (page.bytes as f64 / 1000.0, page.bytes < FIRST_PAGE_BYTES_MAX);
        writeln!(f, "- First page with all that it loads: {kb:.1} KB {} (target < 100 KB)", mark(is_small))?;
        let (rounds, place) = (self.rounds.len(), self.place.display());
        let cores = if self.is_pinned {
            "the host on one core, buyers and followers on another"
        } else {
            "host, buyers and followers on the same cores, so that the followers' own work counts against the host"
        };
        writeln!(
            f,
            "- {rounds} rounds of each, taking turns; the ratio is the median of neighbours. Processes of their own, {cores}; the journal in `{place}`."
        )
    }
}
