//! Settings of the host.

use std::net::IpAddr;
use std::time::Duration;

use crate::cards::CardForm;

/// Settings of the host, fixed at its start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Public address of the host. If its scheme is `https`, cookies are `Secure`.
    pub public_url: Option<String>,
    /// Origins whose pages may call the API; none by default.
    pub cors_origins: Vec<String>,
    /// `true` if the rate of requests per client is limited.
    pub rate_limit: bool,
    /// Addresses of proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpAddr>,
    /// Timeout of a request.
    pub request_timeout: Duration,
    /// Maximum size of a body, in bytes.
    pub body_limit: usize,
    /// Maximum size of the body of a batch of tickets, in bytes.
    pub batch_body_limit: usize,
    /// Maximum number of requests in progress.
    pub in_flight_max: usize,
    /// Maximum total size of the bodies that are being read, in bytes.
    pub body_bytes_max: usize,
    /// Maximum number of open journal streams.
    pub feeds_max: usize,
    /// Maximum number of pages that follow the live feed of a show.
    pub live_pages_max: usize,
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
            cors_origins: Vec::new(),
            rate_limit: true,
            trusted_proxies: Vec::new(),
            request_timeout: Duration::from_secs(30),
            body_limit: 1 << 20,
            batch_body_limit: 8 << 20,
            in_flight_max: 4096,
            body_bytes_max: 256 << 20,
            feeds_max: 128,
            live_pages_max: 4096,
            session_length: Duration::from_hours(7 * 24),
            pages: true,
            metrics: true,
            cards: CardForm::default(),
        }
    }
}

impl Settings {
    /// Returns `true` if the scheme of the public address is `https`.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}
