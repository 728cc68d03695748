//! Chance that is the same in every run.

use std::time::Duration;

/// Chance that is the same in every run with the same seed, on every machine and in every release: a committed seed replays
/// for ever.
///
/// ```
/// use boxoffice::testing::Dice;
///
/// let (mut one, mut other) = (Dice::new(7), Dice::new(7));
/// assert_eq!(one.below(100), other.below(100));
/// ```
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The chance of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of their own for a part of the whole: what one part throws changes nothing for the others.
    #[must_use]
    pub fn fork(&mut self, part: &str) -> Self {
        let mut seed = self.next_u64();
        for byte in part.bytes() {
            seed = mixed(seed ^ u64::from(byte));
        }
        Self(seed)
    }

    /// Any number. (`SplitMix64`.)
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        // The bias of a 64-bit remainder is far below what any simulation could notice.
        self.next_u64() % end.max(1)
    }

    /// A place in a list of this length.
    pub fn place(&mut self, len: usize) -> usize {
        usize::try_from(self.below(u64::try_from(len).unwrap_or(u64::MAX))).unwrap_or(0)
    }

    /// Whether something happens that happens so many times in a thousand.
    pub fn per_mille(&mut self, times: u64) -> bool {
        self.below(1000) < times
    }

    /// One of these, if there are any.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.place(from.len())) }
    }

    /// A time of at most this length.
    pub fn up_to(&mut self, longest: Duration) -> Duration {
        let longest = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.below(longest.saturating_add(1)))
    }
}

const fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_for_ever() {
        let mut dice = Dice::new(1);
        assert_eq!([dice.next_u64(), dice.next_u64()], [0x910a_2dec_8902_5cc1, 0xbeeb_8da1_658e_ec67]);
    }

    #[test]
    fn parts_differ() {
        let dice = Dice::new(1);
        assert_ne!(dice.clone().fork("disk").next_u64(), dice.clone().fork("gateway").next_u64());
    }
}
