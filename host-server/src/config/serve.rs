//! Options of `serve`.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use boxoffice::{Currency, FeePolicy, LateMoneyPolicy, Money};
use clap::{ArgAction, Args, ValueEnum};

use super::parse::{parse_amount, parse_currency, parse_duration, parse_origin};
use super::{DataArgs, GatewayArgs};
use crate::logging::LogFormat;
use crate::settings::Settings;
use crate::webhooks::WebhookSettings;

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
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
    /// With https, the session cookie is Secure and browsers are told to stay on https. Without this URL, the host
    /// assumes plain http, as on this machine. State-changing requests from pages of other origins are refused.
    #[arg(long, env = "BOXOFFICE_PUBLIC_URL", value_name = "URL", value_parser = parse_origin)]
    pub public_url: Option<String>,

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
    #[arg(long, env = "BOXOFFICE_RATE_LIMIT", value_name = "on|off", value_enum, default_value = "on")]
    pub rate_limit: Switch,

    /// Proxy whose X-Forwarded-For is trusted; may be repeated
    #[arg(
        long = "trusted-proxy", env = "BOXOFFICE_TRUSTED_PROXIES", value_name = "IP",
        action = ArgAction::Append, value_delimiter = ','
    )]
    pub trusted_proxies: Vec<IpAddr>,

    /// Origin whose pages may call the host from a browser; may be repeated, none by default
    #[arg(
        long = "cors-origin", env = "BOXOFFICE_CORS_ORIGINS", value_name = "ORIGIN",
        action = ArgAction::Append, value_delimiter = ',', value_parser = parse_origin
    )]
    pub cors_origins: Vec<String>,

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

    /// Maximum number of open journal streams
    #[arg(long, env = "BOXOFFICE_MAX_FEEDS", value_name = "COUNT", default_value_t = 128)]
    pub max_feeds: u32,

    /// Maximum number of pages that follow the live feed of a show
    #[arg(long, env = "BOXOFFICE_MAX_LIVE_PAGES", value_name = "COUNT", default_value_t = 4096)]
    pub max_live_pages: u32,

    /// Allow webhooks to plain http, not only to https
    #[arg(long, env = "BOXOFFICE_WEBHOOKS_ALLOW_HTTP")]
    pub webhooks_allow_http: bool,

    /// Allow webhooks to private addresses, such as this machine's; without this, webhooks can't reach the internal
    /// network
    #[arg(long, env = "BOXOFFICE_WEBHOOKS_ALLOW_PRIVATE")]
    pub webhooks_allow_private: bool,

    /// Maximum time for requests in progress after SIGTERM or SIGINT
    #[arg(
        long, env = "BOXOFFICE_SHUTDOWN_DEADLINE", value_name = "DURATION", default_value = "20s",
        value_parser = parse_duration
    )]
    pub shutdown_deadline: Duration,

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
    pub(crate) fn fees(&self) -> Result<FeePolicy, boxoffice::FeeError> {
        self.fee_fixed.iter().copied().try_fold(self.fee_percent, FeePolicy::and_fixed)
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            public_url: self.public_url.clone(),
            cors_origins: self.cors_origins.clone(),
            rate_limit: self.rate_limit == Switch::On,
            trusted_proxies: self.trusted_proxies.clone(),
            request_timeout: self.request_timeout,
            body_limit: self.body_limit as usize,
            batch_body_limit: self.body_limit as usize * 8,
            in_flight_max: self.max_requests as usize,
            feeds_max: self.max_feeds as usize,
            live_pages_max: self.max_live_pages as usize,
            session_length: self.session,
            ..Settings::default()
        }
    }
}
