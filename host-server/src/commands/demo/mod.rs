//! `demo`: fills a directory with a realistic box office, through the public façade.
//!
//! Its clock starts two weeks ago and runs until now, so that expiries and payments have realistic times. Equal seeds
//! give equal shows, users and orders; ids and times differ.

mod cast;
mod clock;

use std::sync::Arc;
use std::time::Duration;

use boxoffice::blocking::BoxOffice;
use boxoffice::{Actor, Clock, Code, NewTicket, RandomIds, SystemClock, Ticket, TicketId, Timestamp, UserId};
use fastrand::Rng;
use indicatif::ProgressBar;

use self::clock::DemoClock;
use crate::config::{DemoArgs, key_ring};
use crate::terminal::{Outcome, progress_bar, say};

const PASSWORD: &str = "correct horse battery";
const OPERATOR: &str = "olga@boxoffice.example";
const SELLERS: usize = 4;
const BUYERS: usize = 12;
const DAY: Duration = Duration::from_hours(24);
const HISTORY: Duration = Duration::from_hours(14 * 24);
const HOLD: Duration = Duration::from_mins(15);
const RUSH: Duration = Duration::from_hours(3);

pub(super) fn run(args: &DemoArgs) -> Outcome {
    let now = SystemClock::new().now();
    let start = Timestamp::from_millis(now.as_millis() - millis(HISTORY));
    let clock = Arc::new(DemoClock::at(start));
    let builder = boxoffice::BoxOffice::builder().hold(HOLD).clock(clock.clone()).ids(Arc::new(RandomIds));
    let builder = key_ring()?.into_iter().fold(builder, boxoffice::Builder::key_ring);
    let taken = || format!("{} has a box office in it already", args.data.data.display());
    let office = match builder.open(&args.data.data) {
        // The demo begins a fortnight ago, and only a directory with records has a time of its own.
        Err(error) if error.code() == Code::ClockJumped => return Err(taken().into()),
        opened => opened?.blocking(),
    };
    if office.metrics().head_seq > 0 {
        return Err(taken().into());
    }
    let bar = progress_bar("filling", "steps");
    let mut demo = Demo { office, clock, rng: Rng::with_seed(args.seed), bar, sellers: Vec::new(), buyers: Vec::new() };
    demo.people()?;
    let tickets = demo.shows(args.shows as usize)?;
    let is_wanted_by_all =
        |ticket: &Arc<Ticket>| ticket.show.as_deref().is_some_and(|show| show.name.as_str() == cast::SOLD_OUT);
    let (wanted_by_all, others): (Vec<_>, Vec<_>) = tickets.iter().cloned().partition(is_wanted_by_all);
    demo.sell_out(&wanted_by_all)?;
    demo.sales(&others, now)?;
    demo.bar.finish_and_clear();
    demo.office.close()?;
    tell(&demo, tickets.len(), &args.data.data.display().to_string());
    Ok(())
}

fn tell(demo: &Demo, tickets: usize, data: &str) {
    let metrics = demo.office.metrics();
    say(format_args!(
        "{} users, {tickets} tickets, {} on sale, {} held right now",
        metrics.users, metrics.tickets_available, metrics.tickets_locked
    ));
    say(format_args!("operator: {OPERATOR}"));
    say(format_args!("seller:   {}", email(cast::SELLERS[0])));
    say(format_args!("buyer:    {}", email(cast::BUYERS[0])));
    say(format_args!("password: {PASSWORD}"));
    say(format_args!("serve it: boxoffice-server --data {data}, then open http://127.0.0.1:3000"));
}

/// The state of the demo's creation.
struct Demo {
    office: BoxOffice,
    clock: Arc<DemoClock>,
    rng: Rng,
    bar: ProgressBar,
    sellers: Vec<UserId>,
    buyers: Vec<UserId>,
}

impl Demo {
    fn people(&mut self) -> Outcome {
        self.bar.set_length((SELLERS + BUYERS + 1) as u64);
        self.sign_up(OPERATOR.to_owned())?;
        self.office.auth().set_operator(OPERATOR, true)?;
        for name in cast::SELLERS {
            let id = self.sign_up(email(name))?;
            self.sellers.push(id);
        }
        for name in cast::BUYERS {
            let id = self.sign_up(email(name))?;
            self.buyers.push(id);
        }
        Ok(())
    }

    fn sign_up(&mut self, email: String) -> Result<UserId, boxoffice::Error> {
        let user = self.office.auth().sign_up(boxoffice::SignUp::new(email, PASSWORD))?.user;
        self.clock.advance(Duration::from_secs(self.rng.u64(60..600)));
        self.bar.inc(1);
        Ok(user.id)
    }

    fn shows(&mut self, count: usize) -> Result<Vec<Arc<Ticket>>, boxoffice::Error> {
        self.bar.inc_length(count as u64);
        let mut tickets = Vec::new();
        for at in 0..count {
            let starts_at = self.clock.now().plus(HISTORY).plus(DAY * self.rng.u32(5..90));
            let show = cast::show(at, &mut self.rng, starts_at);
            let seller = self.sellers[at % self.sellers.len()];
            let listings: Vec<NewTicket> = cast::tickets(&show, &mut self.rng);
            tickets.extend(self.office.tickets().create_many(seller, listings)?);
            self.clock.advance(Duration::from_secs(self.rng.u64(600..7200)));
            self.bar.inc(1);
        }
        Ok(tickets)
    }

    /// Sells all of the tickets, in orders of ten.
    fn sell_out(&mut self, tickets: &[Arc<Ticket>]) -> Outcome {
        for (at, tickets) in tickets.chunks(10).enumerate() {
            let buyer = self.buyers[at % BUYERS];
            let ids: Vec<TicketId> = tickets.iter().map(|ticket| ticket.id).collect();
            let order = self.office.orders().create(buyer, &ids)?;
            self.office.payments().pay(buyer, order.id, "tok_visa")?;
            self.clock.advance(Duration::from_mins(3));
        }
        Ok(())
    }

    /// Sells about half of the tickets, one order after the other, until now. The last few orders stay open.
    fn sales(&mut self, tickets: &[Arc<Ticket>], now: Timestamp) -> Outcome {
        let mut wanted: Vec<TicketId> = tickets.iter().map(|ticket| ticket.id).collect();
        self.rng.shuffle(&mut wanted);
        wanted.truncate((tickets.len() / 2).max(1));
        let open_count = (wanted.len() / 10).clamp(1, BUYERS);
        let (past, open) = wanted.split_at(wanted.len() - open_count);
        self.bar.inc_length(wanted.len() as u64);
        let times = times(self.clock.now(), now, past.len());
        for (at, (ticket, time)) in past.iter().zip(times).enumerate() {
            self.clock.set(time);
            let buyer = self.buyers[self.rng.usize(0..BUYERS)];
            self.sale(at, buyer, *ticket, now.since(time) > HOLD)?;
            self.bar.inc(1);
        }
        // Unpaid holds expire on the way.
        self.clock.set(now);
        for (buyer, ticket) in self.buyers.clone().into_iter().zip(open) {
            self.office.orders().create(buyer, &[*ticket])?;
            self.bar.inc(1);
        }
        Ok(())
    }

    /// Creates one order and ends it. The first six orders end in six different ways, for every seed.
    fn sale(&mut self, at: usize, buyer: UserId, ticket: TicketId, may_expire: bool) -> Outcome {
        const FIRST: [usize; 6] = [0, 20, 40, 60, 80, 96];
        let order = self.office.orders().create(buyer, &[ticket])?;
        let fate = FIRST.get(at).copied().unwrap_or_else(|| self.rng.usize(0..100));
        match fate {
            0..20 => self.office.orders().cancel(buyer, order.id)?,
            20..40 if may_expire => {}
            40..50 => match self.office.payments().pay(buyer, order.id, "tok_chargeDeclined") {
                Err(error) if error.code() == boxoffice::Code::PaymentDeclined => {}
                other => return other.map(drop).map_err(Into::into),
            },
            _ => {
                let cards = ["tok_visa", "tok_mastercard", "tok_amex"];
                self.office.payments().pay(buyer, order.id, cards[fate % cards.len()])?;
                if fate >= 96 {
                    self.clock.advance(Duration::from_hours(1));
                    self.office.payments().refund(Actor::System, order.id, true)?;
                }
            }
        }
        Ok(())
    }
}

/// Returns the times of `count` orders: half of them are spread over the history, the other half over the last hours.
fn times(start: Timestamp, now: Timestamp, count: usize) -> impl Iterator<Item = Timestamp> {
    let rush = Timestamp::from_millis(now.as_millis().saturating_sub(millis(RUSH))).max(start);
    let quiet = count / 2;
    let spread = |from: Timestamp, to: Timestamp, at: usize, of: usize| {
        let part = u128::from(millis(to.since(from))) * at as u128 / of.max(1) as u128;
        from.plus(Duration::from_millis(u64::try_from(part).unwrap_or(0)))
    };
    (0..count).map(move |at| {
        if at < quiet { spread(start, rush, at, quiet) } else { spread(rush, now, at - quiet, count - quiet) }
    })
}

fn email(name: &str) -> String {
    format!("{name}@boxoffice.example")
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_made_in_order_and_never_later_than_now() {
        let now = Timestamp::from_millis(2_000_000_000);
        let start = Timestamp::from_millis(now.as_millis() - millis(HISTORY));
        for count in [0, 1, 2, 131] {
            let times: Vec<_> = times(start, now, count).collect();
            assert_eq!(times.len(), count);
            assert!(times.is_sorted() && times.iter().all(|time| (start..now).contains(time)), "{count}");
            let busy = times.iter().filter(|time| now.since(**time) <= RUSH).count();
            assert_eq!(busy, count - count / 2);
        }
    }
}
