//! Cost of thousands of pages that follow a show: memory, and the slowdown of orders. Also the time of the first page
//! with very many tickets on sale.
//!
//! Host, buyers and followers are separate processes. On a machine with two cores the host has one, and all others
//! share another, so that the cost of the followers themselves is not attributed to the host. Rounds with and without
//! followers take turns in one run, and the median of each counts. All orders are for tickets of the followed show, and
//! each is cancelled again: the maximum rate of notifications. The journal is in memory if the system has a file system
//! there: a disk would limit the orders and hide the cost of followers. `BOXOFFICE_BENCH_ROUNDS` and
//! `BOXOFFICE_BENCH_DIR` set the rounds and the directory.

#![allow(
    clippy::format_push_string,
    clippy::cast_precision_loss,
    reason = "figures of a few digits, put together once"
)]

#[path = "../http/client.rs"]
mod client;
mod followers;
#[path = "../shared/host.rs"]
mod host;
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

use boxoffice::{BoxOffice, NewShow, NewTicket, SignUp, UserId};

use crate::followers::Followers;
use crate::host::Host;
use crate::orders::{Buyer, buyers_of, orders};
use crate::output::{progress, say};
use crate::pinned::{pin, place};
use crate::report::{FirstPage, Report, Round};
use crate::rounds::{median, rounds};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Number of pages that follow the show.
const FOLLOWERS: usize = 2_000;

/// Number of concurrent buyers.
const BUYERS: usize = 64;

/// Number of other tickets on sale, and number of their shows.
const OTHERS: usize = 100_000;
const OTHER_SHOWS: usize = 200;

/// Name of the followed show.
const SHOW: &str = "Followed by everybody";

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    if let Some(feed) = followers::asked_to_be() {
        return followers::run(&feed);
    }
    let is_pinned = pin(std::process::id());
    // One thread for the buyers.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(measure(rounds(13), is_pinned))?;
    say(&format!("<!-- bench:feeds -->\n{report}<!-- /bench:feeds -->"))
}

async fn measure(rounds: usize, is_pinned: bool) -> Result<Report, Failure> {
    let place = place();
    let dir = tempfile::tempdir_in(&place)?;
    progress(&format!("listing {OTHERS} tickets"));
    let buyers = prepare(dir.path()).await?;
    let host = Host::start(dir.path(), is_pinned)?;
    let first_page = first_page(&host).await?;
    let feed = feed(&host).await?;
    // A round that does not count brings in code and data that are needed once.
    orders(&host, &buyers).await?;
    let mut report = Report { is_pinned, place, first_page, rounds: Vec::new(), heard: usize::MAX };
    for at in 1..=rounds {
        let without = round(&host, &buyers).await?;
        progress(&format!("round {at} of {rounds} without followers: {without}"));
        let followers = Followers::open(&feed)?;
        let with = round(&host, &buyers).await?;
        let heard = followers.close()?;
        progress(&format!("round {at} of {rounds} with {FOLLOWERS} followers: {with}, and {heard} heard of it"));
        report.heard = report.heard.min(heard);
        report.rounds.push((without, with));
    }
    Ok(report)
}

async fn round(host: &Host, buyers: &[Buyer]) -> Result<Round, Failure> {
    let busy_before = host.busy()?;
    let (count, took) = orders(host, buyers).await?;
    let busy = host.busy()?.saturating_sub(busy_before);
    Ok(Round {
        orders_a_second: count as f64 / took.as_secs_f64(),
        busy_us_an_order: busy.as_micros() as f64 / count.max(1) as f64,
        memory_mb: host.memory_mb()?,
    })
}

/// Returns the address of the followed show's feed.
async fn feed(host: &Host) -> Result<String, Failure> {
    let page = reqwest::get(format!("http://{}/?q=Followed", host.address)).await?.text().await?;
    let (_, rest) = page.split_once("href=\"/shows/").ok_or("the show is not listed")?;
    let key = rest.split('"').next().unwrap_or_default();
    Ok(format!("{} /shows/{key}/live?since={}", host.address, u32::MAX))
}

/// Measures the time of the first page, and its size with all that it loads.
async fn first_page(host: &Host) -> Result<FirstPage, Failure> {
    let client = reqwest::Client::new();
    let page = format!("http://{}/", host.address);
    let get = async |address: &str| client.get(address).header("accept", "text/html").send().await?.text().await;
    let html = get(&page).await?;
    let mut bytes = html.len();
    let loads = html.split('"').filter(|part| part.starts_with("/assets/"));
    for asset in loads.collect::<std::collections::BTreeSet<_>>() {
        bytes += get(&format!("http://{}{asset}", host.address)).await?.len();
    }
    let mut times = Vec::new();
    for _ in 0..51 {
        let start = orders::now();
        get(&page).await?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(FirstPage { bytes, median_ms: median(times) })
}

/// Signs buyers up, lists a ticket for each at the followed show, and lists many others, before a server opens the
/// directory.
async fn prepare(dir: &Path) -> Result<Vec<Buyer>, Failure> {
    let office = BoxOffice::open(dir)?;
    let seller = office.auth().sign_up(SignUp::new("seller@example.com", "correct horse battery")).await?.user.id;
    list_others(&office, seller).await?;
    let tickets = (0..BUYERS).map(|at| ticket(SHOW, at));
    let tickets = office.tickets().create_many(seller, tickets.collect()).await?;
    let buyers = buyers_of(&office, &tickets).await?;
    office.close().await?;
    Ok(buyers)
}

async fn list_others(office: &BoxOffice, seller: UserId) -> Result<(), Failure> {
    for from in (0..OTHERS).step_by(10_000) {
        let tickets = (from..from + 10_000).map(|at| ticket(&format!("Show {}", at % OTHER_SHOWS), at));
        office.tickets().create_many(seller, tickets.collect()).await?;
    }
    Ok(())
}

fn ticket(show: &str, at: usize) -> NewTicket {
    let details = NewShow::new(show, "2039-05-01T19:30:00Z").category("concert").venue("Harbour Hall");
    NewTicket::new(show, "19.99").seat(format!("Row {}, seat {}", at / 40, at % 40)).show(details)
}
