//! Bounded text types. Each type accepts only the values that its documentation allows.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Reasons why text is rejected. The message is worded to follow the name of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The text has too few or too many characters after surrounding spaces are trimmed.
    #[error("must have {min} to {max} characters")]
    Length {
        /// Minimum number of characters.
        min: usize,
        /// Maximum number of characters.
        max: usize,
    },
    /// The text contains a character that its type does not allow.
    #[error("{0}")]
    Form(&'static str),
}

fn bounded(text: &str, min: usize, max: usize) -> Result<&str, TextError> {
    let text = text.trim();
    let len = text.chars().take(max + 1).count();
    if len < min || len > max {
        return Err(TextError::Length { min, max });
    }
    if text.chars().any(char::is_control) {
        return Err(TextError::Form("must not have control characters"));
    }
    Ok(text)
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $min:literal..=$max:literal $(, $check:expr)?) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                let text = bounded(text, $min, $max)?;
                $( let check: fn(&str) -> Result<(), TextError> = $check; check(text)?; )?
                Ok(Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            // Unchecked: a stored value stays readable after a limit changes.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                super::decode_text(deserializer, |text| Ok::<_, TextError>(Self(text.into())))
            }
        }
    };
}

text!(
    /// Title of a ticket: 1 to 200 characters.
    Title, 1..=200
);
text!(
    /// Name of a show: 1 to 200 characters.
    ShowName, 1..=200
);
text!(
    /// Venue of a show: 1 to 200 characters.
    Venue, 1..=200
);
text!(
    /// Label of a ticket's place in the venue, such as `Block A, row 3, seat 12`: 1 to 100 characters.
    SeatLabel, 1..=100
);
text!(
    /// Category of a show, such as `concert` or `match`: 1 to 40 lower-case letters, digits and hyphens.
    Category, 1..=40, |text| {
        if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
            Ok(())
        } else {
            Err(TextError::Form("must be lower-case letters, digits and hyphens, such as concert"))
        }
    }
);

text!(
    /// Reference by which a payout is found at the bank: 1 to 100 characters.
    PayoutReference, 1..=100
);

impl Title {
    /// Returns a placeholder title for a ticket whose title is never read.
    pub(crate) fn unnamed() -> Self {
        Self("-".into())
    }
}

/// Defines a text type that must not appear in logs: `Debug` redacts it, and it has no `Display` and no serde form.
macro_rules! secret {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Box<str>);

        impl $name {
            /// Returns the secret text. Never log it.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                let check: fn(&str) -> Result<(), TextError> = $check;
                check(text)?;
                Ok(Self(text.into()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

fn length(text: &str, min: usize, max: usize) -> Result<(), TextError> {
    let len = text.chars().take(max + 1).count();
    if (min..=max).contains(&len) { Ok(()) } else { Err(TextError::Length { min, max }) }
}

fn visible_ascii(text: &str) -> Result<(), TextError> {
    length(text, 1, 255)?;
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(TextError::Form("must be visible ASCII characters without spaces"))
    }
}

secret!(
    /// A password: 8 to 128 characters of any kind, taken as typed.
    Password, |text| length(text, 8, 128)
);
secret!(
    /// Token by which a card processor replaces a card number on a web page: 1 to 255 visible ASCII characters.
    ///
    /// It is never written to the journal.
    CardToken, visible_ascii
);
secret!(
    /// Secret with which the buyer's page continues a payment at the card processor: 1 to 255 visible ASCII characters.
    ///
    /// It is never written to the journal. It is shown to the buyer only.
    ClientSecret, visible_ascii
);
secret!(
    /// Key by which a caller makes a command idempotent, so that a retry has no second effect: 1 to 255 visible ASCII
    /// characters.
    IdempotencyKey, visible_ascii
);

/// An email address as its owner typed it.
///
/// Two addresses that differ only in case are the same address; see [`Email::folded`].
#[derive(Clone, PartialEq, Eq)]
pub struct Email(Box<str>);

impl Email {
    /// Returns the address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the case-folded address, by which emails are unique.
    pub fn folded(&self) -> String {
        // Folds by way of capitals, character by character, because some small letters share one capital: σ and ς, s
        // and ſ.
        self.0.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
    }
}

impl FromStr for Email {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        let options =
            email_address::Options::default().without_display_text().without_domain_literal().with_required_tld();
        match email_address::EmailAddress::parse_with_options(text, options) {
            Ok(_) if text.len() <= 254 => Ok(Self(text.into())),
            _ => Err(TextError::Form("must be an email address")),
        }
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        assert_eq!(" Hamlet ".parse::<Title>().unwrap().as_str(), "Hamlet");
        assert!("ä".repeat(200).parse::<Title>().is_ok());
        for bad in ["", "   ", &"a".repeat(201), "a\nb", "a\0b"] {
            assert!(bad.parse::<Title>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn categories() {
        assert!("stand-up".parse::<Category>().is_ok());
        assert!("Stand Up".parse::<Category>().is_err());
    }

    #[test]
    fn passwords_count_characters_and_are_not_shown() {
        assert!("ååååååå".parse::<Password>().is_err());
        assert!("åååååååå".parse::<Password>().is_ok());
        assert!("a".repeat(129).parse::<Password>().is_err());
        assert_eq!(format!("{:?}", "correct horse".parse::<Password>().unwrap()), "Password(…)");
    }

    #[test]
    fn keys_are_visible_ascii() {
        assert!("a-1".parse::<IdempotencyKey>().is_ok());
        for bad in ["", "a b", "ä", &"k".repeat(256)] {
            assert!(bad.parse::<IdempotencyKey>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn emails() {
        let email: Email = " Ann@Example.com ".parse().unwrap();
        assert_eq!((email.as_str(), email.folded().as_str()), ("Ann@Example.com", "ann@example.com"));
        for bad in [
            "",
            "ann",
            "ann@",
            "@example.com",
            "ann@example",
            "a b@example.com",
            "Ann <ann@example.com>",
            "ann@[127.0.0.1]",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
        assert!(format!("{}@example.com", "a".repeat(250)).parse::<Email>().is_err());
    }

    #[test]
    fn emails_are_the_same_whatever_their_case() {
        let folded = |text: &str| text.parse::<Email>().unwrap().folded();
        for (one, other) in [
            ("Ann@Example.com", "ann@example.COM"),
            ("ΝΙΚΟΣ@example.gr", "νικος@example.gr"),
            ("νικοσ@example.gr", "νικος@example.gr"),
            ("straße@example.de", "STRASSE@example.de"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        assert_ne!(folded("ann@example.com"), folded("anne@example.com"));
    }
}
