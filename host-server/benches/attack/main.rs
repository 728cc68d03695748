//! Orders of honest buyers while strangers attack, beside the page of a very large show, and the listing of very many
//! shows.
//!
//! One host runs with its default settings, limits included, and everybody comes from an address of their own: buyers,
//! visitors and strangers. The strangers are a process of their own, because the work of attacking must not delay the
//! clock of the buyers. Orders keep below the limit on requests of one address. `BOXOFFICE_BENCH_DIR` sets the
//! directory, and `BOXOFFICE_BENCH_SHORT=1` divides sizes and times by 20, for a trial.

#![allow(clippy::format_push_string, reason = "requests of a few lines, put together once")]

mod client;
#[path = "../shared/host.rs"]
mod host;
mod listings;
mod orders;
#[path = "../shared/output.rs"]
mod output;
mod pace;
mod pages;
mod process;
mod report;
mod strangers;
#[path = "../shared/wire.rs"]
mod wire;

use std::net::Ipv4Addr;
use std::path::Path;
use std::time::{Duration, Instant};

use boxoffice::{BoxOffice, SignUp};

use crate::host::Host;
use crate::listings::{list, plain, seat_of_large_show, seats, shows};
use crate::orders::orders;
use crate::output::{progress, say};
use crate::pages::Visitor;
use crate::report::{Attack, LargeShow, Latencies, Report};
use crate::strangers::Strangers;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Addresses of the strangers, of the people who trade, and of those who look at pages.
const STRANGERS_FROM: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const PEOPLE_FROM: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
const VISITORS_FROM: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 4);

/// Email of the buyer, whose password the strangers guess.
const BUYER: &str = "buyer@example.com";

/// Number of sellers of the shows, since one user lists only so many tickets in a row.
const HOUSES: usize = 5;

/// Seconds of orders in quiet, and of the attack.
const ATTACK_SECONDS: u64 = 20;

/// Seconds of orders at the large show, with its page and without.
const LARGE_SHOW_SECONDS: u64 = 10;

/// Seconds of orders that don't count, and bring in code and data that are needed once.
const WARM_UP_SECONDS: u64 = 1;

/// Seats of the large show.
const SEATS: usize = 50_000;

/// Number of shows with a ticket each.
const SHOWS: usize = 100_000;

/// Listings of all shows, and how often each is asked for.
const LISTINGS: [&str; 3] = ["/", "/?sort=name", "/?q=Hamlet"];
const LISTING_REQUESTS: usize = 200;

/// Tokens of the people who trade, and of a stranger who has signed up.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) seller: String,
    pub(crate) buyer: String,
    pub(crate) houses: Vec<String>,
    pub(crate) stranger: String,
}

fn main() -> Result<(), Failure> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    if let Some(server) = strangers::asked_to_be() {
        return strangers::run(&server);
    }
    // One thread for the clients.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(measure())?;
    say(&format!("<!-- bench:attack -->\n{report}<!-- /bench:attack -->"))
}

async fn measure() -> Result<Report, Failure> {
    let dir = match std::env::var_os("BOXOFFICE_BENCH_DIR") {
        Some(dir) => tempfile::tempdir_in(dir)?,
        None => tempfile::tempdir()?,
    };
    let people = prepare(dir.path()).await?;
    let host = Host::start(dir.path())?;
    orders(&host, &people, plain, seconds(WARM_UP_SECONDS)).await?;
    let attack = attack(&host, &people).await?;
    let large_show = large_show(&host, &people).await?;
    let listings = many_shows(&host, &people).await?;
    Ok(Report { attack, large_show, listings })
}

/// Signs the people up, before a server opens the directory.
async fn prepare(dir: &Path) -> Result<People, Failure> {
    let office = BoxOffice::open(dir)?;
    let sign_up = async |email: &str| {
        let signed_up = office.auth().sign_up(SignUp::new(email, "correct horse battery")).await?;
        Ok::<_, Failure>(signed_up.token)
    };
    let (seller, buyer) = (sign_up("seller@example.com").await?, sign_up(BUYER).await?);
    let stranger = sign_up("stranger@example.com").await?;
    let mut houses = Vec::new();
    for house in 0..HOUSES {
        houses.push(sign_up(&format!("house{house}@example.com")).await?);
    }
    office.close().await?;
    Ok(People { seller, buyer, houses, stranger })
}

/// Measures orders in quiet, and then while strangers do all that they can think of.
async fn attack(host: &Host, people: &People) -> Result<Attack, Failure> {
    let quiet = orders(host, people, plain, seconds(ATTACK_SECONDS)).await?;
    progress(&format!("orders in quiet: {quiet}"));
    let memory_before_mb = host.memory_mb()?;
    let strangers = Strangers::set_upon(host.address, &people.stranger)?;
    let attacked = orders(host, people, plain, seconds(ATTACK_SECONDS)).await?;
    let tries = strangers.stop()?;
    let memory_peak_mb = host.memory_peak_mb()?;
    progress(&format!("orders under attack: {attacked}; {tries}"));
    Ok(Attack { quiet, attacked, tries, memory_before_mb, memory_peak_mb })
}

/// Measures orders at a large show, alone and then while its page is asked for.
async fn large_show(host: &Host, people: &People) -> Result<LargeShow, Failure> {
    let count = size(SEATS);
    progress(&format!("listing {count} seats of one show"));
    list(host, people, &seats(count)).await?;
    let mut visitor = Visitor::come(host).await?;
    let found = visitor.wait_for("/?q=Colosseum", &format!(">{count} left")).await?;
    let (_, rest) = found.split_once("href=\"/shows/").ok_or("the show is not listed")?;
    let page = format!("/shows/{}", rest.split('"').next().unwrap_or_default());
    visitor.look(&page).await?;

    let quiet = orders(host, people, |at| seat_of_large_show("alone", at), seconds(LARGE_SHOW_SECONDS)).await?;
    progress(&format!("orders at the large show: {quiet}"));
    let (beside, page) = tokio::try_join!(
        orders(host, people, |at| seat_of_large_show("beside", at), seconds(LARGE_SHOW_SECONDS)),
        visitor.look_for(&page, seconds(LARGE_SHOW_SECONDS)),
    )?;
    progress(&format!("orders beside its page: {beside}; the page: {page}"));
    Ok(LargeShow { quiet, beside, page })
}

/// Measures the listing of very many shows.
async fn many_shows(host: &Host, people: &People) -> Result<Vec<(&'static str, Latencies)>, Failure> {
    let count = size(SHOWS);
    progress(&format!("listing {count} shows"));
    list(host, people, &shows(count)).await?;
    let mut visitor = Visitor::come(host).await?;
    visitor.wait_for("/?q=Everywhere", &format!(">{count} shows")).await?;
    let mut listings = Vec::new();
    for path in LISTINGS {
        let times = visitor.look_often(path, size(LISTING_REQUESTS)).await?;
        progress(&format!("GET {path}: {times}"));
        listings.push((path, times));
    }
    Ok(listings)
}

/// Returns `true` for a trial of a twentieth of everything.
pub(crate) fn is_short() -> bool {
    std::env::var("BOXOFFICE_BENCH_SHORT").is_ok_and(|value| value == "1")
}

/// Returns a number of things, or a twentieth of it for a trial.
pub(crate) fn size(number: usize) -> usize {
    if is_short() { number.div_ceil(20) } else { number }
}

/// Returns a number of seconds, or a twentieth of it for a trial.
fn seconds(number: u64) -> Duration {
    let duration = Duration::from_secs(number);
    if is_short() { duration / 20 } else { duration }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the real time that something takes")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
