//! Rounds that the network has published, as data.

#![cfg(feature = "drand")]

use super::{LAST, Round, has_signed};
use crate::bytes::Signature;

/// Numbers and signatures.
const ROUNDS: &[(u64, &str)] = &[
    (123, "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92"),
    (1_000, "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"),
    (657_413, "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b"),
];

fn signature(text: &str) -> Signature {
    text.parse().unwrap()
}

#[test]
fn rounds_of_the_network_are_its_own() {
    for (number, text) in ROUNDS {
        assert!(has_signed(Round(*number), &signature(text)), "{number}");
    }
}

#[test]
fn a_signature_is_of_one_round() {
    for (number, text) in ROUNDS {
        for other in [1, number - 1, number + 1, number + 256, LAST] {
            assert!(!has_signed(Round(other), &signature(text)), "{number} for {other}");
        }
    }
}

#[test]
fn a_changed_bit_is_refused() {
    let (number, text) = ROUNDS[0];
    let bytes = *signature(text).as_bytes();
    // The first eight bits have the flags of the encoding among them.
    for bit in (0..8).chain((8..bytes.len() * 8).step_by(7)) {
        let mut changed = bytes;
        changed[bit / 8] ^= 0x80 >> (bit % 8);
        assert!(!has_signed(Round(number), &Signature::from_bytes(changed)), "bit {bit}");
    }
}

#[test]
fn points_that_prove_nothing_are_refused() {
    let mut infinity = [0; 48];
    infinity[0] = 0xc0;
    for bytes in [[0; 48], [0xff; 48], infinity] {
        assert!(!has_signed(Round(123), &Signature::from_bytes(bytes)), "{bytes:?}");
    }
}
