//! Several hosts on one journal: three NATS servers that sync every write, three hosts, and all callers, on one machine.
//!
//! ```text
//! cargo xtask bench cluster                      everything
//! cargo xtask bench cluster --quick              a trial of some minutes, of which no figure means anything
//! cargo xtask bench cluster -- rates killed      some parts of it
//! ```
//!
//! Each host is a process of its own in which this program embeds a box office. It does what it is told on its standard input,
//! so that it can be killed like any other. Reservations are compared with those of PostgreSQL and a synchronous standby in the
//! same run, taking turns.
//!
//! `BOXOFFICE_NATS_SERVER` names the program of the servers, which `cargo xtask bench` installs. PostgreSQL 15 is Debian's;
//! `BOXOFFICE_POSTGRES` names the folder of its programs if they are elsewhere. `BOXOFFICE_BENCH_DIR` sets the directory.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "metrics of a few digits"
)]

mod arguments;
mod away;
mod bare;
mod cut;
mod deaths;
mod delays;
mod host;
mod hosts;
mod postgres;
mod rates;
mod report;
mod servers;
mod sizes;
mod trio;

use std::time::Duration;

use boxoffice_examples::disk;
use boxoffice_examples::measure::{Stopwatch, print_section, progress};

use crate::arguments::{Part, Role};
use crate::report::Report;
use crate::sizes::Sizes;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Time that anything may take of which nobody says how long it should.
const LONG: Duration = Duration::from_mins(3);

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    match Role::from_arguments()? {
        Role::Host(place) => host::run(&place),
        Role::Bench(parts) => bench(&parts),
    }
}

fn bench(parts: &[Part]) -> Result<(), Failure> {
    let sizes = Sizes::from_environment();
    let machine = disk::describe(disk::bench_dir()?.path())?;
    let mut report = Report::default();
    for part in parts {
        progress(&format!("{}: {}", part.name(), part.title()));
        match part {
            Part::Rates => report.rates = Some(rates::measure(&sizes)?),
            Part::Delays => report.delays = Some(delays::measure(&sizes)?),
            Part::Killed => report.killed = Some(deaths::hosts(&sizes, deaths::End::Kill)?),
            Part::Stopped => report.stopped = Some(deaths::hosts(&sizes, deaths::End::Stop)?),
            Part::Leader => report.leader = Some(deaths::leaders(&sizes)?),
            Part::Cut => report.cut = Some(cut::measure(&sizes)?),
            Part::Away => report.away = Some(away::measure(&sizes)?),
        }
    }
    print_section("cluster", &report.text(&sizes, &machine)?)?;
    Ok(())
}

/// Waits until something is so.
fn within(most: Duration, what: &str, mut is_so: impl FnMut() -> Result<bool, Failure>) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    while !is_so()? {
        if watch.elapsed() > most {
            return Err(format!("after {} s still not: {what}", most.as_secs()).into());
        }
        a_moment();
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "other processes tell nobody when they are done")]
fn a_moment() {
    std::thread::sleep(Duration::from_millis(5));
}
