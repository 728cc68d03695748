//! A thousand concurrent attempts to get one ticket: exactly one wins.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;

use boxoffice::{BoxOffice, NewTicket, SignUp};

const BUYERS: usize = 10;
const ATTEMPTS: usize = 1_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let office = BoxOffice::open(dir.path())?;
    let seller = office.auth().sign_up(SignUp::new("seller@example.com", "correct horse")).await?.user;
    let ticket = office.tickets().create(seller.id, NewTicket::new("The last ticket", "250")).await?;
    let mut buyers = Vec::new();
    for at in 0..BUYERS {
        let buyer = SignUp::new(format!("buyer{at}@example.com"), "battery staple");
        buyers.push(office.auth().sign_up(buyer).await?.user);
    }

    let attempts: Vec<_> = (0..ATTEMPTS)
        .map(|at| {
            let (orders, buyer, ticket) = (office.orders(), buyers[at % BUYERS].id, ticket.id);
            tokio::spawn(async move { orders.create(buyer, &[ticket]).await })
        })
        .collect();
    let mut outcomes = BTreeMap::<String, usize>::new();
    for attempt in attempts {
        let outcome = match attempt.await? {
            Ok(_) => "has the ticket".to_owned(),
            Err(error) => format!("refused: {}", error.code()),
        };
        *outcomes.entry(outcome).or_default() += 1;
    }

    println!("{ATTEMPTS} attempts by {BUYERS} buyers:");
    for (outcome, count) in &outcomes {
        println!("{count:>5} {outcome}");
    }
    let orders =
        office.journal().read(1, ATTEMPTS)?.iter().filter(|record| record.event.name() == "OrderCreated").count();
    println!("Orders in the journal: {orders}.");
    office.close().await?;
    Ok(())
}
