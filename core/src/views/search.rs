//! Text search of tickets.

use std::str::FromStr;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::tokenizer;
use crate::domain::Ticket;
use crate::domain::ticket::Show;
use crate::types::fold::searchable;

/// Maximum characters of a search.
const LEN_MAX: usize = 100;

/// Maximum words of a search.
const WORDS_MAX: usize = 64;

/// The words of a search. Each must be the beginning of a word in the ticket's title, seat, or its show's name, venue or
/// category.
///
/// Case, accents and width make no difference, nor does the kind of apostrophe, and `ß` is `ss`. In scripts that are written
/// without spaces, such as Chinese, Japanese and Thai, any part of a text is found.
///
/// ```
/// use boxoffice::SearchText;
///
/// let search: SearchText = "bjork straße".parse()?;
/// assert!(search.is_in(["BJÖRK live", "Große Strasse 1"]));
/// assert!("ドーム".parse::<SearchText>()?.is_in(["東京ドーム"]));
/// # Ok::<(), boxoffice::SearchTextError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText {
    /// Different words in their searchable form, none of them empty.
    words: SmallVec<[Box<str>; 4]>,
}

/// Reasons why a search text is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SearchTextError {
    /// The text has more than 100 characters.
    #[error("must have at most {LEN_MAX} characters")]
    TooLong,
    /// The text has more than 64 words.
    #[error("must have at most {WORDS_MAX} words")]
    TooManyWords,
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
        let mut words: SmallVec<[Box<str>; 4]> = SmallVec::new();
        tokenizer::searched(&searchable(text), |word| {
            if !words.iter().any(|known| **known == *word) {
                words.push(word.into());
            }
        });
        match words.len() {
            0 => Err(SearchTextError::NoWords),
            1..=WORDS_MAX => Ok(Self { words }),
            _ => Err(SearchTextError::TooManyWords),
        }
    }
}

/// Bit set of the words of a search that were found. A search has at most [`WORDS_MAX`] words.
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
        Self { text, all: text.all(), shows: FxHashMap::default() }
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
        let category = show.category.as_ref().map_or(0, |category| self.text.found_in(category.as_str()));
        let found = venue | category | self.text.found_in(show.name.as_str());
        if self.shows.len() == SHOWS_MAX {
            self.shows.clear();
        }
        self.shows.insert(place, (Arc::clone(show), found));
        found
    }
}

impl SearchText {
    /// Returns `true` if each word of the search begins a word of one of the texts.
    pub fn is_in<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> bool {
        let mut found = 0;
        texts.into_iter().any(|text| {
            found |= self.found_in(text);
            found == self.all()
        })
    }

    /// Iterates over the searched words, each as an index has it. A text that [`is_in`](Self::is_in) finds has for each of
    /// them a word in [`words_of`](Self::words_of) that begins with it.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| tokenizer::indexed(word))
    }

    /// Returns `true` if an index has the searched words whole, so that its words alone tell what is found. A long word of a
    /// script without spaces is cut in an index; what has its beginning is still to be asked by [`is_in`](Self::is_in).
    pub fn is_indexed_whole(&self) -> bool {
        self.words.iter().all(|word| tokenizer::indexed(word).len() == word.len())
    }

    /// Returns the words of a text, for an index that is searched by [`words`](Self::words). A word may come several times.
    ///
    /// ```
    /// use boxoffice::SearchText;
    ///
    /// let search: SearchText = "strass".parse()?;
    /// let words = SearchText::words_of("Große Straße 1");
    /// assert!(search.words().all(|searched| words.iter().any(|word| word.starts_with(searched))));
    /// # Ok::<(), boxoffice::SearchTextError>(())
    /// ```
    pub fn words_of(text: &str) -> Vec<Box<str>> {
        let mut words = Vec::new();
        tokenizer::index_words(&searchable(text), &mut words);
        words
    }

    fn all(&self) -> Found {
        Found::MAX >> (WORDS_MAX - self.words.len())
    }

    fn found_in(&self, text: &str) -> Found {
        let mut found = 0;
        let mut look = |word: &str, begins: fn(&str, &str) -> bool| {
            let here = self.words.iter().enumerate().filter(|(_, searched)| begins(word, searched));
            found |= here.fold(0, |found, (at, _)| found | 1 << at);
        };
        // Nearly all words don't match, so that ASCII is read where it stands.
        if text.is_ascii() && !text.contains(['\'', '`']) {
            let mut after_sign = true;
            for (at, letter) in text.bytes().enumerate() {
                if after_sign {
                    look(&text[at..], begins_with_ascii);
                }
                after_sign = !letter.is_ascii_alphanumeric();
            }
        } else {
            tokenizer::beginnings(&searchable(text), &mut |word| {
                look(word, |word, searched| word.starts_with(searched));
            });
        }
        found
    }
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
        assert_eq!(search.is_in([text]), expected, "{search:?} in {text}");
        let words = SearchText::words_of(text);
        let by_words = search.words().all(|searched| words.iter().any(|word| word.starts_with(searched)));
        assert!(by_words == expected || (by_words && !search.is_indexed_whole()), "{search:?} by the words of {text}");
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
    fn case_accents_width_and_apostrophes_make_no_difference() {
        check("été", "L'ÉTÉ INDIEN", true);
        check("lete", "L’été indien", true);
        check("l'ete", "L’été indien", true);
        check("ÅNG", "Ångström", true);
        check("angstrom", "Ångström", true);
        check("bjork", "Bjo\u{308}rk", true);
        check("дядя", "Дядя Ваня", true);
        check("ab", "aé", false);
        check("straße", "STRASSE", true);
        check("strasse", "Große Straße", true);
        check("o’brien", "O'Brien", true);
        check("obrien", "O'Brien", true);
        check("ｔｏｓｃａ", "Tosca", true);
        check("tosca", "ＴＯＳＣＡ", true);
    }

    #[test]
    fn scripts_without_spaces_are_searched_anywhere() {
        check("ドーム", "東京ドーム", true);
        check("京ド", "東京ドーム", true);
        check("ドム", "東京ドーム", false);
        check("コンサート 東京", "東京のコンサート", true);
        check("คอนเสิร์ต", "บัตรคอนเสิร์ต", true);
        check("音楽会", "春の音楽会2027", true);
        check("2027", "春の音楽会2027", true);
        check("ﾄﾞｰﾑ", "東京ドーム", true);
        check("서울", "서울 콘서트", true);
        check("一二三四五六七八九十", "零一二三四五六七八九十", true);
        check("一二三四五六七八十", "零一二三四五六七八九十", false);
    }

    #[test]
    fn what_can_be_searched_for() {
        assert_eq!("!?".parse::<SearchText>(), Err(SearchTextError::NoWords));
        assert_eq!("".parse::<SearchText>(), Err(SearchTextError::NoWords));
        assert_eq!("a".repeat(101).parse::<SearchText>(), Err(SearchTextError::TooLong));
        let letters = |count: u32| {
            (0..count).filter_map(|at| char::from_u32(0x400 + 2 * at)).flat_map(|it| [it, ' ']).collect::<String>()
        };
        assert_eq!("a ".repeat(50).parse::<SearchText>().unwrap().words.len(), 1);
        assert!(letters(40).parse::<SearchText>().is_ok());
        // Letters of two kinds by turns, each of which is a word.
        let by_turns = |count: u32| {
            let letter = |at| char::from_u32(if at % 2 == 0 { 0x4e00 + at } else { 0x10d0 + at / 2 });
            (0..count).filter_map(letter).collect::<String>()
        };
        assert_eq!(by_turns(65).parse::<SearchText>(), Err(SearchTextError::TooManyWords));
        let most = by_turns(64);
        let search: SearchText = most.parse().unwrap();
        assert_eq!(search.words.len(), 64);
        assert!(search.is_in([most.as_str()]));
    }
}
