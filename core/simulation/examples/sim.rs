//! Runs seeds of the simulation, on all cores: `cargo xtask sim`.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use boxoffice::simulation::Failpoint;
use boxoffice_simulation::{ClusterSimulation, Failure, Report, Simulation};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

/// Worlds that once failed: one line each, with seed and steps, and `cluster` for worlds of several hosts.
const OFFENDERS: &str = include_str!("../offenders.txt");

/// Errors that only several hosts with engines can make. Those of the protocol alone are found by its own worlds.
const OF_SEVERAL_HOSTS: &[Failpoint] = &[
    Failpoint::AnswerBeforeOwnCopy,
    Failpoint::RefusalWithoutTick,
    Failpoint::OldWorkerCharges,
    Failpoint::AnswerBeforeSecondHost,
];

/// Runs worlds of chance through the real engine.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many seeds to run.
    #[arg(long, default_value_t = 500)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Only this seed; it tells what it came to.
    #[arg(long)]
    seed: Option<u64>,
    /// How many steps each world takes.
    #[arg(long, default_value_t = 2_000)]
    steps: u64,
    /// Runs the seeds that once failed as well.
    #[arg(long)]
    offenders: bool,
    /// Activates each failpoint of the engine, and fails unless every one is found within so many seeds.
    #[arg(long)]
    failpoints: bool,
    /// Worlds of several hosts that share one journal.
    #[arg(long)]
    cluster: bool,
}

impl Arguments {
    fn run(&self, seed: u64, steps: u64) -> Result<Report, Box<Failure>> {
        if self.cluster {
            ClusterSimulation::new().steps(steps).run(seed)
        } else {
            Simulation::new().steps(steps).run(seed)
        }
    }

    /// Returns the command that replays a world.
    fn replay(&self, seed: u64, steps: u64) -> String {
        let cluster = if self.cluster { " --cluster" } else { "" };
        format!("replay it: cargo xtask sim{cluster} --seed {seed} --steps {steps}")
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.seed.is_none() {
        // redb panics on a damaged file, and the engine catches that as part of the simulation.
        std::panic::set_hook(Box::new(|_| {}));
    }
    let mut worlds: Vec<(u64, u64)> = match arguments.seed {
        Some(seed) => vec![(seed, arguments.steps)],
        None => (arguments.from..arguments.from + arguments.seeds).map(|seed| (seed, arguments.steps)).collect(),
    };
    if arguments.offenders {
        worlds.extend(offenders(arguments.cluster));
    }
    if let Some(seed) = arguments.seed {
        return run_one(&arguments, seed);
    }
    if arguments.failpoints {
        return plant_all(&arguments);
    }
    let failures = run_all(&arguments, &worlds);
    for failure in &failures {
        eprintln!("\n{failure}");
        let steps = worlds.iter().find(|(seed, _)| *seed == failure.seed).map_or(arguments.steps, |(_, steps)| *steps);
        eprintln!("{}", arguments.replay(failure.seed, steps));
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Activates every failpoint, and prints the seed and the failure that found it.
fn plant_all(arguments: &Arguments) -> ExitCode {
    let (next, missed) = (AtomicU64::new(0), AtomicU64::new(0));
    let failpoints = if arguments.cluster { OF_SEVERAL_HOSTS } else { Failpoint::ALL };
    let find = |failpoint: Failpoint| {
        let mut seeds = arguments.from..arguments.from + arguments.seeds;
        failpoint.activate(|| seeds.find_map(|seed| arguments.run(seed, arguments.steps).err()))
    };
    let work = || {
        loop {
            let place = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(usize::MAX);
            let Some(failpoint) = failpoints.get(place) else { return };
            if let Some(failure) = find(*failpoint) {
                let Failure { seed, step, what, .. } = *failure;
                eprintln!("{failpoint:?}: found by seed {seed} at step {step}: {what}");
            } else {
                missed.fetch_add(1, Ordering::Relaxed);
                eprintln!("{failpoint:?}: NOT FOUND");
            }
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(work);
        }
    });
    if missed.into_inner() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_one(arguments: &Arguments, seed: u64) -> ExitCode {
    let steps = arguments.steps;
    let outcome = if arguments.cluster {
        ClusterSimulation::new().steps(steps).tell_all().run(seed)
    } else {
        arguments.run(seed, steps)
    };
    match outcome {
        Ok(report) => {
            eprintln!("{report:#?}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}\n{}", arguments.replay(seed, steps));
            ExitCode::FAILURE
        }
    }
}

/// Runs the worlds on all cores until one fails; returns the failures.
fn run_all(arguments: &Arguments, worlds: &[(u64, u64)]) -> Vec<Failure> {
    let bar = ProgressBar::new(worlds.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:32}] {human_pos}/{human_len} seeds {per_sec} {eta}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message("simulation");
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let (failures, records) = (Mutex::new(Vec::new()), AtomicU64::new(0));
    let work = || {
        while !stop.load(Ordering::Relaxed) {
            let place = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(usize::MAX);
            let Some((seed, steps)) = worlds.get(place) else { return };
            match arguments.run(*seed, *steps) {
                Ok(report) => drop(records.fetch_add(report.records, Ordering::Relaxed)),
                Err(failure) => {
                    stop.store(true, Ordering::Relaxed);
                    failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(*failure);
                }
            }
            bar.inc(1);
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(work);
        }
    });
    let done = bar.position();
    bar.finish();
    eprintln!("{done} worlds in {:.1?}, {} records examined", bar.elapsed(), records.load(Ordering::Relaxed));
    failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn offenders(of_several_hosts: bool) -> impl Iterator<Item = (u64, u64)> {
    let lines = OFFENDERS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(move |line| {
        let mut words = line.split_whitespace();
        let world = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        ((words.next() == Some("cluster")) == of_several_hosts).then_some(world)
    })
}
