//! The fictitious users, shows and tickets of the demo.

use boxoffice::{NewShow, NewTicket, Timestamp};
use fastrand::Rng;

pub(super) const SELLERS: [&str; super::SELLERS] = ["selma", "samir", "sofia", "sven"];

pub(super) const BUYERS: [&str; super::BUYERS] =
    ["bea", "boris", "bela", "bruno", "britta", "bilal", "bianca", "bert", "bonnie", "basil", "birgit", "bao"];

/// Name, category, venue and lowest price in cents of each show.
const SHOWS: [(&str, &str, &str, u32); 12] = [
    ("The Copper Lanterns", "concert", "Harbour Hall", 4_900),
    ("Hamlet", "theatre", "Old Mill Theatre", 2_850),
    ("Rovers v. Athletic", "match", "Northside Ground", 3_500),
    ("A Night of Chopin", "classical", "St Anne's Hall", 3_900),
    ("Laugh Until Monday", "comedy", "The Cellar", 1_950),
    ("Swan Lake", "ballet", "Grand Opera House", 5_500),
    ("Paper Satellites", "concert", "Riverside Arena", 6_250),
    ("The Cherry Orchard", "theatre", "Old Mill Theatre", 2_600),
    ("City Derby", "match", "Stadium of Light Rain", 4_200),
    ("Midnight Jazz Quintet", "jazz", "Blue Door Club", 2_200),
    ("Tales for Small Giants", "family", "Puppet House", 1_200),
    ("The Magic Flute", "opera", "Grand Opera House", 5_900),
];

/// Name of the show that is sold out.
pub(super) const SOLD_OUT: &str = "Laugh Until Monday";

/// A show, with the lowest price of its tickets in cents.
pub(super) struct Billed {
    show: NewShow,
    price_from: u32,
}

pub(super) fn show(at: usize, rng: &mut Rng, starts_at: Timestamp) -> Billed {
    let (name, category, venue, price_from) = SHOWS[at % SHOWS.len()];
    let round = at / SHOWS.len();
    let name = if round == 0 { name.to_owned() } else { format!("{name}, night {}", round + 1) };
    // Shows start at half past an hour, in the evening.
    let hour = 60 * 60 * 1000;
    let starts_at =
        Timestamp::from_millis(starts_at.as_millis() / (24 * hour) * 24 * hour + rng.u64(17..21) * hour + hour / 2);
    let show = NewShow::new(name, starts_at.to_string()).category(category).venue(venue);
    Billed { show, price_from }
}

/// Creates two to four rows of seats. The first rows are the most expensive.
pub(super) fn tickets(billed: &Billed, rng: &mut Rng) -> Vec<NewTicket> {
    let rows = rng.u32(2..5);
    let seats = rng.u32(6..13);
    let rows = (0..rows).map(|row| (row, char::from(b'A' + u8::try_from(row).unwrap_or(25))));
    rows.flat_map(|(row, letter)| (1..=seats).map(move |seat| (row, letter, seat)))
        .map(|(row, letter, seat)| {
            let cents = billed.price_from + (4 - row.min(4)) * 850;
            let title = format!("{}, row {letter}", billed.show.name);
            NewTicket::new(title, format!("{}.{:02}", cents / 100, cents % 100))
                .show(billed.show.clone())
                .seat(format!("Row {letter}, seat {seat}"))
        })
        .collect()
}
