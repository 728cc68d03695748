//! Tickets of a list in few bits.
//!
//! Of each ticket, in the order of the numbers, first the gap: how many numbers lie between it and the one before. It is
//! written by Golomb and Rice with one parameter for the whole list: the gap without its last `parameter` bits as so many
//! ones and a zero, then these last bits. Then the lowest generation that admits, by Elias gamma: a zero for each of its
//! binary digits but the first, then its digits. The first bit of a byte is the highest one.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::num::NonZeroU16;

/// Highest parameter, with which every gap has one or two bits before the last ones.
const PARAMETER_MAX: u8 = 31;

/// Returns the parameter and the bits of the tickets.
pub(super) fn encode(tickets: &BTreeMap<u32, NonZeroU16>) -> (u8, Vec<u8>) {
    let gaps = gaps(tickets);
    let parameter = best_parameter(&gaps);
    let mut bits = Writer::default();
    for (gap, generation) in gaps.iter().zip(tickets.values()) {
        for _ in 0..gap >> parameter {
            bits.push(true);
        }
        bits.push(false);
        bits.push_last(*gap, parameter.into());
        let digits = generation.ilog2();
        for _ in 0..digits {
            bits.push(false);
        }
        bits.push_last(generation.get().into(), digits + 1);
    }
    (parameter, bits.bytes)
}

/// Returns the tickets, or `None` if encoding them would not give these bytes.
pub(super) fn decode(count: u32, parameter: u8, bytes: &[u8]) -> Option<BTreeMap<u32, NonZeroU16>> {
    if parameter > PARAMETER_MAX {
        return None;
    }
    let mut bits = Bits { bytes, at: 0 };
    let mut tickets = BTreeMap::new();
    let mut lowest = 0;
    for _ in 0..count {
        let gap = (u64::from(bits.run(true)?) << parameter) | u64::from(bits.last(parameter.into())?);
        let number = u32::try_from(lowest + gap).ok()?;
        lowest = u64::from(number) + 1;
        let digits = bits.run(false).filter(|digits| *digits < u16::BITS)?;
        let generation = (1 << digits) | bits.last(digits)?;
        tickets.insert(number, NonZeroU16::new(u16::try_from(generation).ok()?)?);
    }
    let is_shortest = encode(&tickets) == (parameter, bytes.to_vec());
    is_shortest.then_some(tickets)
}

/// Returns how many numbers lie between each ticket and the one before; before the first one, how many there are.
fn gaps(tickets: &BTreeMap<u32, NonZeroU16>) -> Vec<u32> {
    let before = core::iter::once(None).chain(tickets.keys().map(Some));
    tickets.keys().zip(before).map(|(number, before)| before.map_or(*number, |before| number - before - 1)).collect()
}

/// Returns the parameter with the fewest bits, the lowest of several.
fn best_parameter(gaps: &[u32]) -> u8 {
    let bits =
        |parameter: &u8| -> u64 { gaps.iter().map(|gap| u64::from(gap >> parameter) + u64::from(*parameter)).sum() };
    (0..=PARAMETER_MAX).min_by_key(bits).unwrap_or(0)
}

/// Bits that are written one after another.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    /// Number of bits that are written.
    len: usize,
}

impl Writer {
    fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if bit && let Some(last) = self.bytes.last_mut() {
            *last |= 0x80 >> (self.len % 8);
        }
        self.len += 1;
    }

    /// Appends the last `count` bits of a value.
    fn push_last(&mut self, value: u32, count: u32) {
        for place in (0..count).rev() {
            self.push((value >> place) & 1 == 1);
        }
    }
}

/// Bits that are read one after another. Each method returns `None` if there are too few.
struct Bits<'b> {
    bytes: &'b [u8],
    /// Number of bits that are read.
    at: usize,
}

impl Bits<'_> {
    fn next(&mut self) -> Option<bool> {
        let byte = *self.bytes.get(self.at / 8)?;
        let bit = (byte >> (7 - self.at % 8)) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    /// Returns the number of bits with this value before the first one without it, which is read too.
    fn run(&mut self, of: bool) -> Option<u32> {
        let mut len = 0;
        while self.next()? == of {
            len += 1;
        }
        Some(len)
    }

    /// Returns the value of the next `count` bits.
    fn last(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |value, _| Some((value << 1) | u32::from(self.next()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tickets(of: &[(u32, u16)]) -> BTreeMap<u32, NonZeroU16> {
        of.iter().map(|(number, generation)| (*number, NonZeroU16::new(*generation).unwrap())).collect()
    }

    #[test]
    fn bits_are_those_of_the_description() {
        // Gaps 2 and 0 with the parameter 0: 110 and 0. Generations 1 and 5: 1 and 00101.
        assert_eq!(encode(&tickets(&[(2, 1), (3, 5)])), (0, Vec::from([0b1101_0001, 0b0100_0000])));
        // A gap of 1,000 with the parameter 9: 10 and 111101000, then the generation.
        assert_eq!(encode(&tickets(&[(1_000, 1)])), (9, Vec::from([0b1011_1101, 0b0001_0000])));
        assert_eq!(encode(&tickets(&[])), (0, Vec::new()));
    }

    #[test]
    fn tickets_come_back() {
        for of in [
            [].as_slice(),
            &[(0, 1)],
            &[(u32::MAX, u16::MAX)],
            &[(0, u16::MAX), (1, 1), (2, 2), (u32::MAX - 1, 3), (u32::MAX, 1)],
            &[(99, 1), (100, 1), (1_000_000, 256)],
        ] {
            let tickets = tickets(of);
            let (parameter, bytes) = encode(&tickets);
            let count = u32::try_from(of.len()).unwrap();
            assert_eq!(decode(count, parameter, &bytes), Some(tickets), "{of:?}");
        }
    }

    #[test]
    fn other_bytes_of_the_same_tickets_are_refused() {
        let (parameter, bytes) = encode(&tickets(&[(2, 1), (3, 5)]));
        assert!(decode(2, parameter, &bytes).is_some());
        let longer = [bytes.as_slice(), &[0]].concat();
        let filled = [bytes[0], bytes[1] | 1];
        // The same gaps with the parameter 1: 100 and 00.
        let larger = [0b1001_0000, 0b1010_0000];
        let cases: [(u32, u8, &[u8]); 9] = [
            (2, 0, &longer),
            (2, 0, &filled),
            (2, 1, &larger),
            (2, 32, &bytes),
            (1, 0, &bytes),
            (3, 0, &bytes),
            (2, 0, &bytes[..1]),
            (u32::MAX, 0, &bytes),
            (0, 1, &[]),
        ];
        for (count, parameter, bytes) in cases {
            assert_eq!(decode(count, parameter, bytes), None, "{count} {parameter} {bytes:?}");
        }
    }

    #[test]
    fn numbers_beyond_the_highest_are_refused() {
        let (parameter, bytes) = encode(&tickets(&[(u32::MAX, 1)]));
        assert_eq!(decode(2, parameter, &[bytes.as_slice(), &bytes].concat()), None);
        // A generation of 17 binary digits.
        assert_eq!(decode(1, 0, &[0, 0, 0b0100_0000, 0, 0]), None);
    }
}
