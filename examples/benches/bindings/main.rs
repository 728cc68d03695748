//! Durable reservations a second and the cost of a call, from Rust and from the languages of the bindings, in one run.
//!
//! `cargo xtask bench bindings` builds the bindings and sets `BOXOFFICE_BENCH_PYTHON` and `BOXOFFICE_BENCH_NODE` to
//! their programs. Each program gets a directory and a count, and prints rows of a name, reservations a second and
//! microseconds of CPU time a call, separated by tabs. The last rate is that of the SQLite program that people would
//! write instead. `BOXOFFICE_BENCH_TICKETS` changes the count.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use boxoffice::{BoxOffice, Limits, NewTicket, SignUp, TicketId, UserId};
use boxoffice_examples::disk;
use boxoffice_examples::measure::{Stopwatch, at_least, from_env, print_section, progress, shuffled, thousands};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const IN_FLIGHT: usize = 1_000;
const READS: usize = 20_000;
const ROUNDS: usize = 10;

/// Minimum ratio of an asynchronous binding's rate to that of the SQLite alternative.
const TIMES_MIN: f64 = 10.0;

/// Maximum time of the conversions of one call, in microseconds.
const OVERHEAD_MAX_US: f64 = 15.0;

/// One measurement: reservations a second, or microseconds a read.
struct Row {
    name: String,
    rate: Option<f64>,
    micros: Option<f64>,
}

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let count = from_env("BOXOFFICE_BENCH_TICKETS", 100_000);
    let dir = disk::bench_dir()?;
    let machine = disk::describe(dir.path())?;
    let mut rows = rust(dir.path(), count)?;
    let mut verdicts = String::new();
    for (language, variable) in [("Python", "BOXOFFICE_BENCH_PYTHON"), ("Node", "BOXOFFICE_BENCH_NODE")] {
        let Ok(program) = std::env::var(variable) else {
            writeln!(verdicts, "- {language} was not measured: {variable} names no program")?;
            continue;
        };
        let measured = foreign(&program, dir.path(), count)?;
        verdicts.push_str(&verdict_of(language, &rows, &measured)?);
        rows.extend(measured);
    }
    print_section("bindings", &report(&rows, &verdicts, &machine)?)?;
    Ok(())
}

/// Measures Rust, whose callers convert nothing.
fn rust(dir: &Path, count: usize) -> Result<Vec<Row>, Failure> {
    let few = (count / 20).max(100);
    let one_by_one = {
        let (office, buyer, tickets) = prepared(&dir.join("rust-blocking"), few)?;
        let blocking = office.blocking();
        let watch = Stopwatch::start();
        for ticket in &tickets {
            blocking.orders().create(buyer, &[*ticket])?;
        }
        let rate = watch.rate(few);
        blocking.close()?;
        rate
    };
    let (office, buyer, tickets) = prepared(&dir.join("rust-tasks"), count)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let at_once = runtime.block_on(in_flight(office.clone(), buyer, Arc::new(tickets.clone())))?;
    let micros = a_read(&office, tickets[0])?;
    office.blocking().close()?;
    let row = |name: &str, rate, micros| {
        progress(name);
        Row { name: name.to_owned(), rate, micros }
    };
    Ok(vec![
        row("Rust, blocking, 1 thread", Some(one_by_one), None),
        row("Rust, 1,000 tasks", Some(at_once), None),
        row("Rust: a read", None, Some(micros)),
    ])
}

/// Returns the microseconds of a read, in the least disturbed of several rounds, since CPU time is what counts.
fn a_read(office: &BoxOffice, ticket: TicketId) -> Result<f64, Failure> {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let watch = Stopwatch::start();
        for _ in 0..READS {
            std::hint::black_box(office.tickets().get(ticket)?);
        }
        best = best.min(1e6 / watch.rate(READS));
    }
    Ok(best)
}

async fn in_flight(office: BoxOffice, buyer: UserId, tickets: Arc<Vec<TicketId>>) -> Result<f64, Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let watch = Stopwatch::start();
    let workers: Vec<_> = (0..IN_FLIGHT)
        .map(|_| {
            let (orders, tickets, next) = (office.orders(), Arc::clone(&tickets), Arc::clone(&next));
            tokio::spawn(async move {
                while let Some(ticket) = tickets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    orders.create(buyer, &[*ticket]).await?;
                }
                Ok::<_, boxoffice::Error>(())
            })
        })
        .collect();
    for worker in workers {
        worker.await??;
    }
    Ok(watch.rate(tickets.len()))
}

/// Creates a box office with tickets to reserve, in a pseudorandom order.
fn prepared(dir: &Path, count: usize) -> Result<(BoxOffice, UserId, Vec<TicketId>), Failure> {
    let limits = Limits::new().open_orders_max(u32::MAX);
    let office = BoxOffice::builder().limits(limits).open(dir)?;
    let blocking = office.blocking();
    let seller = blocking.auth().sign_up(SignUp::new("seller@example.com", "correct horse"))?.user.id;
    let buyer = blocking.auth().sign_up(SignUp::new("buyer@example.com", "correct horse"))?.user.id;
    let mut listed = Vec::with_capacity(count);
    while listed.len() < count {
        let listing =
            vec![NewTicket::new("Hamlet, stalls", "19.99"); (count - listed.len()).min(limits.listing_tickets_max)];
        listed.extend(blocking.tickets().create_many(seller, listing)?.iter().map(|ticket| ticket.id));
    }
    let tickets = shuffled(count).into_iter().map(|at| listed[at]).collect();
    Ok((office, buyer, tickets))
}

/// Runs a program in another language and returns its measurements.
fn foreign(program: &str, dir: &Path, count: usize) -> Result<Vec<Row>, Failure> {
    let mut words = program.split_whitespace();
    let mut command = Command::new(words.next().ok_or("no program")?);
    command.args(words).arg(dir).arg(count.to_string()).stderr(Stdio::inherit());
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("`{program}` failed: {}", output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    text.lines().map(row_of).collect()
}

fn row_of(line: &str) -> Result<Row, Failure> {
    let mut columns = line.split('\t');
    let name = columns.next().unwrap_or_default().to_owned();
    let mut number = || columns.next().filter(|text| !text.is_empty()).map(str::parse).transpose();
    Ok(Row { rate: number()?, micros: number()?, name })
}

/// Compares a binding with its targets.
fn verdict_of(language: &str, rust: &[Row], measured: &[Row]) -> Result<String, Failure> {
    let mut rates = measured.iter().filter_map(|row| row.rate);
    let instead = rates.next_back().ok_or("no row of what people would write instead")?;
    let best = measured.iter().filter(|row| row.name.contains("1,000")).filter_map(|row| row.rate).fold(0.0, f64::max);
    let read = rust.iter().find_map(|row| row.micros).unwrap_or_default();
    let mut text = format!("- {language}, 1,000 in flight, to SQLite: {}\n", at_least(best / instead, TIMES_MIN, "×"));
    for row in measured {
        let Some(micros) = row.micros else { continue };
        let overhead = micros - read;
        let verdict = if overhead < OVERHEAD_MAX_US { "reached" } else { "not reached" };
        writeln!(
            text,
            "- {}: {overhead:.1} µs more than in Rust (at most {OVERHEAD_MAX_US:.0} µs: {verdict})",
            row.name
        )?;
    }
    Ok(text)
}

fn report(rows: &[Row], verdicts: &str, machine: &str) -> Result<String, Failure> {
    let mut text = String::from("| | durable reservations a second | CPU µs a call |\n|---|--:|--:|\n");
    for row in rows {
        let rate = row.rate.map(thousands).unwrap_or_default();
        let micros = row.micros.map(|micros| format!("{micros:.1}")).unwrap_or_default();
        writeln!(text, "| {} | {rate} | {micros} |", row.name)?;
    }
    writeln!(
        text,
        "\n{verdicts}- Measured on {machine}. A read is `tickets.get`, which waits for no disk: what it takes longer is conversion."
    )?;
    Ok(text)
}
