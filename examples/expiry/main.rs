//! Expiry of a hold whose buyer walks away: fifteen minutes on a manual clock.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;
use std::time::Duration;

use boxoffice::testing::ManualClock;
use boxoffice::{BoxOffice, NewTicket, SignUp};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The engine reads only its clock, so that tests can move the time (feature `testing`) instead of sleeping.
    let clock = Arc::new(ManualClock::at("2027-05-01T12:00:00Z".parse()?));
    let dir = tempfile::tempdir()?;
    let office = BoxOffice::builder().hold(Duration::from_mins(15)).clock(clock.clone()).open(dir.path())?;
    let seller = office.auth().sign_up(SignUp::new("seller@example.com", "correct horse")).await?.user;
    let bob = office.auth().sign_up(SignUp::new("bob@example.com", "battery staple")).await?.user;
    let eve = office.auth().sign_up(SignUp::new("eve@example.com", "let me in now")).await?.user;
    let ticket = office.tickets().create(seller.id, NewTicket::new("Box 5", "80")).await?;

    let order = office.orders().create(bob.id, &[ticket.id]).await?;
    println!("{}  Bob holds the ticket until {}.", office.now(), order.expires_at);

    clock.advance(Duration::from_millis(15 * 60 * 1000 - 1));
    let refusal = office.orders().create(eve.id, &[ticket.id]).await.err();
    println!("{}  Eve is refused: {}.", office.now(), refusal.map_or("not at all", |error| error.code().as_str()));

    // Followers of the journal receive the expiry as soon as it is recorded; this one starts at the current end.
    let mut news = office.journal().subscribe(office.journal().head()? + 1);
    clock.advance(Duration::from_millis(1));
    let record = news.next().await?;
    println!("{}  {}: the ticket is {}.", record.at, record.event.name(), office.tickets().get(ticket.id)?.status);

    let refusal = office.payments().pay(bob.id, order.id, "tok_visa").await.err();
    println!(
        "{}  Bob is too late to pay: {}.",
        office.now(),
        refusal.map_or("not at all", |error| error.code().as_str())
    );
    let order = office.orders().create(eve.id, &[ticket.id]).await?;
    println!("{}  Eve holds the ticket until {}.", office.now(), order.expires_at);
    office.close().await?;
    Ok(())
}
