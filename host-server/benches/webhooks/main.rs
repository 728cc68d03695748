//! Cost of webhooks that wait for an event that never comes: the host's processor time, a record and webhook.
//!
//! The host has one core and the buyers another, where there are two. Rounds without webhooks and with them take turns
//! in one run, each first in every other turn, and the median of the differences counts. Every order is cancelled
//! again, and each of the two is a record. Many buyers at once share batches; a single one has each record wake every
//! webhook. The journal is in memory if the system has a file system there. `BOXOFFICE_BENCH_ROUNDS` and
//! `BOXOFFICE_BENCH_DIR` set the rounds and the directory.

#![allow(clippy::format_push_string, reason = "requests of a few lines, put together once")]

#[path = "../http/client.rs"]
mod client;
mod figures;
#[path = "../shared/host.rs"]
mod host;
mod idle;
#[path = "../shared/orders.rs"]
mod orders;
#[path = "../shared/output.rs"]
mod output;
#[path = "../shared/pinned.rs"]
mod pinned;
mod report;
#[path = "../shared/rounds.rs"]
mod rounds;
#[path = "../shared/wire.rs"]
mod wire;

use std::path::Path;

use boxoffice::{BoxOffice, NewTicket, SignUp};

use crate::figures::at_rest;
use crate::host::Host;
use crate::idle::Idle;
use crate::orders::{Buyer, buyers_of, orders};
use crate::output::{progress, say};
use crate::pinned::{pin, place};
use crate::report::{Report, Round};
use crate::rounds::rounds;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Number of webhooks.
const WEBHOOKS: u16 = 10;

/// Numbers of concurrent buyers, the largest first.
const BUYERS: [usize; 2] = [64, 1];

/// Email of the operator who adds the webhooks.
const OPERATOR: &str = "operator@example.com";

/// A host with those who use it.
struct World {
    host: Host,
    buyers: Vec<Buyer>,
    /// Token of the operator.
    operator: String,
}

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let is_pinned = pin(std::process::id());
    // One thread for the buyers.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(measure(rounds(7), is_pinned))?;
    say(&format!("<!-- bench:webhooks -->\n{report}<!-- /bench:webhooks -->"))
}

async fn measure(rounds: usize, is_pinned: bool) -> Result<Report, Failure> {
    let place = place();
    let dir = tempfile::tempdir_in(&place)?;
    let (buyers, operator) = prepare(dir.path()).await?;
    let world = World { host: Host::start(dir.path(), is_pinned)?, buyers, operator };
    // A round that does not count brings in code and data that are needed once.
    orders(&world.host, &world.buyers).await?;
    let mut report = Report { is_pinned, place, turns: BUYERS.map(|_| Vec::new()) };
    for at in 1..=rounds {
        for (count, turns) in BUYERS.into_iter().zip(&mut report.turns) {
            let (without, with) = world.turn(count, at.is_multiple_of(2)).await?;
            progress(&format!("round {at} of {rounds}, buyers: {count}, without webhooks: {without}, with: {with}"));
            turns.push((without, with));
        }
    }
    Ok(report)
}

impl World {
    /// Measures a round without webhooks and one with them.
    async fn turn(&self, buyers: usize, is_without_first: bool) -> Result<(Round, Round), Failure> {
        let first = if is_without_first { Some(self.round(buyers, 0).await?) } else { None };
        let idle = Idle::add(&self.host, &self.operator).await?;
        let with = self.round(buyers, WEBHOOKS).await?;
        idle.remove().await?;
        let without = match first {
            Some(first) => first,
            None => self.round(buyers, 0).await?,
        };
        Ok((without, with))
    }

    /// Measures what the host does until every webhook has seen the last record.
    async fn round(&self, buyers: usize, webhooks: u16) -> Result<Round, Failure> {
        let head_before = at_rest(&self.host, webhooks).await?;
        let busy_before = self.host.busy()?;
        let (_, took) = orders(&self.host, &self.buyers[..buyers]).await?;
        let records = at_rest(&self.host, webhooks).await? - head_before;
        let busy = self.host.busy()?.saturating_sub(busy_before);
        if records < 1.0 {
            return Err("no order was recorded".into());
        }
        Ok(Round {
            records_a_second: records / took.as_secs_f64(),
            busy_us_a_record: busy.as_secs_f64() * 1e6 / records,
            memory_mb: self.host.memory_mb()?,
        })
    }
}

/// Signs the buyers and the operator up, and lists a ticket for each buyer, before a server opens the directory.
async fn prepare(dir: &Path) -> Result<(Vec<Buyer>, String), Failure> {
    let office = BoxOffice::open(dir)?;
    let sign_up = async |email: &str| office.auth().sign_up(SignUp::new(email, "correct horse battery")).await;
    let seller = sign_up("seller@example.com").await?.user.id;
    let tickets = (0..BUYERS[0]).map(|at| NewTicket::new("Hamlet", "19.99").seat(format!("Seat {at}")));
    let tickets = office.tickets().create_many(seller, tickets.collect()).await?;
    let buyers = buyers_of(&office, &tickets).await?;
    let operator = sign_up(OPERATOR).await?.token;
    office.auth().set_operator(OPERATOR, true).await?;
    office.close().await?;
    Ok((buyers, operator))
}
