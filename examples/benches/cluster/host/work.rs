//! What callers at a host do.

use std::fmt::Display;
use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use boxoffice::{BoxOffice, NewTicket, SignUp, TicketId, UserId};
use boxoffice_examples::measure::{Stopwatch, shuffled};
use tokio::runtime::Runtime;

use crate::Failure;

/// Number of buyers that the reservations are spread over.
const BUYERS: usize = 16;

/// Number of tickets that one command lists: it has to fit into a message.
const LISTING: usize = 1_000;

/// Concurrent callers who order and cancel.
const CHURNING: usize = 1_024;

/// A seller and buyers.
pub(super) struct People {
    pub(super) seller: UserId,
    pub(super) buyers: Vec<UserId>,
}

impl People {
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let mut ids = read(file)?.into_iter();
        let seller = ids.next().ok_or("nobody has signed up")?;
        Ok(Self { seller, buyers: ids.collect() })
    }

    /// Returns the buyer for whom a caller acts.
    pub(super) fn buyer(&self, caller: usize) -> UserId {
        self.buyers[caller % self.buyers.len()]
    }
}

/// Reads ids, one a line.
pub(super) fn read<T>(file: &Path) -> Result<Vec<T>, Failure>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let text = fs::read_to_string(file)?;
    Ok(text.lines().map(str::parse).collect::<Result<_, _>>()?)
}

fn write<T: Display>(file: &Path, ids: &[T]) -> Result<(), Failure> {
    let text: Vec<String> = ids.iter().map(ToString::to_string).collect();
    Ok(fs::write(file, text.join("\n"))?)
}

pub(super) async fn sign_up(office: &BoxOffice, file: &Path) -> Result<(), Failure> {
    let mut users = Vec::with_capacity(BUYERS + 1);
    for at in 0..=BUYERS {
        let user = SignUp::new(format!("user{at}@example.com"), "correct horse battery");
        users.push(office.auth().sign_up(user).await?.user.id);
    }
    write(file, &users)
}

pub(super) async fn list(office: &BoxOffice, file: &Path, people: &Path, count: usize) -> Result<(), Failure> {
    let seller = People::read(people)?.seller;
    let mut tickets = Vec::with_capacity(count);
    for start in (0..count).step_by(LISTING) {
        let listing = (start..count.min(start + LISTING))
            .map(|at| NewTicket::new("Hamlet, stalls", "19.99").seat(format!("Row {}, seat {}", at / 40, at % 40)));
        let listed = office.tickets().create_many(seller, listing.collect()).await?;
        tickets.extend(listed.iter().map(|ticket| ticket.id));
    }
    write(file, &tickets)
}

/// Reserves all tickets in a shuffled order. Each caller waits for an answer before its next request. Returns the rate.
pub(super) fn reserve(
    runtime: &Runtime,
    office: &BoxOffice,
    tickets: &Path,
    people: &Path,
    callers: usize,
) -> Result<f64, Failure> {
    let (listed, people) = (read::<TicketId>(tickets)?, People::read(people)?);
    let tickets: Arc<[TicketId]> = shuffled(listed.len()).into_iter().map(|at| listed[at]).collect();
    let watch = Stopwatch::start();
    let calling = (0..callers).map(|caller| {
        let (orders, tickets, buyer) = (office.orders(), Arc::clone(&tickets), people.buyer(caller));
        runtime.spawn(async move {
            for ticket in tickets.iter().skip(caller).step_by(callers) {
                orders.create(buyer, &[*ticket]).await?;
            }
            Ok::<_, boxoffice::Error>(())
        })
    });
    all(runtime, calling.collect())?;
    Ok(watch.rate(tickets.len()))
}

/// Reserves one ticket after the other. Returns the time of each in microseconds, with commas between them.
pub(super) async fn reserve_alone(office: &BoxOffice, tickets: &Path, people: &Path) -> Result<String, Failure> {
    let (tickets, people) = (read::<TicketId>(tickets)?, People::read(people)?);
    let (orders, buyer) = (office.orders(), people.buyer(0));
    let mut times = Vec::with_capacity(tickets.len());
    for ticket in tickets {
        let watch = Stopwatch::start();
        orders.create(buyer, &[ticket]).await?;
        times.push(watch.elapsed().as_micros().to_string());
    }
    Ok(times.join(","))
}

/// Orders tickets and cancels the orders until the journal has so many more records.
pub(super) fn churn(
    runtime: &Runtime,
    office: &BoxOffice,
    tickets: &Path,
    people: &Path,
    records: i64,
) -> Result<(), Failure> {
    let (tickets, people) = (read::<TicketId>(tickets)?, People::read(people)?);
    let pairs = Arc::new(AtomicI64::new(records / 2));
    let calling = tickets.into_iter().take(CHURNING).enumerate().map(|(caller, ticket)| {
        let (orders, pairs, buyer) = (office.orders(), Arc::clone(&pairs), people.buyer(caller));
        runtime.spawn(async move {
            while pairs.fetch_sub(1, Ordering::Relaxed) > 0 {
                let order = orders.create(buyer, &[ticket]).await?;
                orders.cancel(buyer, order.id).await?;
            }
            Ok::<_, boxoffice::Error>(())
        })
    });
    all(runtime, calling.collect())
}

/// Waits for all callers.
fn all(runtime: &Runtime, calling: Vec<tokio::task::JoinHandle<Result<(), boxoffice::Error>>>) -> Result<(), Failure> {
    runtime.block_on(async {
        for caller in calling {
            caller.await??;
        }
        Ok(())
    })
}
