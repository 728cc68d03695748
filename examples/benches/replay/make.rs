//! Makes a journal through the front door: tickets are listed, ordered, and the orders end in all the ways that orders end.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer, RefundRequest,
};
use boxoffice::testing::ManualClock;
use boxoffice::{BoxOffice, Builder, Limits, NewTicket, SignUp, TicketId, UserId};
use boxoffice_examples::measure::{progress, thousands};

use crate::Failure;

/// How many tickets are listed, ordered and settled before the next are: what is live at once.
const CHUNK: usize = 50_000;

/// How many tickets one command lists.
const LISTING: usize = 10_000;

/// How many callers there are at once.
const CALLERS: usize = 4096;

/// How many buyers the orders are spread over.
const BUYERS: usize = 64;

/// Hold and clock: time stands still but between chunks, where it passes the hold.
const HOLD: Duration = Duration::from_mins(15);

/// A box office with these settings; the same for making and for reading.
pub(crate) fn builder() -> Result<(Builder, Arc<ManualClock>), Failure> {
    let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse()?));
    let limits = Limits::new().hold(HOLD).open_orders_max(u32::MAX);
    let builder = BoxOffice::builder().limits(limits).clock(clock.clone()).gateway(Arc::new(Instantly));
    Ok((builder, clock))
}

/// Makes a journal with so many orders, of which six in ten are paid, three cancelled, and one is left to expire.
pub(crate) async fn journal(dir: &Path, orders: usize) -> Result<(), Failure> {
    let (builder, clock) = builder()?;
    let office = builder.open(dir)?;
    let mut users = Vec::with_capacity(BUYERS + 1);
    for at in 0..=BUYERS {
        let user = SignUp::new(format!("user{at}@example.com"), "correct horse battery");
        users.push(office.auth().sign_up(user).await?.user.id);
    }
    let (seller, buyers) = users.split_first().ok_or("nobody signed up")?;
    let buyers: Arc<[UserId]> = buyers.into();
    for start in (0..orders).step_by(CHUNK) {
        let tickets = list(&office, *seller, start, CHUNK.min(orders - start)).await?;
        sell(&office, &buyers, tickets.into()).await?;
        clock.advance(HOLD + Duration::from_secs(1));
        progress(&format!(
            "made {} of {} orders",
            thousands((start + CHUNK).min(orders) as f64),
            thousands(orders as f64)
        ));
    }
    while office.stats().open_orders > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    office.close().await?;
    Ok(())
}

async fn list(office: &BoxOffice, seller: UserId, start: usize, count: usize) -> Result<Vec<TicketId>, Failure> {
    let mut tickets = Vec::with_capacity(count);
    for start in (start..start + count).step_by(LISTING) {
        let listing = (start..start + LISTING.min(count))
            .map(|at| NewTicket::new("Hamlet, stalls", "19.99").seat(format!("Row {}, seat {}", at / 40, at % 40)));
        let listed = office.tickets().create_many(seller, listing.collect()).await?;
        tickets.extend(listed.iter().map(|ticket| ticket.id));
    }
    Ok(tickets)
}

async fn sell(office: &BoxOffice, buyers: &Arc<[UserId]>, tickets: Arc<[TicketId]>) -> Result<(), Failure> {
    let callers = (0..CALLERS).map(|caller| {
        let (office, tickets, buyer) = (office.clone(), Arc::clone(&tickets), buyers[caller % buyers.len()]);
        tokio::spawn(async move {
            for (at, ticket) in tickets.iter().enumerate().skip(caller).step_by(CALLERS) {
                let order = office.orders().create(buyer, &[*ticket]).await?;
                match at % 10 {
                    0..6 => drop(office.payments().pay(buyer, order.id, "tok_visa").await?),
                    6..9 => office.orders().cancel(buyer, order.id).await?,
                    _ => {}
                }
            }
            Ok::<_, boxoffice::Error>(())
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await??;
    }
    Ok(())
}

/// A card processor that always and at once takes the money, because its book is not what is measured.
#[derive(Debug)]
struct Instantly;

impl PaymentGateway for Instantly {
    fn name(&self) -> &'static str {
        "instantly"
    }

    fn charge(&self, _request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async { Ok(ChargeAnswer::Charged { reference: None }) })
    }

    fn lookup(&self, _request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async { Ok(ChargeAnswer::Unknown) })
    }

    fn refund(&self, _request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async { Ok(RefundAnswer::Refunded { reference: None }) })
    }
}
