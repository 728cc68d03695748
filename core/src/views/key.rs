//! Keys of listings, and the traversal of a listing.

use std::cmp::Ordering;

use smallvec::{SmallVec, smallvec};

/// A position in a listing: the sort value, then the entity's id, so that each position is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// Sort value: a time or a price.
    pub(super) value: u64,
    /// Id of the entity as a big-endian number.
    id: u128,
}

/// Length of an encoded key in bytes.
pub(super) const KEY_LEN: usize = 24;

impl Key {
    /// Returns the key before all keys with this value.
    pub(super) const fn low(value: u64) -> Self {
        Self { value, id: 0 }
    }

    /// Returns the key after all keys with this value.
    pub(super) const fn high(value: u64) -> Self {
        Self { value, id: u128::MAX }
    }

    /// Creates the key of the entity with this id.
    pub(super) const fn new(value: u64, id: &[u8; 16]) -> Self {
        Self { value, id: u128::from_be_bytes(*id) }
    }

    /// Returns the bytes of the entity's id.
    pub(super) const fn id(self) -> [u8; 16] {
        self.id.to_be_bytes()
    }

    /// Encodes the key to bytes that sort as keys do.
    pub(super) fn to_bytes(self) -> [u8; KEY_LEN] {
        let mut bytes = [0; KEY_LEN];
        bytes[..8].copy_from_slice(&self.value.to_be_bytes());
        bytes[8..].copy_from_slice(&self.id.to_be_bytes());
        bytes
    }

    /// Decodes a key; `None` if the bytes have another length.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (value, id) = bytes.split_first_chunk::<8>()?;
        Some(Self { value: u64::from_be_bytes(*value), id: u128::from_be_bytes(id.try_into().ok()?) })
    }

    fn successor(self) -> Option<Self> {
        match self.id.checked_add(1) {
            Some(id) => Some(Self { id, ..self }),
            None => Some(Self { value: self.value.checked_add(1)?, id: 0 }),
        }
    }

    fn predecessor(self) -> Option<Self> {
        match self.id.checked_sub(1) {
            Some(id) => Some(Self { id, ..self }),
            None => Some(Self { value: self.value.checked_sub(1)?, id: u128::MAX }),
        }
    }
}

/// Sort value of entities without one. They come last in both directions.
pub(super) const NO_VALUE: u64 = u64::MAX;

/// Bounds of the sort values of some entities in a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    low: u64,
    high: u64,
    /// `true` if some entities have [`NO_VALUE`], which is in neither bound.
    without: bool,
}

impl Default for Reach {
    /// Returns bounds that contain no value.
    fn default() -> Self {
        Self { low: NO_VALUE, high: 0, without: false }
    }
}

impl Reach {
    /// Bounds that contain all values.
    pub(super) const ANYWHERE: Self = Self { low: 0, high: NO_VALUE - 1, without: true };

    /// Extends the bounds to contain this value.
    pub(super) fn take_in(&mut self, value: u64) {
        if value == NO_VALUE {
            self.without = true;
        } else {
            (self.low, self.high) = (self.low.min(value), self.high.max(value));
        }
    }
}

/// The remaining part of a listing, and the direction of traversal.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    /// First and last key of each span, both included, in the order of traversal.
    spans: SmallVec<[(Key, Key); 2]>,
    descending: bool,
}

impl Walk {
    /// Creates a walk over all keys with values from `low` to `high`; those with [`NO_VALUE`] come last.
    pub(super) fn new(low: u64, high: u64, descending: bool) -> Self {
        let mut spans = smallvec![];
        if low < NO_VALUE {
            spans.push((Key::low(low), Key::high(high.min(NO_VALUE - 1))));
        }
        if high == NO_VALUE {
            spans.push((Key::low(NO_VALUE), Key::high(NO_VALUE)));
        }
        spans.retain(|(low, high)| low <= high);
        Self { spans, descending }
    }

    /// Creates a walk over all keys.
    pub(super) fn all(descending: bool) -> Self {
        Self::new(0, NO_VALUE, descending)
    }

    /// Returns `true` if the walk includes the key.
    pub(super) fn contains(&self, key: Key) -> bool {
        self.spans.iter().any(|(low, high)| (*low..=*high).contains(&key))
    }

    /// Returns the first position at which the walk may meet an entity within `reach`; `None` if there is none left.
    pub(super) fn first_in(&self, reach: Reach) -> Option<Key> {
        let values = (reach.low <= reach.high).then_some((Key::low(reach.low), Key::high(reach.high)));
        let without = reach.without.then_some((Key::low(NO_VALUE), Key::high(NO_VALUE)));
        let parts = values.into_iter().chain(without);
        let met = parts.flat_map(|(low, high)| {
            let common = self.spans.iter().map(move |span| (low.max(span.0), high.min(span.1)));
            common.filter(|(low, high)| low <= high)
        });
        met.map(|(low, high)| if self.descending { high } else { low }).min_by(|a, b| self.compare(*a, *b))
    }

    /// Removes everything up to and including `key`.
    pub(super) fn skip_to(&mut self, key: Key) {
        let rank = self.rank(key);
        let descending = self.descending;
        let mut kept = SmallVec::new();
        for (low, high) in self.spans.drain(..) {
            let (first, last) = if descending { (high, low) } else { (low, high) };
            if rank < rank_of(first, descending) {
                kept.push((low, high));
            } else if rank < rank_of(last, descending) {
                let cut = if descending { key.predecessor() } else { key.successor() };
                kept.extend(cut.map(|cut| if descending { (low, cut) } else { (cut, high) }));
            }
        }
        self.spans = kept;
    }

    /// Iterates over the remaining spans in the order of traversal, each as its lower and upper end.
    pub(super) fn spans(&self) -> impl Iterator<Item = (Key, Key)> + '_ {
        self.spans.iter().copied()
    }

    /// Returns `true` if spans are traversed from their upper end.
    pub(super) const fn is_descending(&self) -> bool {
        self.descending
    }

    /// Compares two keys by the order of traversal.
    pub(super) fn compare(&self, a: Key, b: Key) -> Ordering {
        self.rank(a).cmp(&self.rank(b))
    }

    fn rank(&self, key: Key) -> (bool, Key) {
        rank_of(key, self.descending)
    }
}

/// Returns a value that sorts in the order of traversal.
fn rank_of(key: Key, descending: bool) -> (bool, Key) {
    let last = key.value == NO_VALUE;
    (last, if descending { Key { value: !key.value, id: !key.id } } else { key })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(value: u64, id: u128) -> Key {
        Key::new(value, &id.to_be_bytes())
    }

    #[test]
    fn bytes_sort_as_keys() {
        let keys = [key(0, 0), key(0, 1), key(1, 0), key(1, u128::MAX), key(256, 0), key(NO_VALUE, 3)];
        assert!(keys.is_sorted_by(|a, b| a < b && a.to_bytes() < b.to_bytes()));
        for key in keys {
            assert_eq!(Key::from_bytes(&key.to_bytes()), Some(key));
        }
        assert_eq!(Key::from_bytes(&[0; 23]), None);
    }

    #[test]
    fn nothing_to_sort_by_comes_last_in_both_directions() {
        for descending in [false, true] {
            let walk = Walk::all(descending);
            assert!(walk.compare(key(5, 1), key(NO_VALUE, 0)).is_lt());
            assert_eq!(walk.spans().last().map(|span| span.0.value), Some(NO_VALUE));
        }
    }

    #[test]
    fn a_walk_goes_on_right_after_a_key() {
        let mut up = Walk::new(2, 4, false);
        up.skip_to(key(3, u128::MAX));
        assert_eq!(up.spans().collect::<Vec<_>>(), [(key(4, 0), Key::high(4))]);

        let mut down = Walk::all(true);
        down.skip_to(key(3, 0));
        assert_eq!(down.spans().next(), Some((Key::low(0), Key::high(2))));
        assert_eq!(down.spans().count(), 2);
        down.skip_to(key(0, 0));
        assert_eq!(down.spans().count(), 1);
        down.skip_to(key(NO_VALUE, 7));
        assert_eq!(down.spans().collect::<Vec<_>>(), [(Key::low(NO_VALUE), key(NO_VALUE, 6))]);
        down.skip_to(key(NO_VALUE, 0));
        assert_eq!(down.spans().count(), 0);
    }

    #[test]
    fn where_a_walk_meets_a_reach_first() {
        let mut reach = Reach::default();
        assert_eq!(Walk::all(false).first_in(reach), None);
        reach.take_in(5);
        reach.take_in(3);
        assert_eq!(Walk::all(false).first_in(reach), Some(Key::low(3)));
        assert_eq!(Walk::all(true).first_in(reach), Some(Key::high(5)));
        assert_eq!(Walk::new(4, 4, true).first_in(reach), Some(Key::high(4)));
        assert_eq!(Walk::new(6, NO_VALUE, false).first_in(reach), None);
        reach.take_in(NO_VALUE);
        assert_eq!(Walk::new(6, NO_VALUE, true).first_in(reach), Some(Key::high(NO_VALUE)));
        assert_eq!(Walk::all(true).first_in(reach), Some(Key::high(5)));
        let mut past = Walk::all(false);
        past.skip_to(key(5, u128::MAX));
        assert_eq!(past.first_in(reach), Some(Key::low(NO_VALUE)));
        assert_eq!(Walk::all(false).first_in(Reach::ANYWHERE), Some(Key::low(0)));
    }

    #[test]
    fn keys_before_the_walk_take_nothing_off() {
        let mut up = Walk::new(2, 4, false);
        up.skip_to(key(1, 9));
        assert_eq!(up.spans().collect::<Vec<_>>(), [(Key::low(2), Key::high(4))]);
        assert_eq!(Walk::new(4, 2, false).spans().count(), 0);
    }
}
