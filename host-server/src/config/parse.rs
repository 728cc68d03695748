//! Parsers of the values of options.

use std::time::Duration;

use boxoffice::{Currency, Money};

pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let duration: jiff::SignedDuration = match text.strip_suffix('d').map(str::parse::<i64>) {
        Some(Ok(days)) if days < 10_000 => jiff::SignedDuration::from_hours(days * 24),
        _ => text.parse().map_err(|_| "must be a duration such as 15m, 90s or 1h30m".to_owned())?,
    };
    let duration = Duration::try_from(duration).map_err(|_| "must not be negative".to_owned())?;
    if duration.is_zero() { Err("must be longer than nothing".to_owned()) } else { Ok(duration) }
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

/// Parses an origin: scheme, host and port only.
pub(super) fn parse_origin(text: &str) -> Result<String, String> {
    let wrong = || "must be an origin such as https://tickets.example.com".to_owned();
    let origin = text.trim_end_matches('/').to_ascii_lowercase();
    let uri: axum::http::Uri = origin.parse().map_err(|_| wrong())?;
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    let is_bare = uri.path() == "/" && uri.query().is_none() && !origin.contains('@');
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    if has_host && is_bare && is_web { Ok(origin) } else { Err(wrong()) }
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
    }

    #[test]
    fn origins() {
        assert_eq!(parse_origin("https://Tickets.example.com/").as_deref(), Ok("https://tickets.example.com"));
        for wrong in ["", "tickets.example.com", "ftp://a.b", "https://a.b/c", "https://a@b.c", "https://"] {
            assert!(parse_origin(wrong).is_err(), "{wrong}");
        }
    }
}
