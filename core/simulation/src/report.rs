//! Result of a run.

use std::collections::BTreeMap;
use std::fmt;

use boxoffice::Hash;

/// Result of a run without a violation. One seed always gives the same report.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Seed of the run.
    pub seed: u64,
    /// Number of steps, without the final ones that complete all work.
    pub steps: u64,
    /// Number of records in the journal.
    pub records: u64,
    /// Hash of the last record, which covers all records.
    pub head: Hash,
    /// Hash of the journal's whole files: one seed always gives the same bytes.
    pub files: Hash,
    /// Number of events of each kind.
    pub events: BTreeMap<&'static str, u64>,
    /// Number of answers with each code, including `ok`.
    pub answers: BTreeMap<&'static str, u64>,
    /// Number of incidents of each kind on the machine.
    pub mishaps: BTreeMap<&'static str, u64>,
}

/// A violation of the contract. `Debug` prints it as text too, so that a test's `unwrap` shows all of it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Seed that reproduces it.
    pub seed: u64,
    /// Step at which it was found.
    pub step: u64,
    /// Description of the violation.
    pub what: String,
    /// Last steps before it, the newest at the end.
    pub before: Vec<String>,
    /// Command that replays it, if it is known.
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
