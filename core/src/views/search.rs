//! Text search of tickets.

use std::str::FromStr;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::domain::Ticket;
use crate::domain::ticket::Show;

/// Maximum characters of a search.
const LEN_MAX: usize = 100;

/// The words of a search. Each must be a prefix of a word in the ticket's title, seat, show or venue, ignoring case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText {
    /// Lower-case words, none of them empty.
    words: SmallVec<[Box<str>; 4]>,
}

/// Reasons why a search text is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SearchTextError {
    /// The text has more than 100 characters.
    #[error("must have at most {LEN_MAX} characters")]
    TooLong,
    /// The text has no letter or digit.
    #[error("must have a letter or a digit")]
    NoWords,
}

impl FromStr for SearchText {
    type Err = SearchTextError;

    fn from_str(text: &str) -> Result<Self, SearchTextError> {
        if text.chars().take(LEN_MAX + 1).count() > LEN_MAX {
            return Err(SearchTextError::TooLong);
        }
        let words: SmallVec<[Box<str>; 4]> = words(text).map(lower).collect();
        if words.is_empty() { Err(SearchTextError::NoWords) } else { Ok(Self { words }) }
    }
}

/// Bit set of the words of a search that were found. A search of 100 characters has at most 50 words.
type Found = u64;

/// Number of shows that a search remembers.
const SHOWS_MAX: usize = 1_024;

/// A search in progress. It caches the shows that it has examined, since many tickets share one.
#[derive(Debug)]
pub(super) struct Search<'a> {
    text: &'a SearchText,
    all: Found,
    /// Shows by their address in memory, which is stable while they are held here.
    shows: FxHashMap<usize, (Arc<Show>, Found)>,
}

impl<'a> Search<'a> {
    pub(super) fn new(text: &'a SearchText) -> Self {
        Self { text, all: (1 << text.words.len()) - 1, shows: FxHashMap::default() }
    }

    /// Returns `true` if the ticket contains all words.
    pub(super) fn matches(&mut self, ticket: &Ticket) -> bool {
        let mut found = ticket.show.as_ref().map_or(0, |show| self.in_show(show));
        if found != self.all {
            found |= self.text.found_in(ticket.title.as_str());
        }
        if found != self.all {
            found |= ticket.seat.as_ref().map_or(0, |seat| self.text.found_in(seat.as_str()));
        }
        found == self.all
    }

    fn in_show(&mut self, show: &Arc<Show>) -> Found {
        let place = Arc::as_ptr(show).addr();
        if let Some((_, found)) = self.shows.get(&place) {
            return *found;
        }
        let venue = show.venue.as_ref().map_or(0, |venue| self.text.found_in(venue.as_str()));
        let found = venue | self.text.found_in(show.name.as_str());
        if self.shows.len() == SHOWS_MAX {
            self.shows.clear();
        }
        self.shows.insert(place, (Arc::clone(show), found));
        found
    }
}

impl SearchText {
    /// Iterates over the searched words in lower case.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| &**word)
    }

    fn found_in(&self, text: &str) -> Found {
        let mut found = 0;
        let mut look = |word: &str, begins: fn(&str, &str) -> bool| {
            let here = self.words.iter().enumerate().filter(|(_, searched)| begins(word, searched));
            found |= here.fold(0, |found, (at, _)| found | 1 << at);
        };
        if text.is_ascii() {
            let mut after_sign = true;
            for (at, letter) in text.bytes().enumerate() {
                if after_sign {
                    look(&text[at..], begins_with_ascii);
                }
                after_sign = !letter.is_ascii_alphanumeric();
            }
        } else {
            words(text).for_each(|word| look(word, begins_with));
        }
        found
    }
}

/// Converts to lower case character by character, so that searches and texts agree: a final sigma is not a letter of
/// its own.
pub(super) fn lower(word: &str) -> Box<str> {
    word.chars().flat_map(char::to_lowercase).collect::<String>().into()
}

/// Splits a text into words of letters and digits.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Returns `true` if `word` starts with `lower`, ignoring the case of `word`. It makes no copy, since nearly all words
/// don't match.
fn begins_with(word: &str, lower: &str) -> bool {
    let mut letters = word.chars().flat_map(char::to_lowercase);
    lower.chars().all(|expected| letters.next() == Some(expected))
}

/// Returns `true` if an ASCII text starts with `lower`, ignoring case. The text may continue after the word: `lower`
/// contains nothing that could match what follows.
fn begins_with_ascii(text: &str, lower: &str) -> bool {
    text.as_bytes().get(..lower.len()).is_some_and(|start| start.eq_ignore_ascii_case(lower.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(search: &str, text: &str, expected: bool) {
        let search: SearchText = search.parse().unwrap();
        assert_eq!(search.found_in(text) == (1 << search.words.len()) - 1, expected, "{search:?} in {text}");
    }

    #[test]
    fn words_are_prefixes_whatever_the_case() {
        check("ham", "Hamlet at the Globe", true);
        check("GLOBE hamlet", "Hamlet at the Globe", true);
        check("amlet", "Hamlet at the Globe", false);
        check("hamlets", "Hamlet", false);
        check("ham x", "Hamlet", false);
        check("rock'n'roll", "A night of Rock 'n' Roll", true);
        check("12", "Row 3, seat 12", true);
        check("2", "Row 3, seat 12", false);
    }

    #[test]
    fn case_is_folded_beyond_ascii() {
        check("été", "L'ÉTÉ INDIEN", true);
        check("ÅNG", "Ångström", true);
        check("ång", "angel", false);
        check("дядя", "Дядя Ваня", true);
        check("ab", "aé", false);
        check("straße", "STRASSE", false);
    }

    #[test]
    fn what_can_be_searched_for() {
        assert_eq!("!?".parse::<SearchText>(), Err(SearchTextError::NoWords));
        assert_eq!("".parse::<SearchText>(), Err(SearchTextError::NoWords));
        assert_eq!("a".repeat(101).parse::<SearchText>(), Err(SearchTextError::TooLong));
        assert_eq!("a ".repeat(50).parse::<SearchText>().unwrap().words.len(), 50);
    }
}
