//! Numbers of shows, and sets of them. The set of a hundred thousand shows takes twelve kilobytes.

/// The number of a show while it is in the catalogue. Numbers of shows that are gone are given to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(u32);

impl Slot {
    /// The least number.
    pub(super) const FIRST: Self = Self(0);

    /// Creates the number of the show at this place. Memory ends long before the numbers do.
    pub(super) fn new(at: usize) -> Self {
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }

    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

/// Number of shows that one word of a set knows of.
const BITS: usize = 64;

/// A set of shows.
#[derive(Debug)]
pub(super) struct SlotSet(Vec<u64>);

impl SlotSet {
    /// Creates an empty set for the numbers below `slots`.
    pub(super) fn with_room(slots: usize) -> Self {
        Self(vec![0; slots.div_ceil(BITS)])
    }

    /// Adds a number. One for which there is no room is left out.
    pub(super) fn insert(&mut self, slot: Slot) {
        if let Some(bits) = self.0.get_mut(slot.at() / BITS) {
            *bits |= 1_u64 << (slot.at() % BITS);
        }
    }

    pub(super) fn contains(&self, slot: Slot) -> bool {
        self.0.get(slot.at() / BITS).is_some_and(|bits| (bits >> (slot.at() % BITS)) & 1 == 1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }

    /// Keeps the numbers that the other set, which has the same room, has too.
    pub(super) fn keep_common(&mut self, other: &Self) {
        for (bits, others) in self.0.iter_mut().zip(&other.0) {
            *bits &= *others;
        }
    }

    /// Keeps the numbers for which `is_kept` returns `true`.
    pub(super) fn retain(&mut self, mut is_kept: impl FnMut(Slot) -> bool) {
        for (at, bits) in self.0.iter_mut().enumerate() {
            for slot in slots_of(at, *bits) {
                if !is_kept(slot) {
                    *bits &= !(1_u64 << (slot.at() % BITS));
                }
            }
        }
    }

    /// Iterates over the numbers, the least first.
    pub(super) fn iter(&self) -> impl Iterator<Item = Slot> {
        self.0.iter().enumerate().flat_map(|(at, bits)| slots_of(at, *bits))
    }
}

/// Iterates over the numbers of the word at this place.
fn slots_of(at: usize, mut bits: u64) -> impl Iterator<Item = Slot> {
    std::iter::from_fn(move || {
        let bit = (bits != 0).then(|| bits.trailing_zeros() as usize)?;
        bits &= bits - 1;
        Some(Slot::new(at * BITS + bit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(slots: &[usize]) -> SlotSet {
        let mut set = SlotSet::with_room(200);
        for at in slots {
            set.insert(Slot::new(*at));
        }
        set
    }

    fn numbers(set: &SlotSet) -> Vec<usize> {
        set.iter().map(Slot::at).collect()
    }

    #[test]
    fn sets_have_what_was_put_into_them() {
        let mut some = set(&[199, 0, 63, 64, 130, 64]);
        assert_eq!(numbers(&some), [0, 63, 64, 130, 199]);
        assert!(some.contains(Slot::new(64)) && !some.contains(Slot::new(65)) && !some.contains(Slot::new(100_000)));
        some.keep_common(&set(&[63, 64, 65, 199]));
        assert_eq!(numbers(&some), [63, 64, 199]);
        some.retain(|slot| slot.at() % 2 == 1);
        assert_eq!(numbers(&some), [63, 199]);
        assert!(!some.is_empty());
        some.keep_common(&set(&[]));
        assert!(some.is_empty());
    }
}
