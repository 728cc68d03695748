//! The text form of a venue's time: RFC 9557, of which only what has one reading is taken.

use std::str::FromStr;

use jiff::civil::DateTime;

/// A date, a time of day and an offset, as they were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    /// Date and time of day, without fractions of seconds.
    pub(super) local: DateTime,
    /// The offset, if there is one.
    pub(super) offset: Option<WrittenOffset>,
}

/// The offset behind a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenOffset {
    /// `Z`, or `-00:00` as it was written before: the time is in UTC, and what clocks show is not said.
    Utc,
    /// `-07:00`, in minutes: clocks show the time, and they are that far from UTC.
    Minutes(i32),
}

/// Splits a time from the name of its zone, which is behind it in brackets.
pub(super) fn split_zone(text: &str) -> Option<(&str, &str)> {
    let (time, zone) = text.strip_suffix(']')?.split_once('[')?;
    // The mark says that the zone must be heeded, which it is.
    Some((time, zone.strip_prefix('!').unwrap_or(zone)))
}

impl Written {
    /// Reads `2027-07-01T20:00`, with seconds or without, with an offset or without.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once(['T', 't'])?;
        let (clock, offset) = rest.split_at(rest.find(['+', '-', 'Z', 'z']).unwrap_or(rest.len()));
        let (year, date) = date.split_once('-')?;
        let (month, day) = date.split_once('-')?;
        let (hour, clock) = clock.split_once(':')?;
        let (minute, second) = clock.split_once(':').unwrap_or((clock, "00"));
        let two = |digits: &str| number::<i8>(digits, 2);
        // Refuses 24:00 and a second 60: elsewhere they are read as the next day or as the second before, or not at all.
        let local = DateTime::new(number(year, 4)?, two(month)?, two(day)?, two(hour)?, two(minute)?, two(second)?, 0);
        let offset = if offset.is_empty() { None } else { Some(WrittenOffset::read(offset)?) };
        Some(Self { local: local.ok()?, offset })
    }
}

impl WrittenOffset {
    fn read(text: &str) -> Option<Self> {
        let sign = match text {
            "Z" | "z" | "-00:00" => return Some(Self::Utc),
            _ if text.starts_with('-') => -1,
            _ => 1,
        };
        let (hours, minutes) = text.strip_prefix(['+', '-'])?.split_once(':')?;
        let (hours, minutes) = (number::<i32>(hours, 2)?, number::<i32>(minutes, 2)?);
        (hours < 24 && minutes < 60).then_some(Self::Minutes(sign * (60 * hours + minutes)))
    }
}

/// Reads a number of so many digits. A sign is none of them.
fn number<N: FromStr>(digits: &str, len: usize) -> Option<N> {
    let is_number = digits.len() == len && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn times_are_read_to_the_minute_or_second() {
        let read = |text: &str| Written::read(text).unwrap();
        let evening = date(2027, 7, 1).at(20, 0, 0, 0);
        assert_eq!(read("2027-07-01T20:00"), Written { local: evening, offset: None });
        assert_eq!(read("2027-07-01t20:00:00"), Written { local: evening, offset: None });
        assert_eq!(read("2027-02-28T23:59:59").local, date(2027, 2, 28).at(23, 59, 59, 0));
        let offset = |text: &str| read(&format!("2027-07-01T20:00{text}")).offset;
        assert_eq!(offset("+05:45"), Some(WrittenOffset::Minutes(345)));
        assert_eq!(offset("-00:30"), Some(WrittenOffset::Minutes(-30)));
        assert_eq!(offset("+00:00"), Some(WrittenOffset::Minutes(0)));
        for utc in ["Z", "z", "-00:00", ":00Z"] {
            assert_eq!(offset(utc), Some(WrittenOffset::Utc), "{utc}");
        }
    }

    #[test]
    fn what_has_no_reading_or_two_is_refused() {
        for text in [
            "",
            "T",
            "tomorrow",
            "2027-07-01",
            "2027-07-01 20:00",
            "2027-07-01T",
            "2027-07-01T20",
            "2027-07-01T2000",
            "20270701T200000",
            "27-07-01T20:00",
            "+002027-07-01T20:00",
            "-2027-07-01T20:00",
            "2027-7-1T20:00",
            "01-07-2027T20:00",
            "2027-02-29T20:00",
            "2027-13-01T20:00",
            "2027-00-01T20:00",
            "2027-07-01T8:00",
            "2027-07-01T24:00",
            "2027-07-01T24:00:00",
            "2027-07-01T20:60",
            "2027-06-30T23:59:60",
            "2027-07-01T20:00:00.000",
            "2027-07-01T20:00:00,5",
            "2027-07-01T20:00:00:00",
            "2027-07-01T20:00 ",
            " 2027-07-01T20:00",
            "2027-07-01T20:00 PM",
            "2027-07-01T20:00+02",
            "2027-07-01T20:00+0200",
            "2027-07-01T20:00+2:00",
            "2027-07-01T20:00+24:00",
            "2027-07-01T20:00+02:60",
            "2027-07-01T20:00+02:00:00",
            "2027-07-01T20:00+-2:00",
            "2027-07-01T20:00Z+02:00",
            "2027-07-01T20:00\u{2212}07:00",
            "\u{662}\u{660}27-07-01T20:00",
        ] {
            assert_eq!(Written::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn zones_are_in_brackets_at_the_end() {
        assert_eq!(split_zone("2027-07-01T20:00[UTC]"), Some(("2027-07-01T20:00", "UTC")));
        assert_eq!(split_zone("2027-07-01T20:00[!UTC]"), Some(("2027-07-01T20:00", "UTC")));
        for text in ["2027-07-01T20:00", "2027-07-01T20:00[UTC", "2027-07-01T20:00UTC]", "2027-07-01T20:00[UTC] "] {
            assert_eq!(split_zone(text), None, "{text}");
        }
    }
}
