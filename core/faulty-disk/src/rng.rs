//! Reproducible random numbers.

use std::time::Duration;

/// Random numbers that are equal in every run with one seed, on every machine and in every release, so that a committed
/// seed replays for ever. The generator is `SplitMix64`.
///
/// ```
/// use boxoffice_faulty_disk::Rng;
///
/// let (mut one, mut other) = (Rng::new(7), Rng::new(7));
/// assert_eq!(one.below(100), other.below(100));
/// ```
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// Creates the generator of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Creates a generator for a part of the whole. The number of values that one part draws does not affect the
    /// others.
    #[must_use]
    pub fn fork(&mut self, part: &str) -> Self {
        let mut seed = self.next_u64();
        for byte in part.bytes() {
            seed = mixed(seed ^ u64::from(byte));
        }
        Self(seed)
    }

    /// Returns a number from the whole range.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// Returns a number below `end`, which must be at least 1.
    pub fn below(&mut self, end: u64) -> u64 {
        // The bias of a 64-bit remainder is far too small to affect a simulation.
        self.next_u64() % end.max(1)
    }

    /// Returns an index into a list of this length.
    pub fn place(&mut self, len: usize) -> usize {
        usize::try_from(self.below(u64::try_from(len).unwrap_or(u64::MAX))).unwrap_or(0)
    }

    /// Returns `true` with a probability of `times` in a thousand.
    pub fn per_mille(&mut self, times: u64) -> bool {
        self.below(1000) < times
    }

    /// Returns one of the items at random; `None` if there are none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.place(from.len())) }
    }

    /// Returns a duration of at most this length, in whole milliseconds.
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
        let mut rng = Rng::new(1);
        assert_eq!([rng.next_u64(), rng.next_u64()], [0x910a_2dec_8902_5cc1, 0xbeeb_8da1_658e_ec67]);
    }

    #[test]
    fn parts_differ() {
        let rng = Rng::new(1);
        assert_ne!(rng.clone().fork("disk").next_u64(), rng.clone().fork("gateway").next_u64());
    }
}
