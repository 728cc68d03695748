//! Which shows have which words, so that a search looks at the shows that it finds and at no others.

use std::collections::BTreeMap;
use std::ops::Bound;

use boxoffice::SearchText;

use super::slots::{Slot, SlotSet};

/// The words of all shows, each of which is found by any beginning of it.
#[derive(Debug, Default)]
pub(super) struct Words(BTreeMap<Box<str>, Vec<Posting>>);

/// A show that has a word. Those of a word are in the order of their slots.
#[derive(Debug)]
struct Posting {
    slot: Slot,
    /// How often the texts of the show have the word.
    count: u32,
}

impl Words {
    /// Adds the words of a text of a show.
    pub(super) fn learn(&mut self, slot: Slot, text: &str) {
        for word in SearchText::words_of(text) {
            let shows = self.0.entry(word).or_default();
            match shows.binary_search_by_key(&slot, |posting| posting.slot) {
                Ok(at) => shows[at].count += 1,
                Err(at) => shows.insert(at, Posting { slot, count: 1 }),
            }
        }
    }

    /// Takes away the words of a text that the show had.
    pub(super) fn forget(&mut self, slot: Slot, text: &str) {
        for word in SearchText::words_of(text) {
            let Some(shows) = self.0.get_mut(&word) else { continue };
            let Ok(at) = shows.binary_search_by_key(&slot, |posting| posting.slot) else { continue };
            shows[at].count -= 1;
            if shows[at].count == 0 {
                shows.remove(at);
            }
            if shows.is_empty() {
                self.0.remove(&word);
            }
        }
    }

    /// Returns the shows with a word for each of the searched ones. Their slots are below `slots`.
    pub(super) fn find(&self, search: &SearchText, slots: usize) -> SlotSet {
        let mut found: Option<SlotSet> = None;
        for searched in search.words() {
            let mut with_word = SlotSet::with_room(slots);
            self.beginning_with(searched).for_each(|slot| with_word.insert(slot));
            if let Some(others) = &found {
                with_word.keep_common(others);
            }
            if with_word.is_empty() {
                return with_word;
            }
            found = Some(with_word);
        }
        found.unwrap_or_else(|| SlotSet::with_room(slots))
    }

    /// Iterates over the shows with a word that begins so. A show with several comes several times.
    fn beginning_with(&self, beginning: &str) -> impl Iterator<Item = Slot> {
        let from = (Bound::Included(beginning), Bound::Unbounded);
        let words = self.0.range::<str, _>(from).take_while(move |(word, _)| word.starts_with(beginning));
        words.flat_map(|(_, shows)| shows.iter().map(|posting| posting.slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_until_the_last_text_with_them_is_gone() {
        let mut words = Words::default();
        let [first, second] = [Slot::new(0), Slot::new(70)];
        let find = |words: &Words, search: &str| {
            words.find(&search.parse().unwrap(), 71).iter().map(Slot::at).collect::<Vec<_>>()
        };
        for text in ["Große Oper", "東京ドーム"] {
            words.learn(second, text);
        }
        for text in ["Oper, oper", "Parkett"] {
            words.learn(first, text);
        }
        assert_eq!(find(&words, "op"), [0, 70]);
        assert_eq!(find(&words, "OPER grosse"), [70]);
        assert_eq!(find(&words, "parkett große"), [] as [usize; 0]);
        assert_eq!(find(&words, "ドーム"), [70]);
        words.learn(first, "Oper");
        words.forget(first, "Oper, oper");
        assert_eq!(find(&words, "op"), [0, 70]);
        words.forget(first, "Oper");
        words.forget(second, "Große Oper");
        assert_eq!(find(&words, "op"), [] as [usize; 0]);
        words.forget(first, "Parkett");
        words.forget(second, "東京ドーム");
        assert!(words.0.is_empty(), "{words:?}");
    }

    #[test]
    fn a_rare_word_looks_at_the_shows_that_have_it() {
        let mut words = Words::default();
        for at in 0..1_000 {
            words.learn(Slot::new(at), if at % 500 == 7 { "Tosca" } else { "Hamlet" });
        }
        assert_eq!(words.beginning_with("tos").map(Slot::at).collect::<Vec<_>>(), [7, 507]);
        assert_eq!(words.beginning_with("h").count(), 998);
    }
}
