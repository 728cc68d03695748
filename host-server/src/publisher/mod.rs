//! Events on NATS: each record of the journal as JSON, in a stream of JetStream that other services read.
//!
//! A record is published on a subject with its type, such as `events.OrderCreated`, and its number is the message's id. The stream
//! itself says how far it has come, so that nothing is kept anywhere else and any host can go on. What has no answer is sent again:
//! each record is stored at least once, and once if the server still knows its id.
//!
//! ```text
//!   journal ──▶ feed ──up to 64 at a time──▶ stream EVENTS (events.>)
//!                 ▲                              │
//!                 └─────── goes on after ────────┘ the last message's id
//! ```
//!
//! **Invariant:** the next records are sent once the stream has all of those before.

mod event;
mod feed;
mod servers;
mod stream;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::{Future, ready};
use std::path::PathBuf;
use std::time::Duration;

use boxoffice::BoxOffice;
use tokio::time::sleep;

pub(crate) use event::Event;
pub(crate) use feed::Feed;
use servers::Servers;
use stream::Stream;

/// Pause before it is tried again; and if an operator has to do something first.
const AGAIN: Duration = Duration::from_secs(2);
const LATER: Duration = Duration::from_mins(1);

/// Maximum number of records whose answers are waited for at a time.
const WINDOW: usize = 64;

/// Where events are published.
#[derive(Clone)]
pub(crate) struct Options {
    /// Addresses of the servers.
    pub(crate) servers: Vec<String>,
    /// File with the seed of an nkey, or with a token and a key as `nsc` writes it.
    pub(crate) credentials: Option<PathBuf>,
    /// File with the certificates of the authorities to trust; those of the machine without it.
    pub(crate) authorities: Option<PathBuf>,
    /// Beginning of the subjects.
    pub(crate) prefix: String,
    /// Name of the stream.
    pub(crate) stream: String,
    /// Number of servers that have the stream, if it is made.
    pub(crate) replicas: u64,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // An address may hold a password.
        f.debug_struct("Options").field("stream", &self.stream).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Reason why nothing is published.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    /// The address of a server is malformed.
    #[error("the address of a NATS server is malformed: {0}")]
    Address(String),
    /// A file can't be read, or is not what it should be.
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    File(PathBuf, String),
    /// The servers can't be reached, or don't let this program in.
    #[error("the NATS servers can't be reached: {0}")]
    Connect(String),
    /// The servers don't answer in time.
    #[error("the NATS servers do not answer {0}: they are not reachable, have no leader, or do not permit it")]
    Silence(String),
    /// The servers refuse.
    #[error("the NATS servers refuse {0}: {1}")]
    Refused(String, String),
    /// The stream has the events of another journal.
    #[error("stream {0} has the events of another journal, or of another history of this one: choose another stream")]
    Foreign(String),
    /// The stream has more than the journal.
    #[error("the stream has events up to record {0}, and the journal ends with record {1}: choose another stream")]
    Beyond(u64, u64),
    /// Another stream takes the messages.
    #[error("stream {0} does not take the subject, but stream {1} does")]
    Elsewhere(String, String),
    /// The journal can't be read.
    #[error("the journal can't be read: {0}")]
    Journal(String),
    /// There are no more records: the box office is closed.
    #[error("the journal is closed")]
    Closed,
}

impl PublishError {
    /// Returns how long to wait before it is tried again.
    const fn pause(&self) -> Duration {
        match self {
            Self::Address(_) | Self::File(..) | Self::Foreign(_) | Self::Beyond(..) | Self::Elsewhere(..) => LATER,
            Self::Connect(_) | Self::Silence(_) | Self::Refused(..) | Self::Journal(_) | Self::Closed => AGAIN,
        }
    }
}

/// Publishes the events of a box office until it is closed. In a cluster, the host that writes publishes.
pub(crate) async fn serve(office: BoxOffice, options: Options) {
    let open = |after: u64| ready(Feed::of(&office, after));
    let Some(cluster) = office.cluster() else { return publish(&options, open).await };
    loop {
        cluster.until_writer(true).await;
        tokio::select! {
            () = cluster.until_writer(false) => {}
            () = publish(&options, open) => return,
        }
    }
}

/// Publishes the records of a feed, which is opened after a record, until it ends. Whatever goes wrong is tried again.
pub(crate) async fn publish<O, F>(options: &Options, open: O)
where
    O: Fn(u64) -> F + Sync,
    F: Future<Output = Result<Feed, PublishError>> + Send,
{
    loop {
        let Err(error) = publish_once(options, &open).await;
        if matches!(error, PublishError::Closed) {
            return;
        }
        tracing::warn!(%error, stream = options.stream, "no events are published for now");
        sleep(error.pause()).await;
    }
}

async fn publish_once<O, F>(options: &Options, open: &O) -> Result<Infallible, PublishError>
where
    O: Fn(u64) -> F + Sync,
    F: Future<Output = Result<Feed, PublishError>> + Send,
{
    let mut stream = Stream::new(Servers::connect(options).await?, options).await?;
    let found = stream.find().await?;
    let mut feed = open(found.as_ref().map_or(0, |found| found.after)).await?;
    let mut known = match found {
        Some(found) if found.history.as_ref().is_some_and(|history| history != feed.history()) => {
            return Err(PublishError::Foreign(options.stream.clone()));
        }
        Some(found) => {
            tracing::info!(stream = options.stream, after = found.after, "events are published");
            found.known
        }
        None => {
            stream.make(feed.history()).await?;
            tracing::info!(stream = options.stream, "the stream of events is made");
            BTreeSet::new()
        }
    };
    loop {
        let mut events = feed.next().await?;
        events.retain(|event| !known.remove(&event.seq));
        stream.publish(&events).await?;
    }
}
