//! The seller and the buyers, and their actions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use boxoffice::TicketId;
use boxoffice_examples::measure::{Stopwatch, rate, thousands};
use fastrand::Rng;
use indicatif::ProgressBar;

use crate::args::Arguments;
use crate::latency::{Latency, Step};
use crate::shop::{Answer, Failure, LISTING_MAX, Shop, Status};

/// Maximum number of adjacent seats that a buyer wants.
const PARTY_MAX: usize = 4;

/// Number of refusals after which a buyer gives up.
const TRIES_MAX: usize = 5;

/// Number of concurrent sign-ups.
const SIGN_UPS: usize = 8;

/// Way in which a buyer ends an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    Pay,
    PayWithBadCard,
    Cancel,
    WalkAway,
}

impl Plan {
    fn choose(random: &mut Rng) -> Self {
        match random.u32(0..100) {
            0..75 => Self::Pay,
            75..85 => Self::PayWithBadCard,
            85..98 => Self::Cancel,
            _ => Self::WalkAway,
        }
    }
}

/// Outcomes as the buyers see them.
#[derive(Debug, Default)]
pub(crate) struct Sale {
    pub(crate) latency: Latency,
    /// Tickets that were confirmed as bought, once for each confirmation.
    pub(crate) bought: Vec<TicketId>,
    /// Money taken for them, in minor units.
    pub(crate) paid_minor: u64,
    /// Tickets that buyers walked away from.
    pub(crate) left_locked: Vec<TicketId>,
    /// Number of buyers who left without a ticket.
    pub(crate) empty_handed: usize,
    /// Time from the opening until the last buyer has left.
    pub(crate) took: Duration,
}

impl Sale {
    fn add(&mut self, other: Self) {
        self.latency.add(&other.latency);
        self.bought.extend(other.bought);
        self.paid_minor += other.paid_minor;
        self.left_locked.extend(other.left_locked);
        self.empty_handed += other.empty_handed;
    }

    /// Returns a summary in two lines.
    pub(crate) fn summary(&self, arguments: &Arguments) -> String {
        let decided = [Step::Lock, Step::LockRefused, Step::Pay, Step::Decline, Step::Cancel];
        let commands: u64 = decided.into_iter().map(|step| self.latency.count(step)).sum();
        format!(
            "{} buyers came for {} tickets, {} at once; {} went home without one.\n{} commands in {:.2} s: {}/s.\n",
            thousands(arguments.buyers as f64),
            thousands(arguments.tickets as f64),
            thousands(arguments.concurrency as f64),
            thousands(self.empty_handed as f64),
            thousands(commands as f64),
            self.took.as_secs_f64(),
            thousands(rate(usize::try_from(commands).unwrap_or(usize::MAX), self.took)),
        )
    }
}

/// Signs all buyers up.
pub(crate) async fn sign_up<S: Shop>(
    shop: &Arc<S>,
    arguments: &Arguments,
    bar: &ProgressBar,
) -> Result<Arc<[S::Account]>, Failure> {
    let mut accounts = Vec::with_capacity(arguments.accounts());
    for start in (0..arguments.accounts()).step_by(SIGN_UPS) {
        let end = arguments.accounts().min(start + SIGN_UPS);
        let sign_ups: Vec<_> = (start..end)
            .map(|at| {
                let (shop, email) = (Arc::clone(shop), arguments.email("buyer", at));
                tokio::spawn(async move { shop.sign_up(&email).await })
            })
            .collect();
        for sign_up in sign_ups {
            accounts.push(sign_up.await??);
            bar.inc(1);
        }
    }
    Ok(accounts.into())
}

/// Lists the show's tickets.
pub(crate) async fn list<S: Shop>(
    shop: &S,
    seller: &S::Account,
    count: usize,
    bar: &ProgressBar,
) -> Result<Arc<[TicketId]>, Failure> {
    let mut tickets = Vec::with_capacity(count);
    // A directory or server may have the seats of an earlier run: each seat is listed once.
    let block = fastrand::u32(..);
    for start in (0..count).step_by(LISTING_MAX) {
        let seats = start..count.min(start + LISTING_MAX);
        let seats = seats.map(|at| format!("Block {block}, row {}, seat {}", at / 40 + 1, at % 40 + 1)).collect();
        tickets.extend(shop.list(seller, seats).await?);
        bar.set_position(tickets.len() as u64);
    }
    Ok(tickets.into())
}

/// Lets the buyers in, up to the limit of concurrency.
pub(crate) async fn open_sale<S: Shop>(
    shop: &Arc<S>,
    accounts: &Arc<[S::Account]>,
    tickets: &Arc<[TicketId]>,
    arguments: &Arguments,
    bar: &ProgressBar,
) -> Result<Sale, Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let watch = Stopwatch::start();
    let doors: Vec<_> = (0..arguments.concurrency.min(arguments.buyers))
        .map(|_| {
            let (shop, accounts, tickets) = (Arc::clone(shop), Arc::clone(accounts), Arc::clone(tickets));
            let (next, bar, buyers, seed) = (Arc::clone(&next), bar.clone(), arguments.buyers, arguments.seed);
            tokio::spawn(async move {
                let mut sale = Sale::default();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= buyers {
                        return Ok::<_, Failure>(sale);
                    }
                    // Each buyer's choices follow from the seed, in any order of arrival.
                    let random = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(at as u64));
                    visit(&*shop, &accounts[at % accounts.len()], &tickets, random, &mut sale).await?;
                    bar.inc(1);
                }
            })
        })
        .collect();
    let mut sale = Sale::default();
    for door in doors {
        sale.add(door.await??);
    }
    sale.took = watch.elapsed();
    Ok(sale)
}

/// Runs one buyer: looks for adjacent seats, locks them, and pays or does not.
async fn visit<S: Shop>(
    shop: &S,
    buyer: &S::Account,
    tickets: &[TicketId],
    mut random: Rng,
    sale: &mut Sale,
) -> Result<(), Failure> {
    let plan = Plan::choose(&mut random);
    let party = random.usize(1..=PARTY_MAX.min(tickets.len()));
    for _ in 0..TRIES_MAX {
        let first = random.usize(0..=tickets.len() - party);
        let wanted = &tickets[first..first + party];
        let watch = Stopwatch::start();
        let status = shop.status(wanted[0]).await?;
        sale.latency.record(Step::Look, watch.elapsed());
        if status != Status::Available {
            continue;
        }
        let watch = Stopwatch::start();
        match shop.order(buyer, wanted).await? {
            Answer::Done(order) => {
                sale.latency.record(Step::Lock, watch.elapsed());
                return finish(shop, buyer, order, wanted, plan, sale).await;
            }
            Answer::Refused(_) => sale.latency.record(Step::LockRefused, watch.elapsed()),
        }
    }
    sale.empty_handed += 1;
    Ok(())
}

async fn finish<S: Shop>(
    shop: &S,
    buyer: &S::Account,
    order: boxoffice::OrderId,
    tickets: &[TicketId],
    plan: Plan,
    sale: &mut Sale,
) -> Result<(), Failure> {
    let watch = Stopwatch::start();
    let (step, as_planned) = match plan {
        Plan::Pay => match shop.pay(buyer, order, "tok_visa").await? {
            Answer::Done(minor) => {
                sale.bought.extend(tickets);
                sale.paid_minor += minor;
                (Step::Pay, true)
            }
            Answer::Refused(_) => (Step::Pay, false),
        },
        Plan::PayWithBadCard => {
            let answer = shop.pay(buyer, order, "tok_chargeDeclined").await?;
            (Step::Decline, answer == Answer::Refused(402))
        }
        Plan::Cancel => (Step::Cancel, shop.cancel(buyer, order).await? == Answer::Done(())),
        Plan::WalkAway => {
            sale.left_locked.extend(tickets);
            return Ok(());
        }
    };
    sale.latency.record(step, watch.elapsed());
    sale.empty_handed += usize::from(step != Step::Pay);
    if as_planned { Ok(()) } else { Err(format!("{step:?} of order {order} did not end as it must").into()) }
}
