//! What can be chosen on the command line.

use std::path::PathBuf;

use clap::Parser;

/// Opens a show with N tickets to M buyers, and proves at the end that no ticket was sold twice.
///
/// Runs on a box office of its own, in a directory or in a server that is running. The exit status is 0 only if the proof holds.
///
/// A server limits how often one address may sign people up. Start it with `--rate-limit off` for a load test; otherwise this
/// program waits as long as the server asks it to.
#[derive(Debug, Clone, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// How many tickets the show has.
    #[arg(long, default_value_t = 1_000, value_parser = at_least_one)]
    pub(crate) tickets: usize,

    /// How many buyers come.
    #[arg(long, default_value_t = 5_000, value_parser = at_least_one)]
    pub(crate) buyers: usize,

    /// How many buyers are inside at once.
    #[arg(long, default_value_t = 256, value_parser = at_least_one)]
    pub(crate) concurrency: usize,

    /// How many accounts the buyers share, because hashing a password takes deliberately long.
    #[arg(long, default_value_t = 100, value_parser = at_least_one)]
    accounts: usize,

    /// What the buyers' choices follow from: the same seed makes the same choices.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,

    /// The data directory of an embedded box office; a temporary one if not given.
    #[arg(long, value_name = "DIR", conflicts_with = "url")]
    pub(crate) data: Option<PathBuf>,

    /// The address of a running server, such as `http://127.0.0.1:3000`.
    #[arg(long)]
    pub(crate) url: Option<String>,
}

impl Arguments {
    /// No more accounts than buyers.
    pub(crate) fn accounts(&self) -> usize {
        self.accounts.min(self.buyers)
    }

    /// The same in every run with the same seed: a second run on the same box office signs the same people in.
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
