//! Listings of what has certain words: the lists of a few texts in place of the list of all tickets.

use std::sync::Arc;

use super::Views;
use super::checkpoint::{Owner, Settled};
use super::error::ViewsError;
use super::index::{TicketIndex, TicketKey};
use super::key::{Key, Walk};
use super::listing::{Gathering, LOAD_WORK, Part, TicketFilter, visit_slice};
use super::live::Live;
use super::words::{TEXTS_MAX, TICKETS_MAX, TextId};
use crate::domain::Ticket;
use crate::types::TicketId;

/// What is looked for, and in which order.
pub(super) struct Wanted<'a> {
    pub(super) key: TicketKey,
    pub(super) walk: &'a Walk,
    pub(super) limit: usize,
}

impl Views {
    /// The tickets in memory, if the words of the query are rare enough that their texts are the shorter way.
    pub(super) fn tickets_by_words(
        &self,
        index: fn(&Live) -> &TicketIndex,
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
    ) -> Option<Vec<Part<Ticket>>> {
        let search = filter.query.q.as_ref()?;
        let in_order = wanted.key == TicketKey::CreatedAt;
        let texts = {
            let live = self.live();
            let index = index(&live);
            index.words().plan(search, in_order, TICKETS_MAX.max(index.len() / 8))?
        };
        if !in_order {
            return Some(vec![self.sort_by_words(index, wanted, filter, &texts)]);
        }
        let of_text = |text: TextId| {
            self.scan(
                wanted.walk.clone(),
                wanted.limit,
                |live| index(live).words().keys_of(text),
                |live, key| {
                    let ticket = live.tickets.by_id.get(&TicketId::from_bytes(key.id()))?;
                    filter.matches(ticket).then(|| Arc::clone(ticket))
                },
            )
        };
        Some(texts.into_iter().map(of_text).collect())
    }

    /// Sorts the tickets of the texts, then looks at one after the other until there are enough.
    fn sort_by_words(
        &self,
        index: fn(&Live) -> &TicketIndex,
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
        texts: &[TextId],
    ) -> Part<Ticket> {
        let mut found = Vec::new();
        for text in texts {
            let mut rest = Walk::all(false);
            loop {
                let live = self.live();
                let Some(keys) = index(&live).words().keys_of(*text) else { break };
                let last = visit_slice(keys, &rest, |key| {
                    let ticket = live.tickets.by_id.get(&TicketId::from_bytes(key.id()));
                    found.extend(ticket.map(|ticket| (wanted.key.of(ticket), Arc::clone(ticket))));
                    false
                });
                let Some(last) = last else { break };
                rest.skip_to(last);
            }
        }
        pick(found, wanted, filter)
    }

    /// The same of the tickets in the file.
    pub(super) fn settled_by_words(
        &self,
        wanted: &Wanted<'_>,
        filter: &mut TicketFilter<'_>,
    ) -> Result<Option<Vec<Part<Ticket>>>, ViewsError> {
        let Some(search) = filter.query.q.as_ref() else { return Ok(None) };
        let in_order = wanted.key == TicketKey::CreatedAt;
        let mut fewest: Option<Vec<TextId>> = None;
        for word in search.words() {
            let most = fewest.as_ref().map_or(if in_order { TEXTS_MAX } else { TICKETS_MAX }, Vec::len);
            if let Some(texts) = self.0.store.settled_texts(word, most)? {
                fewest = Some(texts);
            }
        }
        let Some(texts) = fewest else { return Ok(None) };
        let everything = Walk::all(false);
        let walk = if in_order { wanted.walk } else { &everything };
        let (mut parts, mut found) = (Vec::new(), Vec::new());
        for text in texts {
            let mut gathering = Gathering::new(if in_order { wanted.limit } else { TICKETS_MAX });
            self.0.store.settled_tickets(
                TicketKey::CreatedAt,
                Some(Owner::Text(text)),
                walk,
                &mut |place, settled: Settled<'_, Ticket>| {
                    if filter.may_match(&settled) {
                        let ticket = self.newest(place, &settled)?;
                        gathering.work += LOAD_WORK;
                        if filter.matches(&ticket) {
                            gathering.add(place, ticket);
                        }
                    }
                    Ok(gathering.step(place))
                },
            )?;
            if in_order {
                parts.push(gathering.part);
                continue;
            }
            if gathering.part.cut.is_some() {
                return Ok(None);
            }
            found.extend(gathering.part.found.into_iter().map(|(_, ticket)| (wanted.key.of(&ticket), ticket)));
            if found.len() > TICKETS_MAX {
                return Ok(None);
            }
        }
        if !in_order {
            parts.push(pick(found, wanted, filter));
        }
        Ok(Some(parts))
    }

    /// Memory has the say about what it has: the file may be older.
    pub(super) fn newest(&self, place: Key, settled: &Settled<'_, Ticket>) -> Result<Arc<Ticket>, ViewsError> {
        let newer = self.live().tickets.by_id.get(&TicketId::from_bytes(place.id())).cloned();
        newer.map_or_else(|| settled.load().map(Arc::new), Ok)
    }
}

/// The first of these that match, as many as a page wants.
fn pick(mut found: Vec<(Key, Arc<Ticket>)>, wanted: &Wanted<'_>, filter: &mut TicketFilter<'_>) -> Part<Ticket> {
    found.retain(|(key, _)| wanted.walk.contains(*key));
    found.sort_unstable_by(|a, b| wanted.walk.compare(a.0, b.0));
    found.dedup_by_key(|(key, _)| *key);
    let mut gathering = Gathering::new(wanted.limit);
    for (key, ticket) in found {
        if filter.matches(&ticket) {
            gathering.add(key, ticket);
        }
        if gathering.is_full() {
            gathering.part.cut = Some(key);
            break;
        }
    }
    gathering.part
}
