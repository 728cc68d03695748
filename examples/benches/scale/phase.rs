//! Phases of the measurement, one in each process.

use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use boxoffice::testing::History;
use boxoffice::{BoxOffice, Limits};
use boxoffice_examples::measure::{Stopwatch, rate};

use crate::metrics::tell;
use crate::process::memory;
use crate::{Failure, latency, load, pages, sustained};

/// Number of records that an export reads at a time, as in the server.
const EXPORT_LEN: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Make,
    Replay,
    Open,
    Verify,
    Export,
    Reserve,
    Latency,
    Sustained,
}

impl Phase {
    const ALL: [Self; 8] = [
        Self::Make,
        Self::Replay,
        Self::Open,
        Self::Verify,
        Self::Export,
        Self::Reserve,
        Self::Latency,
        Self::Sustained,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Make => "making",
            Self::Replay => "replaying",
            Self::Open => "opening",
            Self::Verify => "verifying",
            Self::Export => "exporting",
            Self::Reserve => "reserving",
            Self::Latency => "latency",
            Self::Sustained => "sustained",
        }
    }
}

impl FromStr for Phase {
    type Err = Failure;

    fn from_str(name: &str) -> Result<Self, Failure> {
        Self::ALL.into_iter().find(|phase| phase.name() == name).ok_or_else(|| format!("no phase {name}").into())
    }
}

/// Runs one phase and reports its metrics.
pub(crate) fn run(phase: Phase, dir: &Path, orders: u64, seconds: u64) -> Result<(), Failure> {
    let history = History::new(orders);
    match phase {
        Phase::Make => make(&history, dir),
        Phase::Replay => replay(dir),
        Phase::Open => opening(&history, dir),
        Phase::Verify => verify(&history, dir),
        Phase::Export => export(dir),
        Phase::Reserve => load::reserve(&open(dir)?, &history),
        Phase::Latency => latency::measure(&open(dir)?, &history),
        Phase::Sustained => sustained::measure(&open(dir)?, &history, Duration::from_secs(seconds)),
    }
}

/// Opens the box office of a history. Its clock continues from the end of the history.
fn open(dir: &Path) -> Result<BoxOffice, Failure> {
    let limits = Limits::new().open_orders_max(u32::MAX);
    Ok(BoxOffice::builder()
        .accept_clock_jump(true)
        .limits(limits)
        .gateway(std::sync::Arc::new(load::Instantly))
        .open(dir)?)
}

fn make(history: &History, dir: &Path) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    history.write(dir, &mut |_, _| {})?;
    tell("make.seconds", watch.elapsed().as_secs_f64());
    Ok(())
}

fn replay(dir: &Path) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    let office = open(dir)?;
    let took = watch.elapsed();
    tell("replay.seconds", took.as_secs_f64());
    tell("replay.rate", rate(office.journal().head()? as usize, took));
    tell("replay.peak", memory().1);
    close(&office)
}

fn opening(history: &History, dir: &Path) -> Result<(), Failure> {
    let size = |name: &str| fs::metadata(dir.join(name)).map(|file| file.len() as f64);
    tell("journal.bytes", size("journal.redb")? + size("archive.redb").unwrap_or(0.0));
    tell("views.bytes", size("views.redb")?);
    let watch = Stopwatch::start();
    let office = open(dir)?;
    tell("open.seconds", watch.elapsed().as_secs_f64());
    tell("open.memory", memory().0);
    let metrics = office.metrics();
    tell("open.tickets", (metrics.tickets_available + metrics.tickets_locked) as f64);
    tell("open.holds", metrics.open_orders as f64);
    tell("events", office.journal().head()? as f64);
    pages::measure(&office, history)?;
    tell("open.memory_after_reading", memory().0);
    close(&office)
}

fn verify(history: &History, dir: &Path) -> Result<(), Failure> {
    let office = open(dir)?;
    let before = memory().0;
    let watch = Stopwatch::start();
    let report = office.journal().verify(&mut |_, _| {})?;
    tell("verify.rate", watch.rate(report.records as usize));
    tell("verify.memory", memory().1 - before);
    if let Some(problem) = report.problems.first() {
        return Err(format!("record {}: {}", problem.seq, problem.what).into());
    }
    if report.orders < history.orders {
        return Err(format!("{} of {} orders are in the journal", report.orders, history.orders).into());
    }
    close(&office)
}

/// Reads and encodes everything as `boxoffice-server export` does, without writing it.
fn export(dir: &Path) -> Result<(), Failure> {
    let office = open(dir)?;
    let journal = office.journal();
    let (watch, mut next, mut bytes) = (Stopwatch::start(), 1, 0);
    loop {
        let records = journal.read(next, EXPORT_LEN)?;
        let Some(last) = records.last() else { break };
        next = last.seq + 1;
        for record in &records {
            bytes += serde_json::to_vec(record)?.len();
        }
    }
    tell("export.rate", watch.rate(next as usize - 1));
    tell("export.bytes", bytes as f64);
    tell("export.peak", memory().1);
    close(&office)
}

pub(crate) fn close(office: &BoxOffice) -> Result<(), Failure> {
    Ok(office.blocking().close()?)
}
