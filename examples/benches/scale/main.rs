//! Performance at scale: journals of a hundred thousand to a hundred million orders, each with 100,000 active tickets
//! and 20,000 holds.
//!
//! ```text
//! cargo xtask bench scale                            100,000 and 1,000,000 orders, one minute of load: a few minutes in all
//! cargo xtask bench scale -- 100k 1m 10m --seconds 300
//! ```
//!
//! Every phase runs in a process of its own, so that its memory is what the phase needs. `BOXOFFICE_BENCH_DIR` sets the
//! directory of the journals; 10 million orders need some 25 GB there and 30 to 40 minutes in all, 100 million ten
//! times that.
//!
//! `--keep DIR` creates the journals in this directory and leaves them there, and stores the metrics of each phase
//! beside its journal as soon as the phase ends. A later run continues where the previous one was interrupted.
//! `--fresh` repeats all measurements and reuses only the journals themselves.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "metrics of a few digits"
)]

mod arguments;
mod latency;
mod load;
mod metrics;
mod pages;
mod phase;
mod process;
mod report;
mod sustained;

use std::path::{Path, PathBuf};

use arguments::Arguments;
use boxoffice_examples::disk;
use boxoffice_examples::measure::{print_section, progress, thousands};
use metrics::Metrics;
use phase::Phase;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Number of rounds in which the journals take turns at reserving.
const ROUNDS: usize = 3;

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let arguments = Arguments::read()?;
    if let Some((phase, dir)) = &arguments.phase {
        return phase::run(*phase, dir, arguments.sizes[0], arguments.seconds);
    }
    let temporary = disk::bench_dir()?;
    let root = arguments.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&root)?;
    let machine = disk::describe(&root)?;
    let run = Run { root, seconds: arguments.seconds };
    let mut all = Vec::new();
    for orders in &arguments.sizes {
        if arguments.fresh {
            run.forget(*orders)?;
        }
        all.push(run.measure(*orders)?);
    }
    run.take_turns(&mut all)?;
    if let Some(largest) = all.last_mut() {
        for phase in [Phase::Latency, Phase::Sustained] {
            largest.add(run.phase(phase, largest.orders, &format!("{}-{}", phase.name(), run.seconds))?);
        }
    }
    print_section("scale", &report::report(&all, &machine)?)?;
    Ok(())
}

/// Location of the journals and duration of the load.
struct Run {
    root: PathBuf,
    seconds: u64,
}

impl Run {
    /// Measures one journal by itself.
    fn measure(&self, orders: u64) -> Result<Metrics, Failure> {
        let dir = self.dir_of(orders);
        if !self.kept(orders, Phase::Make.name()).exists() {
            remove(&dir)?;
        } else if !self.kept(orders, Phase::Replay.name()).exists() {
            remove(&dir.join("views.redb"))?;
        }
        let mut metrics = Metrics::new(orders);
        for phase in [Phase::Make, Phase::Replay, Phase::Open, Phase::Verify, Phase::Export] {
            metrics.add(self.phase(phase, orders, phase.name())?);
        }
        Ok(metrics)
    }

    /// Lets the journals take turns, so that a slow minute of the machine affects all of them.
    fn take_turns(&self, all: &mut [Metrics]) -> Result<(), Failure> {
        for round in 1..=ROUNDS {
            for metrics in &mut *all {
                let name = format!("{}-{round}", Phase::Reserve.name());
                let reserved = self.phase(Phase::Reserve, metrics.orders, &name)?;
                metrics.rates.push(reserved.get("reserve.rate"));
            }
        }
        Ok(())
    }

    /// Runs the phase, unless its metrics are already stored under this name.
    fn phase(&self, phase: Phase, orders: u64, name: &str) -> Result<Metrics, Failure> {
        let (kept, title) = (self.kept(orders, name), format!("{}: {name}", thousands(orders as f64)));
        if kept.exists() {
            progress(&format!("{title} was measured before"));
            return Ok(Metrics::from_lines(orders, &std::fs::read_to_string(kept)?));
        }
        progress(&title);
        let metrics = process::run(phase, &self.dir_of(orders), orders, self.seconds)?;
        std::fs::create_dir_all(self.metrics(orders))?;
        std::fs::write(kept, metrics.to_lines())?;
        Ok(metrics)
    }

    /// Deletes the measurements of the journal, but keeps the metrics of its creation.
    fn forget(&self, orders: u64) -> Result<(), Failure> {
        let made = self.kept(orders, Phase::Make.name());
        let lines = std::fs::read_to_string(&made).ok();
        remove(&self.metrics(orders))?;
        if let Some(lines) = lines {
            std::fs::create_dir_all(self.metrics(orders))?;
            std::fs::write(made, lines)?;
        }
        Ok(())
    }

    fn dir_of(&self, orders: u64) -> PathBuf {
        self.root.join(format!("orders-{orders}"))
    }

    fn metrics(&self, orders: u64) -> PathBuf {
        self.root.join(format!("metrics-{orders}"))
    }

    fn kept(&self, orders: u64, name: &str) -> PathBuf {
        self.metrics(orders).join(name)
    }
}

/// Removes a file or a directory, if it exists.
fn remove(path: &Path) -> Result<(), Failure> {
    let removed = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
