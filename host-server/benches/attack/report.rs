//! The results as published on the page of benchmarks.

use std::fmt;
use std::time::Duration;

use crate::strangers::Tries;
use crate::{LISTING_REQUESTS, SEATS, SHOWS, is_short, size};

/// Maximum ratio of the orders' p99 under attack to that in quiet.
const ATTACKED_RATIO_MAX: f64 = 3.0;

/// Maximum memory that all that strangers send may cost.
const MEMORY_MB_MAX: f64 = 256.0;

/// Maximum ratio of the orders' median beside the page of the large show to that without.
const BESIDE_RATIO_MAX: f64 = 1.2;

/// Maximum median of a page.
const PAGE_MS_MAX: f64 = 20.0;

/// Latencies in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Latencies {
    p50: f64,
    p99: f64,
    max: f64,
}

impl Latencies {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let millis = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
        let percentile = |percent: usize| millis(times.get(times.len() * percent / 100));
        Self { p50: percentile(50), p99: percentile(99), max: millis(times.last()) }
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p99, max } = self;
        write!(f, "p50 {p50:.2} ms, p99 {p99:.2} ms, max {max:.2} ms")
    }
}

/// Orders in quiet and under attack.
#[derive(Debug)]
pub(crate) struct Attack {
    pub(crate) quiet: Latencies,
    pub(crate) attacked: Latencies,
    pub(crate) tries: Tries,
    pub(crate) memory_before_mb: f64,
    pub(crate) memory_peak_mb: f64,
}

/// Orders at the large show alone, and beside its page.
#[derive(Debug)]
pub(crate) struct LargeShow {
    pub(crate) quiet: Latencies,
    pub(crate) beside: Latencies,
    pub(crate) page: Latencies,
}

#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) attack: Attack,
    pub(crate) large_show: LargeShow,
    /// Paths of listings of all shows, with their latencies.
    pub(crate) listings: Vec<(&'static str, Latencies)>,
}

/// Formats a figure with its upper target.
fn at_most(figure: f64, target: f64, unit: &str) -> String {
    let mark = if figure <= target { '✓' } else { '✗' };
    format!("{figure:.2}{unit} {mark} (target ≤ {target}{unit})")
}

impl Report {
    fn write_table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attack, large_show, listings } = self;
        let (seats, shows) = (size(SEATS), size(SHOWS));
        writeln!(f, "| milliseconds | p50 | p99 | max |\n|---|--:|--:|--:|")?;
        let mut rows = vec![
            ("`POST /api/orders` in quiet".to_owned(), attack.quiet),
            ("`POST /api/orders` while one address attacks".to_owned(), attack.attacked),
            (format!("`POST /api/orders` for a show with {seats} seats"), large_show.quiet),
            ("the same, while its page is asked for 20 times a second".to_owned(), large_show.beside),
            ("that page".to_owned(), large_show.page),
        ];
        rows.extend(listings.iter().map(|(path, times)| (format!("`GET {path}` with {shows} shows"), *times)));
        for (what, Latencies { p50, p99, max }) in rows {
            writeln!(f, "| {what} | {p50:.2} | {p99:.2} | {max:.2} |")?;
        }
        writeln!(f)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_table(f)?;
        let Self { attack, large_show, listings } = self;
        let attacked = at_most(attack.attacked.p99 / attack.quiet.p99, ATTACKED_RATIO_MAX, "×");
        writeln!(f, "- p99 of orders under attack to that in quiet: {attacked}")?;
        let (before, peak) = (attack.memory_before_mb, attack.memory_peak_mb);
        let memory = at_most(peak - before, MEMORY_MB_MAX, " MB");
        writeln!(f, "- Memory that the attack cost, at most: {memory}; {peak:.0} MB in all (`VmHWM`)")?;
        let beside = at_most(large_show.beside.p50 / large_show.quiet.p50, BESIDE_RATIO_MAX, "×");
        writeln!(f, "- Median of orders beside the page of their show to that without: {beside}")?;
        writeln!(f, "- Median of that page: {}", at_most(large_show.page.p50, PAGE_MS_MAX, " ms"))?;
        for (path, times) in listings {
            writeln!(f, "- Median of `GET {path}`: {}", at_most(times.p50, PAGE_MS_MAX, " ms"))?;
        }
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let trial = if is_short() { " A trial of a twentieth of everything." } else { "" };
        writeln!(
            f,
            "- Measured on {cores} cores, clients and strangers included; {}. One host with its default limits, which \
             logs warnings only (`BOXOFFICE_LOG=warn`). Orders are durable when answered, and come one at a time, at \
             most 100 a second; each listing is asked for {} times.{trial}",
            attack.tries,
            size(LISTING_REQUESTS)
        )
    }
}
