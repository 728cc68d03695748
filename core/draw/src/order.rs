//! The order of a draw: each entry has a number that follows from the chance, and from nothing that anybody can choose
//! once it is known.

use crate::bytes::{Digest, ShowId};
use crate::digest::digest;

/// Name of the root of the entries in their order.
pub(crate) const ORDER: &str = "order";

/// Returns the number that the chance gives an entry: the smallest is first. A party has one, whatever its size.
pub(crate) fn number_of(chance: &Digest, show: ShowId, entry: &Digest) -> Digest {
    digest("place", &[chance.as_bytes(), show.as_bytes(), entry.as_bytes()])
}

/// Returns the positions of the entries in the order of their numbers.
///
/// Two entries never have one number unless somebody breaks BLAKE3. The order of their hashes would decide then, so
/// that it doesn't depend on who sorts.
pub(crate) fn ordered(entries: &[Digest], number: impl Fn(&Digest) -> Digest) -> Vec<usize> {
    let mut numbered: Vec<_> = entries.iter().enumerate().map(|(at, entry)| (number(entry), *entry, at)).collect();
    numbered.sort_unstable();
    numbered.into_iter().map(|(_, _, at)| at).collect()
}

/// Returns the first place, from 1, whose entry is not behind that of the place before, or `None` if all are in order.
pub(crate) fn out_of_order(entries: &[Digest], number: impl Fn(&Digest) -> Digest) -> Option<usize> {
    let mut numbered = entries.iter().map(|entry| (number(entry), *entry));
    let mut before = numbered.next()?;
    numbered.position(|next| std::mem::replace(&mut before, next) >= next).map(|at| at + 2)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::bytes::Seed;
    use crate::commitment::{Commitment, Terms};
    use crate::entries::Entries;
    use crate::samples::{KEY, SHOW, by_seed, entry};
    use crate::source::{Revealed, Source};

    const SEEDS: u32 = 100_000;

    /// χ² of 23 degrees of freedom is larger once in a thousand times. The seeds are fixed, and so is the result.
    const CHI_SQUARED_MAX: f64 = 49.73;

    fn hashes() -> Vec<Digest> {
        // Parties of very different sizes.
        let parties = [(1, 1), (2, 2), (3, 50), (4, 60_000)];
        let entries = Entries::new(SHOW, &KEY, parties.map(|(account, party)| entry(account, party))).unwrap();
        entries.sealed().iter().map(|sealed| sealed.hash).collect()
    }

    /// Returns how far the orders of four entries are from being equally frequent.
    fn chi_squared(order_of: impl Fn(u32) -> Vec<usize>) -> f64 {
        let mut frequency = BTreeMap::<Vec<usize>, u32>::new();
        for seed in 0..SEEDS {
            *frequency.entry(order_of(seed)).or_default() += 1;
        }
        let expected = f64::from(SEEDS) / 24.0;
        let seen: f64 = frequency.values().map(|&times| (f64::from(times) - expected).powi(2) / expected).sum();
        let never = 24 - u32::try_from(frequency.len()).unwrap();
        seen + f64::from(never) * expected
    }

    fn seed(number: u32) -> Seed {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        Seed::from_bytes(bytes)
    }

    /// Returns the chance of the draw that has this seed.
    fn chance(number: u32) -> Digest {
        let terms = Terms { source: Source::of_seed(&seed(number)), ..by_seed() };
        let entries = Entries::new(SHOW, &KEY, [entry(1, 1)]).unwrap();
        Commitment::new(&entries, terms).unwrap().chance(&Revealed::Seed(seed(number))).unwrap()
    }

    #[test]
    fn every_order_is_equally_likely() {
        let hashes = hashes();
        let found = chi_squared(|seed| {
            let chance = chance(seed);
            ordered(&hashes, |entry| number_of(&chance, SHOW, entry))
        });
        assert!(found < CHI_SQUARED_MAX, "χ² is {found}");
    }

    #[test]
    fn a_bias_is_found() {
        let hashes = hashes();
        // Four bits of a number: where they are the same the smaller hash wins.
        let coarse = |chance: &Digest, entry: &Digest| {
            Digest::from_bytes([number_of(chance, SHOW, entry).as_bytes()[0] & 0x0f; 32])
        };
        let found = chi_squared(|seed| {
            let chance = digest("seed", &[&seed.to_be_bytes()]);
            ordered(&hashes, |entry| coarse(&chance, entry))
        });
        assert!(found > 10.0 * CHI_SQUARED_MAX, "χ² is {found}");
    }

    #[test]
    fn an_order_is_that_of_its_chance() {
        let hashes = hashes();
        let by = |chance: &Digest| ordered(&hashes, |entry| number_of(chance, SHOW, entry));
        assert_eq!(by(&chance(1)), by(&chance(1)));
        assert!((2..100).any(|seed| by(&chance(seed)) != by(&chance(1))));
        // The same chance orders another show's entries in another way.
        let show = ShowId::from_bytes([9; 16]);
        assert_ne!(number_of(&chance(1), show, &hashes[0]), number_of(&chance(1), SHOW, &hashes[0]));
    }

    #[test]
    fn equal_numbers_are_ordered_by_hash() {
        let mut hashes = hashes();
        let one = |_: &Digest| Digest::from_bytes([0; 32]);
        hashes.reverse();
        assert_eq!(ordered(&hashes, one), [3, 2, 1, 0]);
        assert_eq!(out_of_order(&hashes, one), Some(2));
        hashes.sort_unstable();
        assert_eq!(out_of_order(&hashes, one), None);
    }

    #[test]
    fn what_is_out_of_order_is_found() {
        let hashes = hashes();
        let chance = chance(1);
        let number = |entry: &Digest| number_of(&chance, SHOW, entry);
        let mut drawn: Vec<_> = ordered(&hashes, number).into_iter().map(|at| hashes[at]).collect();
        assert_eq!(out_of_order(&drawn, number), None);
        drawn.swap(2, 3);
        assert_eq!(out_of_order(&drawn, number), Some(4));
        drawn[3] = drawn[2];
        assert_eq!(out_of_order(&drawn, number), Some(4));
        assert_eq!(out_of_order(&drawn[..1], number), None);
    }
}
