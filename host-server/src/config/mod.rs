//! The command line and the environment.

mod accounts;
mod cluster;
#[cfg(feature = "cluster")]
mod cluster_options;
mod command_line;
mod data;
mod environment;
mod gateway;
mod health;
mod parse;
mod publish;
mod serve;
mod webhooks;

use std::sync::LazyLock;

use clap::{Parser, Subcommand};

pub use accounts::{BalanceArgs, OperatorAction, OperatorArgs, OperatorOf, PayoutAction, PayoutArgs, RecordPayoutArgs};
#[cfg(not(feature = "cluster"))]
pub(crate) use cluster::NotBuilt;
pub use cluster::{
    ClusterAcknowledgement, ClusterAction, ClusterArgs, ClusterDirArgs, ClusterHostArgs, ClusterInitArgs,
    ClusterJoinArgs, ClusterLeaveArgs, ClusterRemakeArgs, ClusterServersArgs, ClusterStatusArgs, ClusterTakeOverArgs,
    ClusterVotes,
};
#[cfg(feature = "cluster")]
pub(crate) use cluster_options::shared_keys;
pub use data::{BackupArgs, CompactArgs, DataArgs, DemoArgs, EraseInBackupArgs, ExportArgs, VerifyArgs};
pub(crate) use environment::{key_ring, log_filter};
pub use gateway::{Capture, GatewayArgs, GatewayKind};
pub use health::HealthArgs;
pub use parse::List;
#[cfg(not(feature = "cluster"))]
pub(crate) use publish::NoPublisher;
pub use publish::{PublishArgs, ServePublishArgs};
pub use serve::{ServeArgs, Switch};
pub use webhooks::{WebhooksAction, WebhooksArgs};

/// The HTTP host of boxoffice: serves a box office and administers its data.
///
/// Without a subcommand it serves.
#[derive(Debug, Parser)]
#[command(
    name = "boxoffice-server",
    version,
    long_version = LONG_VERSION.as_str(),
    args_conflicts_with_subcommands = true,
    after_help = AFTER_HELP
)]
pub struct Cli {
    /// The command, if any.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of `serve`, if there is no subcommand.
    #[command(flatten)]
    pub serve: ServeArgs,
}

/// The text that `--version` prints behind the name; `-V` prints its first line alone.
static LONG_VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{}\nTime zones: IANA {}", env!("CARGO_PKG_VERSION"), boxoffice::tzdb_version()));

const AFTER_HELP: &str = "\
Environment only, because command lines can be read by every user of the machine:
  JWT_KEY           The secret that sessions are signed with, at least 32 bytes. Without it a strong one is made once
                    and kept in the data directory (jwt.key, mode 0600). All hosts of a cluster need the same.
  JWT_KEY_PREVIOUS  Secrets of before, separated by commas: sessions signed with them go on until they expire.
  STRIPE_SECRET_KEY      Stripe's secret key, for --gateway stripe; or --stripe-secret-key-file.
  STRIPE_WEBHOOK_SECRET  Secrets of Stripe's webhooks (whsec_...) that go to /api/payments/webhooks/stripe, separated by
                    commas while one replaces another; or --stripe-webhook-secret-file.
  BOXOFFICE_LOG     What to log, such as `info` (the default), `warn` or `boxoffice=debug`.";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the box office over HTTP (the default)
    Serve(Box<ServeArgs>),
    /// Ask a host on this machine whether it is ready
    ///
    /// Exit status: 0 if it is, 1 if not. For the health checks of containers that have no other program.
    Health(HealthArgs),
    /// Make a user an operator, or an ordinary user again
    Operator(OperatorArgs),
    /// Record that sellers were paid
    Payout(PayoutArgs),
    /// Print a seller's balances
    Balance(BalanceArgs),
    /// Replay the journal, check its hash chain and the rules, and print the findings
    ///
    /// Exit status: 0 if all is well, 1 if there are problems, 2 if it could not be verified.
    Verify(VerifyArgs),
    /// Write the journal as JSON lines
    Export(ExportArgs),
    /// Make a consistent copy of the data directory, also while it is served
    Backup(BackupArgs),
    /// Erase in a backup everybody who was erased since it was made: their personal data can't be read there any more
    EraseInBackup(EraseInBackupArgs),
    /// Reclaim unused disk space in the files; commands wait meanwhile, so run it while nobody sells
    Compact(CompactArgs),
    /// Manage webhooks, which deliver events to their subscribers
    Webhooks(WebhooksArgs),
    /// Publish every event of this directory's server on NATS, for other services
    ///
    /// It runs beside the server, and takes up where it stopped. In a cluster, let the servers do it: `serve --publish`.
    Publish(Box<PublishArgs>),
    /// Share the journal with other hosts: begin a cluster, join it, look at it, leave it
    Cluster(ClusterArgs),
    /// Fill a directory with realistic shows, sellers, tickets and orders
    Demo(DemoArgs),
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

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
}
