//! Rounds of requests over many connections at once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Barrier;

use crate::client::{Connection, request};
use crate::{Failure, Place};

/// How many orders one buyer may have open, and so asks for in one phase.
const ORDERS_EACH: usize = 10;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Question {
    Ticket,
    Order,
}

/// What one buyer asks for in one phase; they all have tickets of their own.
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

/// Requests a second over so many connections. Orders are cancelled between the phases, which is not measured, because a buyer
/// may have few of them open; all connections pause at the same time then, whatever is asked and whoever is.
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
    // Everybody is connected, and then waits for the start of each phase and for its end, and until all have tidied up.
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

/// One connection. A failure ends the process: the others would wait for this one for ever.
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

/// The first id in an answer.
fn id(body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body);
    let id = body.split_once(r#""id":""#).and_then(|(_, rest)| rest.split_once('"'));
    id.map_or_else(|| fail("an order without an id"), |(id, _)| id.to_owned())
}

fn fail(what: &str) -> ! {
    crate::progress(what);
    std::process::exit(1)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the real time that something takes")]
fn now() -> Instant {
    Instant::now()
}
