//! Creates a journal through the façade: tickets are listed and ordered, and the orders end in every possible way.

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

/// Number of tickets that are listed, ordered and finished before the next ones: the number of active tickets.
const CHUNK: usize = 50_000;

/// Number of tickets that one command lists.
const LISTING: usize = 10_000;

/// Number of concurrent callers.
const CALLERS: usize = 4096;

/// Number of buyers that the orders are spread over.
const BUYERS: usize = 64;

/// Length of the hold. The clock stands still except between chunks, when it advances past the hold.
const HOLD: Duration = Duration::from_mins(15);

/// Returns a builder with the settings of both writing and reading, and its clock.
pub(crate) fn builder() -> Result<(Builder, Arc<ManualClock>), Failure> {
    let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse()?));
    let limits = Limits::new().hold(HOLD).open_orders_max(u32::MAX);
    let builder = BoxOffice::builder().limits(limits).clock(clock.clone()).gateway(Arc::new(Instantly));
    Ok((builder, clock))
}

/// Creates a journal with `orders` orders. Of ten orders six are paid, three cancelled, and one is left to expire.
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
    while office.metrics().open_orders > 0 {
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

/// A card processor that always takes the money at once, because it is not what is measured.
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
