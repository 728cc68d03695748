//! Opening: connects, finds the stream, judges it, gets a copy if there is none, and starts everything.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::{Client, Subscriber};
use tokio::sync::watch;
use tokio::time::sleep;

use super::super::member::{Identity, Member, Times};
use super::super::position::Position;
use super::api::ApiFailure;
use super::config::{Expected, Finding, Severity, StreamInfo, judge_stream};
use super::connection::{ConnectFailure, Connection, Servers};
use super::copying::{self, CopyFailure, Taker};
use super::driver::Driver;
use super::forward::Forwarder;
use super::keys::{self, Rounds};
use super::payers::{self, Cashiers, Payers};
use super::protocol::{Protocol, publish_all, take_answers, take_says};
use super::reader::{Backlog, Beginning, Reader};
use super::runtime::Runtime;
use super::seal::{Purpose, Sealer};
use super::serve::{Executors, Server, send_answers};
use super::shared::{NewsSink, Shared, Timepiece, Turn};
use super::subjects::{self, Subjects};
use super::tickets::Tickets;
use super::{paying, stream, watch as looking};
use crate::journal::{Journal, JournalError, RedbJournal};
use crate::types::HostId;

/// Number of attempts to connect, and the pause between them: containers start in any order.
const ATTEMPTS_MAX: u32 = 20;
const PAUSE: Duration = Duration::from_secs(1);

/// Events that wait to be handled.
const EVENTS_LEN: usize = 1_024;

/// Messages that wait to be sent.
const OUTBOUND_LEN: usize = 1_024;

/// Commands, or answers, that wait to be sent.
const FORWARD_LEN: usize = 16_384;

/// Reason why a host can't take part.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenFailure {
    /// The servers can't be reached.
    #[error(transparent)]
    Connect(#[from] ConnectFailure),
    /// The servers don't answer as they should.
    #[error(transparent)]
    Api(#[from] ApiFailure),
    /// There is no stream.
    #[error("there is no cluster on these servers: make one by `init`")]
    NoStream,
    /// The stream says of no journal that it is its own.
    #[error("stream {0} is no journal of a box office")]
    Foreign(String),
    /// The stream or the servers are not what they must be.
    #[error("{}", .0.iter().map(|finding| finding.what.as_str()).collect::<Vec<_>>().join("; "))]
    Unsound(Vec<Finding>),
    /// This directory's copy has followed a stream that is gone.
    #[error("this copy has followed stream {0}, and the newest one is {1}: make a new one from a copy by `remake`")]
    StreamGone(String, String),
    /// This directory's copy is of another journal.
    #[error("this copy is of another journal than the stream")]
    OtherJournal,
    /// This directory is a journal that no cluster knows.
    #[error(
        "this directory's journal is no copy of a cluster's: begin with an empty directory, or make it the first by `init`"
    )]
    NoCopy,
    /// No copy could be taken.
    #[error(transparent)]
    Copy(#[from] CopyFailure),
    /// This host's copy fails.
    #[error("this host's copy of the journal")]
    Journal(#[from] JournalError),
    /// The thread can't be started, or has ended.
    #[error("the thread of the cluster can't run: {0}")]
    Runtime(String),
}

impl OpenFailure {
    /// Returns `true` if it may be over after a while without anybody's doing here: servers start, a cluster is made, another host
    /// comes up.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Connect(ConnectFailure::Connect(_)) | Self::Api(_) | Self::NoStream | Self::Copy(_) => true,
            Self::Connect(_)
            | Self::Foreign(_)
            | Self::Unsound(_)
            | Self::StreamGone(..)
            | Self::OtherJournal
            | Self::NoCopy
            | Self::Journal(_)
            | Self::Runtime(_) => false,
        }
    }
}

/// A connection to servers with a sound stream.
pub(crate) struct Session {
    pub(super) runtime: Runtime,
    pub(super) servers: Servers,
    pub(super) connection: Connection,
    sealer: Sealer,
    now: Timepiece,
    expected: Expected,
    info: StreamInfo,
    findings: Vec<Finding>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("stream", &self.info.config.name).finish_non_exhaustive()
    }
}

/// What a host brings to its cluster.
pub(crate) struct Host {
    pub(crate) id: HostId,
    /// Data directory.
    pub(crate) dir: PathBuf,
    /// Its copy of the journal.
    pub(crate) journal: Arc<RedbJournal>,
    /// `true` if it would rather write than others would.
    pub(crate) preferred: bool,
    /// `true` if it tells of its appends only once another voter has them.
    pub(crate) waits_for_second: bool,
    pub(crate) news: NewsSink,
}

impl Session {
    /// Connects, and judges the newest stream and its servers.
    pub(crate) fn open(servers: Servers, sealer: Sealer, now: Timepiece, name: &str) -> Result<Self, OpenFailure> {
        let runtime = Runtime::start().map_err(|error| OpenFailure::Runtime(error.to_string()))?;
        let (name, asking) = (name.to_owned(), servers.clone());
        let opened = runtime.wait(async move {
            let connection = connect(&asking, &name).await?;
            let found = find(&asking, &connection).await?;
            Ok((connection, found))
        });
        let (connection, (expected, info, findings)) = opened.unwrap_or_else(|| Err(ended()))?;
        Ok(Self { runtime, servers, connection, sealer, now, expected, info, findings })
    }

    /// Takes a copy from another host into a directory that has no journal.
    pub(crate) fn take_copy(self, dir: PathBuf) -> Result<Self, OpenFailure> {
        let Self { runtime, servers, connection, sealer, now, expected, info, findings } = self;
        let taken = runtime.wait(async move {
            let journal = expected.journal;
            let copying = Taker { connection: &connection, sealer: &sealer, now: &now, journal, dir };
            let taken = copying.take().await;
            (taken, connection, sealer, now)
        });
        let (taken, connection, sealer, now) = taken.ok_or_else(ended)?;
        taken?;
        Ok(Self { runtime, servers, connection, sealer, now, expected, info, findings })
    }

    /// Starts to follow the stream.
    pub(crate) fn start(self, host: Host) -> Result<Driver, OpenFailure> {
        let Host { id, dir, journal, preferred, waits_for_second, news } = host;
        let position = position(&journal, self.expected)?;
        let now = (self.now)();
        let bytes_max = self.bytes_max();
        let (instance, seed) = (random()?, random()?);
        let identity = Identity { host: id, instance, seed, preferred, second_host: waits_for_second, bytes_max };
        let rounds = Rounds::of(identity.instance);
        let (events, events_waiting) = flume::bounded(EVENTS_LEN);
        let (outbound, outbound_waiting) = flume::bounded(OUTBOUND_LEN);
        let turn = Turn { epoch: position.epoch, writer: position.writer, is_mine: false, alarm: None };
        let (client, stream) = (self.connection.client.clone(), subjects::stream(self.expected.generation));
        let shared = Arc::new(Shared {
            host: id,
            instance: identity.instance,
            servers: self.servers,
            connection: self.connection,
            expected: self.expected,
            stream,
            stream_subject: subjects::stream_subject(self.expected.generation),
            subjects: Subjects::of(position.journal),
            sealer: self.sealer,
            now: self.now,
            journal,
            member: Mutex::new(Member::new(identity, Times::default(), position, now)),
            events,
            outbound,
            news,
            tickets: Tickets::default(),
            rounds,
            turn: watch::Sender::new(turn),
            engine_epoch: AtomicU64::new(0),
            forwarded: AtomicUsize::new(0),
            has_ended: AtomicBool::new(false),
            applied: watch::Sender::new(position.n),
            bare: Mutex::new(None),
            promised: AtomicU64::new(0),
            backlog: Arc::new(Backlog::default()),
            unapplied: Mutex::new(VecDeque::new()),
            voters: Mutex::new(BTreeSet::new()),
            findings: Mutex::new(self.findings),
            cashiers: Cashiers::default(),
            payers: Payers::default(),
            bytes_max,
        });
        let executors = Executors::default();
        let (jobs, jobs_waiting) = flume::bounded(FORWARD_LEN);
        let parts = Parts {
            shared: Arc::clone(&shared),
            executors: executors.clone(),
            events: events_waiting,
            outbound: outbound_waiting,
            jobs: jobs_waiting,
            dir,
        };
        let started = self.runtime.wait(parts.start());
        started.unwrap_or_else(|| Err(ended()))?;
        tracing::info!(host = %id, stream = shared.stream, server = client.server_info().server_name, "follows the journal");
        Ok(Driver { shared, runtime: self.runtime, jobs, executors })
    }

    /// Returns the most bytes of a message, as published.
    fn bytes_max(&self) -> usize {
        let of_server = self.connection.client.max_payload();
        let of_stream = usize::try_from(self.info.config.max_msg_size).ok().filter(|max| *max > 0);
        of_stream.map_or(of_server, |max| max.min(of_server))
    }
}

/// Returns the position from which a copy goes on; that of an older stream is moved to the new one.
fn position(journal: &RedbJournal, expected: Expected) -> Result<Position, OpenFailure> {
    let mut position = journal.position()?.ok_or(OpenFailure::NoCopy)?;
    if position.journal != expected.journal {
        return Err(OpenFailure::OtherJournal);
    }
    if position.generation > expected.generation {
        let [own, newest] = [position.generation, expected.generation].map(subjects::stream);
        return Err(OpenFailure::StreamGone(own, newest));
    }
    let is_of_older = position.generation < expected.generation;
    if is_of_older {
        position = Position { generation: expected.generation, seq: 0, ..position };
    }
    // A copy that was just taken is that of a backup, with a history of its own.
    if is_of_older || journal.history()?.id != position.journal {
        journal.set_position(&position)?;
    }
    Ok(position)
}

/// Connects; again and again, if the servers are not there yet.
pub(super) async fn connect(servers: &Servers, name: &str) -> Result<Connection, ConnectFailure> {
    let mut attempts = 1;
    loop {
        match servers.connect(name).await {
            Err(error @ ConnectFailure::Connect(_)) if attempts < ATTEMPTS_MAX => {
                tracing::warn!(%error, "the servers of the cluster can't be reached yet");
                attempts += 1;
                sleep(PAUSE).await;
            }
            connected => return connected,
        }
    }
}

/// Finds the newest stream, and judges it.
async fn find(servers: &Servers, connection: &Connection) -> Result<(Expected, StreamInfo, Vec<Finding>), OpenFailure> {
    let generation = newest(connection).await?;
    let info = stream::info(&connection.client, generation).await?;
    let journal = info.journal().ok_or_else(|| OpenFailure::Foreign(subjects::stream(generation)))?;
    let expected = Expected { journal, generation, is_test: servers.is_test };
    let (looked, mut findings) = looking::look(servers, connection, expected).await;
    if looked.is_none() {
        // Its leader says nothing now. So what it said a moment ago counts: no host starts on a stream that was not judged.
        findings.extend(judge_stream(&info, expected));
    }
    findings.extend(looking::probe(connection, expected).await);
    if findings.iter().any(|finding| finding.severity == Severity::Fatal) {
        findings.retain(|finding| finding.severity == Severity::Fatal);
        return Err(OpenFailure::Unsound(findings));
    }
    for finding in &findings {
        tracing::warn!(%finding, "the servers of the cluster");
    }
    Ok((expected, looked.unwrap_or(info), findings))
}

/// Returns the generation of the newest stream. Servers that have just started have no leader for a while.
async fn newest(connection: &Connection) -> Result<u64, OpenFailure> {
    let mut attempts = 1;
    loop {
        match stream::newest(&connection.client).await {
            Ok(newest) => return newest.ok_or(OpenFailure::NoStream),
            Err(ApiFailure::Silence(_) | ApiFailure::Refused(..)) if attempts < ATTEMPTS_MAX => {
                attempts += 1;
                sleep(PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn ended() -> OpenFailure {
    OpenFailure::Runtime("it has ended".into())
}

fn random() -> Result<u64, OpenFailure> {
    getrandom::u64().map_err(|error| OpenFailure::Runtime(error.to_string()))
}

/// What runs on the thread of the cluster.
struct Parts {
    shared: Arc<Shared>,
    executors: Executors,
    events: flume::Receiver<super::protocol::Event>,
    outbound: flume::Receiver<super::protocol::Outbound>,
    jobs: flume::Receiver<super::desk::Job>,
    dir: PathBuf,
}

impl Parts {
    /// Subscribes to everything that concerns this host, and starts all tasks.
    async fn start(self) -> Result<(), OpenFailure> {
        let Self { shared, executors, events, outbound, jobs, dir } = self;
        let client = shared.connection.client.clone();
        let own = |purpose: Purpose| shared.subjects.to(purpose, shared.host);
        let answers = client.new_inbox();
        let answers_coming = subscribe(&client, format!("{answers}.*")).await?;
        let says = subscribe(&client, shared.subjects.say()).await?;
        let commands = subscribe(&client, own(Purpose::Command)).await?;
        let keys = subscribe(&client, own(Purpose::Keys)).await?;
        let copies = subscribe(&client, own(Purpose::Copy)).await?;
        start_paying(&shared).await?;
        let (from, from_now) = watch::channel(Beginning { round: 0, seq: 0 });
        let name = format!("bx-{}-{:08x}", shared.host, shared.instance);
        let reader = Reader {
            client: client.clone(),
            stream: shared.stream.clone(),
            name,
            from: from_now,
            backlog: Arc::clone(&shared.backlog),
            events: shared.events.clone(),
        };
        let protocol = Protocol {
            shared: Arc::clone(&shared),
            events,
            read_from: from,
            round: 0,
            answers,
            attempts: BTreeMap::new(),
            attempt: 0,
            is_asking: false,
        };
        let (own_answers, answers_waiting) = flume::bounded(FORWARD_LEN);
        let (given, given_waiting) = flume::bounded(FORWARD_LEN);
        let heard = Arc::default();
        let forwarder = Forwarder {
            shared: Arc::clone(&shared),
            jobs,
            answers: answers_waiting,
            own_answers: own_answers.clone(),
            executors: executors.clone(),
            heard: Arc::clone(&heard),
        };
        let server = Server { shared: Arc::clone(&shared), executors, own_answers, given, heard };
        drop(tokio::spawn(publish_all(client, outbound)));
        drop(tokio::spawn(take_answers(answers_coming, shared.events.clone())));
        drop(tokio::spawn(take_says(Arc::clone(&shared), says)));
        drop(tokio::spawn(reader.run()));
        drop(tokio::spawn(protocol.run()));
        drop(tokio::spawn(forwarder.run()));
        drop(tokio::spawn(server.run(commands)));
        drop(tokio::spawn(send_answers(Arc::clone(&shared), given_waiting)));
        drop(tokio::spawn(keys::serve(Arc::clone(&shared), keys)));
        drop(tokio::spawn(keys::look_for_missing(Arc::clone(&shared))));
        drop(tokio::spawn(keys::sweep(Arc::clone(&shared))));
        drop(tokio::spawn(copying::serve(Arc::clone(&shared), copies, dir)));
        drop(tokio::spawn(looking::watch(Arc::clone(&shared))));
        drop(tokio::spawn(super::driver::keep_durable(shared)));
        Ok(())
    }
}

/// Subscribes to what concerns payments, and starts its tasks.
async fn start_paying(shared: &Arc<Shared>) -> Result<(), OpenFailure> {
    let client = &shared.connection.client;
    let questions = subscribe(client, shared.subjects.to(Purpose::Pay, shared.host)).await?;
    let said = subscribe(client, shared.subjects.pay()).await?;
    drop(tokio::spawn(paying::serve(Arc::clone(shared), questions)));
    drop(tokio::spawn(payers::hear(Arc::clone(shared), said)));
    drop(tokio::spawn(payers::say(Arc::clone(shared))));
    Ok(())
}

async fn subscribe(client: &Client, subject: String) -> Result<Subscriber, OpenFailure> {
    let subscribed = client.subscribe(subject.clone()).await;
    subscribed.map_err(|error| OpenFailure::Api(ApiFailure::Unreadable(subject, error.to_string())))
}
