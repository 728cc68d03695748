//! Bounded text types. Each type accepts only the values that its documentation allows.
//!
//! Texts that people read are kept in Unicode's composed form (NFC), show something, and don't change the order in which
//! the text around them is read.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fold;

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

fn bounded(text: &str, min: usize, max: usize) -> Result<Cow<'_, str>, TextError> {
    // Whatever is longer stays too long when it is composed.
    if text.len() > LEN_MAX {
        return Err(TextError::Length { min, max });
    }
    let text = fold::composed(text.trim());
    let len = text.chars().take(max + 1).count();
    if len < min || len > max {
        return Err(TextError::Length { min, max });
    }
    // The sign of a letter that could not be read stands for any letter.
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(TextError::Form("has a letter that can't be read"));
    }
    if text.chars().any(|letter| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')) {
        return Err(TextError::Form("must not have control characters"));
    }
    if text.chars().any(fold::is_bidi_control) {
        return Err(TextError::Form("must not have marks that change the direction of text"));
    }
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(TextError::Form(
            "has a character that could not be read; the text may be in another encoding than UTF-8",
        ));
    }
    if !text.chars().any(fold::is_visible) {
        return Err(TextError::Form("must have a character that can be seen"));
    }
    Ok(text)
}

/// Bytes of a text of a few hundred characters, however they are written.
const LEN_MAX: usize = 16 * 1024;

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
                $( let check: fn(&str) -> Result<(), TextError> = $check; check(&text)?; )?
                Ok(Self(text.as_ref().into()))
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

text!(
    /// Name of a host of a cluster, such as `boxoffice-0`: 1 to 63 lower-case letters, digits, hyphens and dots.
    HostName, 1..=63, |text| {
        if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')) {
            Ok(())
        } else {
            Err(TextError::Form("must be lower-case letters, digits, hyphens and dots, such as boxoffice-0"))
        }
    }
);

/// Implements the comparison of texts that name something of which there is one.
macro_rules! looks {
    ($($name:ident),*) => {$(
        impl $name {
            /// Returns `true` if the two are one name to a reader: case, width, spaces, dashes, invisible characters and the
            /// alphabet of a letter make no difference. Row I is not row 1.
            ///
            /// ```
            #[doc = concat!("use boxoffice::", stringify!($name), ";")]
            ///
            #[doc = concat!("let [one, other] = [\"Loge Ａ\", \"LOGE  A\"].map(|text| text.parse::<", stringify!($name), ">());")]
            /// assert!(one?.looks_like(&other?));
            /// # Ok::<(), boxoffice::TextError>(())
            /// ```
            pub fn looks_like(&self, other: &Self) -> bool {
                self == other || self.look() == other.look()
            }

            /// Returns the form that is the same for all names that look alike. It may differ from release to release, so it
            /// is not to be stored.
            pub fn look(&self) -> String {
                fold::look_alike(&self.0)
            }
        }
    )*};
}

looks!(Title, ShowName, Venue, SeatLabel);

impl Title {
    /// Returns a placeholder title for a ticket whose title is never read.
    pub(crate) fn unnamed() -> Self {
        Self("-".into())
    }
}

/// Defines a text type that must not appear in logs: `Debug` redacts it, and it has no `Display` and no serde form.
macro_rules! secret {
    ($(#[$doc:meta])* $name:ident, $check:expr $(, $prepare:ident)?) => {
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
                $( let text = &*Self::$prepare(text); )?
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
    /// A password: 8 to 128 characters, none of them a control character or invisible.
    ///
    /// It is kept as the profile `OpaqueString` of RFC 8265 prepares it: composed (NFC) and with plain spaces, so that it is the
    /// same whichever keyboard it is typed on. Case and width count.
    Password, |text| length(text, 8, 128).and_then(|()| typable(text)), prepared
);
impl Password {
    /// Returns what is typed as passwords are kept, whether it can be one or not.
    pub(crate) fn prepared(typed: &str) -> Cow<'_, str> {
        let is_space = |letter: char| letter.is_whitespace() && !letter.is_control() && !letter.is_ascii();
        if typed.len() > LEN_MAX || typed.is_ascii() {
            return Cow::Borrowed(typed);
        }
        let spaced = typed.replace(is_space, " ");
        let composed = fold::composed(&spaced);
        if composed == typed { Cow::Borrowed(typed) } else { Cow::Owned(composed.into_owned()) }
    }
}

/// Joiners and variation selectors are parts of what some keyboards type, such as emoji.
fn typable(text: &str) -> Result<(), TextError> {
    let is_part =
        |letter| matches!(letter, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}');
    if text.chars().any(|letter| letter.is_control() || (fold::is_ignorable(letter) && !is_part(letter))) {
        return Err(TextError::Form("must not have control or invisible characters"));
    }
    Ok(())
}

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
/// Addresses of one mailbox are one; see [`Email::folded`].
#[derive(Clone, PartialEq, Eq)]
pub struct Email(Box<str>);

impl Email {
    /// Returns the address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the form by which emails are unique: the domain as the name service has it (`bücher.example` is
    /// `xn--bcher-kva.example`), and the part before it composed (NFC) and without case. `ß` is not `ss`.
    pub fn folded(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let local = fold::case_folded(&fold::composed(local));
        let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_| fold::case_folded(&fold::composed(domain)));
        format!("{}@{domain}", fold::composed(&local))
    }

    /// Returns the form by which emails were unique before domains had one form and `ß` was told from `ss`. Accounts of that
    /// time are listed under it.
    pub(crate) fn formerly_folded(&self) -> String {
        // By way of capitals, character by character, because some small letters share one capital: σ and ς, s and ſ.
        self.0.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
    }
}

impl Email {
    /// Returns the address of an account, which may be older than some rule for new ones; `None` if it never was one.
    pub(crate) fn known(text: &str) -> Option<Self> {
        let text = text.trim();
        // No domain was ever taken that is not composed.
        let (local, domain) = text.rsplit_once('@')?;
        let text = &format!("{local}@{}", fold::composed(domain));
        let options =
            email_address::Options::default().without_display_text().without_domain_literal().with_required_tld();
        let is_address = email_address::EmailAddress::parse_with_options(text, options).is_ok();
        (is_address && text.len() <= 254).then(|| Self(text.as_str().into()))
    }
}

impl FromStr for Email {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let is_odd = |letter| !fold::is_visible(letter) || letter == char::REPLACEMENT_CHARACTER;
        let email = Self::known(&fold::composed(text)).filter(|email| !email.0.chars().any(is_odd));
        email.ok_or(TextError::Form("must be an email address"))
    }
}

#[cfg(feature = "cluster")]
impl Serialize for Email {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(feature = "cluster")]
impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::decode_text(deserializer, |text| Self::known(text).ok_or(TextError::Form("must be an email address")))
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
    fn texts_show_something_and_nothing_else() {
        assert_eq!("Cafe\u{301}".parse::<Title>().unwrap().as_str(), "Caf\u{e9}");
        for good in ["👨\u{200d}👩\u{200d}👧 Family", "می\u{200c}خواهم", "𓂀", "\u{301}"] {
            assert!(good.parse::<Title>().is_ok(), "{good:?}");
        }
        for bad in [
            "\u{200b}",
            "\u{3164}\u{ad}",
            "\u{2800}",
            "\u{a0}",
            "Hamlet\u{202e}telmaH",
            "a\u{2067}b",
            "a\u{200f}",
            "a\u{2028}b",
            "Bj\u{fffd}rk",
        ] {
            assert!(bad.parse::<Title>().is_err(), "{bad:?}");
            assert!(bad.parse::<ShowName>().is_err(), "{bad:?}");
            assert!(bad.parse::<Venue>().is_err(), "{bad:?}");
            assert!(bad.parse::<SeatLabel>().is_err(), "{bad:?}");
            assert!(bad.parse::<PayoutReference>().is_err(), "{bad:?}");
        }
        assert!("a".repeat(LEN_MAX + 1).parse::<Title>().is_err());
    }

    #[test]
    fn passwords_are_the_same_on_every_keyboard() {
        let kept = |text: &str| text.parse::<Password>().map(|password| password.expose().to_owned());
        assert_eq!(kept("cafe\u{301} noir"), kept("caf\u{e9} noir"));
        assert_eq!(kept("correct\u{3000}horse"), kept("correct horse"));
        assert_eq!(kept("foo\u{1680}bar baz").unwrap(), "foo bar baz");
        assert_ne!(kept("Correct horse"), kept("correct horse"));
        assert_ne!(kept("ｃorrect horse"), kept("correct horse"));
        assert_eq!(kept("  spaces count  ").unwrap(), "  spaces count  ");
        assert!(kept("👨\u{200d}👩\u{200d}👧❤\u{fe0f} 1234").is_ok());
        for bad in [
            "my cat is a \tby",
            "correct\u{200b}horse",
            "correct\u{0}horse",
            "\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}",
        ] {
            assert!(kept(bad).is_err(), "{bad:?}");
        }
        // Eight characters as typed, seven as kept.
        assert!(kept("cafe\u{301}123").is_err());
    }

    #[test]
    fn categories() {
        assert!("stand-up".parse::<Category>().is_ok());
        assert!("Stand Up".parse::<Category>().is_err());
    }

    #[test]
    fn names_of_hosts() {
        for good in ["a", "boxoffice-0", "boxoffice-0.boxoffice", &"a".repeat(63)] {
            assert!(good.parse::<HostName>().is_ok(), "{good:?}");
        }
        for bad in ["", "Box", "box office", "box_office", "böx", &"a".repeat(64)] {
            assert!(bad.parse::<HostName>().is_err(), "{bad:?}");
        }
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
            ("STRAßE@example.de", "straße@example.de"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        assert_ne!(folded("ann@example.com"), folded("anne@example.com"));
        assert_ne!(folded("straße@example.de"), folded("strasse@example.de"));
    }

    #[test]
    fn emails_of_one_mailbox_are_one() {
        let folded = |text: &str| text.parse::<Email>().unwrap().folded();
        for (one, other) in [
            ("zoe@bücher.example", "zoe@xn--bcher-kva.example"),
            ("zoe@BÜCHER.example", "zoe@XN--BCHER-KVA.example"),
            ("zoe@bu\u{308}cher.example", "zoe@bücher.example"),
            ("zoe@ｂücher.example", "zoe@bücher.example"),
            ("zoe\u{308}@example.com", "zo\u{eb}@example.com"),
            ("ann@münchen。example", "ann@münchen.example"),
        ] {
            let Ok(one) = one.parse::<Email>() else { continue };
            assert_eq!(one.folded(), folded(other), "{one:?} {other}");
        }
        // IDNA tells these two domains apart, as the name service does.
        assert_ne!(folded("ann@straße.example"), folded("ann@strasse.example"));
    }

    #[test]
    fn emails_have_nothing_that_can_not_be_seen() {
        for bad in
            ["an\u{200b}n@example.com", "ann\u{202e}@example.com", "ann@exam\u{ad}ple.com", "\u{feff}ann@example.com"]
        {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
    }
}
