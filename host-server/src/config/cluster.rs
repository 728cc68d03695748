//! Options of a host of a cluster, and the arguments of `cluster`.

use std::path::PathBuf;
use std::time::Duration;

use boxoffice::HostName;
use clap::{ArgAction, Args, Subcommand, ValueEnum};

use super::parse::{List, parse_bool, parse_duration};

/// Where the servers of a cluster are, and what lets a host in.
#[derive(Debug, Clone, Args)]
pub struct ClusterServersArgs {
    /// Share the journal that these NATS servers keep, such as `nats://nats-0:4222,nats://nats-1:4222`
    ///
    /// Name all of them, so that one may be down. `tls://` instead of `nats://` insists on TLS. The hosts of a cluster have the same
    /// `JWT_KEY`, which must be set.
    #[arg(
        long = "cluster", env = "BOXOFFICE_CLUSTER", value_name = "URLS", hide_env_values = true,
        action = ArgAction::Append, value_parser = parse_list
    )]
    pub servers: Vec<List<String>>,

    /// File with what lets a host in at these servers: the seed of an nkey, or what `nsc` writes as `.creds`
    #[arg(long = "cluster-credentials", env = "BOXOFFICE_CLUSTER_CREDENTIALS", value_name = "FILE")]
    pub credentials: Option<PathBuf>,

    /// Monitoring of these servers, such as `http://nats-0:8222`; by default port 8222 of each
    ///
    /// Only there they say whether they sync every write. Servers that don't are refused.
    #[arg(
        long = "cluster-monitoring", env = "BOXOFFICE_CLUSTER_MONITORING", value_name = "URLS",
        action = ArgAction::Append, value_parser = parse_list
    )]
    pub monitoring: Vec<List<String>>,

    /// File with the certificates of the authorities that vouch for these servers; those of the machine by default
    #[arg(long = "cluster-ca", env = "BOXOFFICE_CLUSTER_CA", value_name = "FILE")]
    pub authorities: Option<PathBuf>,

    /// File with a certificate of the host's own, for servers that ask for one
    #[arg(
        long = "cluster-certificate",
        env = "BOXOFFICE_CLUSTER_CERTIFICATE",
        value_name = "FILE",
        requires = "private_key"
    )]
    pub certificate: Option<PathBuf>,

    /// File with the private key of that certificate
    #[arg(long = "cluster-key", env = "BOXOFFICE_CLUSTER_KEY", value_name = "FILE", requires = "certificate")]
    pub private_key: Option<PathBuf>,

    /// Take servers that are for a test: fewer than three, or such as don't sync every write and lose sales with their power
    #[arg(long = "cluster-test", env = "BOXOFFICE_CLUSTER_TEST", value_parser = parse_bool)]
    pub is_test: bool,
}

/// When a host votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClusterVotes {
    /// Once `cluster join` has let it.
    Asked,
    /// From its first start on.
    Always,
    /// Never.
    Never,
}

/// What the answers of a host that writes wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClusterAcknowledgement {
    /// The stream: the disks of a majority of its servers.
    Stream,
    /// The disk of another host that votes, too.
    SecondHost,
}

/// Options of a host of a cluster.
#[derive(Debug, Clone, Args)]
pub struct ClusterHostArgs {
    /// Where the servers are.
    #[command(flatten)]
    pub servers: ClusterServersArgs,

    /// Name of this host among the others, such as `boxoffice-0`; that of the machine by default
    #[arg(long = "cluster-name", env = "BOXOFFICE_CLUSTER_NAME", value_name = "NAME")]
    pub host_name: Option<HostName>,

    /// When this host votes on who writes, and may write itself: once `cluster join` has let it, from its first start on, or never
    ///
    /// A host without a vote follows, serves and forwards as any other. A host whose directory does not outlive it must not vote: it
    /// would be a new voter at each start, and the old one would be missed.
    #[arg(
        long = "cluster-votes",
        env = "BOXOFFICE_CLUSTER_VOTES",
        value_enum,
        value_name = "WHEN",
        default_value = "asked"
    )]
    pub votes: ClusterVotes,

    /// Prefer this host as the one that writes; by default one that offers `expiration` alone is preferred
    #[arg(
        long = "cluster-preferred", env = "BOXOFFICE_CLUSTER_PREFERRED", value_name = "on|off", value_parser = parse_bool
    )]
    pub preferred: Option<bool>,

    /// What answers wait for: for the disks of most of these servers, or for that of another host that votes, too
    ///
    /// `second-host` keeps sales that were answered even if the host that writes and the end of the journal's stream are lost together.
    /// Each batch waits for one more disk, and nothing is answered while no other host that votes is there. Give it to all hosts.
    #[arg(
        long = "cluster-acknowledge",
        env = "BOXOFFICE_CLUSTER_ACKNOWLEDGE",
        value_enum,
        value_name = "BY",
        default_value = "stream"
    )]
    pub acknowledge: ClusterAcknowledgement,
}

/// The data directory of a host.
#[derive(Debug, Clone, Args)]
pub struct ClusterDirArgs {
    /// The data directory
    #[arg(long, env = "BOXOFFICE_DATA", value_name = "DIR", default_value = "./boxoffice-data")]
    pub data: PathBuf,
}

/// Arguments of `cluster`.
#[derive(Debug, Args)]
pub struct ClusterArgs {
    /// The action.
    #[command(subcommand)]
    pub action: ClusterAction,
}

/// The action on a cluster.
#[derive(Debug, Subcommand)]
pub enum ClusterAction {
    /// Begin a cluster: make the data directory its first copy, and the stream that its hosts share
    ///
    /// Once in the life of a cluster, on one host, before its server has a journal. A box office that is in the directory goes on in the
    /// cluster; without one, it begins empty. If it is cut off, the same command completes it; with `--from`, once the copy is made,
    /// the command without it.
    Init(Box<ClusterInitArgs>),
    /// Print how the cluster is: as this host's server sees it, and as the servers of the journal say
    Status(Box<ClusterStatusArgs>),
    /// Let this host's server vote on who writes
    Join(ClusterJoinArgs),
    /// Take the vote from a host that is gone for good, or from this one
    Leave(ClusterLeaveArgs),
    /// Have this host write without the others' consent, because they are gone for good
    ///
    /// What only they had is lost. Make sure that they don't come back: stop them.
    TakeOver(ClusterTakeOverArgs),
    /// Make a new stream from this directory's copy, because the old one is lost
    ///
    /// Take the host with the most messages. Those with as many follow it, and the others begin anew with empty directories. Only a
    /// voter writes: a backup, or the copy of a follower outside, becomes the directory of one by `--as`. If it is cut off, the same
    /// command completes it.
    Remake(Box<ClusterRemakeArgs>),
}

/// Arguments of `cluster init`.
#[derive(Debug, Args)]
pub struct ClusterInitArgs {
    /// Where the servers are.
    #[command(flatten)]
    pub servers: ClusterServersArgs,
    /// The data directory.
    #[command(flatten)]
    pub dir: ClusterDirArgs,
    /// Begin with a copy of the box office in this directory, which stays as it is; the data directory must be empty
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// Name of this host among the others; that of the machine by default
    #[arg(long = "cluster-name", env = "BOXOFFICE_CLUSTER_NAME", value_name = "NAME")]
    pub host_name: Option<HostName>,
    /// Number of servers that have the journal
    #[arg(long, value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=5))]
    pub replicas: u64,
}

/// Arguments of `cluster status`.
#[derive(Debug, Args)]
pub struct ClusterStatusArgs {
    /// Where the servers are.
    #[command(flatten)]
    pub servers: ClusterServersArgs,
    /// The data directory.
    #[command(flatten)]
    pub dir: ClusterDirArgs,
}

/// Arguments of `cluster join`.
#[derive(Debug, Args)]
pub struct ClusterJoinArgs {
    /// The data directory.
    #[command(flatten)]
    pub dir: ClusterDirArgs,
    /// How long to wait until the server has a copy of the journal
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = parse_duration)]
    pub within: Duration,
}

/// Arguments of `cluster leave`.
#[derive(Debug, Args)]
pub struct ClusterLeaveArgs {
    /// Name or id of the host; without it, this one
    pub host: Option<String>,
    /// The data directory.
    #[command(flatten)]
    pub dir: ClusterDirArgs,
}

/// Arguments of `cluster take-over`.
#[derive(Debug, Args)]
pub struct ClusterTakeOverArgs {
    /// Say that the other hosts are gone for good; nothing is done without it
    #[arg(long)]
    pub alone: bool,
    /// The data directory.
    #[command(flatten)]
    pub dir: ClusterDirArgs,
}

/// Arguments of `cluster remake`.
#[derive(Debug, Args)]
pub struct ClusterRemakeArgs {
    /// Where the servers are.
    #[command(flatten)]
    pub servers: ClusterServersArgs,
    /// The data directory.
    #[command(flatten)]
    pub dir: ClusterDirArgs,
    /// Make the directory that of this voter, by its name in `cluster status`; the voter's own directory must be gone for good
    ///
    /// Needed if the directory's own host doesn't vote. The names of the voters are in the journal: without this option, or with another
    /// name, the refusal lists them.
    #[arg(long = "as", value_name = "NAME")]
    pub voter: Option<HostName>,
    /// Leave a stream that is still there; hosts that go on with it are lost to the new one
    #[arg(long)]
    pub even_if_there: bool,
    /// Number of servers that have the journal
    #[arg(long, value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=5))]
    pub replicas: u64,
}

/// Error of a program that was built without what these options are for.
#[cfg(not(feature = "cluster"))]
#[derive(Debug, thiserror::Error)]
#[error("--cluster (BOXOFFICE_CLUSTER) is not in this program: it was built without the feature `cluster`")]
pub(crate) struct NotBuilt;

#[cfg(not(feature = "cluster"))]
impl ClusterServersArgs {
    /// Refuses the servers of a cluster.
    ///
    /// # Errors
    /// Returns an error if there are any.
    pub(crate) fn refuse(&self) -> Result<(), NotBuilt> {
        if self.servers.is_empty() { Ok(()) } else { Err(NotBuilt) }
    }
}

/// Parses a list with commas or blanks between its items. They are looked at later: an error of the command line would show them, and one
/// may hold a password.
pub(super) fn parse_list(text: &str) -> Result<List<String>, String> {
    let items = text.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|item| !item.is_empty());
    let items: Vec<String> = items.map(str::to_owned).collect();
    if items.is_empty() { Err("must not be empty".to_owned()) } else { Ok(List(items)) }
}
