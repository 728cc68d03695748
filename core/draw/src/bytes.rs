//! Fixed numbers of bytes, written as lower-case hexadecimal digits. Each value has one text, and each text one value.

use std::fmt::{self, Write};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Error for text that is not the text of any value of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {0}")]
pub struct BytesParseError(&'static str);

/// Positions of the bytes before which an id has a hyphen.
const ID: &[usize] = &[4, 6, 8, 10];

/// The same of values without hyphens.
pub(crate) const PLAIN: &[usize] = &[];

const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

macro_rules! bytes {
    ($(#[$doc:meta])* $name:ident, $len:literal, $hyphens:ident, $form:literal) => {
        $(#[$doc])*
        ///
        #[doc = concat!("The text form is ", $form, ".")]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Creates the value from its bytes.
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// Returns the bytes of the value.
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BytesParseError;

            fn from_str(text: &str) -> Result<Self, BytesParseError> {
                parse(text, $hyphens).map(Self).ok_or(BytesParseError($form))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_digits(&self.0, $hyphens, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

bytes!(
    /// Identifier of a show.
    ShowId, 16, ID, "a lower-case, hyphenated UUID"
);
bytes!(
    /// Identifier of an account. It is never published.
    AccountId, 16, ID, "a lower-case, hyphenated UUID"
);
bytes!(
    /// A BLAKE3 hash.
    Digest, 32, PLAIN, "64 lower-case hexadecimal digits"
);
bytes!(
    /// Random bytes that hide an entry behind its published hash. Only the entry's owner gets them.
    Salt, 32, PLAIN, "64 lower-case hexadecimal digits"
);
bytes!(
    /// The seed of a draw: random bytes, since whoever guesses them sees by the published hash that they are right. It
    /// is a secret of the organizer until entries are closed.
    Seed, 32, PLAIN, "64 lower-case hexadecimal digits"
);
bytes!(
    /// The signature of a round of drand's network quicknet: a compressed point of the group G1 of BLS12-381.
    Signature, 48, PLAIN, "96 lower-case hexadecimal digits"
);

macro_rules! shown {
    ($($name:ident),+) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "("))?;
                fmt::Display::fmt(self, f)?;
                f.write_str(")")
            }
        })+
    };
}

macro_rules! hidden {
    ($($name:ident),+) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })+
    };
}

shown!(ShowId, AccountId, Digest, Signature);
// What must not reach a log.
hidden!(Salt, Seed);

fn write_digits(bytes: &[u8], hyphens: &[usize], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, byte) in bytes.iter().enumerate() {
        if hyphens.contains(&at) {
            f.write_char('-')?;
        }
        f.write_char(DIGITS[usize::from(byte >> 4)])?;
        f.write_char(DIGITS[usize::from(byte & 15)])?;
    }
    Ok(())
}

/// Returns the bytes with this text, or `None` if so many bytes never have it.
pub(crate) fn parse<const N: usize>(text: &str, hyphens: &[usize]) -> Option<[u8; N]> {
    let mut letters = text.bytes();
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        if hyphens.contains(&at) && letters.next() != Some(b'-') {
            return None;
        }
        *byte = (digit(letters.next()?)? << 4) | digit(letters.next()?)?;
    }
    letters.next().is_none().then_some(bytes)
}

fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let id = "01938f6e-8c7a-7b2e-8f00-0123456789ab";
        assert_eq!(id.parse::<ShowId>().unwrap().to_string(), id);
        assert_eq!(id.parse::<AccountId>().unwrap().as_bytes()[..4], [0x01, 0x93, 0x8f, 0x6e]);
        let hash = "00ff10".to_owned() + &"a5".repeat(29);
        assert_eq!(hash.parse::<Digest>().unwrap().to_string(), hash);
        assert_eq!(serde_json::from_str::<Digest>(&format!("\"{hash}\"")).unwrap().to_string(), hash);
    }

    #[test]
    fn a_value_has_one_text() {
        for bad in [
            "",
            "01938f6e8c7a7b2e8f000123456789ab",
            "01938F6E-8C7A-7B2E-8F00-0123456789AB",
            "01938f6e-8c7a-7b2e-8f00-0123456789a",
            "01938f6e-8c7a-7b2e-8f00-0123456789ab0",
            "01938f6e-8c7a-7b2e-8f00-0123456789ag",
            "01938f6e-8c7a-7b2e8-f00-0123456789ab",
            "{01938f6e-8c7a-7b2e-8f00-0123456789ab}",
            " 01938f6e-8c7a-7b2e-8f00-0123456789ab",
        ] {
            assert!(bad.parse::<ShowId>().is_err(), "{bad}");
        }
        for bad in ["a5".repeat(31), "a5".repeat(33), "A5".repeat(32), "+5".repeat(32), "é".repeat(32)] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let debug = format!("{:?} {:?}", Salt::from_bytes([0xa5; 32]), Seed::from_bytes([0xa5; 32]));
        assert_eq!(debug, "Salt(…) Seed(…)");
        assert_eq!(format!("{:?}", Digest::from_bytes([0xa5; 32])), format!("Digest({})", "a5".repeat(32)));
    }
}
