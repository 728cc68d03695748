//! What an operator does to a cluster as a whole: makes one of a directory, makes its stream anew, looks at it from outside.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::super::peer::Said;
use super::super::position::Position;
use super::config::{self, Expected, Finding, Severity, StreamInfo};
use super::connection::{Connection, Servers};
use super::reader::next_of;
use super::runtime::Runtime;
use super::seal::{Purpose, Sealer};
use super::session::{OpenFailure, connect};
use super::shared::Timepiece;
use super::stream::{self, StreamFailure};
use super::subjects::{self, Subjects};
use super::{monitoring, watch};
use crate::event::Hash;
use crate::journal::{Journal, JournalError, RedbJournal};
use crate::types::HostId;

/// Time for which the hosts are listened to.
const LISTEN: Duration = Duration::from_millis(1_500);

/// Reason why a cluster can't be made or looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupFailure {
    /// The servers.
    #[error(transparent)]
    Open(#[from] OpenFailure),
    /// The stream.
    #[error(transparent)]
    Stream(#[from] StreamFailure),
    /// The directory's journal.
    #[error("the journal of this directory")]
    Journal(#[from] JournalError),
    /// The directory is a copy of a cluster already.
    #[error("this directory is a copy of a cluster already")]
    IsCopy,
    /// The directory is no copy.
    #[error("this directory is no copy of a cluster")]
    NoCopy,
    /// The stream is there, and is to be made anew.
    #[error(
        "stream {0} is still there: hosts that go on with it would be lost to the new one; say so if it has to be left"
    )]
    StillThere(String),
}

/// Makes streams, for an operator.
pub(crate) struct Setup {
    runtime: Runtime,
    servers: Servers,
    connection: Connection,
    now: Timepiece,
    replicas: u64,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup").field("replicas", &self.replicas).finish_non_exhaustive()
    }
}

impl Setup {
    /// Connects. `replicas` is the number of servers that are to have the stream.
    pub(crate) fn open(servers: Servers, now: Timepiece, replicas: u64) -> Result<Self, SetupFailure> {
        let (runtime, connection) = connected(&servers)?;
        Ok(Self { runtime, servers, connection, now, replicas })
    }

    /// Refuses if there is a cluster already.
    pub(crate) fn check_new(&self) -> Result<(), SetupFailure> {
        match self.newest()? {
            Some(newest) => Err(StreamFailure::Exists(subjects::stream(newest)).into()),
            None => Ok(()),
        }
    }

    /// Returns `true` if there is a cluster.
    pub(crate) fn is_made(&self) -> Result<bool, SetupFailure> {
        Ok(self.newest()?.is_some())
    }

    /// Makes the journal of a directory the first copy of a new cluster. What an attempt that was cut off has begun is
    /// completed. Returns the name of the stream.
    pub(crate) fn init(&self, journal: &RedbJournal, host: HostId) -> Result<String, SetupFailure> {
        let position = match journal.position()? {
            Some(position) if position.n > 0 || position.seq > 0 => return Err(SetupFailure::IsCopy),
            Some(begun) => begun,
            None => {
                self.check_new()?;
                stream::origin(journal.history()?.id, journal.head()?, host, 1)
            }
        };
        self.make(journal, host, position, &|| Ok(()))
    }

    /// Makes a new stream that goes on from the copy of a directory, because the old one is lost. `is_forced` leaves one that
    /// is still there. `note` notes whose directory it is from then on: nothing is noted if the stream is not to be made, and the copy
    /// doesn't follow the old one any more by then. Returns the name of the new stream.
    pub(crate) fn remake(
        &self,
        journal: &RedbJournal,
        host: HostId,
        is_forced: bool,
        note: &dyn Fn() -> io::Result<()>,
    ) -> Result<String, SetupFailure> {
        let position = journal.position()?.ok_or(SetupFailure::NoCopy)?;
        let newest = self.newest()?.unwrap_or_default();
        // An attempt that was cut off has noted the new generation.
        let is_begun = position.seq == 0 && position.n > 0 && newest <= position.generation;
        if is_begun {
            return self.make(journal, host, position, note);
        }
        if newest >= position.generation && !is_forced {
            return Err(SetupFailure::StillThere(subjects::stream(newest)));
        }
        let generation = newest.max(position.generation) + 1;
        self.make(journal, host, Position { generation, seq: 0, ..position }, note)
    }

    fn newest(&self) -> Result<Option<u64>, SetupFailure> {
        let client = self.connection.client.clone();
        let newest = self.runtime.wait(async move { stream::newest_when_elected(&client).await });
        Ok(newest.ok_or_else(ended)?.map_err(OpenFailure::from)?)
    }

    fn make(
        &self,
        journal: &RedbJournal,
        host: HostId,
        position: Position,
        note: &dyn Fn() -> io::Result<()>,
    ) -> Result<String, SetupFailure> {
        let is_test = self.servers.is_test;
        let expected = Expected { journal: position.journal, generation: position.generation, is_test };
        let (addresses, replicas) = (self.monitors(), self.replicas);
        let judged = self.runtime.wait(async move {
            let seen = if is_test { Vec::new() } else { monitoring::look(addresses).await };
            config::judge_future_servers(&seen, replicas, expected)
        });
        let mut findings = judged.ok_or_else(ended)?;
        findings.retain(|finding| finding.severity == Severity::Fatal);
        if !findings.is_empty() {
            return Err(OpenFailure::Unsound(findings).into());
        }
        // The copy notes first what it will follow: whatever happens next, the same command goes on from here.
        journal.set_position(&position)?;
        note().map_err(|error| JournalError::Storage(Box::new(error)))?;
        let first = stream::base(&position, journal.head()?, host, (self.now)().wall);
        let client = self.connection.client.clone();
        let made = self.runtime.wait(async move { stream::make(&client, expected, replicas, &position, &first).await });
        made.ok_or_else(ended)??;
        Ok(subjects::stream(position.generation))
    }

    fn monitors(&self) -> Vec<String> {
        self.servers.monitors(&self.connection.client.server_info().connect_urls)
    }
}

/// A cluster as it looks from outside.
#[derive(Debug)]
pub(crate) struct Overview {
    /// Identity of the journal.
    pub(crate) journal: Hash,
    pub(crate) stream: StreamInfo,
    pub(crate) findings: Vec<Finding>,
    /// What each host has said last.
    pub(crate) hosts: Vec<Said>,
}

impl Overview {
    /// Looks at a cluster, and listens to its hosts for a moment.
    pub(crate) fn of(servers: &Servers, sealer: Sealer, now: Timepiece) -> Result<Self, SetupFailure> {
        let (runtime, connection) = connected(servers)?;
        let servers = servers.clone();
        let looked = runtime.wait(async move { look(&servers, &connection, &sealer, &now).await });
        Ok(looked.ok_or_else(ended)??)
    }
}

async fn look(
    servers: &Servers,
    connection: &Connection,
    sealer: &Sealer,
    now: &Timepiece,
) -> Result<Overview, OpenFailure> {
    let generation = stream::newest_when_elected(&connection.client).await?.ok_or(OpenFailure::NoStream)?;
    let info = stream::info(&connection.client, generation).await?;
    let journal = info.journal().ok_or_else(|| OpenFailure::Foreign(subjects::stream(generation)))?;
    let expected = Expected { journal, generation, is_test: servers.is_test };
    let subject = Subjects::of(journal).say();
    let subscribed = connection.client.subscribe(subject.clone()).await;
    let mut says = subscribed.map_err(|error| OpenFailure::Runtime(error.to_string()))?;
    let (_, findings) = watch::look(servers, connection, expected).await;
    let until = Instant::now() + LISTEN;
    let mut hosts = BTreeMap::new();
    while let Ok(Some(message)) = timeout_at(until, next_of(&mut says)).await {
        let Ok(text) = sealer.open(Purpose::Say, now().wall, &message.payload) else { continue };
        let Ok(said) = rmp_serde::from_slice::<Said>(&text) else { continue };
        hosts.insert(said.from, said);
    }
    Ok(Overview { journal, stream: info, findings, hosts: hosts.into_values().collect() })
}

fn connected(servers: &Servers) -> Result<(Runtime, Connection), SetupFailure> {
    let runtime = Runtime::start().map_err(|error| OpenFailure::Runtime(error.to_string()))?;
    let asking = servers.clone();
    let connected = runtime.wait(async move { connect(&asking, "boxoffice operator").await });
    let connection = connected.ok_or_else(ended)?.map_err(OpenFailure::from)?;
    Ok((runtime, connection))
}

fn ended() -> SetupFailure {
    OpenFailure::Runtime("it has ended".into()).into()
}
