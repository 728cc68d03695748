//! A program that follows the journal, remembers its position, and continues from there after a restart.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::fs;
use std::path::Path;

use boxoffice::{BoxOffice, Code, DomainEvent, Error, JournalCursor, NewTicket, SignUp, Subscription};

/// Adds up the sales. It keeps one text between runs: the cursor of the last record that it has counted.
struct Follower<'f> {
    file: &'f Path,
    feed: Subscription,
    sold_minor: u64,
}

impl<'f> Follower<'f> {
    fn start(office: &BoxOffice, file: &'f Path, mut sold_minor: u64) -> Result<Self, Box<dyn std::error::Error>> {
        let mut cursor: JournalCursor = fs::read_to_string(file).as_deref().unwrap_or("0").parse()?;
        let feed = match office.journal().subscribe_after(cursor) {
            Err(error) if error.code() == Code::JournalCursorUnknown => {
                println!(
                    "The journal does not have record {cursor}, for a backup was restored: the follower starts over."
                );
                (cursor, sold_minor) = (JournalCursor::number(0), 0);
                office.journal().subscribe_after(cursor)
            }
            followed => followed,
        };
        println!("The follower starts at record {}.", cursor.seq() + 1);
        Ok(Self { file, feed: feed?, sold_minor })
    }

    async fn next(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        let record = self.feed.next().await?;
        println!("{:>3} {}", record.seq, record.event.name());
        if let DomainEvent::ChargeCreated(event) = &record.event {
            self.sold_minor += event.amount.minor();
        }
        // Stored after the work, not before: a record may be seen twice after a crash, but is never missed.
        fs::write(self.file, record.cursor().to_string())?;
        Ok(())
    }

    async fn up_to(&mut self, head: u64) -> Result<(), Box<dyn std::error::Error>> {
        while self.feed.position() <= head {
            self.next().await?;
        }
        println!("Sold so far: {} cents.", self.sold_minor);
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let office = BoxOffice::open(dir.path().join("office"))?;
    let cursor = dir.path().join("cursor");
    let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await?.user;
    let bob = office.auth().sign_up(SignUp::new("bob@example.com", "battery staple")).await?.user;
    let seats = vec![NewTicket::new("Seat 1", "19.99"), NewTicket::new("Seat 2", "19.99")];
    let tickets = office.tickets().create_many(ann.id, seats).await?;
    let order = office.orders().create(bob.id, &[tickets[0].id]).await?;
    office.payments().pay(bob.id, order.id, "tok_visa").await?;

    let mut follower = Follower::start(&office, &cursor, 0)?;
    follower.up_to(office.journal().head()?).await?;
    let sold = follower.sold_minor;
    drop(follower);

    println!("While it is away, Bob orders the other seat and thinks better of it.");
    let order = office.orders().create(bob.id, &[tickets[1].id]).await?;
    office.orders().cancel(bob.id, order.id).await?;

    let mut follower = Follower::start(&office, &cursor, sold)?;
    follower.up_to(office.journal().head()?).await?;

    println!("It waits for news, and Ann lists a seat.");
    let tickets = office.tickets();
    let listing = tokio::spawn(async move { tickets.create(ann.id, NewTicket::new("Seat 3", "25")).await });
    follower.next().await?;
    listing.await??;

    office.close().await?;
    let over: Result<_, Error> = follower.feed.next().await;
    println!("The box office closes: {}.", over.map_or_else(|_| "the feed ends", |_| "there is more"));
    Ok(())
}
