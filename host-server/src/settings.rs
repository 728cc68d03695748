//! Settings of the host, and the parsers of its addresses.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net};

use crate::cards::CardForm;
use crate::services::Services;
use crate::web_origin;

/// Settings of the host, fixed at its start.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each switches a part of its own")]
pub struct Settings {
    /// Public address of the host. If its scheme is `https`, cookies are `Secure`.
    pub public_url: Option<String>,
    /// Further addresses at which people reach the host; `https` like the first, or `http` like it.
    pub further_public_urls: Vec<String>,
    /// Origins whose pages may call the API; none by default.
    pub cors_origins: Vec<String>,
    /// `true` if the rate of requests per client is limited.
    pub rate_limit: bool,
    /// Proxies whose `X-Forwarded-For`, or `Forwarded`, is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Networks of such proxies.
    pub trusted_networks: Vec<IpNet>,
    /// Timeout of a request.
    pub request_timeout: Duration,
    /// Maximum size of a body, in bytes.
    pub body_limit: usize,
    /// Maximum size of the body of a batch of tickets, in bytes.
    pub batch_body_limit: usize,
    /// Maximum number of requests in progress.
    pub in_flight_max: usize,
    /// How many requests of one client may be under way.
    pub client_in_flight_max: usize,
    /// How many tickets one user may list or preview in a row, if rates are limited; a hundredth of it comes back each second.
    pub listings_max: u32,
    /// How many bytes of bodies may be in memory while they are read. One client may have an eighth of it.
    pub body_bytes_max: usize,
    /// Maximum number of open journal streams.
    pub feeds_max: usize,
    /// Maximum number of pages that follow the live feed of a show.
    pub live_pages_max: usize,
    /// How many such pages one client may have.
    pub client_live_pages_max: usize,
    /// Whether the console and the metrics are served: not where they have an address of their own.
    pub serves_admin: bool,
    /// Lifetime of a session; it must equal that of the box office.
    pub session_length: Duration,
    /// The services whose routes exist: all by default. All other paths are unknown.
    pub services: Services,
    /// Whether there are the storefront and the console, if the crate was built with them: they are there by default.
    pub pages: bool,
    /// Whether there is `/metrics`: it is there by default.
    pub metrics: bool,
    /// Card input of the checkout; it must fit the gateway of the box office.
    pub cards: CardForm,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            further_public_urls: Vec::new(),
            cors_origins: Vec::new(),
            rate_limit: true,
            trusted_proxies: Vec::new(),
            trusted_networks: Vec::new(),
            request_timeout: Duration::from_secs(30),
            body_limit: 1 << 20,
            batch_body_limit: 8 << 20,
            in_flight_max: 4096,
            client_in_flight_max: 256,
            listings_max: 50_000,
            body_bytes_max: 256 << 20,
            feeds_max: 128,
            live_pages_max: 4096,
            client_live_pages_max: 256,
            serves_admin: true,
            session_length: Duration::from_hours(7 * 24),
            services: Services::default(),
            pages: true,
            metrics: true,
            cards: CardForm::default(),
        }
    }
}

impl Settings {
    /// Returns the same for a host that people reach at these addresses, the first of which is the public one.
    ///
    /// # Errors
    /// Returns an error if some of them are `https` and others are not: one cookie can't be for both.
    pub fn reached_at(mut self, addresses: Vec<String>) -> Result<Self, &'static str> {
        let is_https = |address: &String| address.starts_with("https://");
        if addresses.iter().any(is_https) && !addresses.iter().all(is_https) {
            return Err("must all be https, or all http");
        }
        let mut addresses = addresses.into_iter();
        self.public_url = addresses.next();
        self.further_public_urls = addresses.collect();
        Ok(self)
    }

    /// Returns the same with every address in the form of a browser's `Origin` header. One that makes no sense stays as it is, and
    /// equals no origin.
    pub(crate) fn normalized(mut self) -> Self {
        let addresses = self.public_url.iter_mut().chain(&mut self.further_public_urls).chain(&mut self.cors_origins);
        for address in addresses {
            if let Some(normalized) = web_origin::normalized(address) {
                *address = normalized;
            }
        }
        self
    }

    /// Returns the addresses at which people reach the host, if it was told.
    pub(crate) fn public_urls(&self) -> impl Iterator<Item = &str> {
        self.public_url.iter().chain(&self.further_public_urls).map(String::as_str)
    }

    /// Returns `true` if the scheme of the public address is `https`.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// The items in one value of an option, with commas or blanks between them. An empty item is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

/// Parses a list of origins, each scheme, host and port and no more, to the form in which browsers write them.
///
/// # Errors
/// Returns an error if an item is no origin, or there is none.
pub fn parse_origins(text: &str) -> Result<List<String>, String> {
    list(text, |item| {
        web_origin::normalized(item).ok_or("must be an origin such as https://tickets.example.com".to_owned())
    })
}

/// Parses a list of proxies: addresses, and networks such as `10.0.0.0/8`.
///
/// # Errors
/// Returns an error if an item is neither, or there is none.
pub fn parse_networks(text: &str) -> Result<List<IpNet>, String> {
    list(text, |item| {
        parse_network(item).ok_or_else(|| format!("must be addresses or networks such as 10.0.0.0/8, not `{item}`"))
    })
}

/// Parses each of several values of an option and returns the items of all.
///
/// # Errors
/// Returns the error of the first value that `parse` refuses.
pub fn parse_all<T>(values: &[String], parse: impl Fn(&str) -> Result<List<T>, String>) -> Result<Vec<T>, String> {
    let lists = values.iter().map(|value| parse(value)).collect::<Result<Vec<_>, _>>()?;
    Ok(lists.into_iter().flat_map(|list| list.0).collect())
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

    #[test]
    fn several_values_are_one_list() {
        let read = |values: &[&str]| {
            let values: Vec<String> = values.iter().copied().map(str::to_owned).collect();
            parse_all(&values, parse_origins).map(|all| all.join(" "))
        };
        assert_eq!(read(&[]).as_deref(), Ok(""));
        assert_eq!(
            read(&["https://a.b:443", "http://c.d, http://e.f"]).as_deref(),
            Ok("https://a.b http://c.d http://e.f")
        );
        assert!(read(&["https://a.b", ""]).is_err());
    }

    #[test]
    fn a_host_is_reached_by_https_or_by_http() {
        let at =
            |addresses: &[&str]| Settings::default().reached_at(addresses.iter().copied().map(str::to_owned).collect());
        let https = at(&["https://a.b", "https://c.d"]).unwrap();
        assert_eq!(https.public_urls().collect::<Vec<_>>(), ["https://a.b", "https://c.d"]);
        assert!(https.is_https());
        assert_eq!(at(&[]).unwrap().public_url, None);
        assert!(!at(&["http://a.b"]).unwrap().is_https());
        for mixed in [["https://a.b", "http://a.b"], ["http://a.b", "https://a.b"]] {
            assert!(at(&mixed).is_err(), "{mixed:?}");
        }
    }
}
