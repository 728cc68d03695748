//! The tickets of a show by section and seat, kept in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use boxoffice::{Money, Ticket, TicketId};

use super::totals::Totals;

/// The sections of a show in natural order: row 2 is before row 10. Tickets of one title are a section.
#[derive(Debug, Default)]
pub(super) struct Sections(BTreeMap<SectionKey, Section>);

/// A section of a show.
#[derive(Debug, Default)]
pub(crate) struct Section {
    seats: BTreeMap<SeatKey, Arc<Ticket>>,
    totals: Totals,
}

/// The place of a section: its title in natural order, then as it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct SectionKey(Natural, Box<str>);

/// The place of a seat in its section.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SeatKey(Option<Natural>, TicketId);

/// A text in parts that are compared as words or as numbers.
type Natural = Box<[(u64, Box<str>)]>;

impl Sections {
    pub(super) fn add(&mut self, ticket: &Arc<Ticket>) {
        let section = self.0.entry(SectionKey::of(ticket.title.as_str())).or_default();
        section.totals.add(ticket);
        section.seats.insert(SeatKey::of(ticket), Arc::clone(ticket));
    }

    /// Takes out a ticket as it was when it was added.
    pub(super) fn remove(&mut self, ticket: &Ticket) {
        let key = SectionKey::of(ticket.title.as_str());
        let Some(section) = self.0.get_mut(&key) else { return };
        if section.seats.remove(&SeatKey::of(ticket)).is_some() {
            section.totals.remove(ticket);
        }
        if section.seats.is_empty() {
            self.0.remove(&key);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, title: &str) -> Option<&Section> {
        self.0.get(&SectionKey::of(title))
    }

    /// Iterates over the sections, with their titles.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Section)> {
        self.0.iter().map(|(key, section)| (&*key.1, section))
    }
}

impl Section {
    /// Returns the number of tickets on sale.
    pub(crate) fn len(&self) -> usize {
        self.seats.len()
    }

    /// Returns the number of available tickets.
    pub(crate) fn available(&self) -> usize {
        self.totals.available
    }

    /// Returns the lowest and the highest price in the currency of the first ticket; `None` without tickets.
    pub(crate) fn prices(&self) -> Option<(Money, Money)> {
        self.totals.range(self.seats.first_key_value()?.1.price.currency())
    }

    /// Iterates over the tickets in the order of their seats.
    pub(crate) fn seats(&self) -> impl Iterator<Item = &Arc<Ticket>> {
        self.seats.values()
    }
}

impl SectionKey {
    fn of(title: &str) -> Self {
        Self(natural(title), title.into())
    }
}

impl SeatKey {
    fn of(ticket: &Ticket) -> Self {
        Self(ticket.seat.as_ref().map(|seat| natural(seat.as_str())), ticket.id)
    }
}

/// Splits a text into parts that are compared as words or as numbers.
fn natural(text: &str) -> Natural {
    let mut parts: Vec<(u64, String)> = Vec::new();
    for letter in text.chars() {
        match (letter.to_digit(10), parts.last_mut()) {
            (Some(digit), Some((number, word))) if word.is_empty() => {
                *number = number.saturating_mul(10).saturating_add(u64::from(digit));
            }
            (Some(digit), _) => parts.push((u64::from(digit), String::new())),
            (None, Some((_, word))) if !word.is_empty() => word.extend(letter.to_lowercase()),
            (None, _) => parts.push((u64::MAX, letter.to_lowercase().collect())),
        }
    }
    parts.into_iter().map(|(number, word)| (number, word.into_boxed_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_seats_are_numbers() {
        let mut seats = ["Row B, seat 1", "Row A, seat 10", "Row A, seat 9", "row a, seat 2"];
        seats.sort_by_key(|seat| natural(seat));
        assert_eq!(seats, ["row a, seat 2", "Row A, seat 9", "Row A, seat 10", "Row B, seat 1"]);
    }
}
