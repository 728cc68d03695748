//! The life of one ticket: listed, locked, refused to a rival, paid. The journal records all of it.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use boxoffice::{BoxOffice, NewShow, NewTicket, SignUp};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A box office is a directory. This one is temporary; yours would be permanent.
    let dir = tempfile::tempdir()?;
    let office = BoxOffice::open(dir.path())?;

    let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await?.user;
    let bob = office.auth().sign_up(SignUp::new("bob@example.com", "battery staple")).await?.user;
    println!("Ann and Bob have signed up.");

    let show = NewShow::new("Hamlet", "2099-05-01T19:30:00Z").category("play").venue("Old Vic");
    let ticket = NewTicket::new("Hamlet, stalls", "19.99").seat("Row 3, seat 12").show(show);
    let ticket = office.tickets().create(ann.id, ticket).await?;
    println!(
        "Ann lists a ticket for {} {}: {}.",
        ticket.price.decimal(),
        ticket.price.currency().code(),
        ticket.status
    );

    // The first order holds the ticket for 15 minutes. The answer comes once the order is on the disk.
    let order = office.orders().create(bob.id, &[ticket.id]).await?;
    println!("Bob's order is {}, and the ticket {}.", order.status, office.tickets().get(ticket.id)?.status);

    let eve = office.auth().sign_up(SignUp::new("eve@example.com", "let me in now")).await?.user;
    match office.orders().create(eve.id, &[ticket.id]).await {
        Ok(_) => return Err("two people hold one ticket".into()),
        Err(error) => println!("Eve is refused: {} ({}).", error.code(), error.status_code()),
    }

    // The bundled sandbox stands in for a card processor; this token always succeeds.
    let charge = office.payments().pay(bob.id, order.id, "tok_visa").await?;
    println!("Bob's payment of {} has {}.", charge.amount.decimal(), charge.status);
    println!("The ticket is {}.", office.tickets().get(ticket.id)?.status);

    println!("The journal:");
    for record in office.journal().read(1, 100)? {
        println!("{:>3} {}", record.seq, record.event.name());
    }
    office.close().await?;
    Ok(())
}
