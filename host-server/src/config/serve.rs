//! Options of `serve`.

use std::net::SocketAddr;
use std::time::Duration;

use boxoffice::{Currency, FeePolicy, LateMoneyPolicy, Money};
use clap::{ArgAction, Args};
use ipnet::IpNet;

use super::parse::{
    List, parse_amount, parse_bool, parse_currency, parse_duration, parse_duration_or_zero, parse_networks,
    parse_origins,
};
use super::{ClusterHostArgs, DataArgs, GatewayArgs, ServePublishArgs};
use crate::logging::LogFormat;
use crate::services::Services;
use crate::settings::Settings;
use crate::webhooks::WebhookSettings;

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// Reads a switch as people write it.
fn parse_switch(text: &str) -> Result<Switch, String> {
    parse_bool(text).map(|on| if on { Switch::On } else { Switch::Off })
}

/// Options of `serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// The data directory.
    #[command(flatten)]
    pub data: DataArgs,

    /// Address to listen on; port 0 takes a free one
    #[arg(long, env = "BOXOFFICE_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,

    /// Public URL of the host, such as `https://tickets.example.com`
    ///
    /// With https the session cookie is Secure and browsers are told to stay on https. Without it the host takes itself to be
    /// reached over plain http, as on this machine. State-changing requests from pages of other origins are refused. May be repeated
    /// if people reach the host by several names, all of them over https or none.
    #[arg(
        long = "public-url", env = "BOXOFFICE_PUBLIC_URL", value_name = "URL",
        action = ArgAction::Append, value_parser = parse_origins
    )]
    pub public_urls: Vec<List<String>>,

    /// An address of its own for `/console` and `/metrics`, such as `127.0.0.1:9090`; the other one answers 404 there
    ///
    /// It speaks plain HTTP and serves everything else too, so keep it within a private network. Health is on both.
    #[arg(long, env = "BOXOFFICE_ADMIN_LISTEN", value_name = "ADDR")]
    pub admin_listen: Option<SocketAddr>,

    /// Services to offer, with commas between them; every other path is unknown here
    ///
    /// `auth`, `tickets`, `orders`, `payments`, `expiration`, `web` and `console`: all by default. Several hosts of one cluster may
    /// offer different ones: only those with `payments` need the card processor's keys. `expiration` alone answers nothing but health,
    /// and would rather write than other hosts. On one machine the server needs the keys whatever it offers: there is nobody else.
    #[arg(long, env = "BOXOFFICE_SERVICES", value_name = "SERVICES", default_value_t)]
    pub services: Services,

    /// Options of a host of a cluster.
    #[command(flatten)]
    pub cluster: ClusterHostArgs,

    /// Duration of an order's hold on its tickets, such as 15m or 90s
    #[arg(long, env = "BOXOFFICE_HOLD", value_name = "DURATION", default_value = "15m", value_parser = parse_duration)]
    pub hold: Duration,

    /// Options of the payment gateway.
    #[command(flatten)]
    pub gateway: GatewayArgs,

    /// Steps, tried in this order, for money that comes for an ended order: `retake` sells the tickets to the buyer
    /// after all, `return` refunds the money; an operator decides if all fail
    #[arg(long, env = "BOXOFFICE_LATE_MONEY", value_name = "STEPS", default_value = "retake,return")]
    pub late_money: LateMoneyPolicy,

    /// Fee of the platform on each ticket that is paid from now on, in percent with at most two decimals; half cents
    /// are rounded up
    #[arg(long, env = "BOXOFFICE_FEE_PERCENT", value_name = "PERCENT", default_value = "0", value_parser = FeePolicy::percent)]
    pub fee_percent: FeePolicy,

    /// Additional fixed fee of the platform on each ticket, such as `0.30 EUR`; may be repeated for other currencies
    #[arg(
        long, env = "BOXOFFICE_FEE_FIXED", value_name = "AMOUNT CODE",
        action = ArgAction::Append, value_delimiter = ',', value_parser = parse_amount
    )]
    pub fee_fixed: Vec<Money>,

    /// Lifetime of a session, such as 7d or 12h
    #[arg(long, env = "BOXOFFICE_SESSION", value_name = "DURATION", default_value = "7d", value_parser = parse_duration)]
    pub session: Duration,

    /// Currency of prices without one, as an ISO 4217 code
    #[arg(long, env = "BOXOFFICE_CURRENCY", value_name = "CODE", default_value = "USD", value_parser = parse_currency)]
    pub currency: Currency,

    /// Limit on the request rate of each client: strict at sign-in and sign-up, generous elsewhere
    #[arg(long, env = "BOXOFFICE_RATE_LIMIT", value_name = "on|off", value_parser = parse_switch, default_value = "on")]
    pub rate_limit: Switch,

    /// A proxy whose X-Forwarded-For, or Forwarded, is believed: an address or a network such as `10.0.0.0/8`; may be repeated, and a
    /// list may have commas or blanks
    #[arg(
        long = "trusted-proxy", env = "BOXOFFICE_TRUSTED_PROXIES", value_name = "NETWORK",
        action = ArgAction::Append, value_parser = parse_networks
    )]
    pub trusted_proxies: Vec<List<IpNet>>,

    /// Origin whose pages may call the host from a browser; may be repeated, none by default
    #[arg(
        long = "cors-origin", env = "BOXOFFICE_CORS_ORIGINS", value_name = "ORIGIN",
        action = ArgAction::Append, value_parser = parse_origins
    )]
    pub cors_origins: Vec<List<String>>,

    /// Timeout of a request
    #[arg(
        long, env = "BOXOFFICE_REQUEST_TIMEOUT", value_name = "DURATION", default_value = "30s",
        value_parser = parse_duration
    )]
    pub request_timeout: Duration,

    /// Maximum size of a body, in bytes; for a batch of tickets, eight times as much
    #[arg(
        long, env = "BOXOFFICE_BODY_LIMIT", value_name = "BYTES", default_value_t = 1 << 20,
        value_parser = clap::value_parser!(u32).range(1024..=64 << 20)
    )]
    pub body_limit: u32,

    /// Maximum number of requests in progress; further ones are answered 503
    #[arg(
        long, env = "BOXOFFICE_MAX_REQUESTS", value_name = "COUNT", default_value_t = 4096,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_requests: u32,

    /// Maximum number of open connections; further ones wait
    #[arg(
        long, env = "BOXOFFICE_MAX_CONNECTIONS", value_name = "COUNT", default_value_t = 16_384,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_connections: u32,

    /// How many requests of one client may be under way before further ones are answered 429
    #[arg(
        long, env = "BOXOFFICE_MAX_CLIENT_REQUESTS", value_name = "COUNT", default_value_t = 256,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_client_requests: u32,

    /// How many tickets one user may list or preview in a row before further ones are answered 429; a hundredth of it comes back each
    /// second
    #[arg(
        long, env = "BOXOFFICE_MAX_LISTINGS", value_name = "COUNT", default_value_t = 50_000,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_listings: u32,

    /// How many connections one client may have open before further ones are closed; trusted proxies may have any number
    #[arg(
        long, env = "BOXOFFICE_MAX_CLIENT_CONNECTIONS", value_name = "COUNT", default_value_t = 512,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_client_connections: u32,

    /// Maximum number of open journal streams
    #[arg(long, env = "BOXOFFICE_MAX_FEEDS", value_name = "COUNT", default_value_t = 128)]
    pub max_feeds: u32,

    /// Maximum number of pages that follow the live feed of a show
    #[arg(long, env = "BOXOFFICE_MAX_LIVE_PAGES", value_name = "COUNT", default_value_t = 4096)]
    pub max_live_pages: u32,

    /// Options of publishing events on NATS.
    #[command(flatten)]
    pub publishing: ServePublishArgs,

    /// Allow webhooks to plain http, not only to https
    #[arg(long, env = "BOXOFFICE_WEBHOOKS_ALLOW_HTTP", value_parser = parse_bool)]
    pub webhooks_allow_http: bool,

    /// Allow webhooks to private addresses, such as this machine's; without this, webhooks can't reach the internal
    /// network
    #[arg(long, env = "BOXOFFICE_WEBHOOKS_ALLOW_PRIVATE", value_parser = parse_bool)]
    pub webhooks_allow_private: bool,

    /// Maximum time for requests in progress after SIGTERM or SIGINT
    #[arg(
        long, env = "BOXOFFICE_SHUTDOWN_DEADLINE", value_name = "DURATION", default_value = "20s",
        value_parser = parse_duration
    )]
    pub shutdown_deadline: Duration,

    /// How long to go on taking connections after SIGTERM or SIGINT, while `/readyz` says that the host is stopping
    ///
    /// Load balancers need a moment to send requests elsewhere. Zero by default.
    #[arg(
        long, env = "BOXOFFICE_DRAIN_DELAY", value_name = "DURATION", default_value = "0s",
        value_parser = parse_duration_or_zero
    )]
    pub drain_delay: Duration,

    /// Format of log lines
    #[arg(long, env = "BOXOFFICE_LOG_FORMAT", value_name = "FORMAT", value_enum, default_value = "text")]
    pub log_format: LogFormat,
}

impl ServeArgs {
    pub(crate) fn webhook_settings(&self) -> WebhookSettings {
        WebhookSettings {
            allow_http: self.webhooks_allow_http,
            allow_private: self.webhooks_allow_private,
            ..WebhookSettings::default()
        }
    }

    /// Returns the platform's fees.
    ///
    /// # Errors
    /// Returns an error if there are fixed fees in too many currencies.
    pub(crate) fn fees(&self) -> Result<FeePolicy, String> {
        let fees = self.fee_fixed.iter().copied().try_fold(self.fee_percent, FeePolicy::and_fixed);
        fees.map_err(|reason| format!("--fee-fixed (BOXOFFICE_FEE_FIXED) {reason}"))
    }

    /// How the host behaves.
    ///
    /// # Errors
    /// If some of its addresses are https and others are not: one cookie can't be for both.
    pub(crate) fn settings(&self) -> Result<Settings, &'static str> {
        let settings = Settings {
            cors_origins: all(&self.cors_origins),
            rate_limit: self.rate_limit == Switch::On,
            trusted_networks: all(&self.trusted_proxies),
            request_timeout: self.request_timeout,
            body_limit: self.body_limit as usize,
            batch_body_limit: self.body_limit as usize * 8,
            in_flight_max: self.max_requests as usize,
            client_in_flight_max: self.max_client_requests as usize,
            listings_max: self.max_listings,
            feeds_max: self.max_feeds as usize,
            live_pages_max: self.max_live_pages as usize,
            session_length: self.session,
            serves_admin: self.admin_listen.is_none(),
            services: self.services,
            ..Settings::default()
        };
        let reached = settings.reached_at(all(&self.public_urls));
        reached.map_err(|_| "--public-url (BOXOFFICE_PUBLIC_URL): all must be https, or all http")
    }
}

fn all<T: Clone>(lists: &[List<T>]) -> Vec<T> {
    lists.iter().flat_map(|list| list.0.iter().cloned()).collect()
}
