//! The engine of a host that shares its journal with others.
//!
//! One host decides, the others follow it:
//!
//! ```text
//!              ┌──────────── Lead ───────────┐
//!              ▼                             │ Apply, Depose, or an append that is not in the stream:
//!           Follow ──────────────────────────┤ what is not durable goes back to `Link::forward`
//!              │       Alarm, from both      │
//!              ▼                             ▼
//!           Alarm: every command is answered with `journal.unavailable`
//! ```
//!
//! A **follower** applies the messages that others wrote: to its copy of the journal, to its state and to its views. Its
//! state is what a writer's would be, so that it can lead at once. It gives every command away ([`Link::forward`]),
//! expires nothing, and does not ask the card processor.
//!
//! The **leader** decides as the engine of one host does, with four differences:
//!
//! - A batch is bounded by its bytes, too, because it is one message of the stream.
//! - A batch without events is appended as well, empty: an answer is sent only after an append of this epoch that began
//!   after the decision. Whoever is no longer the writer without knowing it can't append, and so answers nothing.
//! - It keeps every request until it is answered. If the append is not in the stream ([`JournalError::Deposed`]), another
//!   host decides them, under the same ids, and no caller notices.
//! - If its own copy fails, it doesn't reopen it and go on: it sounds the alarm, and another host leads. What was being
//!   appended then is unknown here, and its callers are told so with the command's id.
//!
//! By an option it answers only what a second host has ([`Link::is_acknowledged`]): an append takes longer then, and nothing else
//! changes. If there is no such host, its callers are told that the outcome is unknown.
//!
//! Each forwarded command has a fingerprint, and its result is kept for ten minutes, so that it comes to the same answer
//! however often it is sent, to whichever host.
//!
//! - [`wire`]: the form in which requests and answers cross the network.
//! - [`size`]: the bytes that a decision takes.
//! - [`term`]: the epoch in which this host writes, as the gateway's worker has to know it.
//! - [`follow`]: applying what others wrote.
//! - [`lead`]: beginning and ceasing to lead.
//! - [`mod@unknown`]: an append without an outcome. [`late`]: one whose outcome takes too long to come.
//!
//! [`JournalError::Deposed`]: crate::journal::JournalError::Deposed

mod follow;
mod late;
mod lead;
#[cfg(any(test, feature = "simulation"))]
pub(crate) mod polled;
mod size;
mod term;
#[cfg(test)]
mod tests;
mod unknown;
mod wait;
pub(crate) mod wire;

use std::collections::{BTreeSet, VecDeque};
use std::fmt::Debug;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::appender::{Appender, Target};
use super::handle::{Handle, Repetition, Request};
use super::writer::{Writer, WriterParts};
use crate::domain::Reply;
use crate::error::{Code, Error};
use crate::event::Record;
use crate::journal::jetstream::Position;
pub(crate) use crate::journal::jetstream::nats::News;
use crate::journal::{JournalError, RedbJournal};
use crate::types::{HostId, Timestamp};

#[cfg(any(test, feature = "simulation"))]
use polled::Polled;
pub(crate) use term::Terms;
pub(crate) use unknown::unknown;

/// What the engine needs of the cluster.
pub(crate) trait Link: Debug + Send + Sync {
    /// Returns the news, in order. They have one reader.
    fn news(&self) -> flume::Receiver<News>;

    /// Gives a command to the writer, wherever it is. `reply` gets its answer once this host's views have what it led to.
    ///
    /// The request has a fingerprint. It is sent until it is answered, under the same id, to whichever host writes.
    fn forward(&self, request: Request, reply: oneshot::Sender<Result<Reply, Error>>);

    /// Asks the writer, wherever it is, for the first answer to a command that was refused before it was decided. The default
    /// implementation, for a link that carries commands alone, knows of none.
    fn forward_repetition(&self, repetition: Repetition, reply: oneshot::Sender<Result<Reply, Error>>) {
        let _ = repetition;
        // Whoever no longer waits asks again anyway.
        let _ = reply.send(Err(Code::JournalUnavailable.into()));
    }

    /// Takes note that the engine has begun to lead in this epoch. What it began to append before is lost, even if this
    /// host has become the writer once more since: it was decided on another end of the journal.
    fn leads(&self, epoch: u64);

    /// Takes note of how far the views are, and of the voters by the journal. Called after each application of a message and
    /// after each own append, before its callers are answered.
    fn applied(&self, position: Position, voters: &BTreeSet<HostId>);

    /// Takes note that the engine decides and answers nothing any more, because its copy of the journal failed.
    fn alarm(&self, why: &str);

    /// Returns `true` if the card processor may be asked: the epoch is this one, and the last append is younger than two
    /// seconds.
    fn may_charge(&self, epoch: u64) -> bool;

    /// Returns the most bytes that the proposals of one batch may take.
    fn batch_bytes_max(&self) -> usize;

    /// Returns `true` if this host answers only what a second host has. The default implementation, for a link to the stream
    /// alone, does not.
    fn needs_second_host(&self) -> bool {
        false
    }

    /// Returns `true` if callers may hear of an append that is in the stream, with this number. It is asked for once the append has
    /// come to its end, which waits for a second host for as long as callers do.
    fn is_acknowledged(&self, n: u64) -> bool {
        let _ = n;
        true
    }
}

/// A host's own copy of the journal, as far as a follower writes it.
pub(crate) trait Replica: Debug + Send + Sync {
    /// Writes what a message brings, and its position; returns its records. `body` is empty for a message without rows.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] if the rows don't continue this copy, [`JournalError::Storage`] if it can't be written.
    fn apply(&self, position: &Position, body: &[u8]) -> Result<Vec<Arc<Record>>, JournalError>;

    /// Returns how far the copy is; `None` if it is none of a shared journal.
    fn position(&self) -> Option<Position>;
}

impl Replica for RedbJournal {
    fn apply(&self, position: &Position, body: &[u8]) -> Result<Vec<Arc<Record>>, JournalError> {
        Self::apply(self, position, body)
    }

    fn position(&self) -> Option<Position> {
        // A copy whose position can't be read can't be written either, which tells why.
        Self::position(self).ok().flatten()
    }
}

/// The connections of an engine to its cluster.
#[derive(Debug, Clone)]
pub(crate) struct ClusterParts {
    /// The other hosts and the stream.
    pub(crate) link: Arc<dyn Link>,
    /// This host's copy of the journal.
    pub(crate) replica: Arc<dyn Replica>,
    /// The epoch in which this host writes, for the gateway's worker.
    pub(crate) terms: Arc<Terms>,
}

/// What an engine does in its cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Applies what another host writes, and gives every command away.
    Follow,
    /// Decides.
    Lead,
    /// Refuses every command.
    Alarm,
}

/// An engine's part in its cluster.
#[derive(Debug)]
pub(super) struct Cluster {
    parts: ClusterParts,
    news: flume::Receiver<News>,
    role: Role,
    /// News that was heard, and is taken once the batch that is being appended is resolved.
    held: VecDeque<News>,
    /// Number of commands that are to be decided one by one, because together they were too large.
    one_by_one: usize,
    /// Most bytes of a batch, as the cluster last said.
    bytes_max: usize,
    /// Engine's time since when callers wait for the batch that is being appended.
    waits_since: Timestamp,
}

impl Cluster {
    fn new(parts: ClusterParts) -> Self {
        let news = parts.link.news();
        let bytes_max = parts.link.batch_bytes_max();
        let (held, waits_since) = (VecDeque::new(), Timestamp::default());
        Self { parts, news, role: Role::Follow, held, one_by_one: 0, bytes_max, waits_since }
    }
}

impl Writer {
    /// Creates the writer of a host of a cluster, with a queue of this length, and the callers' end of it. It follows at
    /// first. `parts.journal` must be the journal that the hosts share.
    pub(crate) fn in_cluster(
        parts: WriterParts,
        cluster: ClusterParts,
        queue_len: usize,
        refuse_when_full: bool,
    ) -> (Self, Handle) {
        let appender = Appender::beside(target(&parts, &cluster));
        let time = Arc::clone(&parts.time);
        let (writer, handle) = Self::with_appender(parts, appender, queue_len, refuse_when_full);
        time.settle_by(handle.settler());
        (writer.joined(cluster), handle)
    }

    /// Creates the writer of a host of a cluster that appends on the thread that steps it.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn stepped_in_cluster(
        parts: WriterParts,
        cluster: ClusterParts,
        journal: Box<dyn Polled>,
    ) -> (Self, Handle) {
        let appender = Appender::polled(journal, target(&parts, &cluster));
        let (writer, handle) = Self::with_appender(parts, appender, 1024, true);
        (writer.joined(cluster), handle)
    }

    fn joined(mut self, parts: ClusterParts) -> Self {
        let position = parts.replica.position();
        self.cluster = Some(Box::new(Cluster::new(parts)));
        self.note_applied(position);
        self
    }
}

fn target(parts: &WriterParts, cluster: &ClusterParts) -> Target {
    Target { journal: Arc::clone(&parts.journal), replica: Some(Arc::clone(&cluster.replica)) }
}
