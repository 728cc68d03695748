//! Listings restricted to words: the lists of a few texts instead of the list of all tickets.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::active::Active;
use super::checkpoint::{GoOn, Owner, Terminal};
use super::error::ViewsError;
use super::index::{TicketIndex, TicketKey};
use super::key::{Key, Walk};
use super::listing::{Gathering, LOAD_WORK, Part, TicketFilter, visit_slice};
use super::text_index::{TEXTS_MAX, TICKETS_MAX, TextId};
use super::{SLICE, Views};
use crate::domain::Ticket;
use crate::types::TicketId;

/// Function that receives the entries of a text until it breaks.
type Visit<'v> = &'v mut dyn FnMut(Key, &Terminal<'_, Ticket>) -> GoOn;

/// Requested order, range and page size.
pub(super) struct Wanted<'a> {
    pub(super) key: TicketKey,
    pub(super) walk: &'a Walk,
    pub(super) limit: usize,
}

impl Views {
    /// Returns the matching tickets in memory, if the words of the query are rare enough that their texts are the
    /// faster way.
    pub(super) fn tickets_by_text(
        &self,
        index: fn(&Active) -> &TicketIndex,
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
    ) -> Option<Vec<Part<Ticket>>> {
        let search = filter.query.q.as_ref()?;
        let in_order = wanted.key == TicketKey::CreatedAt;
        let (texts, tickets) = {
            let active = self.active();
            let index = index(&active);
            index.texts().plan(search, in_order, TICKETS_MAX.max(index.len() / 8))?
        };
        if !in_order {
            // Prices are scattered over all texts, so when many tickets have a word, some are usually among the
            // cheapest.
            if wanted.key == TicketKey::Price && tickets > SLICE {
                let pick = |active: &Active, key: Key| {
                    let ticket = active.tickets.by_id.get(&TicketId::from_bytes(key.id()))?;
                    filter.matches(ticket).then(|| Arc::clone(ticket))
                };
                let full = self.scan_at_most(tickets, wanted, |active| index(active).keys(wanted.key), pick);
                if let Some(part) = full {
                    return Some(vec![part]);
                }
            }
            return Some(self.sort_by_text(index, wanted, filter, &texts));
        }
        let of_text = |text: TextId| {
            self.scan(
                wanted.walk.clone(),
                wanted.limit,
                |active| index(active).texts().keys_of(text),
                |active, key| {
                    let ticket = active.tickets.by_id.get(&TicketId::from_bytes(key.id()))?;
                    filter.matches(ticket).then(|| Arc::clone(ticket))
                },
            )
        };
        Some(texts.into_iter().map(of_text).collect())
    }

    /// Sorts the tickets of one text after the other, in the order of their earliest possible position, until the rest
    /// can't appear on the page.
    fn sort_by_text(
        &self,
        index: fn(&Active) -> &TicketIndex,
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
        texts: &[TextId],
    ) -> Vec<Part<Ticket>> {
        let walk = wanted.walk;
        let mut firsts: Vec<_> = {
            let active = self.active();
            let first = |text: &TextId| walk.first_in(index(&active).texts().reach_of(*text, wanted.key));
            texts.iter().filter_map(|text| Some((first(text)?, *text))).collect()
        };
        firsts.sort_unstable_by(|a, b| walk.compare(a.0, b.0));
        let mut parts = Vec::new();
        // The first keys found so far, as many as show that the page is full.
        let mut found: Vec<Key> = Vec::new();
        for (first, text) in firsts {
            if found.get(wanted.limit).is_some_and(|last| walk.compare(*last, first).is_lt()) {
                break;
            }
            let part = self.sort_text(index, wanted, filter, text, found.get(wanted.limit).copied());
            found.extend(part.found.iter().map(|(key, _)| *key));
            found.sort_unstable_by(|a, b| walk.compare(*a, *b));
            found.dedup();
            found.truncate(wanted.limit + 1);
            parts.push(part);
        }
        parts
    }

    /// Returns the first tickets of the text. Positions after `end` are not needed.
    fn sort_text(
        &self,
        index: fn(&Active) -> &TicketIndex,
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
        text: TextId,
        end: Option<Key>,
    ) -> Part<Ticket> {
        let mut found = Vec::new();
        let mut rest = Walk::all(false);
        loop {
            let active = self.active();
            let Some(keys) = index(&active).texts().keys_of(text) else { break };
            let last = visit_slice(keys, &rest, |key| {
                let ticket = active.tickets.by_id.get(&TicketId::from_bytes(key.id()));
                let place = ticket.map(|ticket| wanted.key.of(ticket));
                let is_asked_for = |place: &Key| end.is_none_or(|end| wanted.walk.compare(*place, end).is_lt());
                found.extend(place.filter(is_asked_for).map(|place| (place, ())));
                false
            });
            let Some(last) = last else { break };
            rest.skip_to(last);
        }
        pick(found, wanted, |key, ()| {
            let active = self.active();
            let ticket = active.tickets.by_id.get(&TicketId::from_bytes(key.id()))?;
            (wanted.key.of(ticket) == key && filter.matches(ticket)).then(|| Arc::clone(ticket))
        })
    }

    /// Returns the matching tickets in the file, like [`Views::tickets_by_text`] for memory.
    pub(super) fn terminal_by_text(
        &self,
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
    ) -> Result<Option<Vec<Part<Ticket>>>, ViewsError> {
        let Some(search) = filter.query.q.as_ref() else { return Ok(None) };
        let mut fewest: Option<Vec<TextId>> = None;
        for word in search.words() {
            let most = fewest.as_ref().map_or(TICKETS_MAX, Vec::len);
            if let Some(texts) = self.0.store.terminal_texts(word, most)? {
                fewest = Some(texts);
            }
        }
        let Some(texts) = fewest else { return Ok(None) };
        if wanted.key == TicketKey::CreatedAt {
            if texts.len() <= TEXTS_MAX {
                let of_text = |text| self.terminal_of_text(text, wanted, filter);
                return texts.into_iter().map(of_text).collect::<Result<_, _>>().map(Some);
            }
            return Ok(self.terminal_of_texts(&texts, wanted, filter)?.map(|part| vec![part]));
        }
        self.sort_terminal(&texts, wanted, filter)
    }

    /// Returns the tickets of one text, which the file stores in the requested order.
    fn terminal_of_text(
        &self,
        text: TextId,
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
    ) -> Result<Part<Ticket>, ViewsError> {
        let mut gathering = Gathering::new(wanted.limit);
        self.visit_text(text, wanted.walk, &mut |place, terminal| {
            if filter.may_match(terminal) {
                let ticket = self.newest(place, terminal)?;
                gathering.work += LOAD_WORK;
                if filter.matches(&ticket) {
                    gathering.add(place, ticket);
                }
            }
            Ok(gathering.step(place))
        })?;
        Ok(gathering.part)
    }

    /// Returns the tickets of many texts with few tickets each. It sorts their positions before it reads any of them.
    fn terminal_of_texts(
        &self,
        texts: &[TextId],
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
    ) -> Result<Option<Part<Ticket>>, ViewsError> {
        let mut found = Vec::new();
        for text in texts {
            self.visit_text(*text, wanted.walk, &mut |place, terminal| {
                found.extend(filter.may_match(terminal).then_some((place, ())));
                Ok(if found.len() > TICKETS_MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            if found.len() > TICKETS_MAX {
                return Ok(None);
            }
        }
        let mut failed = None;
        let part = pick(found, wanted, |place, ()| {
            let ticket = self.ticket(TicketId::from_bytes(place.id()));
            let ticket = ticket.map_err(|error| failed = Some(error)).ok()??;
            filter.matches(&ticket).then_some(ticket)
        });
        failed.map_or(Ok(Some(part)), Err)
    }

    /// Returns the tickets of these texts, sorted in another order than the file's; `None` if there are too many to
    /// sort.
    fn sort_terminal(
        &self,
        texts: &[TextId],
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
    ) -> Result<Option<Vec<Part<Ticket>>>, ViewsError> {
        let mut found = Vec::new();
        let mut seen = 0;
        for text in texts {
            self.visit_text(*text, &Walk::all(false), &mut |place, terminal| {
                seen += 1;
                if filter.may_match(terminal) {
                    let ticket = self.newest(place, terminal)?;
                    found.extend(filter.matches(&ticket).then(|| (wanted.key.of(&ticket), ticket)));
                }
                Ok(if seen > TICKETS_MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            if seen > TICKETS_MAX {
                return Ok(None);
            }
        }
        Ok(Some(vec![pick(found, wanted, |_, ticket| Some(ticket))]))
    }

    fn visit_text(&self, text: TextId, walk: &Walk, visit: Visit<'_>) -> Result<(), ViewsError> {
        let visit = &mut |place: Key, terminal: Terminal<'_, Ticket>| visit(place, &terminal);
        self.0.store.terminal_tickets(TicketKey::CreatedAt, Some(Owner::Text(text)), walk, visit)
    }

    /// Returns the ticket from memory if it is there, because the file's version may be older.
    pub(super) fn newest(&self, place: Key, terminal: &Terminal<'_, Ticket>) -> Result<Arc<Ticket>, ViewsError> {
        let newer = self.active().tickets.by_id.get(&TicketId::from_bytes(place.id())).cloned();
        newer.map_or_else(|| terminal.load().map(Arc::new), Ok)
    }
}

/// Number of entries to sort at first; they usually fill a page.
const SORTED_FIRST: usize = 256;

/// Returns the first admitted entries, as many as the page needs.
fn pick<T>(
    mut found: Vec<(Key, T)>,
    wanted: &Wanted<'_>,
    mut admit: impl FnMut(Key, T) -> Option<Arc<Ticket>>,
) -> Part<Ticket> {
    found.retain(|(key, _)| wanted.walk.contains(*key));
    let rest = if found.len() > SORTED_FIRST {
        found.select_nth_unstable_by(SORTED_FIRST, |a, b| wanted.walk.compare(a.0, b.0));
        found.split_off(SORTED_FIRST)
    } else {
        Vec::new()
    };
    let mut gathering = Gathering::new(wanted.limit);
    for mut sorted in [found, rest] {
        sorted.sort_unstable_by(|a, b| wanted.walk.compare(a.0, b.0));
        // Adjacent duplicates are a ticket that has the word in two of its texts.
        let mut last = None;
        for (key, entry) in sorted {
            if last.replace(key) == Some(key) {
                continue;
            }
            if let Some(ticket) = admit(key, entry) {
                gathering.add(key, ticket);
            }
            if gathering.is_full() {
                gathering.part.cut = Some(key);
                return gathering.part;
            }
        }
    }
    gathering.part
}
