//! The order in which people expect names: that of the root locale of Unicode's collation, with numbers as numbers.

use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{CollatorBorrowed, CollatorPreferences};

static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    let mut preferences = CollatorPreferences::default();
    preferences.numeric_ordering = Some(CollationNumericOrdering::True);
    // Its data is part of the program, so that it can't be missing.
    CollatorBorrowed::try_new(preferences, CollatorOptions::default()).ok()
});

/// Returns bytes that sort as people sort the text: Ångström with A, row 2 before row 10.
pub(super) fn sort_key(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(2 * text.len());
    if let Some(collator) = &*COLLATOR {
        let Ok(()) = collator.write_sort_key_to(text, &mut key);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sorted: &[&str]) {
        let mut texts = sorted.to_vec();
        texts.reverse();
        texts.sort_by_key(|text| sort_key(text));
        assert_eq!(texts, sorted);
    }

    #[test]
    fn names_sort_as_people_sort_them() {
        check(&["Aida", "Ångström", "Björk", "carmen", "Éric", "Faust", "Ōkami", "Tosca", "Дядя Ваня", "東京"]);
        check(&["a", "A", "b", "B"]);
    }

    #[test]
    fn numbers_in_seats_are_numbers() {
        check(&["row a, seat 2", "Row A, seat 9", "Row A, seat 10", "Row B, seat 1"]);
    }
}
