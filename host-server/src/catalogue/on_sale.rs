//! One show with its tickets on sale.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, OnceLock};

use boxoffice::{Money, Show, Ticket, TicketId, TicketStatus, Timestamp};

use super::key::ShowKey;
use super::seats::by_seat;

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
    pub(super) words: String,
}

/// A change of a ticket's status.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub(super) seq: u64,
    pub(super) ticket: TicketId,
    pub(super) status: TicketStatus,
}

/// The totals of a show's tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Number of available tickets.
    pub(crate) available: usize,
    /// Number of tickets that orders hold.
    pub(crate) held: usize,
    /// The lowest and the highest price.
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

    /// Returns the name of the show, or the title of its tickets if they name no show.
    pub(crate) fn name(&self) -> &str {
        self.sample.show.as_deref().map_or(self.sample.title.as_str(), |show| show.name.as_str())
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
        *self.summary.get_or_init(|| {
            let price = self.sample.price;
            let mut summary = Summary { available: 0, held: 0, low: price, high: price };
            for ticket in self.tickets.values() {
                match ticket.status {
                    TicketStatus::Available => summary.available += 1,
                    _ => summary.held += 1,
                }
            }
            // Prices in several currencies can't be compared; only those in the sample's currency count.
            let prices =
                self.tickets.values().map(|ticket| ticket.price).filter(|other| other.currency() == price.currency());
            summary.low = prices.clone().min_by_key(|price| price.minor()).unwrap_or(price);
            summary.high = prices.max_by_key(|price| price.minor()).unwrap_or(price);
            summary
        })
    }

    /// Returns the tickets on sale, in the order of titles and seats.
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
