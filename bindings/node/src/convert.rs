//! JavaScript's types for ours: ids are strings, times `Date`s, numbers are whole.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::{Actor, Code, Error, IdParseError, IdempotencyKey, Timestamp, UserId};
use chrono::{DateTime, Utc};
use napi::Either;
use napi_derive::napi;

use crate::values::{JournalRecord, Money, SignedMoney};

/// A value of the façade as JavaScript gets it.
pub(crate) trait Shown {
    /// What that is.
    type Js;

    /// Makes JavaScript's value.
    fn shown(&self) -> Self::Js;
}

/// Implements [`Shown`]: the types, what JavaScript gets, and how.
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

/// Implements [`Shown`] for what is written as its text.
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

/// Implements [`Shown`] for texts that must not show up in logs.
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

/// Implements [`Shown`] for closed sets, whose values have published names.
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

/// A `Date`.
pub(crate) type Date = DateTime<Utc>;

/// When something starts: RFC 3339 or a `Date`.
pub(crate) type When = Either<String, Date>;

/// A point in time as a `Date`.
pub(crate) fn date(at: Timestamp) -> Date {
    // Everything from the year 2262 on, where this type ends, is as far away.
    i64::try_from(at.as_millis()).ok().and_then(DateTime::from_timestamp_millis).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A point in time as the text that the façade takes.
pub(crate) fn written(at: When) -> String {
    match at {
        Either::A(text) => text,
        Either::B(date) => timestamp(date).to_string(),
    }
}

/// The point in time of a `Date`.
pub(crate) fn timestamp(date: Date) -> Timestamp {
    Timestamp::from_millis(u64::try_from(date.timestamp_millis()).unwrap_or_default())
}

/// A count or number, all of which are far below the largest whole number that JavaScript has.
pub(crate) fn number(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

/// A whole number that can't be negative; what is, is a fault of the field.
pub(crate) fn natural<N: TryFrom<i64>>(field: &'static str, value: i64) -> Result<N, Error> {
    N::try_from(value).map_err(|_| Error::invalid(field, "must be a whole number from 0 on"))
}

/// The id that a caller's text stands for; what is no id is a fault of the field.
pub(crate) fn id<I: FromStr<Err = IdParseError>>(field: &'static str, text: &str) -> Result<I, Error> {
    text.parse().map_err(|reason| Error::invalid(field, format_args!("is {reason}")))
}

/// The same for several.
pub(crate) fn ids<I: FromStr<Err = IdParseError>>(field: &'static str, texts: &[String]) -> Result<Vec<I>, Error> {
    texts.iter().map(|text| id(field, text)).collect()
}

/// What a text stands for; what can't be read is a fault of the field.
pub(crate) fn parsed<T: FromStr<Err: Display>>(field: &'static str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|reason| Error::invalid(field, reason))
}

/// A span of time, in milliseconds.
pub(crate) fn millis(field: &'static str, value: i64) -> Result<Duration, Error> {
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

/// The key that a caller gave, if any.
pub(crate) fn key(text: Option<String>) -> Result<Option<IdempotencyKey>, Error> {
    let parse = |text: String| text.parse().map_err(|reason| Error::invalid("idempotencyKey", reason));
    text.map(parse).transpose()
}

/// The value of a header as Node has it: every byte is one character.
pub(crate) fn one_character_a_byte(value: &[u8]) -> String {
    value.iter().copied().map(char::from).collect()
}

/// The way back; `None` if a character is none of a header.
pub(crate) fn one_byte_a_character(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

/// Headers as the façade has them: names in lower case, and bytes.
pub(crate) fn header_bytes(pairs: &[(String, String)]) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let header = |(name, value): &(String, String)| {
        let value = one_byte_a_character(value).ok_or_else(|| Error::invalid("headers", "are malformed"))?;
        Ok((name.to_ascii_lowercase(), value))
    };
    pairs.iter().map(header).collect()
}
