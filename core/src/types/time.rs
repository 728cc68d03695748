//! Points in time, held as UTC milliseconds and published as RFC 3339.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Error for text that is not an RFC 3339 time between the years 1970 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time such as 2027-05-01T19:30:00Z")]
pub struct TimestampParseError;

/// A point in time in milliseconds since 1970-01-01T00:00:00Z.
///
/// The stored form is an integer. The published form is RFC 3339 in UTC with millisecond precision.
///
/// ```
/// use boxoffice::Timestamp;
///
/// let starts_at: Timestamp = "2027-05-01T21:30:00+02:00".parse()?;
/// assert_eq!(starts_at.to_string(), "2027-05-01T19:30:00.000Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

/// 9999-12-30T22:00:00.000Z. After it, some time zone is in a year that RFC 3339 can't express.
const LATEST_MS: u64 = 253_402_207_200_000;

impl Timestamp {
    /// Creates the point `ms` milliseconds after the start of 1970, clamped to the end of the year 9999.
    pub const fn from_millis(ms: u64) -> Self {
        Self(if ms > LATEST_MS { LATEST_MS } else { ms })
    }

    /// Returns the milliseconds since the start of 1970.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Returns the whole seconds since the start of 1970.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// Returns the point `duration` later, clamped to the end of the year 9999.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Returns the time that has passed since `earlier`, or zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl FromStr for Timestamp {
    type Err = TimestampParseError;

    fn from_str(text: &str) -> Result<Self, TimestampParseError> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| TimestampParseError)?;
        let ms = u64::try_from(instant.as_millisecond()).map_err(|_| TimestampParseError)?;
        if ms > LATEST_MS { Err(TimestampParseError) } else { Ok(Self(ms)) }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = i64::try_from(self.0).map_err(|_| fmt::Error)?;
        let instant = jiff::Timestamp::from_millisecond(ms).map_err(|_| fmt::Error)?;
        write!(f, "{instant:.3}")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_u64(self.0) }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            super::decode_text(deserializer, str::parse)
        } else {
            u64::deserialize(deserializer).map(Self::from_millis)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_utc() {
        let at: Timestamp = "2027-05-01T21:30:00.25+02:00".parse().unwrap();
        assert_eq!(at.to_string(), "2027-05-01T19:30:00.250Z");
        assert_eq!(at.to_string().parse::<Timestamp>().unwrap(), at);
    }

    #[test]
    fn not_a_time() {
        for bad in ["", "tomorrow", "2027-05-01", "2027-13-01T00:00:00Z", "1969-12-31T23:59:59Z", "2027-05-01T19:30:00"]
        {
            assert_eq!(bad.parse::<Timestamp>(), Err(TimestampParseError), "{bad}");
        }
    }

    #[test]
    fn the_far_future_stops_at_the_end_of_year_9999() {
        let end = Timestamp::from_millis(u64::MAX);
        assert_eq!(end.to_string(), "9999-12-30T22:00:00.000Z");
        assert_eq!(end.plus(Duration::from_secs(1)), end);
    }
}
