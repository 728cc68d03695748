//! The length of a text as gzip writes it, if it is poor at that.

use std::collections::BTreeMap;

use crate::testing::Numbers;

/// Bytes before and behind the compressed ones.
const FRAME_LEN: usize = 18;

/// Returns the length of a text as gzip with the fixed codes of DEFLATE, in bytes. A repetition is only looked for
/// where a code begins, and only at the last such place with the same three bytes. Real programs do better.
pub(super) fn gzip_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut seen: BTreeMap<&[u8], usize> = BTreeMap::new();
    // The head of the one block and its end.
    let (mut bits, mut at) = (3 + 7, 0);
    while at < bytes.len() {
        let before = bytes.get(at..at + 3).and_then(|start| seen.insert(start, at));
        let before = before.filter(|before| at - before <= 1 << 15);
        let len = before.map_or(0, |before| same(&bytes[before..], &bytes[at..]).min(258));
        match before {
            Some(before) if len >= 3 => {
                bits += length_bits(len) + distance_bits(at - before);
                at += len;
            }
            _ => {
                bits += if bytes[at] < 144 { 8 } else { 9 };
                at += 1;
            }
        }
    }
    FRAME_LEN + usize::try_from(bits).unwrap().div_ceil(8)
}

/// Returns the length of the common start.
fn same(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// Returns the most bits that a length takes: the longest code, and what follows it.
fn length_bits(len: usize) -> u32 {
    8 + (len - 3).checked_ilog2().map_or(0, |log| log.saturating_sub(2))
}

fn distance_bits(distance: usize) -> u32 {
    5 + (distance - 1).checked_ilog2().map_or(0, |log| log.saturating_sub(1))
}

#[test]
fn lengths_are_those_of_the_format() {
    // Three bits of a head, eight for each letter, seven of the end.
    assert_eq!(gzip_len("abc"), FRAME_LEN + 5);
    // After the first letter, a repetition of length 9 from one letter before.
    assert_eq!(gzip_len("aaaaaaaaaa"), FRAME_LEN + (10_usize + 8 + 13).div_ceil(8));
    let mut numbers = Numbers(7);
    let random: String = (0..3000).map(|_| char::from(b'0' + u8::try_from(numbers.below(64)).unwrap())).collect();
    assert!(gzip_len(&random) > 2900);
}
