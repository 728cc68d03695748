//! The words of a text, for searches: runs of letters and digits.
//!
//! Scripts that are written without spaces have no words to be told apart without a dictionary. There each character
//! begins a word that reaches to the end of the run, so that whatever is searched for is found wherever it stands.
//!
//! All functions here take texts in their searchable form; see [`searchable`](crate::types::fold::searchable).

use crate::types::fold::{is_mark, is_unspaced};

/// Characters of a word without spaces that an index has; what follows is compared with the text itself.
const INDEXED_MAX: usize = 8;

/// A run of characters of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run<'a> {
    text: &'a str,
    /// `true` if words are not separated in its script.
    is_unspaced: bool,
    /// `true` if an apostrophe, and nothing else, is between it and the run before.
    follows_apostrophe: bool,
}

/// Passes the runs of the text to `visit`, in order.
fn runs<'a>(text: &'a str, mut visit: impl FnMut(Run<'a>)) {
    let mut start = None;
    let mut end = 0;
    let mut after_apostrophe = false;
    for (at, letter) in text.char_indices() {
        let is_letter = letter.is_alphanumeric() || is_mark(letter);
        // A mark goes with the letter before it.
        let kind = start
            .map_or_else(|| is_unspaced(letter), |(_, kind)| if is_mark(letter) { kind } else { is_unspaced(letter) });
        if let Some((from, known)) = start.filter(|(_, known)| !is_letter || *known != kind) {
            let is_apart = end > 0 && from == end + 1;
            visit(Run { text: &text[from..at], is_unspaced: known, follows_apostrophe: after_apostrophe && is_apart });
            (start, end) = (None, at);
            after_apostrophe = letter == '\'';
        }
        if is_letter && start.is_none() {
            start = Some((at, kind));
        }
    }
    if let Some((from, is_unspaced)) = start {
        let is_apart = end > 0 && from == end + 1;
        visit(Run { text: &text[from..], is_unspaced, follows_apostrophe: after_apostrophe && is_apart });
    }
}

/// Passes every place to `visit` at which a word of the text begins, as the text from there to the end of the word.
pub(super) fn beginnings<'a>(text: &'a str, visit: &mut dyn FnMut(&str)) {
    // The word with its apostrophes left out: `lete` for l'été.
    let mut joined = String::new();
    let mut before = "";
    runs(text, |run: Run<'a>| {
        if !run.follows_apostrophe && !joined.is_empty() {
            visit(&joined);
            joined.clear();
        }
        if run.is_unspaced {
            unspaced(run.text, visit);
        } else {
            visit(run.text);
        }
        if run.follows_apostrophe {
            if joined.is_empty() {
                joined.push_str(before);
            }
            joined.push_str(run.text);
        }
        before = run.text;
    });
    if !joined.is_empty() {
        visit(&joined);
    }
}

fn unspaced(run: &str, visit: &mut dyn FnMut(&str)) {
    for (at, letter) in run.char_indices() {
        if at == 0 || !is_mark(letter) {
            visit(&run[at..]);
        }
    }
}

/// Adds the words of the text to `words`, as an index keeps them.
pub(super) fn index_words(text: &str, words: &mut Vec<Box<str>>) {
    beginnings(text, &mut |word| words.push(indexed(word).into()));
}

/// Returns the part of a word that an index has.
pub(super) fn indexed(word: &str) -> &str {
    if !word.starts_with(is_unspaced) {
        return word;
    }
    let end = word.char_indices().nth(INDEXED_MAX).map_or(word.len(), |(at, _)| at);
    &word[..end]
}

/// Passes the words of a search to `visit`: a run without spaces is one, of which the text must have every character in
/// this order.
pub(super) fn searched(text: &str, mut visit: impl FnMut(&str)) {
    runs(text, |run| visit(run.text));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut words = Vec::new();
        index_words(text, &mut words);
        assert_eq!(words.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), expected, "{text}");
    }

    #[test]
    fn words_between_signs() {
        check("hamlet, row-3!", &["hamlet", "row", "3"]);
        check("", &[]);
        check("'", &[]);
        check("дядя ваня", &["дядя", "ваня"]);
    }

    #[test]
    fn apostrophes_part_words_and_do_not() {
        check("l'ete indien", &["l", "ete", "lete", "indien"]);
        check("rock'n'roll", &["rock", "n", "roll", "rocknroll"]);
        check("rock 'n' roll", &["rock", "n", "roll"]);
        check("'tis", &["tis"]);
    }

    #[test]
    fn every_character_begins_a_word_without_spaces() {
        check("東京a", &["東京", "京", "a"]);
        check("akb48劇場", &["akb48", "劇場", "場"]);
        check(
            "一二三四五六七八九",
            &[
                "一二三四五六七八",
                "二三四五六七八九",
                "三四五六七八九",
                "四五六七八九",
                "五六七八九",
                "六七八九",
                "七八九",
                "八九",
                "九",
            ],
        );
        // Marks begin nothing.
        check("กี่", &["กี่"]);
    }

    #[test]
    fn searched_words() {
        let mut words = Vec::new();
        searched("tokyo 東京ドーム o'brien", |word| words.push(word.to_owned()));
        assert_eq!(words, ["tokyo", "東京ドーム", "o", "brien"]);
    }
}
