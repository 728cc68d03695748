//! Arguments of the command line.

use std::path::PathBuf;

use clap::Parser;

/// Opens a show with N tickets to M buyers, and proves at the end that no ticket was sold twice.
///
/// Runs on a box office of its own, in a directory or in a running server. The exit status is 0 only if the proof
/// holds.
///
/// A server limits the rate of sign-ups from one address. Start it with `--rate-limit off` for a load test; otherwise
/// this program waits as long as the server requests.
#[derive(Debug, Clone, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Number of tickets of the show.
    #[arg(long, default_value_t = 1_000, value_parser = at_least_one)]
    pub(crate) tickets: usize,

    /// Number of buyers.
    #[arg(long, default_value_t = 5_000, value_parser = at_least_one)]
    pub(crate) buyers: usize,

    /// Number of concurrent buyers.
    #[arg(long, default_value_t = 256, value_parser = at_least_one)]
    pub(crate) concurrency: usize,

    /// Number of accounts that the buyers share, because hashing a password is deliberately slow.
    #[arg(long, default_value_t = 100, value_parser = at_least_one)]
    accounts: usize,

    /// Seed of the buyers' choices: the same seed gives the same choices.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,

    /// Data directory of an embedded box office; temporary by default.
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    pub(crate) data: Option<PathBuf>,

    /// Address of a running server, such as `http://127.0.0.1:3000`.
    #[arg(long)]
    pub(crate) url: Option<String>,
}

impl Arguments {
    /// Returns the number of accounts, which is at most the number of buyers.
    pub(crate) fn accounts(&self) -> usize {
        self.accounts.min(self.buyers)
    }

    /// Returns an email that depends on the seed only, so that a second run on the same box office signs the same
    /// people in.
    pub(crate) fn email(&self, role: &str, at: usize) -> String {
        format!("{role}-{}-{at}@onsale.example", self.seed)
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("must be at least 1".into()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
