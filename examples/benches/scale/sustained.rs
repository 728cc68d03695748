//! Minutes of sales at full speed, to show whether views and checkpoints keep up and memory stays bounded.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use boxoffice::testing::History;
use boxoffice::{BoxOffice, Error, NewTicket, TicketId, UserId};
use boxoffice_examples::measure::{Stopwatch, median, progress, thousands};

use crate::Failure;
use crate::load::{CALLERS, available, runtime};
use crate::metrics::tell;
use crate::phase::close;
use crate::process::memory;

/// Number of tickets that one command lists to replace sold ones.
const LISTING: u64 = 32;

pub(crate) fn measure(office: &BoxOffice, history: &History, length: Duration) -> Result<(), Failure> {
    let tickets = available(office, 60_000)?;
    let per_caller = tickets.len() / CALLERS;
    let (buyers, sellers): (Arc<[UserId]>, Arc<[UserId]>) = (history.buyer_ids().into(), history.seller_ids().into());
    let (stop, orders) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let runtime = runtime()?;
    runtime.block_on(async {
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let own = tickets[caller * per_caller..(caller + 1) * per_caller].to_vec();
                let buyer = buyers[caller % buyers.len()];
                let seller = sellers[caller % sellers.len()];
                tokio::spawn(sell(office.clone(), own, buyer, seller, Arc::clone(&stop), Arc::clone(&orders)))
            })
            .collect();
        let seen = watch(office, length, &orders).await;
        stop.store(true, Ordering::Relaxed);
        for caller in callers {
            caller.await??;
        }
        seen.tell();
        Ok::<_, Failure>(())
    })?;
    close(office)
}

/// Runs one caller: of ten orders six are paid and four cancelled, and sold tickets are listed anew.
async fn sell(
    office: BoxOffice,
    mut tickets: Vec<TicketId>,
    buyer: UserId,
    seller: UserId,
    stop: Arc<AtomicBool>,
    orders: Arc<AtomicU64>,
) -> Result<(), Error> {
    let mut turn = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        let Some(ticket) = tickets.pop() else {
            let listings = (0..LISTING)
                .map(|at| NewTicket::new("Hamlet, stalls", "19.99").seat(format!("Row {}, seat {}", at / 40, at % 40)));
            let listed = office.tickets().create_many(seller, listings.collect()).await?;
            tickets.extend(listed.iter().map(|ticket| ticket.id));
            continue;
        };
        let order = office.orders().create(buyer, &[ticket]).await?;
        if turn % 10 < 6 {
            office.payments().pay(buyer, order.id, "tok_visa").await?;
        } else {
            office.orders().cancel(buyer, order.id).await?;
            tickets.insert(0, ticket);
        }
        turn += 1;
        orders.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Samples, one for each second.
#[derive(Debug, Default)]
struct Seen {
    rates: Vec<f64>,
    lags: Vec<f64>,
    memory: Vec<f64>,
}

async fn watch(office: &BoxOffice, length: Duration, orders: &AtomicU64) -> Seen {
    let mut seen = Seen::default();
    let (watch, mut last) = (Stopwatch::start(), (0, Duration::ZERO));
    while watch.elapsed() < length {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (now, count) = (watch.elapsed(), orders.load(Ordering::Relaxed));
        seen.rates.push((count - last.0) as f64 / now.saturating_sub(last.1).as_secs_f64());
        last = (count, now);
        seen.lags.push(office.metrics().checkpoint_lag as f64);
        seen.memory.push(memory().0);
        if seen.rates.len().is_multiple_of(10) {
            let [rate, lag, memory] = [&seen.rates, &seen.lags, &seen.memory].map(|all| all.last().copied());
            progress(&format!(
                "{:.0} s: {} orders/s, {} entities wait for the checkpoint, {:.0} MB",
                now.as_secs_f64(),
                thousands(rate.unwrap_or_default()),
                thousands(lag.unwrap_or_default()),
                memory.unwrap_or_default() / 1e6
            ));
        }
    }
    seen
}

impl Seen {
    fn tell(&self) {
        let most = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
        let (first, second) = self.rates.split_at(self.rates.len() / 2);
        tell("sustained.seconds", self.rates.len() as f64);
        tell("sustained.rate", median(&self.rates));
        tell("sustained.rate.first", median(first));
        tell("sustained.rate.second", median(second));
        let (first, second) = self.lags.split_at(self.lags.len() / 2);
        tell("sustained.lag.first", most(first));
        tell("sustained.lag.second", most(second));
        let (first, second) = self.memory.split_at(self.memory.len() / 2);
        tell("sustained.memory.first", most(first));
        tell("sustained.memory.second", most(second));
    }
}
