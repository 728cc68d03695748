//! The listed shows by date, name and price, kept in order, so that a page costs what it shows and no search.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use boxoffice::{Category, PriceBound, Timestamp};

use super::categories::Categories;
use super::key::ShowKey;
use super::slots::{Slot, SlotSet};

/// Up to so many selected shows are sorted for a page. Of more, the next one is never far away in the order of all shows.
const SORTED_MAX: usize = 1_024;

/// The order of a listing of shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    /// By start, the earliest first.
    #[default]
    Date,
    /// By lowest price, as a number of major units, as the API sorts tickets.
    Price,
    /// By name.
    Name,
}

/// What a listed show is selected and sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) key: ShowKey,
    pub(super) is_sold_out: bool,
    /// The start; `None` is after all others.
    pub(super) starts_at: Option<Timestamp>,
    /// Key of the name, which sorts as people do.
    pub(super) name: Arc<[u8]>,
    /// The lowest price; a sold-out show has none.
    pub(super) lowest: Option<PriceBound>,
    pub(super) category: Option<Category>,
}

impl Place {
    /// Returns `true` if the show is not known to have started.
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.starts_at.is_none_or(|at| at > now)
    }

    fn date(&self) -> u64 {
        self.starts_at.map_or(u64::MAX, Timestamp::as_millis)
    }

    fn rank<V>(&self, value: V, slot: Slot) -> Rank<V> {
        (self.is_sold_out, value, self.date(), self.key, slot)
    }

    fn compare(&self, other: &Self, sort: Sort) -> Ordering {
        let by_value = match sort {
            Sort::Date => Ordering::Equal,
            Sort::Price => self.lowest.cmp(&other.lowest),
            Sort::Name => self.name.cmp(&other.name),
        };
        let by_date = (self.date(), self.key).cmp(&(other.date(), other.key));
        self.is_sold_out.cmp(&other.is_sold_out).then(by_value).then(by_date)
    }
}

/// A show in an order: those on sale come before sold-out ones, then the value counts, and then the date.
type Rank<V> = (bool, V, u64, ShowKey, Slot);

/// The listed shows in the order of a value.
#[derive(Debug, Default)]
struct Order<V>(BTreeSet<Rank<V>>);

impl<V: Ord> Order<V> {
    fn replace(&mut self, before: Option<Rank<V>>, after: Option<Rank<V>>) {
        if before == after {
            return;
        }
        if let Some(before) = before {
            self.0.remove(&before);
        }
        self.0.extend(after);
    }

    /// Returns at most `len` shows that are wanted by their dates and slots, after the first `skipped`. No show behind them is
    /// looked at.
    fn page(&self, mut is_wanted: impl FnMut(u64, Slot) -> bool, skipped: usize, len: usize) -> Vec<ShowKey> {
        let wanted = self.0.iter().filter(|(_, _, date, _, slot)| is_wanted(*date, *slot));
        wanted.skip(skipped).take(len).map(|(_, _, _, key, _)| *key).collect()
    }
}

/// Shows that were selected.
#[derive(Debug)]
pub(super) struct Selection {
    slots: SlotSet,
    pub(super) count: usize,
    /// How many of them are sold out.
    pub(super) sold_out: usize,
}

/// The listed shows: those on sale, and those sold out.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The shows by their slots; `None` for those that are not listed, and for free slots.
    places: Vec<Option<Place>>,
    free: Vec<Slot>,
    by_date: Order<()>,
    by_price: Order<Option<PriceBound>>,
    by_name: Order<Arc<[u8]>>,
    sold_out: usize,
    categories: Categories,
}

impl Index {
    /// Returns a slot for a show that comes into the catalogue. The show is not listed yet.
    pub(super) fn claim(&mut self) -> Slot {
        self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            Slot::new(self.places.len() - 1)
        })
    }

    /// Gives back the slot of a show that has left the catalogue.
    pub(super) fn release(&mut self, slot: Slot) {
        self.set(slot, None);
        self.free.push(slot);
    }

    /// Lists a show at its place, wherever it was before; `None` takes it off the list.
    pub(super) fn set(&mut self, slot: Slot, place: Option<Place>) {
        if self.place(slot) == place.as_ref() {
            return;
        }
        let categories = &mut self.categories;
        let counted = |place: Place| Place { category: place.category.map(|name| categories.add(name)), ..place };
        let after = place.map(counted);
        let Some(known) = self.places.get_mut(slot.at()) else { return };
        let before = std::mem::replace(known, after.clone());
        let (before, after) = (before.as_ref(), after.as_ref());
        let by_date = |place: &Place| place.rank((), slot);
        self.by_date.replace(before.map(by_date), after.map(by_date));
        let by_price = |place: &Place| place.rank(place.lowest, slot);
        self.by_price.replace(before.map(by_price), after.map(by_price));
        let by_name = |place: &Place| place.rank(Arc::clone(&place.name), slot);
        self.by_name.replace(before.map(by_name), after.map(by_name));
        let sold_out = |place: Option<&Place>| usize::from(place.is_some_and(|place| place.is_sold_out));
        self.sold_out = self.sold_out + sold_out(after) - sold_out(before);
        if let Some(category) = before.and_then(|place| place.category.as_ref()) {
            self.categories.remove(category);
        }
    }

    /// Returns the place of a show, if it is listed.
    pub(super) fn place(&self, slot: Slot) -> Option<&Place> {
        self.places.get(slot.at())?.as_ref()
    }

    /// Returns the number of slots, free ones included: every slot is below it.
    pub(super) fn slots(&self) -> usize {
        self.places.len()
    }

    /// Returns the number of shows that start after `now`: those on sale, and those sold out.
    pub(super) fn counts(&self, now: Timestamp) -> (usize, usize) {
        let started = |is_sold_out| self.started_among(is_sold_out, now).count();
        let on_sale = self.by_date.0.len() - self.sold_out;
        (on_sale - started(false), self.sold_out - started(true))
    }

    /// Iterates over the shows that have started. The catalogue takes them off the list within seconds, so they are few.
    pub(super) fn started(&self, now: Timestamp) -> impl Iterator<Item = (ShowKey, Slot)> {
        [false, true].into_iter().flat_map(move |is_sold_out| self.started_among(is_sold_out, now))
    }

    fn started_among(&self, is_sold_out: bool, now: Timestamp) -> impl Iterator<Item = (ShowKey, Slot)> {
        let rank = |date| (is_sold_out, (), date, ShowKey(0), Slot::FIRST);
        let started = self.by_date.0.range(rank(0)..rank(now.as_millis() + 1));
        started.map(|(_, (), _, key, slot)| (*key, *slot))
    }

    /// Returns at most `max` categories, the most common ones, and beside them the one of this name, with the number of shows of each
    /// that start after `now`.
    pub(super) fn categories(&self, now: Timestamp, max: usize, named: &str) -> BTreeMap<&str, usize> {
        let mut categories = self.categories.most_common(max, named);
        for place in self.started(now).filter_map(|(_, slot)| self.place(slot)) {
            let name = place.category.as_ref().map(Category::as_str);
            if let Some(count) = name.and_then(|name| categories.get_mut(name)) {
                *count = count.saturating_sub(1);
            }
        }
        categories.retain(|_, count| *count > 0);
        categories
    }

    /// Selects the shows that are wanted, among these or among all.
    pub(super) fn select(&self, among: Option<SlotSet>, mut is_wanted: impl FnMut(&Place) -> bool) -> Selection {
        let mut slots = among.unwrap_or_else(|| {
            let mut all = SlotSet::with_room(self.places.len());
            (0..self.places.len()).for_each(|at| all.insert(Slot::new(at)));
            all
        });
        let (mut count, mut sold_out) = (0, 0);
        slots.retain(|slot| {
            let Some(place) = self.place(slot).filter(|&place| is_wanted(place)) else { return false };
            count += 1;
            sold_out += usize::from(place.is_sold_out);
            true
        });
        Selection { slots, count, sold_out }
    }

    /// Returns at most `len` of the selected shows after the first `skipped`, in order; of all that start after `now` if there is no
    /// selection. Those on sale come before sold-out ones.
    pub(super) fn page(
        &self,
        sort: Sort,
        selection: Option<&Selection>,
        now: Timestamp,
        skipped: usize,
        len: usize,
    ) -> Vec<ShowKey> {
        if let Some(few) = selection.filter(|selection| selection.count <= SORTED_MAX) {
            let mut places: Vec<&Place> = few.slots.iter().filter_map(|slot| self.place(slot)).collect();
            places.sort_unstable_by(|a, b| a.compare(b, sort));
            return places.into_iter().skip(skipped).take(len).map(|place| place.key).collect();
        }
        let now = now.as_millis();
        let is_wanted = |date: u64, slot: Slot| selection.map_or(date > now, |it| it.slots.contains(slot));
        match sort {
            Sort::Date => self.by_date.page(is_wanted, skipped, len),
            Sort::Price => self.by_price.page(is_wanted, skipped, len),
            Sort::Name => self.by_name.page(is_wanted, skipped, len),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(at: usize) -> Place {
        let minute = u64::try_from(at).unwrap() % 7;
        Place {
            key: ShowKey(u128::try_from(at).unwrap()),
            is_sold_out: at.is_multiple_of(5),
            starts_at: (!at.is_multiple_of(3)).then(|| format!("2027-05-01T19:0{minute}:00Z").parse().unwrap()),
            name: [u8::try_from(at % 11).unwrap()].into(),
            lowest: (!at.is_multiple_of(5)).then(|| PriceBound::from(u32::try_from(at % 13).unwrap())),
            category: None,
        }
    }

    #[test]
    fn a_page_looks_at_no_show_behind_it() {
        let mut order = Order::default();
        for at in 0..10_000 {
            let rank = place(at).rank((), Slot::new(at));
            order.replace(None, Some(rank));
        }
        let mut looks = 0;
        let page = order.page(
            |_, _| {
                looks += 1;
                true
            },
            48,
            24,
        );
        assert_eq!((page.len(), looks), (24, 72));
    }

    #[test]
    fn few_are_sorted_as_all_are() {
        let now = "2027-01-01T00:00:00Z".parse().unwrap();
        let mut index = Index::default();
        for at in 0..2 * SORTED_MAX {
            let slot = index.claim();
            index.set(slot, Some(place(at)));
        }
        let few = index.select(None, |place| place.key.0 % 2 == 0);
        let mut many = index.select(None, |place| place.key.0 % 2 == 0);
        assert_eq!((few.count, few.sold_out), (SORTED_MAX, SORTED_MAX.div_ceil(5)));
        many.count += 1;
        for sort in [Sort::Date, Sort::Price, Sort::Name] {
            for (skipped, len) in [(0, 24), (500, 24), (1_020, 24), (0, usize::MAX)] {
                let page = |selection| index.page(sort, Some(selection), now, skipped, len);
                assert_eq!(page(&few), page(&many), "{sort:?} from {skipped}");
            }
        }
    }

    #[test]
    fn what_has_left_is_nowhere() {
        let mut index = Index::default();
        let slots: Vec<Slot> = (0..100).map(|_| index.claim()).collect();
        for round in 0..3 {
            for slot in &slots {
                let category = Some(format!("category-{}", (slot.at() + round) % 7).parse().unwrap());
                index.set(*slot, Some(Place { category, ..place(slot.at() + round) }));
            }
        }
        let now = "2027-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(index.counts(now), (80, 20));
        assert_eq!(index.categories(now, usize::MAX, "").values().sum::<usize>(), 100);
        for slot in &slots {
            index.release(*slot);
        }
        assert_eq!((index.counts(now), index.categories(now, usize::MAX, "").len()), ((0, 0), 0));
        assert!(index.by_date.0.is_empty() && index.by_price.0.is_empty() && index.by_name.0.is_empty());
        assert_eq!((index.claim(), index.slots()), (*slots.last().unwrap(), 100), "a slot is given to another show");
    }
}
