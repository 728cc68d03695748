//! The command line: parts of the benchmark, or what a host is.

use std::path::PathBuf;

use crate::Failure;

/// A part of the benchmark, with a cluster of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Rates,
    Delays,
    Killed,
    Stopped,
    Leader,
    Cut,
    Away,
}

impl Part {
    pub(crate) const ALL: [Self; 7] =
        [Self::Rates, Self::Delays, Self::Killed, Self::Stopped, Self::Leader, Self::Cut, Self::Away];

    /// Returns the name, as on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rates => "rates",
            Self::Delays => "delays",
            Self::Killed => "killed",
            Self::Stopped => "stopped",
            Self::Leader => "leader",
            Self::Cut => "cut",
            Self::Away => "away",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Rates => "reservations a second, beside PostgreSQL",
            Self::Delays => "one caller alone, beside a bare publish",
            Self::Killed => "the host that writes is killed",
            Self::Stopped => "the host that writes is asked to stop",
            Self::Leader => "the server that leads the stream is killed",
            Self::Cut => "a host and its server are cut off",
            Self::Away => "a host comes back after a long time",
        }
    }
}

/// What a host is told when its process starts.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) dir: PathBuf,
    /// `true` if it makes the cluster first.
    pub(crate) begins: bool,
    /// Address of its server.
    pub(crate) url: String,
    /// Addresses of the monitoring of all servers.
    pub(crate) monitoring: Vec<String>,
}

/// First argument of a host's process.
const HOST: &str = "host";

impl Place {
    /// Returns the arguments of the process.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let begins = if self.begins { "begin" } else { "join" };
        let dir = self.dir.to_string_lossy().into_owned();
        let mut words = vec![HOST.to_owned(), self.name.clone(), dir, begins.to_owned(), self.url.clone()];
        words.extend(self.monitoring.iter().cloned());
        words
    }
}

/// What this process is.
pub(crate) enum Role {
    Bench(Vec<Part>),
    Host(Place),
}

impl Role {
    pub(crate) fn from_arguments() -> Result<Self, Failure> {
        let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
        if let [first, name, dir, begins, url, monitoring @ ..] = &words[..]
            && first == HOST
        {
            return Ok(Self::Host(Place {
                name: name.clone(),
                dir: PathBuf::from(dir),
                begins: begins == "begin",
                url: url.clone(),
                monitoring: monitoring.to_vec(),
            }));
        }
        let named = words.iter().map(|word| {
            let part = Part::ALL.into_iter().find(|part| part.name() == word);
            part.ok_or_else(|| {
                format!("no part is called {word:?}; there are {}", Part::ALL.map(Part::name).join(", "))
            })
        });
        let parts: Vec<Part> = named.collect::<Result<_, _>>()?;
        Ok(Self::Bench(if parts.is_empty() { Part::ALL.to_vec() } else { parts }))
    }
}
