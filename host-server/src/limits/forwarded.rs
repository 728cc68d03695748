//! The addresses that proxies write about whom they forward: in `X-Forwarded-For`, or in `Forwarded` (RFC 7239).

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, header};

pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Returns the hops that the headers name, the nearest first; `None` for a hop that names no address.
///
/// `X-Forwarded-For` counts if it is there at all: most proxies write it, and pass on what a client sends as `Forwarded`.
pub(super) fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let lines = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default()).collect::<Vec<_>>();
    let plain = lines(X_FORWARDED_FOR);
    if plain.iter().any(|line| !line.trim().is_empty()) {
        return plain.iter().rev().flat_map(|line| line.rsplit(',')).map(address).collect();
    }
    let elements = lines(header::FORWARDED);
    let elements: Vec<&str> = elements.iter().flat_map(|line| split(line, ',')).filter(|it| !it.is_empty()).collect();
    elements.iter().rev().map(|element| forwarded_for(element)).collect()
}

/// Checks whether there is any such header.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(header::FORWARDED)
}

/// The address in a hop, with or without port and brackets, as `192.0.2.1:4711`, `[2001:db8::1]:443` or `::ffff:192.0.2.1`.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim().trim_matches('"').trim();
    let inner = match hop.strip_prefix('[') {
        Some(rest) => {
            let (inner, port) = rest.split_once(']')?;
            let port = port.strip_prefix(':').unwrap_or(port);
            port.bytes().all(|byte| byte.is_ascii_digit()).then_some(inner)?
        }
        None => match hop.split_once(':') {
            // One colon only: an IPv4 address with its port.
            Some((inner, port)) if !port.contains(':') => {
                port.bytes().all(|byte| byte.is_ascii_digit()).then_some(inner)?
            }
            _ => hop,
        },
    };
    // A zone names an interface of the proxy, which is of no use here.
    let inner = inner.split_once('%').map_or(inner, |(address, _)| address);
    inner.parse().ok().map(|address: IpAddr| address.to_canonical())
}

/// The address of `for=` in one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = split(element, ';').into_iter().filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, value)| value);
    let value = values.next()?;
    // Twice in one element is against the grammar: it could be read in two ways.
    if values.next().is_some() { None } else { address(value) }
}

/// The parts between separators that are not within quotes, without space around them.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let between = |letter| {
        if is_escaped {
            is_escaped = false;
            return false;
        }
        is_escaped = is_quoted && letter == '\\';
        is_quoted ^= letter == '"';
        letter == separator && !is_quoted
    };
    text.split(between).map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(name: &'static str, lines: &[&'static str], expected: &[&str]) {
        let headers: HeaderMap =
            lines.iter().map(|line| (HeaderName::from_static(name), HeaderValue::from_static(line))).collect();
        let hops: Vec<String> =
            hops(&headers).iter().map(|hop| hop.map_or("-".to_owned(), |address| address.to_string())).collect();
        assert_eq!(hops, expected, "{lines:?}");
    }

    #[test]
    fn hops_of_x_forwarded_for() {
        let check = |lines: &[&'static str], expected: &[&str]| check("x-forwarded-for", lines, expected);
        check(&["192.0.2.1"], &["192.0.2.1"]);
        check(&["192.0.2.1:4711"], &["192.0.2.1"]);
        check(&["::ffff:192.0.2.1"], &["192.0.2.1"]);
        check(&["[::ffff:192.0.2.1]:443"], &["192.0.2.1"]);
        check(&["2001:db8::1"], &["2001:db8::1"]);
        check(&["[2001:db8::1]"], &["2001:db8::1"]);
        check(&["[2001:db8::1]:443"], &["2001:db8::1"]);
        check(&["\"[2001:db8::1]:443\""], &["2001:db8::1"]);
        check(&["fe80::1%eth0"], &["fe80::1"]);
        check(&["203.0.113.9, 192.0.2.1 ,10.0.0.2"], &["10.0.0.2", "192.0.2.1", "203.0.113.9"]);
        check(&["203.0.113.9", "192.0.2.1"], &["192.0.2.1", "203.0.113.9"]);
        for wrong in ["unknown", "_hidden", "192.0.2", "192.0.2.1:http", "[2001:db8::1", "[2001:db8::1]x", "1.2.3.4.5"]
        {
            check(&[wrong], &["-"]);
        }
        check(&[], &[]);
        check(&[" "], &[]);
    }

    #[test]
    fn hops_of_forwarded() {
        let check = |lines: &[&'static str], expected: &[&str]| check("forwarded", lines, expected);
        check(&["for=192.0.2.60;proto=http;by=203.0.113.43"], &["192.0.2.60"]);
        check(&["For=\"[2001:db8:cafe::17]:4711\""], &["2001:db8:cafe::17"]);
        check(
            &["for=192.0.2.43, for=\"[2001:db8::1]\"", "proto=https; for=192.0.2.1:80"],
            &["192.0.2.1", "2001:db8::1", "192.0.2.43"],
        );
        check(&["host=\"a,b;for=1.2.3.4\";for=192.0.2.1"], &["192.0.2.1"]);
        check(&["for=unknown"], &["-"]);
        check(&["for=192.0.2.1;for=192.0.2.2"], &["-"]);
        check(&["proto=https"], &["-"]);
    }

    #[test]
    fn x_forwarded_for_goes_before_forwarded() {
        let headers = HeaderMap::from_iter([
            (X_FORWARDED_FOR, HeaderValue::from_static("192.0.2.1")),
            (header::FORWARDED, HeaderValue::from_static("for=203.0.113.9")),
        ]);
        assert_eq!(hops(&headers), [Some(IpAddr::from([192, 0, 2, 1]))]);
    }
}
