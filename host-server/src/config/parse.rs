//! Parsers of the values of options. Those of addresses are in [`crate::settings`], where the packages have them too.

use std::time::Duration;

use boxoffice::{Currency, Money};

pub use crate::settings::List;
pub(super) use crate::settings::{parse_networks, parse_origins};

pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let duration = parse_duration_or_zero(text)?;
    if duration.is_zero() { Err("must be longer than nothing".to_owned()) } else { Ok(duration) }
}

pub(super) fn parse_duration_or_zero(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let duration: jiff::SignedDuration = match text.strip_suffix('d').map(str::parse::<i64>) {
        Some(Ok(days)) if days < 10_000 => jiff::SignedDuration::from_hours(days * 24),
        _ => text.parse().map_err(|_| "must be a duration such as 15m, 90s or 1h30m".to_owned())?,
    };
    Duration::try_from(duration).map_err(|_| "must not be negative".to_owned())
}

/// Reads a yes or no as people write it.
pub(super) fn parse_bool(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "y" | "1" => Ok(true),
        "off" | "false" | "no" | "n" | "0" => Ok(false),
        _ => Err("must be on or off; true and false, yes and no, 1 and 0 are taken too".to_owned()),
    }
}

/// Parses an amount and its currency, such as `0.30 EUR`.
pub(super) fn parse_amount(text: &str) -> Result<Money, String> {
    let (amount, code) = text.trim().split_once(' ').ok_or("must be an amount and a currency, such as `0.30 EUR`")?;
    let currency = parse_currency(code.trim())?;
    Money::parse(amount, currency).map_err(|reason| reason.to_string())
}

pub(super) fn parse_currency(text: &str) -> Result<Currency, String> {
    text.parse().map_err(|reason: boxoffice::MoneyError| reason.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse_duration("15m"), Ok(Duration::from_mins(15)));
        assert_eq!(parse_duration("7d"), Ok(Duration::from_hours(168)));
        assert_eq!(parse_duration("1500ms"), Ok(Duration::from_millis(1500)));
        for wrong in ["", "15", "-1s", "0s", "soon"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse_duration_or_zero("0s"), Ok(Duration::ZERO));
    }

    #[test]
    fn yes_and_no() {
        for (text, expected) in [("on", true), ("True", true), ("YES", true), ("1", true), (" on ", true)] {
            assert_eq!(parse_bool(text), Ok(expected), "{text}");
        }
        for (text, expected) in [("off", false), ("FALSE", false), ("No", false), ("0", false)] {
            assert_eq!(parse_bool(text), Ok(expected), "{text}");
        }
        for wrong in ["", "2", "maybe", "onn", "tru"] {
            assert!(parse_bool(wrong).is_err(), "{wrong}");
        }
    }
}
