//! Times as the clocks of a venue show them.
//!
//! A show at eight is at eight whatever becomes of the law: in 2026 British Columbia stopped changing its clocks, and every
//! instant that had been computed for an evening of winter was an hour off. So the date, the time of day and the zone are kept,
//! and the instant is computed from the rules of the day on which it is asked for.

mod written;

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use self::written::{Written, WrittenOffset, split_zone};
use super::time::Timestamp;
use super::zone::{TimeZoneName, UnknownTimeZone};

/// Reasons why text is not a time at a venue. The message is worded to follow the name of the field.
///
/// [`VenueTimeError::Skipped`] and [`VenueTimeError::Twice`] are questions: each has the two times that can have been meant, and
/// the text of either is accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VenueTimeError {
    /// The text is not a date and a time of day, to the minute or second.
    #[error("must be a date and a time of day, such as 2027-07-01T20:00")]
    Malformed,
    /// The text has no time zone behind its time.
    #[error("must end with a time zone in brackets, such as 2027-07-01T20:00[Europe/Berlin]")]
    NoZone,
    /// The time zone is not one of the IANA database.
    #[error(transparent)]
    UnknownZone(#[from] UnknownTimeZone),
    /// The time is before 1970 or after 9999, in UTC.
    #[error("must be between the years 1970 and 9999")]
    OutOfRange,
    /// No clock shows this time, because clocks are put forward over it.
    #[error(
        "must be a time that clocks in {} show, and they skip this one: {} or {} may be meant",
        .before.zone, .before.local, .after.local
    )]
    Skipped {
        /// The time as far before the change as the text is behind it.
        before: VenueTime,
        /// The time as far behind the change as the text is.
        after: VenueTime,
    },
    /// Clocks show this time twice, because they are put back over it.
    #[error(
        "must say which it is, since clocks in {} show it twice: {earlier} is the earlier, {later} the later",
        .earlier.zone
    )]
    Twice {
        /// The time when clocks show it first.
        earlier: VenueTime,
        /// The time when clocks show it again.
        later: VenueTime,
    },
}

impl VenueTimeError {
    /// Returns the published name of the reason: `malformed`, `no_zone`, `unknown_zone`, `out_of_range`, `skipped` or `twice`.
    ///
    /// ```
    /// use boxoffice::VenueTime;
    ///
    /// let error = "2027-10-31T02:30[Europe/Berlin]".parse::<VenueTime>().unwrap_err();
    /// assert_eq!(error.reason(), "twice");
    /// ```
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NoZone => "no_zone",
            Self::UnknownZone(_) => "unknown_zone",
            Self::OutOfRange => "out_of_range",
            Self::Skipped { .. } => "skipped",
            Self::Twice { .. } => "twice",
        }
    }
}

/// A time as the clocks of a venue show it, to the second: a date, a time of day and a time zone.
///
/// The instant that it stands for follows from the rules of the zone, so it moves when a later release has other rules.
///
/// # Text
/// The text form is RFC 9557 without an offset, such as `2027-07-01T20:00:00[America/Vancouver]`. A time that clocks show twice
/// has its offset, which tells the two apart. When text is parsed,
/// - the zone decides: an offset chooses between the two times that look the same, and means nothing elsewhere. A program with
///   older rules writes another one for the same evening.
/// - `Z` says that the time is in UTC. The clocks of the venue then show another one, which is kept.
/// - a time that clocks skip, and one that they show twice without an offset that chooses, are refused by an error that asks.
///
/// # Stored form
/// The stored form has the fields `local`, `zone` and, for the later of two, `later`. It knows nothing of rules, so a time is read
/// whatever they have become. If clocks skip it by now, it stands for the instant that they would have shown it at, had they not
/// been put forward. If they show it twice by now, it is the earlier, as in RFC 5545. A zone that only a later release knows counts
/// as UTC. So input is parsed, never deserialized: parsing alone asks.
///
/// Two times are equal if their stored forms are. Whoever wants to know which is first compares instants.
///
/// ```
/// use boxoffice::VenueTime;
///
/// let starts_at: VenueTime = "2026-12-15T20:00[America/Vancouver]".parse()?;
/// assert_eq!(starts_at.to_string(), "2026-12-15T20:00:00[America/Vancouver]");
/// assert_eq!(starts_at.instant().to_string(), "2026-12-16T03:00:00.000Z");
/// # Ok::<(), boxoffice::VenueTimeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VenueTime {
    #[serde(serialize_with = "write_local", deserialize_with = "read_local")]
    local: DateTime,
    zone: TimeZoneName,
    /// The later, if clocks show the time twice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    later: bool,
}

impl VenueTime {
    /// Parses a time in a zone that is known from elsewhere, such as `2027-07-01T20:00` as forms have it, with an offset where one
    /// of two is to be chosen.
    ///
    /// ```
    /// use boxoffice::{TimeZoneName, VenueTime, VenueTimeError};
    ///
    /// let berlin: TimeZoneName = "Europe/Berlin".parse()?;
    /// let evening = VenueTime::parse("2027-07-01T20:00", berlin.clone())?;
    /// assert_eq!(evening.instant().to_string(), "2027-07-01T18:00:00.000Z");
    ///
    /// let skipped = VenueTime::parse("2027-03-28T02:30", berlin.clone());
    /// let Err(VenueTimeError::Skipped { before, after }) = skipped else { panic!("{skipped:?}") };
    /// assert_eq!([before.local(), after.local()], ["2027-03-28T01:30:00", "2027-03-28T03:30:00"]);
    ///
    /// let twice = VenueTime::parse("2027-10-31T02:30", berlin.clone());
    /// let Err(VenueTimeError::Twice { later, .. }) = twice else { panic!("{twice:?}") };
    /// assert_eq!(later, VenueTime::parse("2027-10-31T02:30+01:00", berlin)?);
    /// # Ok::<(), VenueTimeError>(())
    /// ```
    ///
    /// # Errors
    /// [`VenueTimeError::Malformed`], [`VenueTimeError::OutOfRange`], [`VenueTimeError::Skipped`] or [`VenueTimeError::Twice`].
    pub fn parse(text: &str, zone: TimeZoneName) -> Result<Self, VenueTimeError> {
        let written = Written::read(text).ok_or(VenueTimeError::Malformed)?;
        let rules = zone.rules();
        Self::accept(written, zone, &rules)
    }

    /// Returns the time that clocks in this zone show at an instant, without fractions of its second.
    ///
    /// ```
    /// use boxoffice::VenueTime;
    ///
    /// let shown = VenueTime::at("2027-07-02T03:00:00Z".parse()?, "America/Vancouver".parse()?);
    /// assert_eq!(shown.to_string(), "2027-07-01T20:00:00[America/Vancouver]");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at(instant: Timestamp, zone: TimeZoneName) -> Self {
        let rules = zone.rules();
        Self::shown(instant, zone, &rules)
    }

    /// Returns the instant at which clocks show the time, by the rules of the database that [`tzdb_version`](crate::tzdb_version)
    /// names. It is within the bounds of [`Timestamp`], whatever the rules have become.
    pub fn instant(&self) -> Timestamp {
        self.instant_by(&self.zone.rules())
    }

    /// Returns the date and the time of day, such as `2027-07-01T20:00:00`.
    pub fn local(&self) -> String {
        self.local.to_string()
    }

    /// Returns the time zone.
    pub const fn zone(&self) -> &TimeZoneName {
        &self.zone
    }

    fn accept(written: Written, zone: TimeZoneName, rules: &TimeZone) -> Result<Self, VenueTimeError> {
        let local = written.local;
        let instant = |offset| timestamp(local, offset).ok_or(VenueTimeError::OutOfRange);
        let offset = match written.offset {
            None => None,
            Some(WrittenOffset::Minutes(minutes)) => Some(minutes),
            Some(WrittenOffset::Utc) => return Ok(Self::shown(instant(Offset::UTC)?, zone, rules)),
        };
        let first = Self { local, zone, later: false };
        instant(first.offset_by(rules))?;
        match rules.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { .. } => Ok(first),
            AmbiguousOffset::Gap { before, after } => {
                let shown = |offset| instant(offset).map(|at| Self::shown(at, first.zone.clone(), rules));
                // Clocks that had been put forward already would have shown the text earlier than those that hadn't.
                Err(VenueTimeError::Skipped { before: shown(after)?, after: shown(before)? })
            }
            AmbiguousOffset::Fold { before, after } => {
                let later = Self { later: true, ..first.clone() };
                match offset {
                    Some(offset) if offset == minutes(before) => Ok(first),
                    Some(offset) if offset == minutes(after) => Ok(later),
                    _ => Err(VenueTimeError::Twice { earlier: first, later }),
                }
            }
        }
    }

    fn shown(instant: Timestamp, zone: TimeZoneName, rules: &TimeZone) -> Self {
        let secs = i64::try_from(instant.as_secs()).unwrap_or(i64::MAX);
        let at = jiff::Timestamp::from_second(secs).unwrap_or(jiff::Timestamp::MAX);
        let first = Self { local: rules.to_datetime(at), zone, later: false };
        let later = first.instant_by(rules).as_secs() < instant.as_secs();
        Self { later, ..first }
    }

    fn instant_by(&self, rules: &TimeZone) -> Timestamp {
        // Rules that moved the time out of range since it was accepted leave it at the end that it was near to.
        let end_ms = if self.local.year() < 2000 { 0 } else { u64::MAX };
        timestamp(self.local, self.offset_by(rules)).unwrap_or(Timestamp::from_millis(end_ms))
    }

    /// Returns the offset of the clocks that show the time, or of those before a change that skips it.
    fn offset_by(&self, rules: &TimeZone) -> Offset {
        match rules.to_ambiguous_timestamp(self.local).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Fold { after, .. } if self.later => after,
            AmbiguousOffset::Fold { before, .. } | AmbiguousOffset::Gap { before, .. } => before,
        }
    }
}

/// Returns the instant at which clocks at an offset show a time, unless [`Timestamp`] can't have it.
fn timestamp(local: DateTime, offset: Offset) -> Option<Timestamp> {
    let ms = u64::try_from(offset.to_timestamp(local).ok()?.as_millisecond()).ok()?;
    Some(Timestamp::from_millis(ms)).filter(|at| at.as_millis() == ms)
}

/// Returns an offset as RFC 9557 can write it. Since 1972 there are none with seconds.
fn minutes(offset: Offset) -> i32 {
    offset.seconds() / 60
}

fn write_local<S: Serializer>(local: &DateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(local)
}

fn read_local<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime, D::Error> {
    super::decode_text(deserializer, str::parse)
}

impl FromStr for VenueTime {
    type Err = VenueTimeError;

    fn from_str(text: &str) -> Result<Self, VenueTimeError> {
        let (time, zone) = split_zone(text).ok_or(VenueTimeError::NoZone)?;
        Self::parse(time, zone.parse()?)
    }
}

impl fmt::Display for VenueTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.local)?;
        let rules = self.zone.rules();
        // Elsewhere an offset would only be something that later rules make wrong.
        if matches!(rules.to_ambiguous_timestamp(self.local).offset(), AmbiguousOffset::Fold { .. }) {
            let minutes = minutes(self.offset_by(&rules));
            let sign = if minutes < 0 { '-' } else { '+' };
            let minutes = minutes.unsigned_abs();
            write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)?;
        }
        write!(f, "[{}]", self.zone)
    }
}

impl fmt::Debug for VenueTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
