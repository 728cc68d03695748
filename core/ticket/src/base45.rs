//! Base45 (RFC 9285): bytes in the characters of which a QR code packs two into 11 bits.
//!
//! It is written here because it is short, and because the library for it reads what strangers show by `unsafe` code.
//! It accepts nothing that encoding would not give back: a group of digits has one value, and too large ones are
//! refused.

use alloc::string::String;
use alloc::vec::Vec;

/// Digits by their value.
const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Returns the text of the bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for pair in bytes.chunks(2) {
        let mut value = pair.iter().fold(0, |value, byte| value * 256 + usize::from(*byte));
        for _ in 0..=pair.len() {
            text.push(char::from(ALPHABET[value % 45]));
            value /= 45;
        }
    }
    text
}

/// Returns the bytes of a text, or `None` if it is no base45.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len().div_ceil(3) * 2);
    for group in text.as_bytes().chunks(3) {
        let mut value = 0;
        for character in group.iter().rev() {
            value = value * 45 + digit(*character)?;
        }
        match group.len() {
            3 => bytes.extend(u16::try_from(value).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(value).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u32> {
    let digit = match character {
        b'0'..=b'9' => character - b'0',
        b'A'..=b'Z' => character - b'A' + 10,
        b' ' => 36,
        b'$' => 37,
        b'%' => 38,
        b'*' => 39,
        b'+' => 40,
        b'-' => 41,
        b'.' => 42,
        b'/' => 43,
        b':' => 44,
        _ => return None,
    };
    Some(u32::from(digit))
}

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn the_samples_of_the_standard() {
        for (bytes, text) in
            [("", ""), ("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0")]
        {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
    }

    /// Returns all texts of so many digits.
    fn texts(len: u32) -> impl Iterator<Item = String> {
        (0..45_usize.pow(len)).map(move |number| {
            let digits = (0..len).map(|place| number / 45_usize.pow(place) % 45);
            digits.map(|digit| char::from(ALPHABET[digit])).collect()
        })
    }

    #[test]
    fn every_group_has_one_text() {
        for (len, values) in [(2, 1 << 8), (3, 1 << 16)] {
            let mut known = 0;
            for text in texts(len) {
                let Some(bytes) = decode(&text) else { continue };
                known += 1;
                assert_eq!(encode(&bytes), text);
            }
            assert_eq!(known, values, "{len} digits");
        }
    }

    #[test]
    fn digits_have_their_places() {
        for character in 0..=u8::MAX {
            let place = ALPHABET.iter().position(|known| *known == character);
            assert_eq!(digit(character), place.and_then(|place| u32::try_from(place).ok()), "{character}");
        }
    }

    #[test]
    fn what_is_no_base45_is_refused() {
        let beyond = [":::", "GGW", "::", "V5"];
        for text in ["A", "BB8A", "bb8", "BB8\n", "BB_", "BBé", "B", " "].into_iter().chain(beyond) {
            assert_eq!(decode(text), None, "{text:?}");
        }
        assert_eq!(decode("FGW"), Some(Vec::from([0xff, 0xff])));
        assert_eq!(decode("U5"), Some(Vec::from([0xff])));
    }
}
