//! Conversion between JavaScript's types and the core's: ids are strings, times are `Date`s, numbers are integers.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::{Actor, Change, Code, Error, IdParseError, IdempotencyKey, Timestamp, UserId};
use chrono::{DateTime, SecondsFormat, Utc};
use napi::Either;
use napi_derive::napi;

use crate::values::{JournalRecord, Money, SignedMoney};

/// A value of the façade that converts to JavaScript.
pub(crate) trait Shown {
    /// Type of the value in JavaScript.
    type Js;

    /// Converts the value.
    fn shown(&self) -> Self::Js;
}

/// Implements [`Shown`] for types, each with its type in JavaScript and a conversion.
macro_rules! shown {
    ($($kind:ty => $js:ty: |$it:ident| $value:expr;)*) => {$(
        impl Shown for $kind {
            type Js = $js;

            fn shown(&self) -> $js {
                let $it = self;
                $value
            }
        }
    )*};
}

/// Implements [`Shown`] for types that convert to their text.
macro_rules! shown_as_text {
    ($($kind:ty),* $(,)?) => {$(
        impl Shown for $kind {
            type Js = String;

            fn shown(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

/// Implements [`Shown`] for texts that must not appear in logs.
macro_rules! shown_as_secret {
    ($($kind:ty),* $(,)?) => {$(
        impl Shown for $kind {
            type Js = String;

            fn shown(&self) -> String {
                self.expose().to_owned()
            }
        }
    )*};
}

/// Implements [`Shown`] for closed sets, which convert to their published names.
macro_rules! shown_as_name {
    ($($kind:ty),* $(,)?) => {$(
        impl Shown for $kind {
            type Js = &'static str;

            fn shown(&self) -> &'static str {
                self.as_str()
            }
        }
    )*};
}

pub(crate) use {shown_as_name, shown_as_secret, shown_as_text};

shown! {
    () => (): |it| *it;
    bool => bool: |it| *it;
    u32 => i64: |it| i64::from(*it);
    i64 => i64: |it| *it;
    u64 => i64: |it| number(*it);
    usize => i64: |it| number(*it);
    str => String: |it| it.to_owned();
    &'static str => &'static str: |it| it;
    String => String: |it| it.clone();
    Timestamp => Date: |it| date(*it);
    Duration => i64: |it| number(it.as_millis());
    boxoffice::Currency => &'static str: |it| it.code();
    boxoffice::Money => Money: |it| (*it).into();
    boxoffice::SignedMoney => SignedMoney: |it| (*it).into();
    boxoffice::Record => JournalRecord: |it| it.into();
    Actor => Option<String>: |it| it.user().map(|user| user.to_string());
}

shown_as_text!(boxoffice::Cursor, boxoffice::Hash);

impl<T: Shown + ?Sized> Shown for Arc<T> {
    type Js = T::Js;

    fn shown(&self) -> T::Js {
        T::shown(self)
    }
}

impl<T: Shown> Shown for Option<T> {
    type Js = Option<T::Js>;

    fn shown(&self) -> Option<T::Js> {
        self.as_ref().map(T::shown)
    }
}

impl<T: Shown> Shown for [T] {
    type Js = Vec<T::Js>;

    fn shown(&self) -> Vec<T::Js> {
        self.iter().map(T::shown).collect()
    }
}

impl<T: Shown> Shown for Vec<T> {
    type Js = Vec<T::Js>;

    fn shown(&self) -> Vec<T::Js> {
        self.as_slice().shown()
    }
}

impl<K: Display, T: Shown> Shown for BTreeMap<K, T> {
    type Js = HashMap<String, T::Js>;

    fn shown(&self) -> HashMap<String, T::Js> {
        self.iter().map(|(name, value)| (name.to_string(), value.shown())).collect()
    }
}

/// A `Date` of JavaScript.
pub(crate) type Date = DateTime<Utc>;

/// A start time: RFC 3339 or a `Date`.
pub(crate) type When = Either<String, Date>;

/// Converts a point in time to a `Date`.
pub(crate) fn date(at: Timestamp) -> Date {
    // A time that this type can't hold becomes its maximum.
    i64::try_from(at.as_millis()).ok().and_then(DateTime::from_timestamp_millis).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Formats a point in time as the text that the façade takes.
pub(crate) fn written(at: When) -> String {
    match at {
        Either::A(text) => text,
        // What is before 1970 or after the year 9999 is the core's to refuse.
        Either::B(date) => date.to_rfc3339_opts(SecondsFormat::Millis, true),
    }
}

/// Converts a count. All counts are far below the largest safe integer of JavaScript.
pub(crate) fn number(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

/// The largest whole number up to which JavaScript has every one.
const SAFE_MAX: f64 = 9_007_199_254_740_991.0;

/// A whole number that can't be negative; what is, or is no number at all, is a fault of the field.
pub(crate) fn natural<N: TryFrom<u64>>(field: &'static str, value: f64) -> Result<N, Error> {
    let is_natural = value.fract() == 0.0 && (0.0..=SAFE_MAX).contains(&value);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a whole number in this range")]
    let whole = is_natural.then_some(value as u64);
    let number = whole.and_then(|whole| N::try_from(whole).ok());
    number.ok_or_else(|| Error::invalid(field, "must be a whole number from 0 on"))
}

/// What an edit does, where what it sets is read by `read`.
#[expect(clippy::option_option, reason = "given or not, and given as nothing: two questions")]
pub(crate) fn changed<T, U>(
    given: Option<Option<T>>,
    read: impl FnOnce(T) -> Result<U, Error>,
) -> Result<Change<U>, Error> {
    Ok(Change::given(given.map(|value| value.map(read).transpose()).transpose()?))
}

/// Parses an id.
///
/// # Errors
/// `validation` on `field` if the text is not an id.
pub(crate) fn id<I: FromStr<Err = IdParseError>>(field: &'static str, text: &str) -> Result<I, Error> {
    text.parse().map_err(|reason| Error::invalid(field, format_args!("is {reason}")))
}

/// Parses several ids.
///
/// # Errors
/// `validation` on `field` if a text is not an id.
pub(crate) fn ids<I: FromStr<Err = IdParseError>>(field: &'static str, texts: &[String]) -> Result<Vec<I>, Error> {
    texts.iter().map(|text| id(field, text)).collect()
}

/// Parses a text.
///
/// # Errors
/// `validation` on `field` if the text can't be parsed.
pub(crate) fn parsed<T: FromStr<Err: Display>>(field: &'static str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|reason| Error::invalid(field, reason))
}

/// Converts a duration in milliseconds.
///
/// # Errors
/// `validation` on `field` if the value is negative.
pub(crate) fn millis(field: &'static str, value: f64) -> Result<Duration, Error> {
    natural(field, value).map(Duration::from_millis)
}

/// The user who acts; nobody is refused.
pub(crate) fn user(field: &'static str, id_text: Option<String>) -> Result<UserId, Error> {
    id_text.map_or_else(|| Err(Code::AuthRequired.into()), |text| id(field, &text))
}

/// Who acts: a user by their id, the box office itself, or nobody. The package makes it of what the caller gave.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct Acting {
    /// The id of the user.
    pub user: Option<String>,
    /// Whether it is the box office itself.
    pub system: bool,
}

impl Acting {
    /// Returns who acts, unless it is nobody: that never means the box office itself.
    pub(crate) fn actor(self, field: &'static str) -> Result<Actor, Error> {
        if self.system { Ok(Actor::System) } else { user(field, self.user).map(Actor::User) }
    }
}

/// Parses the caller's idempotency key, if any.
pub(crate) fn key(text: Option<String>) -> Result<Option<IdempotencyKey>, Error> {
    let parse = |text: String| text.parse().map_err(|reason| Error::invalid("idempotencyKey", reason));
    text.map(parse).transpose()
}

/// Converts the value of a header to Node's form: one character for each byte.
pub(crate) fn one_character_a_byte(value: &[u8]) -> String {
    value.iter().copied().map(char::from).collect()
}

/// Converts the value of a header from Node's form; returns `None` if a character is greater than U+00FF.
pub(crate) fn one_byte_a_character(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

/// Converts headers to the form of the façade: names in lower case, and values as bytes.
pub(crate) fn header_bytes(pairs: &[(String, String)]) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let header = |(name, value): &(String, String)| {
        let value = one_byte_a_character(value).ok_or_else(|| Error::invalid("headers", "are malformed"))?;
        Ok((name.to_ascii_lowercase(), value))
    };
    pairs.iter().map(header).collect()
}
