//! Durable reservations a second: the engine, the ceiling that its journal could reach, and SQLite.
//!
//! A reservation reads a ticket, checks it, locks it, creates an order with a deadline, and records the event. It
//! counts once it is on the disk. The contenders take turns, so that a slow minute of the machine affects all of them,
//! and the median of the rounds counts. Tickets are taken in one shuffled order, the same for all, because people do
//! not buy in the order of listing.
//!
//! `BOXOFFICE_BENCH_ROUNDS`, `BOXOFFICE_BENCH_TICKETS` and `BOXOFFICE_BENCH_DIR` set the rounds, the tickets and the
//! directory. Arguments such as `engine 4096` select one contender and size, for a profiler.

mod engine;
mod raw;
mod sqlite;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use boxoffice_examples::disk;
use boxoffice_examples::measure::{at_least, from_env, median, print_section, progress, thousands};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Concurrent callers of the engine; reservations in a transaction of the others.
const SIZES: [usize; 4] = [1, 64, 1024, 4096];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Contender {
    Engine,
    Raw,
    Sqlite,
}

impl Contender {
    const ALL: [Self; 3] = [Self::Engine, Self::Raw, Self::Sqlite];

    const fn short_name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Raw => "raw",
            Self::Sqlite => "sqlite",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine, callers at once",
            Self::Raw => "raw redb append, rows a transaction (the ceiling)",
            Self::Sqlite => "SQLite, reservations a transaction",
        }
    }
}

/// Selected measurements: all, unless the command line names some.
struct Chosen(Vec<String>);

impl Chosen {
    fn from_arguments() -> Self {
        Self(std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect())
    }

    fn includes(&self, contender: Contender, size: usize) -> bool {
        let includes = |options: &[String], it: &str| {
            let mut named = self.0.iter().filter(|name| options.contains(name)).peekable();
            named.peek().is_none() || named.any(|name| name == it)
        };
        let contenders = Contender::ALL.map(|contender| contender.short_name().to_owned());
        let sizes = SIZES.map(|size| size.to_string());
        includes(&contenders, contender.short_name()) && includes(&sizes, &size.to_string())
    }
}

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let chosen = Chosen::from_arguments();
    let rounds = from_env("BOXOFFICE_BENCH_ROUNDS", 3);
    let tickets = from_env("BOXOFFICE_BENCH_TICKETS", 200_000);
    let machine = disk::describe(disk::bench_dir()?.path())?;
    let record = engine::sample(disk::bench_dir()?.path())?;
    let payload = rmp_serde::to_vec_named(&record)?;

    let mut rates: BTreeMap<(Contender, usize), Vec<f64>> = BTreeMap::new();
    for round in 1..=rounds {
        for size in SIZES {
            for contender in Contender::ALL.into_iter().filter(|contender| chosen.includes(*contender, size)) {
                let dir = disk::bench_dir()?;
                // Single reservations are slow, and fewer of them measure the same.
                let count = if size == 1 { tickets / 50 } else { tickets };
                let rate = match contender {
                    Contender::Engine => engine::run(dir.path(), size, count)?,
                    Contender::Raw => raw::run(dir.path(), size, count, &payload)?,
                    Contender::Sqlite => sqlite::run(dir.path(), size, count, &record)?,
                };
                progress(&format!("round {round} of {rounds}: {} {size}: {}/s", contender.name(), thousands(rate)));
                rates.entry((contender, size)).or_default().push(rate);
            }
        }
    }
    let medians = rates.into_iter().map(|(key, rates)| (key, median(&rates))).collect();
    print_section("reservation", &report(&medians, &machine, payload.len(), rounds)?)?;
    Ok(())
}

fn report(
    medians: &BTreeMap<(Contender, usize), f64>,
    machine: &str,
    bytes: usize,
    rounds: usize,
) -> Result<String, Failure> {
    let of = |contender, size| medians.get(&(contender, size)).copied().unwrap_or_default();
    let mut text = String::from("| durable reservations a second | 1 | 64 | 1,024 | 4,096 |\n|---|--:|--:|--:|--:|\n");
    for contender in Contender::ALL {
        write!(text, "| {} |", contender.name())?;
        for size in SIZES {
            write!(text, " {} |", thousands(of(contender, size)))?;
        }
        text.push('\n');
    }
    let best_sqlite = SIZES.map(|size| of(Contender::Sqlite, size)).into_iter().fold(f64::MIN_POSITIVE, f64::max);
    let engine = of(Contender::Engine, 4096);
    writeln!(text, "\n- 4,096 callers to SQLite's best batches: {}", at_least(engine / best_sqlite, 3.0, "×"))?;
    let ceiling = engine / of(Contender::Raw, 4096);
    writeln!(text, "- 4,096 callers to the ceiling at 4,096: {}", at_least(ceiling, 0.3, "×"))?;
    let one_by_one = of(Contender::Engine, 64) / of(Contender::Sqlite, 1);
    writeln!(text, "- 64 callers to SQLite one by one: {}", at_least(one_by_one, 8.0, "×"))?;
    writeln!(
        text,
        "- Measured on {machine}. Median of {rounds} rounds; {bytes} bytes a record; callers included on the engine's side, \
         while SQLite (WAL, synchronous=FULL) is called by one thread without a queue."
    )?;
    Ok(text)
}
