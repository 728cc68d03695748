//! Flags and environment.

pub(crate) mod gateway;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use boxoffice::{Currency, Error, FeePolicy, IdempotencyKey, KeyRing, LateMoneyPolicy, Money, UserId};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::logging::LogFormat;
use crate::state::Settings;
use crate::webhooks::WebhookSettings;
use gateway::GatewayArgs;

/// The HTTP host of boxoffice: serves a box office and looks after its data.
///
/// Without a subcommand it serves.
#[derive(Debug, Parser)]
#[command(name = "boxoffice-server", version, args_conflicts_with_subcommands = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to serve, when there is no subcommand.
    #[command(flatten)]
    pub serve: ServeArgs,
}

const AFTER_HELP: &str = "\
Environment only, because command lines can be read by every user of the machine:
  JWT_KEY           The secret that sessions are signed with, at least 32 bytes. Without it a strong one is made once
                    and kept in the data directory (jwt.key, mode 0600).
  JWT_KEY_PREVIOUS  Secrets of before, separated by commas: sessions signed with them go on until they expire.
  STRIPE_SECRET_KEY      Stripe's secret key, for --gateway stripe; or --stripe-secret-key-file.
  STRIPE_WEBHOOK_SECRET  Secrets of Stripe's webhooks (whsec_...) that go to /api/payments/webhooks/stripe, separated by
                    commas while one replaces another; or --stripe-webhook-secret-file.
  BOXOFFICE_LOG     What to log, such as `info` (the default), `warn` or `boxoffice=debug`.";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the box office over HTTP (the default)
    Serve(Box<ServeArgs>),
    /// Make a user an operator, or an ordinary user again
    Operator(OperatorArgs),
    /// Record that sellers were paid
    Payout(PayoutArgs),
    /// Print what a seller is owed, and how it came to that
    Balance(BalanceArgs),
    /// Replay the journal, check its hash chain and the rules, and print what was found
    ///
    /// Exit status: 0 if all is well, 1 if there are problems, 2 if it could not be verified.
    Verify(VerifyArgs),
    /// Write the journal as JSON lines
    Export(ExportArgs),
    /// Copy the data directory, consistently, also while it is served
    Backup(BackupArgs),
    /// Give unused room in the files back to the disk; commands wait meanwhile, so do it while nobody sells
    Compact(CompactArgs),
    /// Look after webhooks: what happened, sent to whoever subscribed to it
    Webhooks(WebhooksArgs),
    /// Fill a directory with believable shows, sellers, tickets and orders
    Demo(DemoArgs),
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// The data directory
    #[arg(long, env = "BOXOFFICE_DATA", value_name = "DIR", default_value = "./boxoffice-data")]
    pub data: PathBuf,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,

    /// The address to listen on; port 0 takes a free one
    #[arg(long, env = "BOXOFFICE_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,

    /// The URL at which people reach the host, such as `https://tickets.example.com`
    ///
    /// With https the session cookie is Secure and browsers are told to stay on https. Without it the host takes itself to be
    /// reached over plain http, as on this machine. State-changing requests from pages of other origins are refused.
    #[arg(long, env = "BOXOFFICE_PUBLIC_URL", value_name = "URL", value_parser = parse_origin)]
    pub public_url: Option<String>,

    /// How long an order holds its tickets, such as 15m or 90s
    #[arg(long, env = "BOXOFFICE_HOLD", value_name = "DURATION", default_value = "15m", value_parser = parse_duration)]
    pub hold: Duration,

    /// Who takes the money.
    #[command(flatten)]
    pub gateway: GatewayArgs,

    /// What is tried, in this order, with money that comes for an order that has ended: `retake` sells the tickets to the buyer
    /// after all, `return` gives the money back; an operator's list is the last resort
    #[arg(long, env = "BOXOFFICE_LATE_MONEY", value_name = "STEPS", default_value = "retake,return")]
    pub late_money: LateMoneyPolicy,

    /// What the platform keeps of each ticket that is paid from now on, in percent with at most two decimals; halves of a cent go
    /// up
    #[arg(long, env = "BOXOFFICE_FEE_PERCENT", value_name = "PERCENT", default_value = "0", value_parser = FeePolicy::percent)]
    pub fee_percent: FeePolicy,

    /// What the platform keeps of each ticket beside that, such as `0.30 EUR`; may be repeated for other currencies
    #[arg(
        long, env = "BOXOFFICE_FEE_FIXED", value_name = "AMOUNT CODE",
        action = ArgAction::Append, value_delimiter = ',', value_parser = parse_amount
    )]
    pub fee_fixed: Vec<Money>,

    /// How long a session lives, such as 7d or 12h
    #[arg(long, env = "BOXOFFICE_SESSION", value_name = "DURATION", default_value = "7d", value_parser = parse_duration)]
    pub session: Duration,

    /// The currency of prices that name none, as an ISO 4217 code
    #[arg(long, env = "BOXOFFICE_CURRENCY", value_name = "CODE", default_value = "USD", value_parser = parse_currency)]
    pub currency: Currency,

    /// Whether to limit how much one client may ask: strictly at sign-in and sign-up, generously elsewhere
    #[arg(long, env = "BOXOFFICE_RATE_LIMIT", value_name = "on|off", value_enum, default_value = "on")]
    pub rate_limit: Switch,

    /// A proxy whose X-Forwarded-For is believed; may be repeated
    #[arg(
        long = "trusted-proxy", env = "BOXOFFICE_TRUSTED_PROXIES", value_name = "IP",
        action = ArgAction::Append, value_delimiter = ','
    )]
    pub trusted_proxies: Vec<IpAddr>,

    /// An origin whose pages may call the host from a browser; may be repeated, none by default
    #[arg(
        long = "cors-origin", env = "BOXOFFICE_CORS_ORIGINS", value_name = "ORIGIN",
        action = ArgAction::Append, value_delimiter = ',', value_parser = parse_origin
    )]
    pub cors_origins: Vec<String>,

    /// How long a request may take
    #[arg(
        long, env = "BOXOFFICE_REQUEST_TIMEOUT", value_name = "DURATION", default_value = "30s",
        value_parser = parse_duration
    )]
    pub request_timeout: Duration,

    /// How large a body may be, in bytes; a batch of tickets may have eight times as much
    #[arg(
        long, env = "BOXOFFICE_BODY_LIMIT", value_name = "BYTES", default_value_t = 1 << 20,
        value_parser = clap::value_parser!(u32).range(1024..=64 << 20)
    )]
    pub body_limit: u32,

    /// How many requests may be under way before further ones are answered 503
    #[arg(
        long, env = "BOXOFFICE_MAX_REQUESTS", value_name = "COUNT", default_value_t = 4096,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_requests: u32,

    /// How many connections may be open before further ones wait
    #[arg(
        long, env = "BOXOFFICE_MAX_CONNECTIONS", value_name = "COUNT", default_value_t = 16_384,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_connections: u32,

    /// How many journal streams may be open
    #[arg(long, env = "BOXOFFICE_MAX_FEEDS", value_name = "COUNT", default_value_t = 128)]
    pub max_feeds: u32,

    /// How many pages may follow live what happens to the tickets of a show
    #[arg(long, env = "BOXOFFICE_MAX_LIVE_PAGES", value_name = "COUNT", default_value_t = 4096)]
    pub max_live_pages: u32,

    /// Let webhooks go to plain http, not only to https
    #[arg(long, env = "BOXOFFICE_WEBHOOKS_ALLOW_HTTP")]
    pub webhooks_allow_http: bool,

    /// Let webhooks go to private addresses, such as this machine's; without it nobody can reach inside through the host
    #[arg(long, env = "BOXOFFICE_WEBHOOKS_ALLOW_PRIVATE")]
    pub webhooks_allow_private: bool,

    /// How long requests under way may go on after SIGTERM or SIGINT
    #[arg(
        long, env = "BOXOFFICE_SHUTDOWN_DEADLINE", value_name = "DURATION", default_value = "20s",
        value_parser = parse_duration
    )]
    pub shutdown_deadline: Duration,

    /// How log lines look
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

    /// What the platform keeps of each ticket.
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

/// Who is to be an operator.
#[derive(Debug, Args)]
pub struct OperatorArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: OperatorAction,
}

/// What to do with the role.
#[derive(Debug, Subcommand)]
pub enum OperatorAction {
    /// Make an existing user an operator
    Add(OperatorOf),
    /// Make an operator an ordinary user again
    Remove(OperatorOf),
}

/// What to do with payouts.
#[derive(Debug, Args)]
pub struct PayoutArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: PayoutAction,
}

/// What to do with payouts.
#[derive(Debug, Subcommand)]
pub enum PayoutAction {
    /// Record that a seller was paid; no money moves by it
    Record(RecordPayoutArgs),
}

/// A payout to record.
#[derive(Debug, Args)]
pub struct RecordPayoutArgs {
    /// The seller's id
    pub seller: UserId,
    /// How much, in major units, such as 120.50
    pub amount: String,
    /// The currency, as an ISO 4217 code
    pub currency: String,
    /// By what it is found at the bank
    pub reference: String,
    /// A name for the payout: given again within a day, it is recorded once
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<IdempotencyKey>,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Whose balance to print.
#[derive(Debug, Args)]
pub struct BalanceArgs {
    /// The seller's id
    pub seller: UserId,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
}

/// A user of a box office.
#[derive(Debug, Args)]
pub struct OperatorOf {
    /// The email that the user signed up with
    pub email: String,
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
}

/// What to do with webhooks.
#[derive(Debug, Args)]
pub struct WebhooksArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: WebhooksAction,
    /// The data directory
    #[arg(long, env = "BOXOFFICE_DATA", value_name = "DIR", default_value = "./boxoffice-data", global = true)]
    pub data: PathBuf,
}

/// What to do with webhooks.
#[derive(Debug, Subcommand)]
pub enum WebhooksAction {
    /// Send what happens to a URL; prints the webhook's id and its secret
    Add {
        /// Where deliveries go
        url: String,
        /// An event that is delivered, such as `OrderCreated`; may be repeated, all by default
        #[arg(long = "event", value_name = "TYPE")]
        events: Vec<String>,
        /// The last record that is not delivered; without it only what happens from now on is
        #[arg(long, value_name = "SEQ")]
        after: Option<u64>,
    },
    /// Print all webhooks
    List,
    /// Remove a webhook with its log
    Remove {
        /// The webhook's id
        id: uuid::Uuid,
    },
    /// Deliver again, at once, from where it stopped
    Resume {
        /// The webhook's id
        id: uuid::Uuid,
    },
    /// Make a new secret and print it; for a day the one of before signs too
    RotateSecret {
        /// The webhook's id
        id: uuid::Uuid,
    },
    /// Send a message that nothing happened, to see whether the receiver takes it
    Ping {
        /// The webhook's id
        id: uuid::Uuid,
    },
    /// Print what was tried, the latest first
    Deliveries {
        /// The webhook's id
        id: uuid::Uuid,
        /// How many
        #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Send what was sent before once more
    Resend {
        /// The webhook's id
        id: uuid::Uuid,
        /// The number of the delivery
        delivery: u64,
    },
}

/// What to compact.
#[derive(Debug, Args)]
pub struct CompactArgs {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
}

/// What to verify.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
}

/// What to export.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
    /// The file to write, instead of the standard output; it must not exist
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The last record not to export
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub after: u64,
    /// Bring out of a damaged journal every record before the damage, without opening or changing it
    ///
    /// No server may have the directory. The exit status is 0 if the journal is whole, 1 if records are missing after those that
    /// were written (the last line on the standard error says from which one on, and why), and 2 if nothing could be done.
    #[arg(long)]
    pub salvage: bool,
}

/// What to back up.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
    /// The directory to make; it must be empty or not exist
    #[arg(value_name = "DEST")]
    pub dest: PathBuf,
}

/// What to fill.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
    /// The same seed gives the same shows, people and orders
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// How many shows
    #[arg(long, value_name = "COUNT", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub shows: u32,
}

/// The keys that the environment gives, if it does.
pub(crate) fn key_ring() -> Result<Option<KeyRing>, Error> {
    let Some(key) = std::env::var_os("JWT_KEY").filter(|key| !key.is_empty()) else {
        return Ok(None);
    };
    let mut ring = KeyRing::new(key.as_encoded_bytes())?;
    let previous = std::env::var("JWT_KEY_PREVIOUS").unwrap_or_default();
    for key in previous.split(',').map(str::trim).filter(|key| !key.is_empty()) {
        ring = ring.with_previous(key.as_bytes())?;
    }
    Ok(Some(ring))
}

/// What to log.
pub(crate) fn log_filter() -> String {
    std::env::var("BOXOFFICE_LOG").unwrap_or_else(|_| "info".to_owned())
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    let duration: jiff::SignedDuration = match text.strip_suffix('d').map(str::parse::<i64>) {
        Some(Ok(days)) if days < 10_000 => jiff::SignedDuration::from_hours(days * 24),
        _ => text.parse().map_err(|_| "must be a duration such as 15m, 90s or 1h30m".to_owned())?,
    };
    let duration = Duration::try_from(duration).map_err(|_| "must not be negative".to_owned())?;
    if duration.is_zero() { Err("must be longer than nothing".to_owned()) } else { Ok(duration) }
}

/// An amount and its currency, such as `0.30 EUR`.
fn parse_amount(text: &str) -> Result<Money, String> {
    let (amount, code) = text.trim().split_once(' ').ok_or("must be an amount and a currency, such as `0.30 EUR`")?;
    let currency = parse_currency(code.trim())?;
    Money::parse(amount, currency).map_err(|reason| reason.to_string())
}

fn parse_currency(text: &str) -> Result<Currency, String> {
    text.parse().map_err(|reason: boxoffice::MoneyError| reason.to_string())
}

/// An origin: scheme, host and port, and no more.
fn parse_origin(text: &str) -> Result<String, String> {
    let wrong = || "must be an origin such as https://tickets.example.com".to_owned();
    let origin = text.trim_end_matches('/').to_ascii_lowercase();
    let uri: axum::http::Uri = origin.parse().map_err(|_| wrong())?;
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    let is_bare = uri.path() == "/" && uri.query().is_none() && !origin.contains('@');
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    if has_host && is_bare && is_web { Ok(origin) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serving_is_the_default() {
        let cli = Cli::parse_from(["boxoffice-server", "--data", "x", "--rate-limit", "off"]);
        assert!(cli.command.is_none());
        assert_eq!((cli.serve.data.data, cli.serve.rate_limit), (PathBuf::from("x"), Switch::Off));
        let cli = Cli::parse_from(["boxoffice-server", "serve", "--data", "x", "--hold", "90s"]);
        let Some(Command::Serve(args)) = cli.command else { panic!("not serving") };
        assert_eq!((args.hold, args.listen.to_string().as_str()), (Duration::from_secs(90), "127.0.0.1:3000"));
    }

    #[test]
    fn durations() {
        assert_eq!(parse_duration("15m"), Ok(Duration::from_mins(15)));
        assert_eq!(parse_duration("7d"), Ok(Duration::from_hours(168)));
        assert_eq!(parse_duration("1500ms"), Ok(Duration::from_millis(1500)));
        for wrong in ["", "15", "-1s", "0s", "soon"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn origins() {
        assert_eq!(parse_origin("https://Tickets.example.com/").as_deref(), Ok("https://tickets.example.com"));
        for wrong in ["", "tickets.example.com", "ftp://a.b", "https://a.b/c", "https://a@b.c", "https://"] {
            assert!(parse_origin(wrong).is_err(), "{wrong}");
        }
    }
}
