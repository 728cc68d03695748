//! One show with its tickets on sale.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use boxoffice::{Category, Money, SearchText, Show, Ticket, TicketId, TicketStatus, Timestamp, Venue};

use super::collation::sort_key;
use super::index::Place;
use super::key::ShowKey;
use super::seats::{Changed, Section, Sections};
use super::slots::Slot;
use super::totals::Totals;

/// Maximum number of changes of a show that are kept for readers who lost their connection.
pub(super) const RECENT_MAX: usize = 512;

/// A show with its tickets on sale.
#[derive(Debug)]
pub(crate) struct OnSale {
    pub(crate) key: ShowKey,
    pub(super) slot: Slot,
    /// Any of the show's tickets: all name the same show, each in its own way.
    pub(super) sample: Arc<Ticket>,
    tickets: HashMap<TicketId, Arc<Ticket>>,
    sections: Sections,
    totals: Totals,
    /// The show's sold tickets. Tickets without a show are removed when they are sold.
    pub(super) sold: HashSet<TicketId>,
    recent: VecDeque<Change>,
    /// Number of the last record whose change was dropped from `recent`.
    forgotten: u64,
    /// Tickets that have changed since the last message.
    pub(super) untold: HashMap<TicketId, State>,
    /// Key that sorts shows by name.
    name_key: Arc<[u8]>,
    /// Keys of the show in links from before names were compared by how they look.
    pub(super) former: Vec<ShowKey>,
}

/// A change of a ticket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) seq: u64,
    pub(super) ticket: TicketId,
    pub(super) state: State,
}

/// The state of a ticket after a change, as far as its readers learn it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) status: TicketStatus,
    /// The new price, if it has changed.
    pub(super) price: Option<Money>,
}

/// The totals of a show's tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Number of available tickets.
    pub(crate) available: usize,
    /// Number of tickets that orders hold.
    pub(crate) held: usize,
    /// Prices in each currency, the lowest first.
    pub(crate) prices: Vec<PriceRange>,
}

/// The lowest and the highest price in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PriceRange {
    pub(crate) low: Money,
    pub(crate) high: Money,
}

/// What a change has made of a ticket and its section.
#[derive(Debug)]
pub(super) struct Effect {
    /// The ticket as it was on sale before and after.
    pub(super) before: Option<Arc<Ticket>>,
    pub(super) after: Option<Arc<Ticket>>,
    pub(super) sections: Changed,
}

/// Returns the name of a ticket's show, or its title if it names none.
fn name_of(ticket: &Ticket) -> &str {
    ticket.show.as_deref().map_or(ticket.title.as_str(), |show| show.name.as_str())
}

/// Returns the texts by which a ticket's show is found, beside the titles of its sections: name, venue and category.
pub(super) fn description(ticket: &Ticket) -> impl Iterator<Item = &str> {
    let show = ticket.show.as_deref();
    let venue = show.and_then(|show| show.venue.as_ref()).map(Venue::as_str);
    let category = show.and_then(|show| show.category.as_ref()).map(Category::as_str);
    [name_of(ticket)].into_iter().chain(venue).chain(category)
}

/// Returns `true` if the [`description`]s are the same.
pub(super) fn is_described_alike(one: &Ticket, other: &Ticket) -> bool {
    one.show == other.show && (one.show.is_some() || one.title == other.title)
}

impl OnSale {
    pub(super) fn new(key: ShowKey, slot: Slot, ticket: &Arc<Ticket>, seq: u64) -> Self {
        Self {
            key,
            slot,
            sample: Arc::clone(ticket),
            tickets: HashMap::new(),
            sections: Sections::default(),
            totals: Totals::default(),
            sold: HashSet::new(),
            recent: VecDeque::new(),
            forgotten: seq.saturating_sub(1),
            untold: HashMap::new(),
            name_key: sort_key(name_of(ticket)).into(),
            former: Vec::new(),
        }
    }

    /// Returns the name of the show, or the title of its tickets if they name no show.
    pub(crate) fn name(&self) -> &str {
        name_of(&self.sample)
    }

    /// Returns the show; `None` if its tickets name none.
    pub(crate) fn show(&self) -> Option<&Show> {
        self.sample.show.as_deref()
    }

    /// Returns the time at which the show starts, if known.
    pub(crate) fn starts_at(&self) -> Option<Timestamp> {
        self.show().map(|show| show.starts_at)
    }

    /// Returns `true` if the show is sold out: no ticket is on sale, and at least one is sold.
    pub(crate) fn is_sold_out(&self) -> bool {
        self.tickets.is_empty() && !self.sold.is_empty()
    }

    /// Returns `true` if the show is known to have started.
    pub(crate) fn has_started(&self, now: Timestamp) -> bool {
        self.show().is_some_and(|show| show.has_started(now))
    }

    /// Returns the totals of the tickets on sale.
    pub(crate) fn summary(&self) -> Summary {
        Summary { available: self.totals.available, held: self.totals.held, prices: self.totals.prices() }
    }

    /// Returns the number of available tickets.
    pub(crate) fn available(&self) -> usize {
        self.totals.available
    }

    /// Returns `true` if the show or its tickets have these words, by the rules of the search for tickets.
    pub(super) fn has_words(&self, search: &SearchText) -> bool {
        search.is_in(description(&self.sample).chain(self.sections.iter().map(|(title, _)| title)))
    }

    #[cfg(test)]
    pub(super) fn tickets(&self) -> impl Iterator<Item = &Arc<Ticket>> {
        self.tickets.values()
    }

    /// Returns the number of tickets on sale.
    pub(crate) fn len(&self) -> usize {
        self.tickets.len()
    }

    /// Returns the number of sections with tickets on sale.
    pub(crate) fn section_count(&self) -> usize {
        self.sections.len()
    }

    /// Iterates over the sections with tickets on sale, with their titles, in natural order.
    pub(crate) fn sections(&self) -> impl Iterator<Item = (&str, &Section)> {
        self.sections.iter()
    }

    /// Returns the section of this title, if it has tickets on sale.
    pub(crate) fn section(&self, title: &str) -> Option<&Section> {
        self.sections.get(title)
    }

    /// Returns the place in the listing; `None` if no ticket is on sale and none is sold.
    pub(super) fn place(&self) -> Option<Place> {
        let is_sold_out = self.is_sold_out();
        let is_listed = is_sold_out || !self.tickets.is_empty();
        is_listed.then(|| Place {
            key: self.key,
            is_sold_out,
            starts_at: self.starts_at(),
            name: Arc::clone(&self.name_key),
            lowest: self.totals.lowest(),
            category: self.show().and_then(|show| show.category.clone()),
        })
    }

    /// Takes out a ticket that moved to another show.
    pub(super) fn remove(&mut self, ticket: TicketId) -> Effect {
        self.sold.remove(&ticket);
        self.replace(ticket, None)
    }

    fn replace(&mut self, id: TicketId, after: Option<Arc<Ticket>>) -> Effect {
        let before = match &after {
            Some(ticket) => self.tickets.insert(id, Arc::clone(ticket)),
            None => self.tickets.remove(&id),
        };
        if let Some(ticket) = &before {
            self.totals.remove(ticket);
        }
        if let Some(ticket) = &after {
            self.totals.add(ticket);
        }
        let sections = self.sections.replace(before.as_deref(), after.as_ref());
        Effect { before, after, sections }
    }

    pub(super) fn put(&mut self, ticket: &Arc<Ticket>, seq: u64) -> Effect {
        let is_on_sale = ticket.status.is_active();
        let effect = self.replace(ticket.id, is_on_sale.then(|| Arc::clone(ticket)));
        if is_on_sale {
            if !is_described_alike(&self.sample, ticket) {
                self.name_key = sort_key(name_of(ticket)).into();
            }
            self.sample = Arc::clone(ticket);
        }
        if ticket.status == TicketStatus::Sold && ticket.show.is_some() {
            self.sold.insert(ticket.id);
        } else {
            self.sold.remove(&ticket.id);
        }
        let known = effect.before.as_ref();
        let price = known.filter(|known| known.price != ticket.price).map(|_| ticket.price);
        if price.is_some() || known.is_none_or(|known| known.status != ticket.status) {
            self.note(Change { seq, ticket: ticket.id, state: State { status: ticket.status, price } });
        }
        effect
    }

    pub(super) fn note(&mut self, change: Change) {
        let state = self.untold.entry(change.ticket).or_insert(change.state);
        *state = State { status: change.state.status, price: change.state.price.or(state.price) };
        self.recent.push_back(change);
        if self.recent.len() > RECENT_MAX {
            self.forgotten = self.recent.pop_front().map_or(self.forgotten, |change| change.seq);
        }
    }

    pub(super) fn since(&self, seq: u64) -> Option<Vec<(TicketId, State)>> {
        let later = self.recent.iter().filter(|change| change.seq > seq);
        (seq >= self.forgotten).then(|| later.map(|change| (change.ticket, change.state)).collect())
    }
}
