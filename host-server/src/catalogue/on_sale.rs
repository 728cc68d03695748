//! One show with its tickets on sale.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, OnceLock};

use boxoffice::{Money, PriceBound, SearchText, Show, Ticket, TicketId, TicketStatus, Timestamp, Title};

use super::collation::sort_key;
use super::key::ShowKey;

/// Maximum number of changes of a show that are kept for readers who lost their connection.
pub(super) const RECENT_MAX: usize = 512;

/// A show with its tickets on sale.
#[derive(Debug)]
pub(crate) struct OnSale {
    pub(crate) key: ShowKey,
    /// Any of the show's tickets: all name the same show.
    sample: Arc<Ticket>,
    pub(super) tickets: HashMap<TicketId, Arc<Ticket>>,
    /// The show's sold tickets. Tickets without a show are removed when they are sold.
    pub(super) sold: HashSet<TicketId>,
    recent: VecDeque<Change>,
    /// Number of the last record whose change was dropped from `recent`.
    forgotten: u64,
    /// Current statuses of the tickets that have changed since the last message.
    pub(super) untold: HashMap<TicketId, TicketStatus>,
    pub(super) summary: OnceLock<Summary>,
    /// The titles of these tickets, with how many have each.
    titles: HashMap<Title, usize>,
    /// Sorts shows by name.
    pub(super) name_key: Vec<u8>,
}

/// A change of a ticket's status.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) seq: u64,
    pub(super) ticket: TicketId,
    pub(super) status: TicketStatus,
}

/// The totals of a show's tickets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Summary {
    /// Number of available tickets.
    pub(crate) available: usize,
    /// Number of tickets that orders hold.
    pub(crate) held: usize,
    /// The prices in each currency, the lowest first.
    pub(crate) prices: Vec<PriceRange>,
}

/// The lowest price and the highest of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PriceRange {
    pub(crate) low: Money,
    pub(crate) high: Money,
}

impl Summary {
    fn of<'t>(tickets: impl Iterator<Item = &'t Arc<Ticket>>) -> Self {
        let mut summary = Self::default();
        let mut ranges: BTreeMap<&str, PriceRange> = BTreeMap::new();
        for ticket in tickets {
            match ticket.status {
                TicketStatus::Available => summary.available += 1,
                _ => summary.held += 1,
            }
            let price = ticket.price;
            let range = ranges.entry(price.currency().code()).or_insert(PriceRange { low: price, high: price });
            if price.minor() < range.low.minor() {
                range.low = price;
            }
            if price.minor() > range.high.minor() {
                range.high = price;
            }
        }
        summary.prices = ranges.into_values().collect();
        summary.prices.sort_by_key(|range| PriceBound::from(range.low));
        summary
    }

    /// The lowest price, as a number of major units whatever the currency.
    pub(crate) fn lowest(&self) -> Option<PriceBound> {
        self.prices.first().map(|range| range.low.into())
    }
}

/// The tickets of a show in the order of their seats.
pub(crate) type Seats = Vec<Arc<Ticket>>;

impl OnSale {
    pub(super) fn new(key: ShowKey, ticket: &Arc<Ticket>, seq: u64) -> Self {
        let name = ticket.show.as_deref().map_or(ticket.title.as_str(), |show| show.name.as_str());
        Self {
            name_key: sort_key(name),
            titles: HashMap::new(),
            key,
            sample: Arc::clone(ticket),
            tickets: HashMap::new(),
            sold: HashSet::new(),
            recent: VecDeque::new(),
            forgotten: seq.saturating_sub(1),
            untold: HashMap::new(),
            summary: OnceLock::new(),
        }
    }

    /// Returns the name of the show, or the title of its tickets if they name no show.
    pub(crate) fn name(&self) -> &str {
        self.sample.show.as_deref().map_or(self.sample.title.as_str(), |show| show.name.as_str())
    }

    /// Returns the show; `None` if its tickets name none.
    pub(crate) fn show(&self) -> Option<&Show> {
        self.sample.show.as_deref()
    }

    /// Whether the words are those of the show or of its tickets, by the rules by which tickets are searched.
    pub(super) fn has_words(&self, search: &SearchText) -> bool {
        let show = self.show();
        let venue = show.and_then(|show| show.venue.as_ref()).map(boxoffice::Venue::as_str);
        let category = show.and_then(|show| show.category.as_ref()).map(boxoffice::Category::as_str);
        let titles = self.titles.keys().map(Title::as_str);
        search.is_in([self.name()].into_iter().chain(venue).chain(category).chain(titles))
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
    pub(crate) fn summary(&self) -> &Summary {
        self.summary.get_or_init(|| Summary::of(self.tickets.values()))
    }

    /// Returns the tickets on sale, in the order of titles and seats.
    pub(crate) fn seats(&self) -> Seats {
        let mut seats: Seats = self.tickets.values().cloned().collect();
        seats.sort_by_cached_key(|ticket| {
            let seat = ticket.seat.as_ref().map(|seat| sort_key(seat.as_str()));
            (sort_key(ticket.title.as_str()), seat, ticket.id)
        });
        seats
    }

    pub(super) fn put(&mut self, ticket: &Arc<Ticket>, seq: u64) {
        let known = if ticket.status.is_active() {
            self.sample = Arc::clone(ticket);
            *self.titles.entry(ticket.title.clone()).or_default() += 1;
            let known = self.tickets.insert(ticket.id, Arc::clone(ticket));
            self.forget_title(known.as_deref());
            known
        } else {
            self.take(ticket.id)
        };
        if ticket.status == TicketStatus::Sold && ticket.show.is_some() {
            self.sold.insert(ticket.id);
        } else {
            self.sold.remove(&ticket.id);
        }
        self.summary = OnceLock::new();
        if known.is_none_or(|known| known.status != ticket.status) {
            self.note(Change { seq, ticket: ticket.id, status: ticket.status });
        }
    }

    /// Takes out a ticket that is not on sale any more.
    pub(super) fn take(&mut self, id: TicketId) -> Option<Arc<Ticket>> {
        let known = self.tickets.remove(&id);
        self.forget_title(known.as_deref());
        known
    }

    fn forget_title(&mut self, known: Option<&Ticket>) {
        let Some(title) = known.map(|known| &known.title) else { return };
        if let Some(count) = self.titles.get_mut(title) {
            *count -= 1;
            if *count == 0 {
                self.titles.remove(title);
            }
        }
    }

    pub(super) fn note(&mut self, change: Change) {
        self.untold.insert(change.ticket, change.status);
        self.recent.push_back(change);
        if self.recent.len() > RECENT_MAX {
            self.forgotten = self.recent.pop_front().map_or(self.forgotten, |change| change.seq);
        }
    }

    pub(super) fn since(&self, seq: u64) -> Option<Vec<(TicketId, TicketStatus)>> {
        let later = self.recent.iter().filter(|change| change.seq > seq);
        (seq >= self.forgotten).then(|| later.map(|change| (change.ticket, change.status)).collect())
    }
}
