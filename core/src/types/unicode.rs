//! The Unicode tables in use, for what stores texts in another form than they were typed in.
//!
//! The tables come with the standard library and with crates, and an embedder's build chooses their versions. What was stored
//! under other tables is not found any more: a letter that was unknown may look like another one now.

use std::sync::LazyLock;

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

use super::fold::{compatible, is_dash, is_ignorable, is_mark, is_unspaced, searchable};

/// Hash of all tables.
pub(crate) type Fingerprint = [u8; 16];

/// Returns the fingerprint of the tables behind [`look_alike`](super::fold::look_alike) and [`searchable`], and of the classes of
/// letters. A process computes it once.
pub(crate) fn fingerprint() -> Fingerprint {
    static FINGERPRINT: LazyLock<Fingerprint> =
        LazyLock::new(|| of(&letters(), |text| compatible(text).into_owned(), searchable));
    *FINGERPRINT
}

/// Returns every letter that the tables know, one a line, so that none changes its neighbours.
fn letters() -> String {
    use GeneralCategory::{PrivateUse, Unassigned};
    let ranges = CodePointMapData::<GeneralCategory>::new().iter_ranges();
    let known = ranges.filter(|it| !matches!(it.value, Unassigned | PrivateUse)).flat_map(|it| it.range);
    known.filter_map(char::from_u32).flat_map(|letter| [letter, '\n']).collect()
}

fn of(letters: &str, looked_at: impl Fn(&str) -> String, searched: impl Fn(&str) -> String) -> Fingerprint {
    // The tables of capitals and of letters that look alike tell their version. The others show only in what they make of letters.
    let versions = format!("{:?} {:?}", char::UNICODE_VERSION, unicode_security::UNICODE_VERSION);
    let classes: Vec<u8> = letters.chars().step_by(2).map(class).collect();
    let mut hasher = blake3::Hasher::new();
    hasher.update(versions.as_bytes()).update(&classes);
    hasher.update(looked_at(letters).as_bytes()).update(searched(letters).as_bytes());
    let mut fingerprint = Fingerprint::default();
    fingerprint.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    fingerprint
}

fn class(letter: char) -> u8 {
    let classes = [is_dash(letter), is_ignorable(letter), is_mark(letter), is_unspaced(letter), letter.is_numeric()];
    classes.into_iter().fold(0, |bits, is_so| 2 * bits + u8::from(is_so))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_that_is_taken_otherwise_changes_the_fingerprint() {
        let letters = letters();
        for known in ["a\n", "\u{df}\n", "\u{301}\n", "\u{416}\n", "\u{6771}\n", "\u{1f3ad}\n", "\u{30000}\n"] {
            assert!(letters.contains(known), "{known:?}");
        }
        let looked_at = |text: &str| compatible(text).into_owned();
        let now = of(&letters, looked_at, searchable);
        assert_eq!(now, fingerprint());
        assert_ne!(now, of(&letters, |text| looked_at(text).replacen('\u{416}', "Z", 1), searchable));
        assert_ne!(now, of(&letters, looked_at, |text| searchable(text).replacen('\u{436}', "z", 1)));
        assert_ne!(now, of(&letters.replacen("\u{30000}\n", "", 1), looked_at, searchable));
    }
}
