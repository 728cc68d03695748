//! The engine under many concurrent callers, each of which reserves its own tickets.

use std::path::Path;
use std::sync::Arc;

use boxoffice::{BoxOffice, Limits, NewTicket, Record, SignUp, TicketId, UserId};
use boxoffice_examples::measure::{Stopwatch, shuffled};
use tokio::runtime::Runtime;

use crate::Failure;

/// Number of buyers that the reservations are spread over.
pub(crate) const BUYERS: usize = 16;

/// Number of tickets that one command lists.
const LISTING: usize = 10_000;

/// Returns the reservations a second with `callers` concurrent callers, each of which waits for its answer before its
/// next request.
pub(crate) fn run(dir: &Path, callers: usize, count: usize) -> Result<f64, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (office, buyers, tickets) = runtime.block_on(prepare(dir, count))?;
    let rate = reserve_all(&runtime, &office, &buyers, &tickets, callers)?;
    runtime.block_on(office.close())?;
    Ok(rate)
}

/// Returns the record of a reservation, for its size.
pub(crate) fn sample(dir: &Path) -> Result<Record, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (office, buyers, tickets) = prepare(dir, 1).await?;
        office.orders().create(buyers[0], &tickets).await?;
        let head = office.journal().head()?;
        let record = office.journal().read(head, 1)?.pop().ok_or("the journal is empty")?;
        office.close().await?;
        Ok(record)
    })
}

/// Lists the tickets, and reopens the box office so that no work is left over from that.
async fn prepare(dir: &Path, count: usize) -> Result<(BoxOffice, Vec<UserId>, Vec<TicketId>), Failure> {
    let limits = Limits::new().open_orders_max(u32::MAX);
    let builder = BoxOffice::builder().limits(limits);
    let office = builder.clone().open(dir)?;
    let mut users = Vec::with_capacity(BUYERS + 1);
    for at in 0..=BUYERS {
        let user = SignUp::new(format!("user{at}@example.com"), "correct horse battery");
        users.push(office.auth().sign_up(user).await?.user.id);
    }
    let (seller, buyers) = users.split_first().ok_or("nobody signed up")?;
    let mut tickets = Vec::with_capacity(count);
    for start in (0..count).step_by(LISTING) {
        let listing = (start..count.min(start + LISTING))
            .map(|at| NewTicket::new("Hamlet, stalls", "19.99").seat(format!("Row {}, seat {}", at / 40, at % 40)));
        let listed = office.tickets().create_many(*seller, listing.collect()).await?;
        tickets.extend(listed.iter().map(|ticket| ticket.id));
    }
    office.close().await?;
    drop(office);
    Ok((builder.open(dir)?, buyers.to_vec(), tickets))
}

fn reserve_all(
    runtime: &Runtime,
    office: &BoxOffice,
    buyers: &[UserId],
    tickets: &[TicketId],
    callers: usize,
) -> Result<f64, Failure> {
    let count = tickets.len();
    let tickets: Arc<[TicketId]> = shuffled(count).into_iter().map(|at| tickets[at]).collect();
    let watch = Stopwatch::start();
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let (orders, tickets, buyer) = (office.orders(), Arc::clone(&tickets), buyers[caller % buyers.len()]);
            runtime.spawn(async move {
                for ticket in tickets.iter().skip(caller).step_by(callers) {
                    orders.create(buyer, &[*ticket]).await?;
                }
                Ok::<_, boxoffice::Error>(())
            })
        })
        .collect();
    runtime.block_on(async {
        for task in tasks {
            task.await??;
        }
        Ok::<_, Failure>(())
    })?;
    let rate = watch.rate(count);
    let open = office.metrics().open_orders;
    if open == count { Ok(rate) } else { Err(format!("{open} of {count} tickets are reserved").into()) }
}
