//! Time to open a journal, with its checkpoint and from nothing, and time to verify it.
//!
//! `BOXOFFICE_BENCH_ORDERS` and `BOXOFFICE_BENCH_DIR` set its size and its directory.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::format_push_string,
    reason = "metrics of a few digits, put together once"
)]

mod make;

use std::fs;
use std::path::Path;
use std::time::Duration;

use boxoffice::{BoxOffice, VerifyReport};
use boxoffice_examples::disk;
use boxoffice_examples::measure::{Stopwatch, at_least, from_env, print_section, progress, rate, thousands};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Maximum time of opening with a checkpoint, in seconds.
const OPENING_MAX: f64 = 2.0;

/// Minimum events a second of a replay from nothing.
const REPLAY_MIN: f64 = 500_000.0;

/// Measurements.
struct Metrics {
    report: VerifyReport,
    opening: Duration,
    replay: Duration,
    verify: Duration,
    journal_bytes: u64,
    views_bytes: u64,
}

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let orders = from_env("BOXOFFICE_BENCH_ORDERS", 1_000_000);
    let dir = disk::bench_dir()?;
    let machine = disk::describe(dir.path())?;
    let office = dir.path().join("office");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(make::journal(&office, orders))?;
    let metrics = measure(&runtime, &office)?;
    if metrics.report.orders != orders as u64 {
        return Err(format!("{} of {orders} orders are in the journal", metrics.report.orders).into());
    }
    print_section("replay", &report(&metrics, &machine))?;
    Ok(())
}

fn measure(runtime: &tokio::runtime::Runtime, dir: &Path) -> Result<Metrics, Failure> {
    let size = |name: &str| fs::metadata(dir.join(name)).map(|file| file.len());
    let (journal_bytes, views_bytes) = (size("journal.redb")?, size("views.redb")?);
    progress("opening with the checkpoint");
    let (office, opening) = open(dir)?;
    progress("verifying");
    let watch = Stopwatch::start();
    let report = office.journal().verify(&mut |_, _| {})?;
    let verify = watch.elapsed();
    if let Some(problem) = report.problems.first() {
        return Err(format!("record {}: {}", problem.seq, problem.what).into());
    }
    runtime.block_on(office.close())?;
    drop(office);

    progress("replaying from nothing");
    fs::remove_file(dir.join("views.redb"))?;
    let (office, replay) = open(dir)?;
    runtime.block_on(office.close())?;
    Ok(Metrics { report, opening, replay, verify, journal_bytes, views_bytes })
}

fn open(dir: &Path) -> Result<(BoxOffice, Duration), Failure> {
    let (builder, _clock) = make::builder()?;
    let watch = Stopwatch::start();
    let office = builder.open(dir)?;
    Ok((office, watch.elapsed()))
}

fn report(metrics: &Metrics, machine: &str) -> String {
    let events = metrics.report.records as usize;
    let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    let per_second = |time: Duration| thousands(rate(events, time));
    let row = |what: &str, time: Duration| format!("| {what} | {} | {} |\n", seconds(time), per_second(time));
    let mut text = format!(
        "| a journal of {} orders, {} events | time | events/s |\n|---|--:|--:|\n",
        thousands(metrics.report.orders as f64),
        thousands(events as f64)
    );
    text += &format!("| opening with a checkpoint | {} | |\n", seconds(metrics.opening));
    text += &row("opening without one: replay from nothing", metrics.replay);
    text += &row("verifying: hash chain and rules", metrics.verify);
    let mark = if metrics.opening.as_secs_f64() < OPENING_MAX { '✓' } else { '✗' };
    text += &format!("\n- Opening with a checkpoint: {} {mark} (target < {OPENING_MAX} s)\n", seconds(metrics.opening));
    let replayed = rate(events, metrics.replay) / REPLAY_MIN;
    text += &format!("- Replay to 500,000 events/s: {}\n", at_least(replayed, 1.0, "×"));
    text += &format!(
        "- Measured on {machine}. Journal {} MB, checkpoint {} MB; both were in the system's cache.\n",
        metrics.journal_bytes / 1_000_000,
        metrics.views_bytes / 1_000_000
    );
    text
}
