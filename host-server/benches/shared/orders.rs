//! Buyers who each lock and release their own ticket as fast as they can.

use std::sync::Arc;
use std::time::{Duration, Instant};

use boxoffice::{BoxOffice, SignUp, Ticket};

use crate::Failure;
use crate::client::{Connection, request};
use crate::host::Host;

/// Duration of a round.
const ROUND: Duration = Duration::from_secs(6);

#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    pub(crate) token: String,
    pub(crate) ticket: String,
}

/// Signs a buyer up for each ticket, before a server opens the directory.
pub(crate) async fn buyers_of(office: &BoxOffice, tickets: &[Arc<Ticket>]) -> Result<Vec<Buyer>, Failure> {
    let mut buyers = Vec::with_capacity(tickets.len());
    for (at, ticket) in tickets.iter().enumerate() {
        let buyer = SignUp::new(format!("buyer{at}@example.com"), "correct horse battery");
        let token = office.auth().sign_up(buyer).await?.token;
        buyers.push(Buyer { token, ticket: ticket.id.to_string() });
    }
    Ok(buyers)
}

/// Returns the number of orders and the time that they took.
pub(crate) async fn orders(host: &Host, buyers: &[Buyer]) -> Result<(usize, Duration), Failure> {
    let start = now();
    let tasks: Vec<_> =
        buyers.iter().map(|buyer| tokio::spawn(connection(host.address, buyer.clone(), start))).collect();
    let mut count = 0;
    for task in tasks {
        count += task.await??;
    }
    Ok((count, start.elapsed()))
}

async fn connection(address: std::net::SocketAddr, buyer: Buyer, start: Instant) -> Result<usize, Failure> {
    let mut connection = Connection::open(address).await?;
    let create =
        request("POST", "/api/orders", Some(&buyer.token), Some(&format!(r#"{{"ticketId":"{}"}}"#, buyer.ticket)));
    let mut count = 0;
    while start.elapsed() < ROUND {
        let answer = connection.send(&create).await?;
        if answer.status != 201 {
            return Err(format!("status {}: {}", answer.status, String::from_utf8_lossy(answer.body)).into());
        }
        let body = String::from_utf8_lossy(answer.body);
        let id = body.split_once(r#""id":""#).and_then(|(_, rest)| rest.split('"').next());
        let path = format!("/api/orders/{}", id.ok_or("an order without an id")?);
        let answer = connection.send(&request("DELETE", &path, Some(&buyer.token), None)).await?;
        if answer.status != 204 {
            return Err(format!("cancelling: status {}", answer.status).into());
        }
        count += 1;
    }
    Ok(count)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the real time that something takes")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
