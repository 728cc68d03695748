//! What the parts of a host's connection share: the protocol's state, the way out, and who waits for what.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

use super::super::member::{Member, Now};
use super::super::message::Message;
use super::super::position::Position;
use super::config::{Expected, Finding, Severity};
use super::connection::{Connection, Servers};
use super::keys::Rounds;
use super::payers::{Cashiers, Payers};
use super::protocol::{Event, Outbound};
use super::reader::Backlog;
use super::seal::{Purpose, Sealer};
use super::subjects::Subjects;
use super::tickets::Tickets;
use crate::journal::RedbJournal;
use crate::types::HostId;

/// Tells the time on both clocks of the protocol.
pub(crate) type Timepiece = Arc<dyn Fn() -> Now + Send + Sync>;

/// Takes news of the cluster, in order. It must not wait.
pub(crate) type NewsSink = Box<dyn Fn(News) + Send + Sync>;

/// News of the cluster, for the engine.
#[derive(Debug)]
pub(crate) enum News {
    /// Apply a message that another host wrote, or an earlier process of this one.
    Apply {
        /// Position after it.
        position: Position,
        /// The message.
        message: Arc<Message>,
    },
    /// This host is the writer; everything before its claim has been given to [`News::Apply`].
    Lead {
        /// Its epoch.
        epoch: u64,
    },
    /// It is no longer.
    Depose,
    /// The stream or this copy is not what it must be: nothing more is decided or answered.
    Alarm(String),
}

/// Who writes, for those that have to send something there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) epoch: u64,
    /// The writer of the epoch.
    pub(super) writer: HostId,
    /// `true` if this host is the writer, and its engine knows.
    pub(super) is_mine: bool,
    /// Reason for which nothing is answered any more.
    pub(super) alarm: Option<String>,
}

/// What the parts share.
pub(super) struct Shared {
    pub(super) host: HostId,
    /// Random number of the process.
    pub(super) instance: u64,
    pub(super) servers: Servers,
    pub(super) connection: Connection,
    pub(super) expected: Expected,
    /// Name of the stream.
    pub(super) stream: String,
    pub(super) stream_subject: String,
    pub(super) subjects: Subjects,
    pub(super) sealer: Sealer,
    pub(super) now: Timepiece,
    pub(super) journal: Arc<RedbJournal>,
    pub(super) member: Mutex<Member>,
    pub(super) events: flume::Sender<Event>,
    pub(super) outbound: flume::Sender<Outbound>,
    pub(super) news: NewsSink,
    pub(super) tickets: Tickets,
    pub(super) rounds: Rounds,
    pub(super) turn: watch::Sender<Turn>,
    /// Epoch in which the engine leads.
    pub(super) engine_epoch: AtomicU64,
    /// Number of commands that were given away and are not answered.
    pub(super) forwarded: AtomicUsize,
    /// `true` once nobody waits any more, because the process ends.
    pub(super) has_ended: AtomicBool,
    /// Number of the last message that the engine has applied.
    pub(super) applied: watch::Sender<u64>,
    /// First and last number of the latest messages in a row that this host has written and that bring nothing: its claim, and the
    /// protocol's signs of life. The engine is told of none of them.
    pub(super) bare: Mutex<Option<(u64, u64)>>,
    /// Number of a message by which all that led to the answers of this host has been appended. It is beyond the one that is
    /// applied if an answer could wait no longer.
    pub(super) promised: AtomicU64,
    pub(super) backlog: Arc<Backlog>,
    /// Messages that the engine has not applied yet: sequence numbers and bytes.
    pub(super) unapplied: Mutex<VecDeque<(u64, u64)>>,
    /// Voters that the member was last told.
    pub(super) voters: Mutex<BTreeSet<HostId>>,
    /// What is wrong with the stream and the servers.
    pub(super) findings: Mutex<Vec<Finding>>,
    /// What this host does about payments.
    pub(super) cashiers: Cashiers,
    /// Hosts that have the card processor's keys.
    pub(super) payers: Payers,
    /// Most bytes of a message, as published.
    pub(super) bytes_max: usize,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("host", &self.host).field("stream", &self.stream).finish_non_exhaustive()
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Sends something, unless the connection is down or too much waits. Whoever needs it to arrive sends it again.
    pub(super) fn send(&self, outbound: Outbound) {
        // If too much waits, nobody gets anything anyway.
        let _ = self.outbound.try_send(outbound);
    }

    /// Seals a text and sends it.
    pub(super) fn send_sealed(&self, purpose: Purpose, now: Now, subject: String, text: &[u8]) {
        match self.sealer.seal(purpose, now.wall, text) {
            Ok(sealed) => self.send(Outbound { subject, reply: None, headers: None, body: Bytes::from(sealed) }),
            Err(error) => tracing::error!(%error, "nothing can be sealed"),
        }
    }

    /// Opens a text from another host; `None` for one that is to be passed over.
    pub(super) fn open(&self, purpose: Purpose, sealed: &[u8]) -> Option<Vec<u8>> {
        let opened = self.sealer.open(purpose, (self.now)().wall, sealed);
        // Anybody who may publish could fill the log with it.
        opened.inspect_err(|error| tracing::debug!(%error, purpose = purpose.as_str(), "a message is passed over")).ok()
    }

    /// Takes note of a message that the engine has to apply.
    pub(super) fn unapplied(&self, seq: u64, bytes: usize) {
        let bytes = bytes as u64 + MESSAGE_BYTES;
        lock(&self.unapplied).push_back((seq, bytes));
        self.backlog.add(bytes);
    }

    /// Takes note of how far the engine has applied the stream.
    pub(super) fn applied(&self, position: Position) {
        let mut unapplied = lock(&self.unapplied);
        let count = unapplied.partition_point(|(seq, _)| *seq <= position.seq);
        let bytes: u64 = unapplied.drain(..count).map(|(_, bytes)| bytes).sum();
        drop(unapplied);
        if bytes > 0 {
            self.backlog.remove(bytes);
        }
        let bare = lock(&self.bare);
        self.applied.send_replace(level(position.n, *bare));
    }

    /// Takes note of a message of this host that brings nothing, and of which the engine is not told: whoever has applied the one
    /// before it has applied it, too.
    pub(super) fn wrote_nothing(&self, n: u64) {
        let mut bare = lock(&self.bare);
        let first = bare.filter(|(_, last)| last + 1 == n).map_or(n, |(first, _)| first);
        *bare = Some((first, n));
        self.applied.send_if_modified(|applied| {
            let level = level(*applied, *bare);
            std::mem::replace(applied, level) != level
        });
    }

    /// Tells those who wait for it who writes, if that has changed.
    pub(super) fn tell_turn(&self) {
        let turn = {
            let member = lock(&self.member);
            let position = member.position();
            let is_known = self.engine_epoch.load(Ordering::Acquire) == position.epoch;
            let end = self.has_ended.load(Ordering::Acquire).then_some("this host stops");
            Turn {
                epoch: position.epoch,
                writer: position.writer,
                is_mine: member.is_writer() && is_known,
                alarm: member.alarm().or(end).map(str::to_owned),
            }
        };
        self.turn.send_if_modified(|told| {
            let is_new = *told != turn;
            *told = turn;
            is_new
        });
    }

    /// Sounds the alarm: whatever is under way ends without an answer.
    pub(super) fn alarmed(&self, why: &str) {
        tracing::error!(why, "this host stops: the stream or its copy is not what it must be");
        (self.news)(News::Alarm(why.to_owned()));
        self.tickets.end();
        self.rounds.end();
    }

    /// Ends whatever waits for other hosts or the servers. What is not answered by then is unknown.
    pub(super) fn end(&self) {
        self.has_ended.store(true, Ordering::Release);
        self.tickets.end();
        self.rounds.end();
        self.tell_turn();
    }

    /// Returns why this host must not be asked now; `None` while it may be.
    pub(super) fn unready(&self) -> Option<String> {
        let now = (self.now)();
        let (stale, alarm) = {
            let member = lock(&self.member);
            (member.stale(now), member.alarm().map(str::to_owned))
        };
        let fatal = || lock(&self.findings).iter().find(|finding| finding.severity == Severity::Fatal).cloned();
        let behind = || {
            let count = lock(&self.unapplied).len();
            (count > BEHIND_MAX).then(|| format!("this host has {count} messages to apply"))
        };
        alarm.or_else(|| stale.map(str::to_owned)).or_else(|| fatal().map(|finding| finding.what)).or_else(behind)
    }
}

/// Returns the number of the last message that is applied if message `n` is, and messages from the first to the last of `bare` bring
/// nothing.
fn level(n: u64, bare: Option<(u64, u64)>) -> u64 {
    bare.filter(|(first, last)| n.saturating_add(1) >= *first && n < *last).map_or(n, |(_, last)| last)
}

/// Bytes that a message without a body takes in memory, about.
const MESSAGE_BYTES: u64 = 256;

/// Number of messages that were read and are not applied, beyond which a host is behind.
const BEHIND_MAX: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_bring_nothing_are_applied_with_the_one_before_them() {
        assert_eq!(level(7, None), 7);
        for (n, expected) in [(7, 7), (8, 8), (9, 12), (10, 12), (12, 12), (13, 13), (u64::MAX, u64::MAX)] {
            assert_eq!(level(n, Some((10, 12))), expected, "{n}");
        }
    }
}
