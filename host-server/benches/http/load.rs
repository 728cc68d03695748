//! Rounds of requests over many concurrent connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Barrier;

use crate::client::{Connection, request};
use crate::{Failure, Place};

/// Maximum number of open orders of a buyer, and so of its requests in one phase.
const ORDERS_EACH: usize = 10;

/// Kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Question {
    Ticket,
    Order,
}

/// A buyer's requests in one phase. No two buyers share a ticket.
#[derive(Debug, Clone)]
pub(crate) struct Buyer {
    pub(crate) token: String,
    pub(crate) tickets: Vec<String>,
}

impl Buyer {
    pub(crate) const TICKETS: usize = ORDERS_EACH;

    fn requests(&self, question: Question) -> Vec<Vec<u8>> {
        let request = |ticket: &String| match question {
            Question::Ticket => request("GET", &format!("/api/tickets/{ticket}"), None, None),
            Question::Order => {
                request("POST", "/api/orders", Some(&self.token), Some(&format!(r#"{{"ticketId":"{ticket}"}}"#)))
            }
        };
        self.tickets.iter().map(request).collect()
    }
}

/// Returns the requests a second over `connections` connections. Orders are cancelled between the phases, which is not
/// measured, because a buyer may have few open orders. All connections pause at these times, in every measurement.
pub(crate) async fn rate(
    place: Place,
    address: SocketAddr,
    buyers: &[Buyer],
    connections: usize,
    question: Question,
    phases: usize,
) -> Result<f64, Failure> {
    let barrier = Arc::new(Barrier::new(connections + 1));
    let tasks: Vec<_> = buyers
        .chunks(buyers.len().div_ceil(connections))
        .map(|buyers| {
            let (buyers, barrier) = (buyers.to_vec(), Arc::clone(&barrier));
            tokio::spawn(connection(place, address, buyers, question, phases, barrier))
        })
        .collect();
    if tasks.len() != connections {
        return Err("the buyers can't be spread evenly over the connections".into());
    }
    // All are connected, then wait for the start and the end of each phase, and until all have cleaned up.
    barrier.wait().await;
    let mut measured = Duration::ZERO;
    for _ in 0..phases {
        let start = now();
        barrier.wait().await;
        barrier.wait().await;
        measured += start.elapsed();
        barrier.wait().await;
    }
    for task in tasks {
        task.await??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate has three digits that matter")]
    let requests = (buyers.len() * ORDERS_EACH * phases) as f64;
    Ok(requests / measured.as_secs_f64())
}

/// Runs one connection. A failure ends the process, because the others would wait for this connection forever.
async fn connection(
    place: Place,
    address: SocketAddr,
    buyers: Vec<Buyer>,
    question: Question,
    phases: usize,
    barrier: Arc<Barrier>,
) -> Result<(), Failure> {
    let mut connection = Connection::open(address).await?;
    let questions: Vec<(usize, Vec<u8>)> = buyers
        .iter()
        .enumerate()
        .flat_map(|(buyer, it)| it.requests(question).into_iter().map(move |request| (buyer, request)))
        .collect();
    let expected = if question == Question::Order { 201 } else { 200 };
    barrier.wait().await;
    for _ in 0..phases {
        let mut cancels = Vec::with_capacity(questions.len());
        barrier.wait().await;
        for (buyer, request) in &questions {
            let answer = connection.send(request).await.unwrap_or_else(|error| fail(&error.to_string()));
            if answer.status != expected {
                fail(&format!("status {}: {}", answer.status, String::from_utf8_lossy(answer.body)));
            }
            if question == Question::Order && place == Place::Host {
                cancels.push((*buyer, id(answer.body)));
            }
        }
        barrier.wait().await;
        for (buyer, order) in cancels {
            let cancel = request("DELETE", &format!("/api/orders/{order}"), Some(&buyers[buyer].token), None);
            let answer = connection.send(&cancel).await.unwrap_or_else(|error| fail(&error.to_string()));
            if answer.status != 204 {
                fail(&format!("cancelling: status {}", answer.status));
            }
        }
        barrier.wait().await;
    }
    Ok(())
}

/// Returns the first id in an answer.
fn id(body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body);
    let id = body.split_once(r#""id":""#).and_then(|(_, rest)| rest.split_once('"'));
    id.map_or_else(|| fail("an order without an id"), |(id, _)| id.to_owned())
}

fn fail(what: &str) -> ! {
    crate::output::progress(what);
    std::process::exit(1)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the real time that something takes")]
fn now() -> Instant {
    Instant::now()
}
