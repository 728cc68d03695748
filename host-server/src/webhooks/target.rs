//! The URL that deliveries are sent to, and its validation.

use std::net::IpAddr;

use boxoffice::Error;
use url::{Host, Url};

use super::{WebhookSettings, address};

const URL_LEN_MAX: usize = 2048;

/// Parses a URL as browsers do, so that `https://0x7f.1` is recognized as an address.
pub(super) fn parse(text: &str, settings: &WebhookSettings) -> Result<Url, Error> {
    let invalid = |reason: &str| Error::invalid("url", reason);
    if text.len() > URL_LEN_MAX {
        return Err(invalid("must have at most 2048 characters"));
    }
    let no_url = || invalid("must be a URL such as https://example.com/hooks");
    // A parser that follows browsers also accepts `https:example.com` and surrounding blanks, which can only be
    // mistakes.
    match text.split_once("://") {
        Some(("https", _)) => {}
        Some(("http", _)) if settings.allow_http => {}
        Some(("http", _)) => return Err(invalid("must be https")),
        _ => return Err(no_url()),
    }
    let url = Url::parse(text).map_err(|_| no_url())?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(invalid("must have neither user, password nor fragment"));
    }
    check(&url, settings).map_err(|reason| invalid(&reason))?;
    Ok(url)
}

/// Rejects hosts that are known to be private without resolving them. Names are checked each time they are resolved.
pub(super) fn check(url: &Url, settings: &WebhookSettings) -> Result<(), String> {
    let is_private = match url.host() {
        Some(Host::Ipv4(address)) => !address::is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => !address::is_public(IpAddr::V6(address)),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        None => return Err("must have a host".to_owned()),
    };
    if is_private && !settings.allow_private { Err(PRIVATE.to_owned()) } else { Ok(()) }
}

/// Reason for rejecting an address.
pub(super) const PRIVATE: &str = "must not lead to a private address";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_to_the_internet() {
        let settings = WebhookSettings::default();
        for good in ["https://example.com/hooks?x=1", "https://1.1.1.1", "https://[2606:4700::1]:8443/a"] {
            assert!(parse(good, &settings).is_ok(), "{good}");
        }
        let wrong = [
            "",
            "example.com",
            "http://example.com",
            "ftp://example.com",
            "file:///etc/passwd",
            "https://",
            "https:example.com",
            " https://example.com",
            "https://ann:pw@example.com",
            "https://example.com/#a",
            "https://127.0.0.1",
            "https://0x7f.1",
            "https://2130706433",
            "https://017700000001",
            "https://[::1]",
            "https://[::ffff:10.0.0.1]",
            "https://localhost",
            "https://LOCALHOST./",
            "https://a.localhost",
            "https://169.254.169.254/latest/meta-data",
            "https://１２７.0.0.1",
        ];
        for wrong in wrong {
            assert!(parse(wrong, &settings).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_switches_allow() {
        let settings = WebhookSettings { allow_http: true, allow_private: true, ..WebhookSettings::default() };
        assert!(parse("http://127.0.0.1:4000/", &settings).is_ok());
        let settings = WebhookSettings { allow_private: false, ..settings };
        assert!(parse("http://127.0.0.1:4000/", &settings).is_err());
        assert!(parse("http://example.com", &settings).is_ok());
    }
}
