//! Settings of the host.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;

use crate::cards::CardForm;
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
            body_bytes_max: 256 << 20,
            feeds_max: 128,
            live_pages_max: 4096,
            client_live_pages_max: 256,
            serves_admin: true,
            session_length: Duration::from_hours(7 * 24),
            pages: true,
            metrics: true,
            cards: CardForm::default(),
        }
    }
}

impl Settings {
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
