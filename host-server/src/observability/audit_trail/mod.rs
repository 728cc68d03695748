//! The audit trail of an order, a ticket or a user: its records in the journal, described in words.

mod history_search;
mod holds;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{HashMap, HashSet, VecDeque};

use boxoffice::{
    Actor, BoxOffice, DomainEvent, Error, Order, OrderId, Record, StreamKey, Ticket, TicketId, UserAccount, UserId,
};

pub(crate) use history_search::{HistorySearch, Reach};
pub(crate) use holds::{Answer, Hold, Question, holds};
#[cfg(test)]
pub(crate) use words::Tone;
pub(crate) use words::{clock, words};

use crate::observability::position::first_at;
use history_search::Search;

/// Maximum number of records in a trail; the latest are kept.
const RECORDS_MAX: usize = 1_000;

/// The records of an order, a ticket or a user.
#[derive(Debug)]
pub(crate) struct AuditTrail {
    /// The records, in the order of the journal.
    pub(crate) records: VecDeque<Record>,
    /// Number of earlier records that are left out.
    pub(crate) left_out: usize,
    /// Extent of the search in the journal.
    pub(crate) reach: Reach,
}

impl HistorySearch {
    /// Returns an order with the trail of its own records. Blocks.
    ///
    /// # Errors
    /// `order.not_found`; as [`HistorySearch::find`].
    pub(crate) fn order(&self, office: &BoxOffice, id: OrderId) -> Result<(std::sync::Arc<Order>, AuditTrail), Error> {
        let order = office.admin().order(Actor::System, id)?;
        let mut search = Gathering::new(office.clone(), StreamKey::Order(id), order.version);
        let reach = self.from(office, order.created_at, &mut search)?;
        Ok((order, search.trail(reach)))
    }

    /// Returns a ticket with the trail of its own records and those of every order that has held it. Blocks.
    ///
    /// # Errors
    /// `ticket.not_found`; as [`HistorySearch::find`].
    pub(crate) fn ticket(
        &self,
        office: &BoxOffice,
        id: TicketId,
    ) -> Result<(std::sync::Arc<Ticket>, AuditTrail), Error> {
        let ticket = office.tickets().get(id)?;
        let mut search = Gathering::new(office.clone(), StreamKey::Ticket(id), ticket.version);
        let reach = self.from(office, ticket.created_at, &mut search)?;
        Ok((ticket, search.trail(reach)))
    }

    /// Returns a user's account with the trail of its own records. Blocks.
    ///
    /// # Errors
    /// `auth.user_not_found`; as [`HistorySearch::find`].
    pub(crate) fn user(&self, office: &BoxOffice, id: UserId) -> Result<(UserAccount, AuditTrail), Error> {
        let user = office.admin().user(Actor::System, id)?;
        let mut search = Gathering::new(office.clone(), StreamKey::User(id), user.version);
        let reach = self.from(office, user.created_at, &mut search)?;
        Ok((user, search.trail(reach)))
    }

    fn from(&self, office: &BoxOffice, at: boxoffice::Timestamp, search: &mut Gathering) -> Result<Reach, Error> {
        let journal = office.journal();
        self.find(&journal, first_at(&journal, at)?, search)
    }
}

/// A search for the records of one stream and, if it is a ticket's, of the orders that held the ticket.
struct Gathering {
    office: BoxOffice,
    ticket: Option<TicketId>,
    wanted: HashSet<StreamKey>,
    /// Current version of each stream whose last record is not found yet. The search is done when none is left.
    missing: HashMap<StreamKey, u64>,
    records: VecDeque<Record>,
    left_out: usize,
}

impl Gathering {
    fn new(office: BoxOffice, key: StreamKey, version: u64) -> Self {
        let ticket = if let StreamKey::Ticket(id) = key { Some(id) } else { None };
        Self {
            office,
            ticket,
            wanted: HashSet::from([key]),
            missing: HashMap::from([(key, version)]),
            records: VecDeque::new(),
            left_out: 0,
        }
    }

    fn trail(self, reach: Reach) -> AuditTrail {
        AuditTrail { records: self.records, left_out: self.left_out, reach }
    }

    /// Marks a stream as complete if the version is its last.
    fn reached(&mut self, key: StreamKey, version: u64) {
        if self.missing.get(&key).is_some_and(|last| *last <= version) {
            self.missing.remove(&key);
        }
    }

    /// Adds the order's stream to the search.
    fn follow(&mut self, id: OrderId) {
        let key = StreamKey::Order(id);
        if self.wanted.insert(key) {
            // Without the order's version, the search only takes longer.
            let version = self.office.admin().order(Actor::System, id).map_or(u64::MAX, |order| order.version);
            self.missing.insert(key, version);
        }
    }
}

impl Search for Gathering {
    fn wanted(&self) -> &HashSet<StreamKey> {
        &self.wanted
    }

    fn take(&mut self, record: Record) {
        if !record.event.changes().iter().any(|key| self.wanted.contains(key)) {
            return;
        }
        if let Some(ticket) = self.ticket {
            if let DomainEvent::OrderCreated(event) = &record.event {
                self.follow(event.order_id);
            }
            if let Some(version) = version_of(ticket, &record.event) {
                self.reached(StreamKey::Ticket(ticket), version);
            }
        }
        self.reached(record.event.stream(), record.version);
        self.records.push_back(record);
        if self.records.len() > RECORDS_MAX {
            self.records.pop_front();
            self.left_out += 1;
        }
    }

    fn is_done(&self) -> bool {
        self.missing.is_empty()
    }
}

/// Returns the ticket's version after an event of an order that contains it.
fn version_of(ticket: TicketId, event: &DomainEvent) -> Option<u64> {
    let versions = match event {
        DomainEvent::OrderCreated(event) => {
            return event.tickets.iter().find(|it| it.id == ticket).map(|it| it.version);
        }
        DomainEvent::OrderCancelled(event) => &event.tickets,
        DomainEvent::OrderExpired(event) => &event.tickets,
        DomainEvent::ChargeCreated(event) => &event.tickets,
        DomainEvent::ChargeRefunded(event) => &event.tickets,
        _ => return None,
    };
    versions.iter().find(|it| it.id == ticket).map(|it| it.version)
}
