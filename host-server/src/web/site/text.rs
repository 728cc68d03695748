//! Formats of amounts and times on pages.

use std::fmt;

use boxoffice::{Money, SignedMoney, Timestamp};

/// An amount, displayed as `$1,999.00`, or with the currency's code if the currency has no sign of its own here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price(SignedMoney);

impl From<Money> for Price {
    fn from(money: Money) -> Self {
        Self(SignedMoney::from_minor(i128::from(money.minor()), money.currency()))
    }
}

impl From<SignedMoney> for Price {
    fn from(money: SignedMoney) -> Self {
        Self(money)
    }
}

impl Price {
    /// Returns `true` if the amount is below zero.
    pub(crate) fn is_negative(self) -> bool {
        self.0.minor() < 0
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = self.0.decimal();
        let digits = decimal.trim_start_matches('-');
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
        if self.is_negative() {
            f.write_str("\u{2212}")?;
        }
        match self.0.currency().code() {
            "USD" => f.write_str("$")?,
            "EUR" => f.write_str("€")?,
            "GBP" => f.write_str("£")?,
            "JPY" => f.write_str("¥")?,
            code => write!(f, "{code}\u{a0}")?,
        }
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        fraction.map_or(Ok(()), |fraction| write!(f, ".{fraction}"))
    }
}

/// A time, displayed as `Sat 14 Nov 2026, 19:30 UTC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct When(pub(crate) Timestamp);

impl When {
    fn zoned(self) -> jiff::ZonedDateTime {
        let ms = i64::try_from(self.0.as_millis()).unwrap_or(i64::MAX);
        let at = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX);
        at.to_zoned_datetime(jiff::tz::TimeZone::UTC)
    }

    /// Returns the time for `datetime` attributes, in RFC 3339.
    pub(crate) fn iso(self) -> String {
        self.0.to_string()
    }

    /// Returns the day of the month.
    pub(crate) fn day(self) -> String {
        self.zoned().strftime("%-d").to_string()
    }

    /// Returns the month, in three letters.
    pub(crate) fn month(self) -> String {
        self.zoned().strftime("%b").to_string()
    }

    /// Returns the date without the time of day.
    pub(crate) fn date(self) -> String {
        self.zoned().strftime("%-d %b %Y").to_string()
    }

    /// Returns the time of day.
    pub(crate) fn time(self) -> String {
        self.zoned().strftime("%H:%M UTC").to_string()
    }

    /// As `datetime-local` inputs have it, to the millisecond, so that a form that comes back changes nothing.
    pub(crate) fn input(self) -> String {
        let form = match self.0.as_millis() % 60_000 {
            0 => "%Y-%m-%dT%H:%M",
            ms if ms % 1_000 == 0 => "%Y-%m-%dT%H:%M:%S",
            _ => "%Y-%m-%dT%H:%M:%S.%3f",
        };
        self.zoned().strftime(form).to_string()
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.zoned().strftime("%a %-d %b %Y, %H:%M UTC"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        let check = |minor, code: &str, expected: &str| {
            let money = SignedMoney::from_minor(minor, code.parse().unwrap());
            assert_eq!(Price::from(money).to_string(), expected);
        };
        check(199_900, "USD", "$1,999.00");
        check(-5, "EUR", "\u{2212}€0.05");
        check(2_000, "JPY", "¥2,000");
        check(123_456_789, "CHF", "CHF\u{a0}1,234,567.89");
        check(99_999, "GBP", "£999.99");
    }

    #[test]
    fn moments_are_told_in_utc() {
        let when = When("2026-11-14T19:30:00Z".parse().unwrap());
        assert_eq!(when.to_string(), "Sat 14 Nov 2026, 19:30 UTC");
        assert_eq!((when.day().as_str(), when.month().as_str()), ("14", "Nov"));
        assert_eq!(when.input(), "2026-11-14T19:30");
        let input = |text: &str| When(text.parse().unwrap()).input();
        assert_eq!(input("2026-11-14T19:30:05Z"), "2026-11-14T19:30:05");
        assert_eq!(input("2026-11-14T19:30:05.25Z"), "2026-11-14T19:30:05.250");
    }
}
