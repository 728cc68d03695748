//! Callers that reserve as fast as they are answered.

use std::sync::Arc;

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer, RefundRequest,
};
use boxoffice::testing::History;
use boxoffice::{BoxOffice, TicketId, TicketQuery, TicketStatus, UserId};
use boxoffice_examples::measure::{Stopwatch, shuffled};
use tokio::runtime::Runtime;

use crate::Failure;
use crate::metrics::tell;
use crate::phase::close;

/// Number of concurrent callers.
pub(crate) const CALLERS: usize = 1024;

/// Number of tickets reserved in one round.
const RESERVATIONS: usize = 60_000;

pub(crate) fn runtime() -> Result<Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// Returns `count` available tickets in a shuffled order.
pub(crate) fn available(office: &BoxOffice, count: usize) -> Result<Vec<TicketId>, Failure> {
    let mut tickets = Vec::with_capacity(count);
    let query = TicketQuery::new().status(TicketStatus::Available).limit(100);
    for ticket in office.blocking().tickets().iter(query).take(count) {
        tickets.push(ticket?.id);
    }
    Ok(shuffled(tickets.len()).into_iter().map(|at| tickets[at]).collect())
}

/// Reserves tickets as fast as possible, then frees them, so that the next round starts from the same state.
pub(crate) fn reserve(office: &BoxOffice, history: &History) -> Result<(), Failure> {
    let runtime = runtime()?;
    let tickets: Arc<[TicketId]> = available(office, RESERVATIONS)?.into();
    let buyers: Arc<[UserId]> = history.buyer_ids().into();
    let watch = Stopwatch::start();
    let orders = runtime.block_on(all(office, &tickets, &buyers))?;
    tell("reserve.rate", watch.rate(orders.len()));
    runtime.block_on(async {
        for slice in orders.chunks(CALLERS) {
            let cancel = |(buyer, order)| {
                let office = office.clone();
                tokio::spawn(async move { office.orders().cancel(buyer, order).await })
            };
            for cancelled in slice.iter().copied().map(cancel).collect::<Vec<_>>() {
                cancelled.await??;
            }
        }
        Ok::<_, Failure>(())
    })?;
    close(office)
}

async fn all(
    office: &BoxOffice,
    tickets: &Arc<[TicketId]>,
    buyers: &Arc<[UserId]>,
) -> Result<Vec<(UserId, boxoffice::OrderId)>, Failure> {
    let callers = (0..CALLERS).map(|caller| {
        let (office, tickets, buyers) = (office.clone(), Arc::clone(tickets), Arc::clone(buyers));
        tokio::spawn(async move {
            let mut orders = Vec::new();
            for (at, ticket) in tickets.iter().enumerate().skip(caller).step_by(CALLERS) {
                let buyer = buyers[at % buyers.len()];
                orders.push((buyer, office.orders().create(buyer, &[*ticket]).await?.id));
            }
            Ok::<_, boxoffice::Error>(orders)
        })
    });
    let mut orders = Vec::with_capacity(tickets.len());
    for caller in callers.collect::<Vec<_>>() {
        orders.extend(caller.await??);
    }
    Ok(orders)
}

/// A card processor that always takes the money at once, because it is not what is measured.
#[derive(Debug)]
pub(crate) struct Instantly;

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
