//! Cookies, of which a browser may send several by one name, and others' that make no sense.

use axum::http::{HeaderMap, header};

/// Returns the values of every cookie of this name, without the quotes that some clients put around them.
pub(crate) fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    // Byte by byte, because what others keep in their cookies need not be text.
    let pairs = headers.get_all(header::COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (found, value) = (pair[..at].trim_ascii(), pair[at + 1..].trim_ascii());
        if found != name.as_bytes() {
            return None;
        }
        let quoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
        std::str::from_utf8(quoted.unwrap_or(value)).ok()
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn every_cookie_of_the_name_is_found() {
        let lines = [
            b"theme=dark; session=one; x".as_slice(),
            b"other=\xff\xfe; session=\"two\";session = three ;Session=four; session=\xff; xsession=five; session=a=b",
        ];
        let headers: HeaderMap =
            lines.iter().map(|line| (header::COOKIE, HeaderValue::from_bytes(line).unwrap())).collect();
        assert_eq!(values(&headers, "session").collect::<Vec<_>>(), ["one", "two", "three", "a=b"]);
        assert_eq!(values(&headers, "x").count(), 0);
    }
}
