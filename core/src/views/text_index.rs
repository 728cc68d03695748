//! Index from words to tickets, so that a search for a rare word need not examine every ticket.
//!
//! Thousands of tickets share their title and show, and seat labels repeat from show to show. So words lead to *texts*,
//! and texts to tickets: listing ten thousand tickets for one show adds a handful of words, once. A word is found by
//! any prefix, as [`SearchText`] describes.
//!
//! Memory use is proportional to the tickets in memory: a text is dropped with its last ticket, a word with its last
//! text. Terminal tickets are found in the same way in the checkpoint file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::index::{PerOwner, TicketKey};
use super::key::{Key, Reach};
use super::search::SearchText;
use super::tokenizer;
use crate::domain::Ticket;
use crate::types::fold::searchable;

/// Id of a text, derived from its content.
pub(super) type TextId = [u8; 16];

/// Number of texts that a search traverses one by one when each lists its tickets in the requested order.
pub(super) const TEXTS_MAX: usize = 64;

/// Number of tickets that a search may sort, however few tickets there are in all.
pub(super) const TICKETS_MAX: usize = 4_096;

/// Returns the ids of the ticket's searchable texts. Title, show, venue and category form one text, because they mostly
/// come together; the seat is another.
pub(super) fn texts(ticket: &Ticket) -> SmallVec<[TextId; 2]> {
    let mut main = blake3::Hasher::new();
    main.update(ticket.title.as_str().as_bytes());
    if let Some(show) = &ticket.show {
        main.update(b"\0").update(show.name.as_str().as_bytes());
        main.update(b"\0").update(show.venue.as_ref().map_or("", |venue| venue.as_str()).as_bytes());
        main.update(b"\0").update(show.category.as_ref().map_or("", |category| category.as_str()).as_bytes());
    }
    let mut texts = SmallVec::new();
    texts.push(id(&main.finalize()));
    if let Some(seat) = &ticket.seat {
        let mut hasher = blake3::Hasher::new();
        texts.push(id(&hasher.update(b"\x01").update(seat.as_str().as_bytes()).finalize()));
    }
    texts
}

/// Returns the words of the ticket's text with this number, as the index keeps them.
pub(super) fn words_of(ticket: &Ticket, text: usize) -> Vec<Box<str>> {
    let mut words = Vec::new();
    let mut add = |text: &str| tokenizer::index_words(&searchable(text), &mut words);
    if text > 0 {
        ticket.seat.iter().for_each(|seat| add(seat.as_str()));
        return words;
    }
    add(ticket.title.as_str());
    if let Some(show) = &ticket.show {
        add(show.name.as_str());
        show.venue.iter().for_each(|venue| add(venue.as_str()));
        show.category.iter().for_each(|category| add(category.as_str()));
    }
    words
}

fn id(hash: &blake3::Hash) -> TextId {
    let mut id = [0; 16];
    id.copy_from_slice(&hash.as_bytes()[..16]);
    id
}

/// Index of the words of tickets in memory.
#[derive(Debug, Default)]
pub(super) struct TextIndex {
    texts_by_word: BTreeMap<Box<str>, FxHashSet<TextId>>,
    /// Tickets of each text, by time of listing.
    by_text: PerOwner<TextId>,
    /// Bounds of the sort values of each text's tickets.
    reaches: FxHashMap<TextId, Reaches>,
}

/// Bounds of the sort values of a text's tickets, for the orders that [`TextIndex`] keeps no index of. Bounds only
/// grow, and are dropped with the text.
#[derive(Debug, Clone, Copy, Default)]
struct Reaches {
    price: Reach,
    starts_at: Reach,
}

impl Reaches {
    fn take_in(&mut self, ticket: &Ticket) {
        self.price.take_in(TicketKey::Price.of(ticket).value);
        self.starts_at.take_in(TicketKey::StartsAt.of(ticket).value);
    }
}

impl TextIndex {
    /// Builds the index of all these tickets, which is faster than inserting them one by one.
    pub(super) fn of(tickets: &[Arc<Ticket>]) -> Self {
        let mut index = Self::default();
        let mut places = Vec::with_capacity(2 * tickets.len());
        let mut known = FxHashMap::default();
        for ticket in tickets {
            let key = TicketKey::CreatedAt.of(ticket);
            for (number, text) in texts(ticket).into_iter().enumerate() {
                index.reaches.entry(text).or_default().take_in(ticket);
                places.push((text, key));
                known.entry(text).or_insert((ticket, number));
            }
        }
        index.by_text = places.into_iter().collect();
        for (text, (ticket, number)) in known {
            index.learn(text, words_of(ticket, number));
        }
        index
    }

    pub(super) fn insert(&mut self, ticket: &Ticket) {
        for (number, text) in texts(ticket).into_iter().enumerate() {
            self.reaches.entry(text).or_default().take_in(ticket);
            if self.by_text.insert(text, TicketKey::CreatedAt.of(ticket)) {
                self.learn(text, words_of(ticket, number));
            }
        }
    }

    pub(super) fn remove(&mut self, ticket: &Ticket) {
        for (number, text) in texts(ticket).into_iter().enumerate() {
            if self.by_text.remove(text, TicketKey::CreatedAt.of(ticket)) {
                self.reaches.remove(&text);
                self.unlearn(text, &words_of(ticket, number));
            }
        }
    }

    /// Updates the index after an edit.
    pub(super) fn replace(&mut self, old: &Ticket, new: &Ticket) {
        if old.title != new.title || old.show != new.show || old.seat != new.seat {
            self.remove(old);
            self.insert(new);
        } else if old.price != new.price {
            for text in texts(new) {
                self.reaches.entry(text).or_default().take_in(new);
            }
        }
    }

    fn learn(&mut self, text: TextId, words: Vec<Box<str>>) {
        for word in words {
            self.texts_by_word.entry(word).or_default().insert(text);
        }
    }

    fn unlearn(&mut self, text: TextId, words: &[Box<str>]) {
        for word in words {
            if let Some(texts) = self.texts_by_word.get_mut(word) {
                texts.remove(&text);
                if texts.is_empty() {
                    self.texts_by_word.remove(word);
                }
            }
        }
    }

    /// Returns the text's tickets in the order of [`TicketKey::CreatedAt`], if there are any.
    pub(super) fn keys_of(&self, text: TextId) -> Option<&BTreeSet<Key>> {
        self.by_text.keys_of(text)
    }

    /// Returns the bounds of the text's tickets in the order of `key`.
    pub(super) fn reach_of(&self, text: TextId, key: TicketKey) -> Reach {
        let reaches = self.reaches.get(&text).copied().unwrap_or_default();
        match key {
            TicketKey::CreatedAt => Reach::ANYWHERE,
            TicketKey::Price => reaches.price,
            TicketKey::StartsAt => reaches.starts_at,
        }
    }

    /// Returns the number of words.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.texts_by_word.len()
    }

    /// Returns the texts whose tickets include every possible match, and the number of their tickets. Returns `None` if
    /// a scan of all tickets in order fills a page sooner: then every word is so common that the next ticket with it is
    /// never far away. `tickets_max` is the number of tickets that counts as few.
    pub(super) fn plan(&self, search: &SearchText, in_order: bool, tickets_max: usize) -> Option<(Vec<TextId>, usize)> {
        let plans = search.words().filter_map(|word| self.texts_with(word, in_order, tickets_max));
        plans.min_by_key(|(_, tickets)| *tickets)
    }

    fn texts_with(&self, word: &str, in_order: bool, tickets_max: usize) -> Option<(Vec<TextId>, usize)> {
        let mut found = FxHashSet::default();
        let mut tickets = 0;
        let from = (std::ops::Bound::Included(word), std::ops::Bound::Unbounded);
        for (_, texts) in self.texts_by_word.range::<str, _>(from).take_while(|(known, _)| known.starts_with(word)) {
            for text in texts {
                if found.insert(*text) {
                    tickets += self.keys_of(*text).map_or(0, BTreeSet::len);
                }
                let few_lists = in_order && found.len() <= TEXTS_MAX;
                if tickets > tickets_max && !few_lists {
                    return None;
                }
            }
        }
        Some((found.into_iter().collect(), tickets))
    }
}
