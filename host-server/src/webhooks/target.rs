//! The URL that deliveries go to, and what may not be one.

use std::net::IpAddr;

use boxoffice::Error;
use url::{Host, Url};

use super::{WebhookSettings, address};

const URL_LEN_MAX: usize = 2048;

/// Reads a URL as browsers do, so that `https://0x7f.1` is seen for what it is.
pub(super) fn parse(text: &str, settings: &WebhookSettings) -> Result<Url, Error> {
    let invalid = |reason: &str| Error::invalid("url", reason);
    if text.len() > URL_LEN_MAX {
        return Err(invalid("must have at most 2048 characters"));
    }
    let no_url = || invalid("must be a URL such as https://example.com/hooks");
    // What reads URLs as browsers do also takes `https:example.com` and blanks around it, which can only be mistakes.
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

/// Refuses what needs no resolving to be known as private. Names are checked when they are resolved, each time.
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

/// Why an address is refused.
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
