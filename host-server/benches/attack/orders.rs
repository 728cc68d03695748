//! Orders at a steady pace: a ticket is listed, ordered and released again, and the order is timed.

use std::time::Duration;

use crate::client::{Connection, request};
use crate::host::Host;
use crate::pace::paced;
use crate::report::Latencies;
use crate::{Failure, PEOPLE_FROM, People, now};

/// Interval of orders. An order takes three requests, and the host takes 500 a second from one address.
const EVERY: Duration = Duration::from_millis(10);

/// Returns the latencies of orders over this time. The function describes the ticket of each.
pub(crate) async fn orders(
    host: &Host,
    people: &People,
    ticket: impl Fn(usize) -> String,
    duration: Duration,
) -> Result<Latencies, Failure> {
    let mut connection = Connection::open(PEOPLE_FROM, host.address).await?;
    paced(EVERY, duration, async |number| {
        let list = request("POST", "/api/tickets", Some(&people.seller), Some(&ticket(number)));
        let ticket_id = connection.send(&list).await?.checked(201)?.id()?;
        let body = format!(r#"{{"ticketId":"{ticket_id}"}}"#);
        let order = request("POST", "/api/orders", Some(&people.buyer), Some(&body));
        let asked = now();
        let answer = connection.send(&order).await?;
        let took = asked.elapsed();
        let path = format!("/api/orders/{}", answer.checked(201)?.id()?);
        let cancel = request("DELETE", &path, Some(&people.buyer), None);
        connection.send(&cancel).await?.checked(204)?;
        Ok(took)
    })
    .await
}
