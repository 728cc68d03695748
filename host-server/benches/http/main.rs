//! Requests a second of the host, compared with bare axum handlers of the same JSON.
//!
//! Both are separate processes with the same runtime, on the same cores as the client, and take turns. The median of
//! the rounds counts. `BOXOFFICE_BENCH_ROUNDS` and `BOXOFFICE_BENCH_DIR` set the rounds and the directory.

#![allow(clippy::format_push_string, reason = "figures of a few digits, put together once")]

mod baseline;
mod client;
mod load;
#[path = "../shared/output.rs"]
mod output;
#[path = "../shared/wire.rs"]
mod wire;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use boxoffice::{BoxOffice, NewTicket, SignUp};

use crate::load::{Buyer, Question, rate};
use crate::output::{progress, say};

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Rates = BTreeMap<(Question, Place, usize), Vec<f64>>;

const CONNECTIONS: [usize; 2] = [64, 256];

/// Number of buyers, which is the maximum number of connections.
const BUYERS: usize = 256;

/// Number of phases of one measurement. In each phase the buyers request all their tickets.
const PHASES: usize = 16;

/// Environment variable that makes this program the baseline.
const BASELINE: &str = "BOXOFFICE_BENCH_BASELINE";

/// Server under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Host,
    Baseline,
}

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    if std::env::var_os(BASELINE).is_some() {
        return baseline::serve();
    }
    let rounds = std::env::var("BOXOFFICE_BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    // One thread for the client, and the rest of the machine for the server.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let rates = runtime.block_on(measure(rounds))?;
    say(&format!("<!-- bench:http -->\n{}<!-- /bench:http -->", report(&rates, rounds)))
}

async fn measure(rounds: usize) -> Result<Rates, Failure> {
    let dir = match std::env::var_os("BOXOFFICE_BENCH_DIR") {
        Some(dir) => tempfile::tempdir_in(dir)?,
        None => tempfile::tempdir()?,
    };
    progress(&format!("signing {BUYERS} buyers up"));
    let buyers = prepare(dir.path()).await?;
    let host = Process::start(
        Command::new(env!("CARGO_BIN_EXE_boxoffice-server"))
            .args(["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off", "--data"])
            .arg(dir.path())
            .env("BOXOFFICE_LOG", "warn"),
    )?;
    let baseline = Process::start(Command::new(std::env::current_exe()?).env(BASELINE, "1"))?;
    let mut rates = Rates::new();
    for round in 1..=rounds {
        for connections in CONNECTIONS {
            for question in [Question::Ticket, Question::Order] {
                for (place, process) in [(Place::Baseline, &baseline), (Place::Host, &host)] {
                    let rate = rate(place, process.address, &buyers, connections, question, PHASES).await?;
                    progress(&format!("round {round} of {rounds}: {question:?} {place:?} {connections}: {rate:.0}/s"));
                    rates.entry((question, place, connections)).or_default().push(rate);
                }
            }
        }
    }
    Ok(rates)
}

/// Signs buyers up and lists tickets for each, before a server opens the directory.
async fn prepare(dir: &Path) -> Result<Vec<Buyer>, Failure> {
    let office = BoxOffice::open(dir)?;
    let seller = office.auth().sign_up(SignUp::new("seller@example.com", "correct horse battery")).await?.user.id;
    let tickets = (0..BUYERS * Buyer::TICKETS)
        .map(|at| NewTicket::new("Hamlet, stalls", "19.99").seat(format!("Row {}, seat {}", at / 40, at % 40)));
    let tickets = office.tickets().create_many(seller, tickets.collect()).await?;
    let mut buyers = Vec::with_capacity(BUYERS);
    for (at, tickets) in tickets.chunks(Buyer::TICKETS).enumerate() {
        let buyer = SignUp::new(format!("buyer{at}@example.com"), "correct horse battery");
        let token = office.auth().sign_up(buyer).await?.token;
        buyers.push(Buyer { token, tickets: tickets.iter().map(|ticket| ticket.id.to_string()).collect() });
    }
    office.close().await?;
    Ok(buyers)
}

/// A server that is stopped when it is dropped.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the server has no output")?).read_line(&mut line)?;
        let address =
            line.trim().strip_prefix("listening on http://").ok_or_else(|| format!("the server said {line:?}"))?;
        Ok(Self { child, address: address.parse()? })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It is killed, and its directory is removed too.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn report(rates: &Rates, rounds: usize) -> String {
    let of =
        |question, place, connections| rates.get(&(question, place, connections)).map_or(0.0, |rates| median(rates));
    let mut text = String::from("| requests a second | 64 connections | 256 connections |\n|---|--:|--:|\n");
    let mut verdicts = String::new();
    for (question, name, target) in
        [(Question::Ticket, "GET /api/tickets/{id}", 0.6), (Question::Order, "POST /api/orders", 0.25)]
    {
        for (place, of_what) in [(Place::Host, "boxoffice-server"), (Place::Baseline, "bare axum handler")] {
            let [few, many] = CONNECTIONS.map(|connections| of(question, place, connections));
            text += &format!("| `{name}`, {of_what} | {few:.0} | {many:.0} |\n");
        }
        for connections in CONNECTIONS {
            let share = of(question, Place::Host, connections) / of(question, Place::Baseline, connections).max(1.0);
            let mark = if share >= target { '✓' } else { '✗' };
            verdicts += &format!(
                "- `{name}` at {connections} connections: {:.0} % of the bare handler {mark} (target ≥ {:.0} %)\n",
                share * 100.0,
                target * 100.0
            );
        }
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!(
        "{text}\n{verdicts}- Median of {rounds} rounds on {cores} cores, client included; orders are durable when \
         answered. The host logs warnings only (`BOXOFFICE_LOG=warn`), since the bare handler logs nothing.\n"
    )
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
