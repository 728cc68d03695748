//! The addresses that proxies write about whom they forward: in `X-Forwarded-For`, or in `Forwarded` (RFC 7239).

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

pub(super) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Returns the hops that the headers name, the nearest first; `None` for a hop that names no address.
///
/// `X-Forwarded-For` counts if it is there at all: most proxies write it, and pass on what a client sends as `Forwarded`.
pub(super) fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    // A byte that is no text spoils the hop that it is in, and none beside it.
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let lines = |name: HeaderName| headers.get_all(name).iter().map(text).collect::<Vec<String>>();
    let plain = lines(X_FORWARDED_FOR);
    if plain.iter().any(|line| !line.trim().is_empty()) {
        return plain.iter().rev().flat_map(|line| line.rsplit(',')).map(address).collect();
    }
    lines(header::FORWARDED).iter().rev().flat_map(|line| forwarded(line)).collect()
}

/// Checks whether there is any such header.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(header::FORWARDED)
}

/// The address in a hop, with or without port and brackets, as `192.0.2.1:4711`, `[2001:db8::1]:443` or `::ffff:192.0.2.1`.
fn address(hop: &str) -> Option<IpAddr> {
    if !hop.is_ascii() {
        return None;
    }
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

/// Returns the hops of a line of `Forwarded`, the nearest first.
///
/// A line that ends within quotes is one hop without an address: whoever opened them swallowed what proxies wrote after it, and
/// nobody can tell where.
fn forwarded(line: &str) -> Vec<Option<IpAddr>> {
    let Some(elements) = split(line, ',') else { return vec![None] };
    elements.into_iter().rev().filter(|element| !element.is_empty()).map(forwarded_for).collect()
}

/// The address of `for=` in one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = split(element, ';')?.into_iter().filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, value)| value);
    let value = values.next()?;
    // Twice in one element is against the grammar: it could be read in two ways.
    if values.next().is_some() { None } else { address(value) }
}

/// The parts between separators that are not within quotes, without space around them; `None` if the text ends within quotes.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
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
    let parts = text.split(between).map(str::trim).collect();
    (!is_quoted).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &'static str, lines: &[&str], expected: &[&str]) {
        let value = |line: &&str| HeaderValue::from_bytes(line.as_bytes()).unwrap();
        let headers: HeaderMap = lines.iter().map(|line| (HeaderName::from_static(name), value(line))).collect();
        let hops: Vec<String> =
            hops(&headers).iter().map(|hop| hop.map_or("-".to_owned(), |address| address.to_string())).collect();
        assert_eq!(hops, expected, "{lines:?}");
    }

    #[test]
    fn hops_of_x_forwarded_for() {
        let check = |lines: &[&str], expected: &[&str]| check("x-forwarded-for", lines, expected);
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
        let check = |lines: &[&str], expected: &[&str]| check("forwarded", lines, expected);
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
        check(&["for=192.0.2.1, , "], &["192.0.2.1"]);
    }

    #[test]
    fn quotes_that_are_not_closed_swallow_no_hop() {
        let check = |lines: &[&str], expected: &[&str]| check("forwarded", lines, expected);
        check(&["for=6.6.6.6;x=\", for=192.0.2.1"], &["-"]);
        check(&["for=6.6.6.6;x=\", for=\"[2001:db8::1]:4711\", for=192.0.2.1"], &["-"]);
        check(&["for=6.6.6.6;x=\"\\\", for=192.0.2.1"], &["-"]);
        check(&["for=6.6.6.6, for=\"[2001:db8::1]"], &["-"]);
        check(&["\""], &["-"]);
        // A proxy that writes a line of its own is not touched by the lines before it.
        check(&["for=6.6.6.6;x=\"", "for=192.0.2.1"], &["192.0.2.1", "-"]);
        check(&["for=6.6.6.6;x=\"a, b\", for=192.0.2.1"], &["192.0.2.1", "6.6.6.6"]);
    }

    #[test]
    fn a_byte_that_is_no_text_spoils_its_own_hop_only() {
        for (name, line, expected) in [
            (X_FORWARDED_FOR, &b"6.6.6.6\xff, 192.0.2.1"[..], ["192.0.2.1", "-"]),
            (X_FORWARDED_FOR, b"\xe2, 192.0.2.1", ["192.0.2.1", "-"]),
            (X_FORWARDED_FOR, b"fe80::1%\xc3\xa9, 192.0.2.1", ["192.0.2.1", "-"]),
            (X_FORWARDED_FOR, b"6.6.6.6\xc2\xa0, 192.0.2.1", ["192.0.2.1", "-"]),
            (header::FORWARDED, b"for=6.6.6.6\xff, for=192.0.2.1", ["192.0.2.1", "-"]),
            (header::FORWARDED, b"host=\xff;for=203.0.113.9, for=192.0.2.1", ["192.0.2.1", "203.0.113.9"]),
        ] {
            let headers = HeaderMap::from_iter([(name, HeaderValue::from_bytes(line).unwrap())]);
            let expected = expected.map(|hop| hop.parse::<IpAddr>().ok());
            assert_eq!(hops(&headers), expected, "{}", line.escape_ascii());
        }
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
