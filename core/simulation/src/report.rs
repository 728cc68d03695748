//! What a run came to.

use std::collections::BTreeMap;
use std::fmt;

use boxoffice::Hash;

/// What a run came to in which everything was as promised. The same seed gives the same report.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// How many steps were taken, not counting those in which everything came to an end.
    pub steps: u64,
    /// How many records the journal has.
    pub records: u64,
    /// The hash of the last one, and through it of all.
    pub head: Hash,
    /// The hash of the journal's whole file: the same seed gives the same bytes.
    pub files: Hash,
    /// How many events of each kind there are.
    pub events: BTreeMap<&'static str, u64>,
    /// How many commands were answered with which code, `ok` among them.
    pub answers: BTreeMap<&'static str, u64>,
    /// How often what happened to the machine.
    pub mishaps: BTreeMap<&'static str, u64>,
}

/// A promise that was broken. It is shown as text by `Debug` too, so that a test's `unwrap` tells all of it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The seed that shows it.
    pub seed: u64,
    /// The step at which it was found.
    pub step: u64,
    /// What is wrong.
    pub what: String,
    /// What was done last, the newest at the end.
    pub before: Vec<String>,
    /// The command that replays it, if it is known.
    pub replay: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}, step {}: {}", self.seed, self.step, self.what)?;
        self.before.iter().try_for_each(|step| writeln!(f, "  {step}"))?;
        self.replay.iter().try_for_each(|replay| writeln!(f, "replay it: {replay}"))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failure {}
