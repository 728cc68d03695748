//! How the box office holds up at size: journals of a hundred thousand to a hundred million orders, with 100,000 live tickets and
//! 20,000 holds in each.
//!
//! ```text
//! cargo xtask bench scale                            100,000 and 1,000,000 orders, one minute of load: a few minutes in all
//! cargo xtask bench scale -- 100k 1m 10m --seconds 300
//! ```
//!
//! Every phase runs in a process of its own, so that the memory it has is what it needs. Where the journals are made is said by
//! `BOXOFFICE_BENCH_DIR`; 10 million orders need some 20 GB there, 100 million ten times that. `--keep DIR` keeps them there, and
//! takes those that it finds, so that a second run need not make them again.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures of a few digits"
)]

mod arguments;
mod figures;
mod latency;
mod load;
mod pages;
mod phase;
mod process;
mod report;
mod sustained;

use std::path::{Path, PathBuf};

use arguments::Arguments;
use boxoffice_examples::disk;
use boxoffice_examples::measure::{print_section, progress, thousands};
use figures::Figures;
use phase::Phase;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How often the small and the large journal take turns at reserving.
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
    let mut all = Vec::new();
    for orders in &arguments.sizes {
        all.push(measure(&root, *orders)?);
    }
    take_turns(&root, &mut all)?;
    if let Some(largest) = all.last_mut() {
        for phase in [Phase::Latency, Phase::Sustained] {
            progress(&format!("{}: {}", thousands(largest.orders as f64), phase.name()));
            let seconds = arguments.seconds;
            largest.add(process::run(phase, &dir_of(&root, largest.orders), largest.orders, seconds)?);
        }
    }
    print_section("scale", &report::report(&all, &machine)?)?;
    Ok(())
}

/// What is measured of each journal for itself.
fn measure(root: &Path, orders: u64) -> Result<Figures, Failure> {
    let dir = dir_of(root, orders);
    let mut figures = Figures::new(orders);
    let made = dir.join("made");
    if made.exists() {
        figures.add(Figures::from_lines(orders, &std::fs::read_to_string(made)?));
    } else {
        let _ = std::fs::remove_dir_all(&dir);
        for phase in [Phase::Make, Phase::Replay] {
            progress(&format!("{}: {}", thousands(orders as f64), phase.name()));
            figures.add(process::run(phase, &dir, orders, 0)?);
        }
        std::fs::write(made, figures.to_lines())?;
    }
    for phase in [Phase::Open, Phase::Verify, Phase::Export] {
        progress(&format!("{}: {}", thousands(orders as f64), phase.name()));
        figures.add(process::run(phase, &dir, orders, 0)?);
    }
    Ok(figures)
}

/// The journals take turns, so that a slow minute of the machine hits all of them.
fn take_turns(root: &Path, all: &mut [Figures]) -> Result<(), Failure> {
    for round in 1..=ROUNDS {
        for figures in &mut *all {
            progress(&format!("{}: reserving, round {round} of {ROUNDS}", thousands(figures.orders as f64)));
            let reserved = process::run(Phase::Reserve, &dir_of(root, figures.orders), figures.orders, 0)?;
            figures.rates.push(reserved.get("reserve.rate"));
        }
    }
    Ok(())
}

fn dir_of(root: &Path, orders: u64) -> PathBuf {
    root.join(format!("orders-{orders}"))
}
