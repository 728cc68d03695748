//! Arguments of the commands on the data directory: verify, export, backup, compact, demo.

use std::path::PathBuf;

use clap::Args;

use super::parse::parse_bool;

/// The data directory.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// The data directory
    #[arg(long, env = "BOXOFFICE_DATA", value_name = "DIR", default_value = "./boxoffice-data")]
    pub data: PathBuf,

    /// Accept a clock that is more than 90 days from the journal's last record, behind or ahead
    ///
    /// Time never runs backwards in a box office: one start with a clock that is years ahead would stay for good. Look at the
    /// clock first; give this once.
    #[arg(long, env = "BOXOFFICE_ACCEPT_CLOCK_JUMP", value_parser = parse_bool)]
    pub accept_clock_jump: bool,
}

/// Arguments of `compact`.
#[derive(Debug, Args)]
pub struct CompactArgs {
    /// The data directory.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The data directory.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The data directory.
    #[command(flatten)]
    pub data: DataArgs,
    /// File to write, instead of the standard output; it must not exist
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Number of the last record that is not exported
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub after: u64,
    /// Recover every record before the damage from a damaged journal, without opening or changing it
    ///
    /// No server may have the directory open. The exit status is 0 if the journal is intact, 1 if records are missing
    /// after those that were written (the last line on the standard error contains the first missing one and the
    /// reason), and 2 if nothing could be recovered.
    #[arg(long)]
    pub salvage: bool,
}

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The data directory.
    #[command(flatten)]
    pub data: DataArgs,
    /// Directory of the copy; it must be empty or not exist
    #[arg(value_name = "DEST")]
    pub dest: PathBuf,
}

/// In which backup to erase.
#[derive(Debug, Args)]
pub struct EraseInBackupArgs {
    /// Where the data is.
    #[command(flatten)]
    pub data: DataArgs,
    /// The directory of the backup
    #[arg(value_name = "BACKUP")]
    pub backup: PathBuf,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The data directory.
    #[command(flatten)]
    pub data: DataArgs,
    /// Seed of the random content; equal seeds give equal shows, people and orders
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Number of shows
    #[arg(long, value_name = "COUNT", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub shows: u32,
}
