//! States of a cluster's hosts.

use std::fmt;
use std::str::FromStr;

use super::{UnknownName, by_name};

/// State of a host of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HostState {
    /// Catching up: it neither votes nor answers.
    Blank,
    /// Follows the host that writes.
    Follower,
    /// Asks the other hosts for their consent to write.
    Candidate,
    /// Writes.
    Writer,
    /// Takes nothing new, and ends.
    Leaving,
    /// Has met what can't be, answers nothing, and waits for an operator.
    Alarm,
}

impl HostState {
    /// All states.
    pub const ALL: &'static [Self] =
        &[Self::Blank, Self::Follower, Self::Candidate, Self::Writer, Self::Leaving, Self::Alarm];

    /// Returns the published name: `blank`, `follower`, `candidate`, `writer`, `leaving` or `alarm`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Follower => "follower",
            Self::Candidate => "candidate",
            Self::Writer => "writer",
            Self::Leaving => "leaving",
            Self::Alarm => "alarm",
        }
    }
}

impl FromStr for HostState {
    type Err = UnknownName;

    /// Parses a published name.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        by_name(Self::ALL, Self::as_str, text)
    }
}

impl fmt::Display for HostState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
