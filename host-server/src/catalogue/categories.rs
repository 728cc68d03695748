//! The categories of the listed shows. There may be as many as sellers think of, of which a page offers the most common ones.

use std::collections::{BTreeMap, BTreeSet};

use boxoffice::Category;

/// Categories with the number of shows in each.
#[derive(Debug, Default)]
pub(super) struct Categories {
    counts: BTreeMap<Category, usize>,
    by_count: BTreeSet<(usize, Category)>,
}

impl Categories {
    /// Counts a show of the category, and returns the one text that all its shows share.
    pub(super) fn add(&mut self, category: Category) -> Category {
        let known = self.counts.get_key_value(&category).map(|(known, count)| (known.clone(), *count));
        let (category, count) = known.unwrap_or((category, 0));
        self.set(&category, count, count + 1);
        category
    }

    /// Takes away a show of the category.
    pub(super) fn remove(&mut self, category: &Category) {
        if let Some(count) = self.counts.get(category).copied() {
            self.set(category, count, count.saturating_sub(1));
        }
    }

    fn set(&mut self, category: &Category, before: usize, after: usize) {
        self.by_count.remove(&(before, category.clone()));
        if after == 0 {
            self.counts.remove(category);
        } else {
            self.counts.insert(category.clone(), after);
            self.by_count.insert((after, category.clone()));
        }
    }

    /// Returns at most `max` of the categories, the most common ones, and beside them the one of this name, if there is any.
    pub(super) fn most_common(&self, max: usize, named: &str) -> BTreeMap<&str, usize> {
        let named = named.parse().ok().and_then(|named: Category| self.counts.get_key_value(&named));
        let named = named.map(|(category, count)| (category.as_str(), *count));
        let common = self.by_count.iter().rev().take(max).map(|(count, category)| (category.as_str(), *count));
        common.chain(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_common_ones_are_offered_and_the_chosen_one() {
        let mut categories = Categories::default();
        let category = |name: &str| name.parse::<Category>().unwrap();
        for name in ["play", "opera", "play", "ballet", "opera", "play", "circus", "circus"] {
            categories.add(category(name));
        }
        categories.remove(&category("circus"));
        assert_eq!(categories.most_common(2, ""), BTreeMap::from([("opera", 2), ("play", 3)]));
        assert_eq!(categories.most_common(1, "ballet"), BTreeMap::from([("ballet", 1), ("play", 3)]));
        assert_eq!(categories.most_common(1, "Nothing of the kind"), BTreeMap::from([("play", 3)]));
        for name in ["play", "play", "play", "opera", "opera", "ballet", "circus", "circus"] {
            categories.remove(&category(name));
        }
        assert!(categories.counts.is_empty() && categories.by_count.is_empty(), "{categories:?}");
    }
}
