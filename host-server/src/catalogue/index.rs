//! The shows in the order of their dates, and their categories, kept so that the first page is no search.

use std::collections::{BTreeMap, BTreeSet};

use boxoffice::{Category, Timestamp};

use super::key::ShowKey;

/// The place of a show in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) is_sold_out: bool,
    /// The start; `None` is after all others.
    pub(super) starts_at: Option<Timestamp>,
    pub(super) category: Option<Category>,
}

/// The shows that are on sale or sold out.
#[derive(Debug, Default)]
pub(super) struct Index {
    on_sale: BTreeSet<(u64, ShowKey)>,
    sold_out: BTreeSet<(u64, ShowKey)>,
    categories: BTreeMap<Box<str>, usize>,
}

impl Index {
    /// Moves a show from its place before a change to the place after it.
    pub(super) fn replace(&mut self, key: ShowKey, before: Option<&Place>, after: Option<&Place>) {
        if before == after {
            return;
        }
        if let Some(before) = before {
            self.remove(key, before);
        }
        if let Some(after) = after
            && self.dates(after).insert((date(after), key))
            && let Some(category) = &after.category
        {
            *self.categories.entry(category.as_str().into()).or_default() += 1;
        }
    }

    /// Removes a show, if it is there.
    pub(super) fn remove(&mut self, key: ShowKey, place: &Place) {
        if !self.dates(place).remove(&(date(place), key)) {
            return;
        }
        let Some(category) = &place.category else { return };
        if let Some(count) = self.categories.get_mut(category.as_str()) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.categories.remove(category.as_str());
            }
        }
    }

    /// Returns the number of shows that start after `now`: those on sale, and those sold out.
    pub(super) fn counts(&self, now: Timestamp) -> (usize, usize) {
        let open = |dates: &BTreeSet<_>| dates.len() - started(dates, now).count();
        (open(&self.on_sale), open(&self.sold_out))
    }

    /// Iterates over the shows that start after `now`, the earliest first; those on sale come before sold-out ones.
    pub(super) fn open(&self, now: Timestamp) -> impl Iterator<Item = ShowKey> {
        let next = (now.as_millis() + 1, ShowKey(0));
        self.on_sale.range(next..).chain(self.sold_out.range(next..)).map(|(_, key)| *key)
    }

    /// Iterates over the shows that have started. The catalogue removes them within seconds, so they are few.
    pub(super) fn started(&self, now: Timestamp) -> impl Iterator<Item = ShowKey> {
        started(&self.on_sale, now).chain(started(&self.sold_out, now))
    }

    /// Returns the number of shows of each category, started ones included.
    pub(super) fn categories(&self) -> BTreeMap<&str, usize> {
        self.categories.iter().map(|(name, count)| (&**name, *count)).collect()
    }

    fn dates(&mut self, place: &Place) -> &mut BTreeSet<(u64, ShowKey)> {
        if place.is_sold_out { &mut self.sold_out } else { &mut self.on_sale }
    }
}

fn date(place: &Place) -> u64 {
    place.starts_at.map_or(u64::MAX, Timestamp::as_millis)
}

fn started(dates: &BTreeSet<(u64, ShowKey)>, now: Timestamp) -> impl Iterator<Item = ShowKey> {
    dates.range(..(now.as_millis() + 1, ShowKey(0))).map(|(_, key)| *key)
}
