//! One show with its tickets on sale.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, OnceLock};

use boxoffice::{Money, Show, Ticket, TicketId, TicketStatus, Timestamp};

use super::key::ShowKey;
use super::seats::by_seat;

/// How many changes of a show are remembered for those whose connection was lost.
pub(super) const RECENT_MAX: usize = 512;

/// A show with its tickets on sale.
#[derive(Debug)]
pub(crate) struct OnSale {
    pub(crate) key: ShowKey,
    /// Any of its tickets: all name the same show.
    sample: Arc<Ticket>,
    pub(super) tickets: HashMap<TicketId, Arc<Ticket>>,
    /// Its tickets that are sold. Tickets that go by their title are gone once they are.
    pub(super) sold: HashSet<TicketId>,
    recent: VecDeque<Change>,
    /// The number of the last change that `recent` has forgotten.
    forgotten: u64,
    /// The tickets that have changed since the last message about them, as they stand.
    pub(super) untold: HashMap<TicketId, TicketStatus>,
    pub(super) summary: OnceLock<Summary>,
    pub(super) words: String,
}

/// A ticket that changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) seq: u64,
    pub(super) ticket: TicketId,
    pub(super) status: TicketStatus,
}

/// What a show's tickets come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Summary {
    /// How many can be bought right now.
    pub(crate) available: usize,
    /// How many are held by orders.
    pub(crate) held: usize,
    /// The lowest price and the highest.
    pub(crate) low: Money,
    pub(crate) high: Money,
}

/// The tickets of a show in the order of their seats.
pub(crate) type Seats = Vec<Arc<Ticket>>;

impl OnSale {
    pub(super) fn new(key: ShowKey, ticket: &Arc<Ticket>, seq: u64) -> Self {
        let mut words = ticket.title.as_str().to_lowercase();
        if let Some(show) = ticket.show.as_deref() {
            let venue = show.venue.as_ref().map_or("", boxoffice::Venue::as_str);
            let category = show.category.as_ref().map_or("", boxoffice::Category::as_str);
            words = format!("{}\n{venue}\n{category}", show.name.as_str()).to_lowercase();
        }
        Self {
            key,
            sample: Arc::clone(ticket),
            tickets: HashMap::new(),
            sold: HashSet::new(),
            recent: VecDeque::new(),
            forgotten: seq.saturating_sub(1),
            untold: HashMap::new(),
            summary: OnceLock::new(),
            words,
        }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        self.sample.show.as_deref().map_or(self.sample.title.as_str(), |show| show.name.as_str())
    }

    /// The show, unless its tickets go by their title.
    pub(crate) fn show(&self) -> Option<&Show> {
        self.sample.show.as_deref()
    }

    /// When it starts.
    pub(crate) fn starts_at(&self) -> Option<Timestamp> {
        self.show().map(|show| show.starts_at)
    }

    /// Whether it is sold out: it has no tickets, and they were not all withdrawn.
    pub(crate) fn is_sold_out(&self) -> bool {
        self.tickets.is_empty() && !self.sold.is_empty()
    }

    /// Whether it has started, as far as that is known.
    pub(crate) fn has_started(&self, now: Timestamp) -> bool {
        self.show().is_some_and(|show| show.has_started(now))
    }

    /// What its tickets come to.
    pub(crate) fn summary(&self) -> Summary {
        *self.summary.get_or_init(|| {
            let price = self.sample.price;
            let mut summary = Summary { available: 0, held: 0, low: price, high: price };
            for ticket in self.tickets.values() {
                match ticket.status {
                    TicketStatus::Available => summary.available += 1,
                    _ => summary.held += 1,
                }
            }
            // Prices in several currencies have no order; the sample's is the one that counts.
            let prices =
                self.tickets.values().map(|ticket| ticket.price).filter(|other| other.currency() == price.currency());
            summary.low = prices.clone().min_by_key(|price| price.minor()).unwrap_or(price);
            summary.high = prices.max_by_key(|price| price.minor()).unwrap_or(price);
            summary
        })
    }

    /// Its tickets by price and seat, the numbers in seats as numbers.
    pub(crate) fn seats(&self) -> Seats {
        let mut seats: Seats = self.tickets.values().cloned().collect();
        seats.sort_by(|a, b| by_seat(a, b));
        seats
    }

    pub(super) fn put(&mut self, ticket: &Arc<Ticket>, seq: u64) {
        let known = if ticket.status.is_active() {
            self.sample = Arc::clone(ticket);
            self.tickets.insert(ticket.id, Arc::clone(ticket))
        } else {
            self.tickets.remove(&ticket.id)
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
