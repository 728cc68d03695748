//! How the host behaves.

use std::net::IpAddr;
use std::time::Duration;

use crate::cards::CardForm;

/// How the host behaves, as decided at its start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address at which people reach the host; `https` there makes cookies `Secure`.
    pub public_url: Option<String>,
    /// Sites whose pages may call the host: none by default.
    pub cors_origins: Vec<String>,
    /// Whether clients are limited in how much they may ask.
    pub rate_limit: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How large a body may be, in bytes.
    pub body_limit: usize,
    /// How large the body of a batch of tickets may be, in bytes.
    pub batch_body_limit: usize,
    /// How many requests may be under way.
    pub in_flight_max: usize,
    /// How many bytes of bodies may be in memory while they are read.
    pub body_bytes_max: usize,
    /// How many journal streams may be open.
    pub feeds_max: usize,
    /// How many pages may follow what happens to the tickets of a show.
    pub live_pages_max: usize,
    /// How long a session lives; what the office is opened with.
    pub session_length: Duration,
    /// Whether there are the storefront and the console, if the crate was built with them: they are there by default.
    pub pages: bool,
    /// Whether there is `/metrics`: it is there by default.
    pub metrics: bool,
    /// How the checkout takes a card; it must fit the gateway that the office is opened with.
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
    /// Whether people reach the host over https.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}
