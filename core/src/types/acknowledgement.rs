//! What the answers of a cluster's hosts wait for.

use std::fmt;
use std::str::FromStr;

use super::{UnknownName, by_name};

/// What the answer to a command waits for, in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Acknowledgement {
    /// The stream: the disks of a majority of its servers have it.
    #[default]
    Stream,
    /// The stream, and the disk of another host that votes.
    SecondHost,
}

impl Acknowledgement {
    /// All values.
    pub const ALL: &'static [Self] = &[Self::Stream, Self::SecondHost];

    /// Returns the published name: `stream` or `second_host`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::SecondHost => "second_host",
        }
    }
}

impl FromStr for Acknowledgement {
    type Err = UnknownName;

    /// Parses a published name.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        by_name(Self::ALL, Self::as_str, text)
    }
}

impl fmt::Display for Acknowledgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
