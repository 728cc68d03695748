//! Parsers of the values of options.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use boxoffice::{Currency, Money};
use ipnet::{IpNet, Ipv4Net};

use crate::web_origin;

pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let duration: jiff::SignedDuration = match text.strip_suffix('d').map(str::parse::<i64>) {
        Some(Ok(days)) if days < 10_000 => jiff::SignedDuration::from_hours(days * 24),
        _ => text.parse().map_err(|_| "must be a duration such as 15m, 90s or 1h30m".to_owned())?,
    };
    let duration = Duration::try_from(duration).map_err(|_| "must not be negative".to_owned())?;
    if duration.is_zero() { Err("must be longer than nothing".to_owned()) } else { Ok(duration) }
}

/// Reads a yes or no as people write it.
pub(super) fn parse_bool(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" => Ok(true),
        "off" | "false" | "no" | "0" => Ok(false),
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

/// What one value of an option holds: some items, with commas or blanks between them. An empty item is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

/// A list of origins, each scheme, host and port and no more, as browsers write them.
pub(super) fn parse_origins(text: &str) -> Result<List<String>, String> {
    list(text, |item| {
        web_origin::normalized(item).ok_or("must be an origin such as https://tickets.example.com".to_owned())
    })
}

/// A list of proxies: addresses, and networks such as `10.0.0.0/8`.
pub(super) fn parse_networks(text: &str) -> Result<List<IpNet>, String> {
    list(text, |item| {
        parse_network(item).ok_or_else(|| format!("`{item}` is neither an address nor a network such as 10.0.0.0/8"))
    })
}

fn list<T>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<List<T>, String> {
    let items = text.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|item| !item.is_empty());
    let items: Vec<T> = items.map(read).collect::<Result<_, _>>()?;
    if items.is_empty() { Err("must not be empty".to_owned()) } else { Ok(List(items)) }
}

fn parse_network(item: &str) -> Option<IpNet> {
    if let Ok(address) = IpAddr::from_str(item) {
        return Some(address.to_canonical().into());
    }
    let network: IpNet = item.parse().ok()?;
    // Addresses are compared in their plain form, so a network of mapped ones is written in it too.
    Some(match network {
        IpNet::V6(mapped) if mapped.prefix_len() >= 96 => match mapped.addr().to_ipv4_mapped() {
            Some(address) => Ipv4Net::new(address, mapped.prefix_len() - 96).ok()?.trunc().into(),
            None => network.trunc(),
        },
        IpNet::V4(_) | IpNet::V6(_) => network.trunc(),
    })
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

    #[test]
    fn origins() {
        let read = |text| parse_origins(text).map(|list| list.0.join(" "));
        assert_eq!(read("https://Tickets.example.com/").as_deref(), Ok("https://tickets.example.com"));
        assert_eq!(read("https://a.b:443, http://c.d:80/").as_deref(), Ok("https://a.b http://c.d"));
        assert_eq!(read("https://a.b:8443,").as_deref(), Ok("https://a.b:8443"));
        for wrong in
            ["", "tickets.example.com", "ftp://a.b", "https://a.b/c", "https://a@b.c", "https://", "https://a.b ,x"]
        {
            assert!(parse_origins(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn networks() {
        let read = |text| parse_networks(text).map(|list| list.0.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(read("10.0.0.1").unwrap(), ["10.0.0.1/32"]);
        assert_eq!(read("10.0.0.1, 10.0.0.2").unwrap(), ["10.0.0.1/32", "10.0.0.2/32"]);
        assert_eq!(read("172.16.0.0/12 fd00::/8,").unwrap(), ["172.16.0.0/12", "fd00::/8"]);
        assert_eq!(read("10.1.2.3/8").unwrap(), ["10.0.0.0/8"]);
        assert_eq!(read("::ffff:10.0.0.1").unwrap(), ["10.0.0.1/32"]);
        assert_eq!(read("::ffff:10.0.0.0/104").unwrap(), ["10.0.0.0/8"]);
        for wrong in ["", ",", "10.0.0", "10.0.0.0/33", "proxy", "10.0.0.1:80"] {
            assert!(parse_networks(wrong).is_err(), "{wrong}");
        }
    }
}
