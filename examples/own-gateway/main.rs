//! A custom card processor that takes vouchers, with a connection that drops at the worst moment.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use boxoffice::gateway::{
    ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer,
    RefundRequest,
};
use boxoffice::testing::check_gateway;
use boxoffice::{Actor, BoxOffice, ChargeId, NewTicket, RefundId, SignUp};

/// A gateway that takes vouchers. It remembers its answer to each charge and each refund, so that a repetition has no
/// effect.
#[derive(Debug, Default)]
struct Vouchers {
    book: Mutex<Book>,
    lookups: AtomicUsize,
}

#[derive(Debug, Default)]
struct Book {
    answers: HashMap<ChargeId, ChargeAnswer>,
    /// Rest of each charged voucher, in cents.
    left: HashMap<ChargeId, u64>,
    refunds: HashSet<RefundId>,
}

impl Vouchers {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn charge_once(&self, request: &ChargeRequest) -> ChargeAnswer {
        let answer = if request.token.expose().starts_with("voucher-") {
            ChargeAnswer::Charged { reference: Some(request.charge_id.to_string().into()) }
        } else {
            ChargeAnswer::Declined { reason: "That is no voucher".into() }
        };
        let mut book = self.book();
        let answer = book.answers.entry(request.charge_id).or_insert(answer).clone();
        if matches!(answer, ChargeAnswer::Charged { .. }) {
            book.left.entry(request.charge_id).or_insert(request.amount.minor());
        }
        answer
    }

    fn answer_to(&self, id: ChargeId) -> ChargeAnswer {
        self.book().answers.get(&id).cloned().unwrap_or(ChargeAnswer::Unknown)
    }

    fn give_back_once(&self, request: &RefundRequest) -> RefundAnswer {
        let mut book = self.book();
        if !book.refunds.contains(&request.refund_id) {
            let left = book.left.get_mut(&request.charge_id);
            let Some(left) = left.filter(|left| **left >= request.amount.minor()) else {
                return RefundAnswer::Refused { reason: "there is not so much to give back".into() };
            };
            *left -= request.amount.minor();
            book.refunds.insert(request.refund_id);
        }
        RefundAnswer::Refunded { reference: None }
    }
}

impl PaymentGateway for Vouchers {
    fn name(&self) -> &'static str {
        "vouchers"
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move {
            let answer = self.charge_once(&request);
            // This voucher is charged, but the answer never arrives.
            if request.token.expose() == "voucher-lost" {
                return Err(GatewayError("the line dropped".into()));
            }
            Ok(answer)
        })
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move { Ok(self.answer_to(request.charge_id)) })
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(async move { Ok(self.give_back_once(&request)) })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Checks the gateway against the contract that the box office relies on. In your own program this is a test.
    let faults = check_gateway(&Vouchers::default(), "voucher-1", "tok_visa").await;
    if !faults.is_empty() {
        return Err(faults.join("\n").into());
    }
    println!("The gateway conforms.");

    let vouchers = Arc::new(Vouchers::default());
    let dir = tempfile::tempdir()?;
    let office = BoxOffice::builder().gateway(vouchers.clone()).open(dir.path())?;
    let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await?.user;
    let bob = office.auth().sign_up(SignUp::new("bob@example.com", "battery staple")).await?.user;
    let mut orders = Vec::new();
    for seat in 1..=3 {
        let ticket = office.tickets().create(ann.id, NewTicket::new(format!("Seat {seat}"), "19.99")).await?;
        orders.push(office.orders().create(bob.id, &[ticket.id]).await?);
    }

    let charge = office.payments().pay(bob.id, orders[0].id, "voucher-1").await?;
    println!("Bob pays with a voucher: {} ({}).", charge.status, charge.gateway);

    match office.payments().pay(bob.id, orders[1].id, "tok_visa").await {
        Ok(_) => return Err("a card is no voucher".into()),
        Err(error) => println!("Bob pays with a card: {} ({}).", error.serialize_errors()[0].message, error.code()),
    }

    // The outcome of the charge is unknown until the box office has looked it up.
    let charge = office.payments().pay(bob.id, orders[2].id, "voucher-lost").await?;
    println!(
        "The line drops while Bob pays: {} (lookups: {}).",
        charge.status,
        vouchers.lookups.load(Ordering::Relaxed)
    );

    let charge = office.payments().refund(Actor::User(ann.id), orders[2].id, true).await?;
    println!("Ann gives it back: {}.", charge.status);
    office.close().await?;
    Ok(())
}
