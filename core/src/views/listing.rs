//! Listings: entities from memory and from the file, merged into pages.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::active::Active;
use super::checkpoint::{Owner, Terminal};
use super::cursor::{Cursor, Page};
use super::error::ViewsError;
use super::index::{TicketIndex, TicketKey};
use super::key::{Key, NO_VALUE, Walk};
use super::query::{OrderQuery, TicketQuery, TicketStatusFilter};
use super::search::Search;
use super::text_search::Wanted;
use super::{SLICE, Views};
use crate::domain::{Order, Ticket};
use crate::types::{OrderId, TicketId, UserId};

/// Limit of the work in the file for one page; the page is cut short after it.
///
/// Tests have little in the file, and see short pages all the same.
const WORK_MAX: u32 = if cfg!(test) { 300 } else { 1_000_000 };

/// Number of entries after which the duration of a scan is estimated.
const PROBE: usize = SLICE / 4;

/// Cost of reading one entity from the file, relative to passing over an index entry.
pub(super) const LOAD_WORK: u32 = 10;

impl Views {
    /// Returns the tickets that match the query.
    pub(crate) fn tickets(&self, query: &TicketQuery) -> Result<Page<Arc<Ticket>>, ViewsError> {
        let (key, descending) = query.sort.key();
        let mut walk = Walk::all(descending);
        if key == TicketKey::Price {
            let min = query.min_price.map_or(0, |bound| bound.value);
            let max = query.max_price.map_or(NO_VALUE, |bound| bound.value);
            walk = Walk::new(min, max, descending);
        }
        let tag = query.sort.tag();
        start(&mut walk, query.cursor, tag)?;
        let limit = query.limit.get();
        let mut filter = TicketFilter::new(query);
        let mut parts = Vec::with_capacity(3);
        let (on_sale, terminal) = match query.status {
            TicketStatusFilter::OnSale => (true, false),
            TicketStatusFilter::Only(status) => (status.is_active(), !status.is_active()),
            TicketStatusFilter::All => (true, true),
        };
        let wanted = Wanted { key, walk: &walk, limit };
        if on_sale {
            parts.extend(self.tickets_in_memory(|active| &active.tickets.on_sale, &wanted, &mut filter));
        }
        if terminal {
            parts.extend(self.tickets_in_memory(|active| &active.tickets.terminal, &wanted, &mut filter));
            parts.extend(self.tickets_in_file(&wanted, &mut filter)?);
        }
        Ok(merge(parts, &walk, limit, tag))
    }

    /// Returns the buyer's orders that match the query, newest first.
    pub(crate) fn orders(&self, buyer: UserId, query: &OrderQuery) -> Result<Page<Arc<Order>>, ViewsError> {
        let mut walk = Walk::all(true);
        start(&mut walk, query.cursor, OrderQuery::TAG)?;
        let limit = query.limit.get();
        let admits = |order: &Order| query.status.is_none_or(|status| order.status == status);
        // Memory takes precedence, because the file's version may be older.
        let get = |active: &Active, key: Key| active.orders.by_id.get(&OrderId::from_bytes(key.id())).cloned();
        let in_memory = self.scan(
            walk.clone(),
            limit,
            |active| active.orders.by_buyer.keys_of(buyer),
            |active, key| get(active, key).filter(|order| admits(order)),
        );
        let mut in_file = Gathering::new(limit);
        self.0.store.terminal_orders(buyer, &walk, &mut |key, terminal: Terminal<'_, Order>| {
            if query.status.is_none_or(|status| terminal.is(status)) {
                let newer = get(&self.active(), key);
                let order = newer.map_or_else(|| terminal.load().map(Arc::new), Ok)?;
                if admits(&order) {
                    in_file.add(key, order);
                }
            }
            Ok(in_file.step(key))
        })?;
        Ok(merge(vec![in_memory, in_file.part], &walk, limit, OrderQuery::TAG))
    }

    fn tickets_in_memory(
        &self,
        index: fn(&Active) -> &TicketIndex,
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
    ) -> Vec<Part<Ticket>> {
        let key = wanted.key;
        let seller = filter.query.seller.filter(|_| key == TicketKey::CreatedAt);
        if seller.is_none()
            && let Some(parts) = self.tickets_by_text(index, wanted, filter)
        {
            return parts;
        }
        vec![self.scan(
            wanted.walk.clone(),
            wanted.limit,
            |active| match seller {
                Some(seller) => index(active).keys_of(seller),
                None => Some(index(active).keys(key)),
            },
            |active, key| {
                let ticket = active.tickets.by_id.get(&TicketId::from_bytes(key.id()))?;
                filter.matches(ticket).then(|| Arc::clone(ticket))
            },
        )]
    }

    fn tickets_in_file(
        &self,
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
    ) -> Result<Vec<Part<Ticket>>, ViewsError> {
        let key = wanted.key;
        let seller = filter.query.seller.filter(|_| key == TicketKey::CreatedAt);
        if seller.is_none()
            && let Some(parts) = self.terminal_by_text(wanted, filter)?
        {
            return Ok(parts);
        }
        let mut gathering = Gathering::new(wanted.limit);
        let owner = seller.map(Owner::Seller);
        self.0.store.terminal_tickets(key, owner, wanted.walk, &mut |place, terminal: Terminal<'_, Ticket>| {
            if filter.may_match(&terminal) {
                let ticket = self.newest(place, &terminal)?;
                gathering.work += LOAD_WORK;
                if key.of(&ticket) == place && filter.matches(&ticket) {
                    gathering.add(place, ticket);
                }
            }
            Ok(gathering.step(place))
        })?;
        Ok(vec![gathering.part])
    }

    /// Traverses an index in memory and picks entities, at most one more than the limit. It releases the lock
    /// regularly, so that a long search does not block the writer; the index may change meanwhile.
    pub(super) fn scan<T>(
        &self,
        mut walk: Walk,
        limit: usize,
        keys: impl Fn(&Active) -> Option<&BTreeSet<Key>>,
        mut pick: impl FnMut(&Active, Key) -> Option<Arc<T>>,
    ) -> Part<T> {
        let mut gathering = Gathering::new(limit);
        loop {
            let active = self.active();
            let Some(keys) = keys(&active) else { return gathering.part };
            let Some(last) = visit_slice(keys, &walk, |key| {
                if let Some(entity) = pick(&active, key) {
                    gathering.add(key, entity);
                }
                gathering.is_full()
            }) else {
                return gathering.part;
            };
            if gathering.is_full() {
                gathering.part.cut = Some(last);
                return gathering.part;
            }
            walk.skip_to(last);
        }
    }

    /// Scans like [`Views::scan`], but returns `None` once it expects to examine more than `most` entries before the
    /// page is full.
    pub(super) fn scan_at_most<T>(
        &self,
        most: usize,
        wanted: &Wanted<'_>,
        keys: impl Fn(&Active) -> &BTreeSet<Key>,
        mut pick: impl FnMut(&Active, Key) -> Option<Arc<T>>,
    ) -> Option<Part<T>> {
        let (mut walk, mut gathering) = (wanted.walk.clone(), Gathering::new(wanted.limit));
        let mut looked_at = 0;
        loop {
            let active = self.active();
            let last = visit_some(PROBE, keys(&active), &walk, |key| {
                if let Some(entity) = pick(&active, key) {
                    gathering.add(key, entity);
                }
                gathering.is_full()
            });
            if gathering.is_full() || last.is_none() {
                gathering.part.cut = last;
                return Some(gathering.part);
            }
            looked_at += PROBE;
            let promised = looked_at * (wanted.limit + 1) / gathering.part.found.len().max(1);
            if promised > most || looked_at >= most {
                return None;
            }
            walk.skip_to(last?);
        }
    }
}

/// Passes the next keys of the walk to `visit`, up to one slice of them, until it returns `true`. Returns the last key
/// unless the walk is complete.
pub(super) fn visit_slice(keys: &BTreeSet<Key>, walk: &Walk, visit: impl FnMut(Key) -> bool) -> Option<Key> {
    visit_some(SLICE, keys, walk, visit)
}

fn visit_some(many: usize, keys: &BTreeSet<Key>, walk: &Walk, mut visit: impl FnMut(Key) -> bool) -> Option<Key> {
    let mut left = many;
    for (low, high) in walk.spans() {
        let mut range = keys.range(low..=high);
        while let Some(key) = if walk.is_descending() { range.next_back() } else { range.next() } {
            left -= 1;
            if visit(*key) || left == 0 {
                return Some(*key);
            }
        }
    }
    None
}

/// Entities that one source contributes to a page.
#[derive(Debug)]
pub(super) struct Part<T> {
    pub(super) found: Vec<(Key, Arc<T>)>,
    /// Last key that was examined, unless all were.
    pub(super) cut: Option<Key>,
}

/// A [`Part`] under construction.
pub(super) struct Gathering<T> {
    pub(super) part: Part<T>,
    wanted: usize,
    pub(super) work: u32,
}

impl<T> Gathering<T> {
    /// Creates a part for a page of `limit` entries. One extra entry shows that there is a next page.
    pub(super) fn new(limit: usize) -> Self {
        Self { part: Part { found: Vec::new(), cut: None }, wanted: limit + 1, work: 0 }
    }

    pub(super) fn add(&mut self, key: Key, entity: Arc<T>) {
        self.part.found.push((key, entity));
    }

    pub(super) fn is_full(&self) -> bool {
        self.part.found.len() == self.wanted
    }

    /// Counts an entry of the file, and returns whether to continue.
    pub(super) fn step(&mut self, key: Key) -> ControlFlow<()> {
        self.work += 1;
        if self.is_full() || self.work >= WORK_MAX {
            self.part.cut = Some(key);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// Skips to the end of the previous page.
fn start(walk: &mut Walk, cursor: Option<Cursor>, tag: u8) -> Result<(), ViewsError> {
    match cursor {
        Some(cursor) if cursor.tag != tag => return Err(ViewsError::ForeignCursor),
        Some(cursor) => walk.skip_to(cursor.key),
        None => {}
    }
    Ok(())
}

/// Merges the parts to one page. Parts are given in the order in which their sources were examined.
///
/// An entity that moved from one source to another meanwhile may be in both. It appears once, in its newer state.
fn merge<T: Versioned>(parts: Vec<Part<T>>, walk: &Walk, limit: usize, tag: u8) -> Page<Arc<T>> {
    // After the first cut, the content of that source is unknown.
    let horizon = parts.iter().filter_map(|part| part.cut).min_by(|a, b| walk.compare(*a, *b));
    let mut newest: FxHashMap<[u8; 16], (Key, Arc<T>)> = FxHashMap::default();
    for (key, entity) in parts.into_iter().flat_map(|part| part.found) {
        let kept = newest.entry(key.id()).or_insert_with(|| (key, Arc::clone(&entity)));
        if kept.1.version() < entity.version() {
            *kept = (key, entity);
        }
    }
    let mut found: Vec<_> = newest.into_values().collect();
    found.retain(|(key, _)| horizon.is_none_or(|horizon| walk.compare(*key, horizon).is_le()));
    found.sort_unstable_by(|a, b| walk.compare(a.0, b.0));
    let next = if found.len() > limit { found.get(limit - 1).map(|(key, _)| *key) } else { horizon };
    found.truncate(limit);
    Page { items: found.into_iter().map(|(_, entity)| entity).collect(), next: next.map(|key| Cursor { tag, key }) }
}

trait Versioned {
    fn version(&self) -> u64;
}

impl Versioned for Ticket {
    fn version(&self) -> u64 {
        self.version
    }
}

impl Versioned for Order {
    fn version(&self) -> u64 {
        self.version
    }
}

/// Filter of a ticket query.
pub(super) struct TicketFilter<'a> {
    pub(super) query: &'a TicketQuery,
    search: Option<Search<'a>>,
}

impl<'a> TicketFilter<'a> {
    fn new(query: &'a TicketQuery) -> Self {
        Self { query, search: query.q.as_ref().map(Search::new) }
    }

    pub(super) fn matches(&mut self, ticket: &Ticket) -> bool {
        let query = self.query;
        let price = ticket.price.sort_value();
        query.status.admits(ticket.status)
            && query.seller.is_none_or(|seller| ticket.seller_id == seller)
            && query.min_price.is_none_or(|min| min.value <= price)
            && query.max_price.is_none_or(|max| price <= max.value)
            && query.currency.is_none_or(|currency| ticket.price.currency() == currency)
            && query.category.as_ref().is_none_or(|category| {
                ticket.show.as_ref().is_some_and(|show| show.category.as_ref() == Some(category))
            })
            && self.search.as_mut().is_none_or(|search| search.matches(ticket))
    }

    /// Returns `false` if the index entry alone rules the ticket out.
    pub(super) fn may_match(&self, terminal: &Terminal<'_, Ticket>) -> bool {
        let status = match self.query.status {
            TicketStatusFilter::OnSale => false,
            TicketStatusFilter::Only(status) => terminal.is(status),
            TicketStatusFilter::All => true,
        };
        status && self.query.seller.is_none_or(|seller| terminal.is_of(seller))
    }
}
