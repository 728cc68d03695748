//! Origins of web pages, in the one form in which browsers write them, so that texts of one origin compare equal.

use url::{Host, Url};

/// Returns the origin in the form of a browser's `Origin` header: lower case, no port that the scheme implies, no trailing slash,
/// names in Punycode. `None` for whatever is no origin of the web, or has more in it than scheme, host and port.
pub(crate) fn normalized(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_nobodys = url.username().is_empty() && url.password().is_none() && !text.contains('@');
    let has_name = url.host_str().is_some_and(|host| !host.is_empty());
    (is_web && is_bare && is_nobodys && has_name).then(|| url.origin().ascii_serialization())
}

/// Checks whether an origin is of this host, as a `Host` header names it: with or without the port that the origin's scheme implies.
pub(crate) fn is_of_host(origin: &str, host: &str) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    let named = Url::parse(&format!("{}://{host}/", url.scheme()));
    let parts = |url: &Url| (url.host().map(|host: Host<&str>| host.to_owned()), url.port_or_known_default());
    matches!(url.scheme(), "http" | "https") && named.is_ok_and(|named| parts(&named) == parts(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_an_origin_are_one() {
        for text in
            ["https://Tickets.Example.com", "https://tickets.example.com:443/", " HTTPS://tickets.example.com/ "]
        {
            assert_eq!(normalized(text).as_deref(), Some("https://tickets.example.com"), "{text}");
        }
        assert_eq!(normalized("http://a.b:80").as_deref(), Some("http://a.b"));
        assert_eq!(normalized("http://a.b:443").as_deref(), Some("http://a.b:443"));
        assert_eq!(normalized("https://bücher.example").as_deref(), Some("https://xn--bcher-kva.example"));
        assert_eq!(normalized("http://[::1]:3000").as_deref(), Some("http://[::1]:3000"));
        for wrong in
            ["null", "", "a.b", "https://a.b/c", "https://a.b/?q", "https://a.b/#f", "https://u@a.b", "file:///x"]
        {
            assert_eq!(normalized(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_origin_is_its_hosts_with_and_without_the_usual_port() {
        for (origin, host) in [
            ("http://a.b", "a.b"),
            ("http://a.b", "a.b:80"),
            ("https://a.b", "a.b"),
            ("https://a.b", "a.b:443"),
            ("http://a.b:8080", "A.b:8080"),
            ("http://[::1]:3000", "[::1]:3000"),
        ] {
            assert!(is_of_host(origin, host), "{origin} {host}");
        }
        for (origin, host) in [
            ("http://a.b", "a.b:443"),
            ("https://a.b", "a.b:80"),
            ("http://a.b.evil.example", "a.b"),
            ("null", "a.b"),
            ("http://a.b", "c.d@a.b:80x"),
            ("ftp://a.b", "a.b"),
        ] {
            assert!(!is_of_host(origin, host), "{origin} {host}");
        }
    }
}
