//! Options of what is done with the data: verify, export, back up, compact, fill.

use std::path::PathBuf;

use clap::Args;

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// The data directory
    #[arg(long, env = "BOXOFFICE_DATA", value_name = "DIR", default_value = "./boxoffice-data")]
    pub data: PathBuf,

    /// Accept a clock that is more than a day behind the journal's last record, or more than 30 days ahead of it
    ///
    /// Time never runs backwards in a box office: one start with a clock that is years ahead would stay for good. Look at the
    /// clock first; give this once.
    #[arg(long, env = "BOXOFFICE_ACCEPT_CLOCK_JUMP")]
    pub accept_clock_jump: bool,
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
