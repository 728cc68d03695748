//! The metrics as published on the page of benchmarks.

use std::fmt::{self, Write as _};

use boxoffice_examples::measure::{at_least, median, thousands};

use crate::latency::OFFERED;
use crate::metrics::Metrics;
use crate::pages::PAGES;

/// Maximum time of opening with a checkpoint, in seconds.
const OPENING_MAX: f64 = 2.0;

/// Maximum memory of an open box office, in megabytes.
const MEMORY_MAX: f64 = 600.0;

/// Maximum time of reading a page, in milliseconds.
const PAGE_MAX: f64 = 1.0;

/// Minimum ratio of the reservations of the largest journal to those of the smallest.
const RATIO_MIN: f64 = 0.8;

pub(crate) fn report(all: &[Metrics], machine: &str) -> Result<String, fmt::Error> {
    let mut text = table(all)?;
    let (Some(smallest), Some(largest)) = (all.first(), all.last()) else { return Ok(text) };
    let opening = largest.get("open.seconds");
    writeln!(text, "\n- Opening with a checkpoint: {}", at_most(opening, OPENING_MAX, "s"))?;
    let memory = largest.get("open.memory_after_reading") / 1e6;
    writeln!(text, "- Memory when open, after reading: {}", at_most(memory, MEMORY_MAX, "MB"))?;
    if all.len() > 1 {
        let ratio = median(&largest.rates) / median(&smallest.rates);
        let sizes = (thousands(largest.orders as f64), thousands(smallest.orders as f64));
        writeln!(text, "- Reserving at {} against {}: {}", sizes.0, sizes.1, at_least(ratio, RATIO_MIN, "×"))?;
    }
    let pages = |quantile: &str| {
        let of = |name: &str| all.iter().map(|one| one.get(&format!("page.{name}.{quantile}"))).fold(0.0, f64::max);
        PAGES.iter().map(|(name, _)| of(name)).fold(0.0, f64::max) / 1000.0
    };
    writeln!(text, "- Slowest kind of page, median: {}", at_most(pages("p50"), PAGE_MAX, "ms"))?;
    load(&mut text, largest)?;
    writeln!(
        text,
        "- Measured on {machine}. Each phase in a process of its own; what is open holds {} live tickets and {} open orders at every \
         size. The files were in the system's cache as far as they fit. `cargo xtask bench scale -- 100k 1m 10m --seconds 300` measures all sizes; by \
         default it takes the first two and a minute, to end in reasonable time.",
        thousands(largest.get("open.tickets")),
        thousands(largest.get("open.holds"))
    )?;
    Ok(text)
}

fn load(text: &mut String, largest: &Metrics) -> fmt::Result {
    let of = |name: &str| largest.get(name);
    writeln!(
        text,
        "- {} reservations/s offered, open loop, latency from the scheduled time on (ms): p50 {:.2}, p99 {:.2}, p99.9 {:.2}, max {:.2}; {} counted, \
         {} refused. As many cancellations ran beside them.",
        thousands(OFFERED as f64),
        of("latency.p50"),
        of("latency.p99"),
        of("latency.p999"),
        of("latency.max"),
        thousands(of("latency.count")),
        thousands(of("latency.refused"))
    )?;
    writeln!(
        text,
        "- {} s of sales as fast as they go: {} orders/s settled in the median ({} in the first half, {} in the second); waiting for the \
         checkpoint at most {} entities in the first half, {} in the second; memory at most {:.0} MB and {:.0} MB.",
        thousands(of("sustained.seconds")),
        thousands(of("sustained.rate")),
        thousands(of("sustained.rate.first")),
        thousands(of("sustained.rate.second")),
        thousands(of("sustained.lag.first")),
        thousands(of("sustained.lag.second")),
        of("sustained.memory.first") / 1e6,
        of("sustained.memory.second") / 1e6
    )
}

fn table(all: &[Metrics]) -> Result<String, fmt::Error> {
    let mut text = String::from("| orders |");
    all.iter().try_for_each(|one| write!(text, " {} |", thousands(one.orders as f64)))?;
    text.push_str("\n|---|");
    text.push_str(&"--:|".repeat(all.len()));
    text.push('\n');
    let mut row = |name: &str, cell: &dyn Fn(&Metrics) -> String| {
        write!(text, "| {name} |")?;
        all.iter().try_for_each(|one| write!(text, " {} |", cell(one)))?;
        text.push('\n');
        Ok::<_, fmt::Error>(())
    };
    let count = |name: &'static str| move |one: &Metrics| thousands(one.get(name));
    let seconds = |name: &'static str| move |one: &Metrics| format!("{:.2} s", one.get(name));
    let megabytes = |name: &'static str| move |one: &Metrics| format!("{:.0} MB", one.get(name) / 1e6);
    row("events in the journal", &count("events"))?;
    row("opening with a checkpoint", &seconds("open.seconds"))?;
    row("memory when open", &megabytes("open.memory"))?;
    row("opening without a checkpoint, which writes one", &seconds("replay.seconds"))?;
    row("the same, events/s", &count("replay.rate"))?;
    row("the same, memory at most", &megabytes("replay.peak"))?;
    row("verify, events/s", &count("verify.rate"))?;
    row("verify, memory beyond that of being open", &megabytes("verify.memory"))?;
    row("export, events/s", &count("export.rate"))?;
    row("durable reservations/s, 1,024 callers", &|one| thousands(median(&one.rates)))?;
    let per_order = |name: &'static str| move |one: &Metrics| format!("{:.0} B", one.get(name) / one.orders as f64);
    row("journal on disk, an order", &per_order("journal.bytes"))?;
    row("checkpoint on disk, an order", &per_order("views.bytes"))?;
    for (name, title) in PAGES {
        let millis = |one: &Metrics, quantile| one.get(&format!("page.{name}.{quantile}")) / 1000.0;
        row(&format!("page: {title}; p50 / p99"), &|one| {
            format!("{:.2} / {:.2} ms", millis(one, "p50"), millis(one, "p99"))
        })?;
    }
    Ok(text)
}

/// Formats a figure with its upper target.
fn at_most(figure: f64, target: f64, unit: &str) -> String {
    let mark = if figure < target { '✓' } else { '✗' };
    format!("{figure:.2} {unit} {mark} (target < {target} {unit})")
}
