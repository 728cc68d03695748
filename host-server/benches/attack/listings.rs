//! Tickets to list: single ones, the seats of a large show, and very many shows.

use crate::client::{Connection, request};
use crate::host::Host;
use crate::{Failure, PEOPLE_FROM, People};

/// Maximum number of tickets in a batch.
const BATCH_MAX: usize = 10_000;

/// Seats of a section of the large show, of which there are 50.
const SECTION_SEATS: usize = 1_000;

/// Words with which names of shows begin. A search for one finds a twentieth of the shows.
const WORDS: [&str; 20] = [
    "Aida", "Candide", "Carmen", "Elektra", "Ernani", "Falstaff", "Fidelio", "Hamlet", "Lulu", "Macbeth", "Manon",
    "Norma", "Othello", "Parsifal", "Pericles", "Salome", "Tosca", "Turandot", "Werther", "Wozzeck",
];

/// Returns a ticket of no show.
pub(crate) fn plain(_at: usize) -> String {
    r#"{"title":"Any seat at all","price":"19.99"}"#.to_owned()
}

/// Returns the seats of the large show, in sections.
pub(crate) fn seats(count: usize) -> Vec<String> {
    let seat = |at: usize| {
        let (section, seat) = (at / SECTION_SEATS + 1, at % SECTION_SEATS);
        ticket(
            &format!("Section {section:02}"),
            &format!("Section {section:02}, row {}, seat {}", seat / 40 + 1, seat % 40 + 1),
            &large_show(),
        )
    };
    (0..count).map(seat).collect()
}

/// Returns one more seat of the large show, in the section that its page shows first.
pub(crate) fn seat_of_large_show(row: &str, at: usize) -> String {
    ticket("Section 01", &format!("Section 01, {row}, seat {at}"), &large_show())
}

/// Returns a ticket each of so many shows.
pub(crate) fn shows(count: usize) -> Vec<String> {
    let one = |at: usize| {
        let name = format!("{} {at}", WORDS[at % WORDS.len()]);
        let starts_at = format!("2039-{:02}-{:02}T{:02}:00:00Z", at % 12 + 1, at / 12 % 28 + 1, at % 24);
        ticket(&name, "Row 1, seat 1", &show(&name, "Everywhere Hall", &starts_at))
    };
    (0..count).map(one).collect()
}

/// Lists the tickets in batches, by one house after the other.
pub(crate) async fn list(host: &Host, people: &People, tickets: &[String]) -> Result<(), Failure> {
    let mut connection = Connection::open(PEOPLE_FROM, host.address).await?;
    for (batch, house) in tickets.chunks(BATCH_MAX).zip(people.houses.iter().cycle()) {
        let body = format!(r#"{{"tickets":[{}]}}"#, batch.join(","));
        let batch = request("POST", "/api/tickets/batch", Some(house), Some(&body));
        connection.send(&batch).await?.checked(201)?;
    }
    Ok(())
}

fn large_show() -> String {
    show("Everybody comes", "Colosseum", "2039-05-01T19:30:00Z")
}

fn show(name: &str, venue: &str, starts_at: &str) -> String {
    format!(r#"{{"name":"{name}","category":"concert","venue":"{venue}","startsAt":"{starts_at}"}}"#)
}

fn ticket(title: &str, seat: &str, show: &str) -> String {
    format!(r#"{{"title":"{title}","price":"19.99","seat":"{seat}","show":{show}}}"#)
}
