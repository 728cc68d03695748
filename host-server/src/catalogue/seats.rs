//! The tickets of a show by section and seat, kept in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use boxoffice::{Ticket, TicketId, Title};

use super::collation::sort_key;
use super::on_sale::PriceRange;
use super::totals::Totals;

/// The sections of a show as people sort them: row 2 is before row 10. Tickets of one title are a section.
#[derive(Debug, Default)]
pub(super) struct Sections(BTreeMap<SectionKey, Section>);

/// A section of a show.
#[derive(Debug, Default)]
pub(crate) struct Section {
    seats: BTreeMap<SeatKey, Arc<Ticket>>,
    totals: Totals,
}

/// The place of a section: its title as people sort it, then as it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct SectionKey(Vec<u8>, Box<str>);

/// The place of a seat in its section.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SeatKey(Option<Vec<u8>>, TicketId);

/// The titles of the sections that a change has closed and opened.
#[derive(Debug, Default)]
pub(super) struct Changed {
    pub(super) closed: Option<Title>,
    pub(super) opened: Option<Title>,
}

impl Sections {
    /// Puts a ticket in the place of what it was, if it was there; `None` takes it out.
    pub(super) fn replace(&mut self, before: Option<&Ticket>, after: Option<&Arc<Ticket>>) -> Changed {
        // A ticket that is held, or free again, stays where it is.
        if let Some((before, after)) = before.zip(after)
            && before.title == after.title
            && before.seat == after.seat
            && let Some(section) = self.0.get_mut(&SectionKey::of(after.title.as_str()))
        {
            section.totals.remove(before);
            section.totals.add(after);
            section.seats.insert(SeatKey::of(after), Arc::clone(after));
            return Changed::default();
        }
        let closed = before.filter(|&ticket| self.remove(ticket)).map(|ticket| ticket.title.clone());
        let opened = after.filter(|&ticket| self.add(ticket)).map(|ticket| ticket.title.clone());
        Changed { closed, opened }
    }

    /// Adds a ticket; returns `true` if it opens its section.
    fn add(&mut self, ticket: &Arc<Ticket>) -> bool {
        let section = self.0.entry(SectionKey::of(ticket.title.as_str())).or_default();
        section.totals.add(ticket);
        section.seats.insert(SeatKey::of(ticket), Arc::clone(ticket));
        section.seats.len() == 1
    }

    /// Takes out a ticket as it was when it was added; returns `true` if its section closes.
    fn remove(&mut self, ticket: &Ticket) -> bool {
        let key = SectionKey::of(ticket.title.as_str());
        let Some(section) = self.0.get_mut(&key) else { return false };
        if section.seats.remove(&SeatKey::of(ticket)).is_some() {
            section.totals.remove(ticket);
        }
        let is_closed = section.seats.is_empty();
        if is_closed {
            self.0.remove(&key);
        }
        is_closed
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

    /// Returns the prices in each currency, the lowest first.
    pub(crate) fn prices(&self) -> Vec<PriceRange> {
        self.totals.prices()
    }

    /// Iterates over the tickets in the order of their seats.
    pub(crate) fn seats(&self) -> impl Iterator<Item = &Arc<Ticket>> {
        self.seats.values()
    }
}

impl SectionKey {
    fn of(title: &str) -> Self {
        Self(sort_key(title), title.into())
    }
}

impl SeatKey {
    fn of(ticket: &Ticket) -> Self {
        Self(ticket.seat.as_ref().map(|seat| sort_key(seat.as_str())), ticket.id)
    }
}
