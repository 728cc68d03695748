//! JavaScript's types for ours: ids are strings, times `Date`s, numbers are whole.

use std::str::FromStr;

use boxoffice::{Actor, Error, IdParseError, IdempotencyKey, Timestamp};
use chrono::{DateTime, Utc};
use napi::Either;

/// A `Date`.
pub(crate) type Date = DateTime<Utc>;

/// When something starts: RFC 3339 or a `Date`.
pub(crate) type When = Either<String, Date>;

/// A point in time as a `Date`.
pub(crate) fn date(at: Timestamp) -> Date {
    // Everything from the year 2262 on, where this type ends, is as far away.
    i64::try_from(at.as_millis()).ok().and_then(DateTime::from_timestamp_millis).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A point in time as the text that the front door takes.
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

/// Who acts: a user, or the box office itself.
pub(crate) fn actor(id_text: Option<String>) -> Result<Actor, Error> {
    id_text.map_or(Ok(Actor::System), |text| id("actorId", &text).map(Actor::User))
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
