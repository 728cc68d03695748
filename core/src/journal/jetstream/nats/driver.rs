//! A host's connection to its cluster, as the rest of the process sees it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep};

use super::super::member::{PeerState, Resolution};
use super::super::outlet::Outlet;
use super::super::peer::Secured;
use super::super::position::Position;
use super::api;
use super::config::{Finding, StreamInfo};
use super::desk::{Job, Reply, Unanswered};
use super::protocol::Event;
use super::runtime::Runtime;
use super::serve::{Executor, Executors};
use super::shared::{Shared, lock};
use crate::journal::{JournalError, Key};
use crate::types::{HostId, HostState, UserId};

/// Age of the last append at which the card processor may still be asked, in milliseconds.
pub(super) const CHARGE_WITHIN: u64 = 2_000;

/// Bytes of a message beside its body, at most: subject, headers, and what the servers add.
const BESIDE_BODY: usize = 2_048;

/// Pause between two looks whether something has come about.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Interval in which the copy is made durable.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// A host's connection to its cluster.
pub(crate) struct Driver {
    pub(super) shared: Arc<Shared>,
    pub(super) runtime: Runtime,
    pub(super) jobs: flume::Sender<Job>,
    pub(super) executors: Executors,
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("shared", &self.shared).finish_non_exhaustive()
    }
}

/// State of a host and of what it knows of its cluster.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) host: HostId,
    /// Name of the state of the protocol.
    pub(crate) state: HostState,
    /// How far it has followed the stream.
    pub(crate) position: Position,
    /// Number of the last message that its views include.
    pub(crate) applied: u64,
    pub(crate) stream: String,
    pub(crate) others: Vec<PeerState>,
    /// Why it must not be asked now.
    pub(crate) unready: Option<String>,
    pub(crate) findings: Vec<Finding>,
}

impl Driver {
    /// Sets the engine that decides other hosts' commands while this host writes.
    pub(crate) fn serve(&self, executor: Arc<dyn Executor>) {
        self.executors.set(executor);
    }

    /// Gives a command to the writer, wherever it is.
    pub(crate) fn forward(&self, command: Vec<u8>, reply: Reply) {
        if let Err(error) = self.jobs.try_send(Job { command, reply }) {
            let (why, job) = match error {
                flume::TrySendError::Full(job) => (Unanswered::Overloaded, job),
                flume::TrySendError::Disconnected(job) => (Unanswered::Closed, job),
            };
            (job.reply)(Err(why));
        }
    }

    /// Takes note that the engine has begun to lead.
    pub(crate) fn leads(&self, epoch: u64) {
        self.tell(Event::Leads(epoch));
    }

    /// Takes note of how far the views are, and of the voters by the journal.
    pub(crate) fn applied(&self, position: Position, voters: &BTreeSet<HostId>) {
        let is_new = {
            let mut told = lock(&self.shared.voters);
            let is_new = *told != *voters;
            if is_new {
                told.clone_from(voters);
            }
            is_new
        };
        if is_new {
            self.tell(Event::Voters(voters.clone()));
        }
        self.shared.applied(position);
    }

    /// Takes note that this host's copy has failed.
    pub(crate) fn alarm(&self, why: &str) {
        self.tell(Event::Alarm(why.to_owned()));
    }

    /// Makes this host the writer without the others' consent, if it can become it at all. Only an operator knows that the
    /// others are gone.
    pub(crate) fn take_over(&self) {
        self.tell(Event::TakeOver);
    }

    fn tell(&self, event: Event) {
        // It fails only if the process ends.
        let _ = self.shared.events.send(event);
    }

    /// Returns `true` if the card processor may be asked.
    pub(crate) fn may_charge(&self, epoch: u64) -> bool {
        lock(&self.shared.member).may_charge((self.shared.now)(), epoch, CHARGE_WITHIN)
    }

    /// Returns `true` if callers may hear of what was appended up to this message: a second host has it, if one is needed.
    pub(crate) fn is_acknowledged(&self, n: u64) -> bool {
        lock(&self.shared.member).is_acknowledged(n)
    }

    /// Returns what is wrong if a second host is needed for every answer, and no other one votes.
    fn nobody_is_second(&self) -> Option<Finding> {
        let is_alone = lock(&self.shared.member).has_no_second_host();
        is_alone.then(|| Finding::warning("no other host votes: commands are acknowledged by the stream alone"))
    }

    /// Returns why this host must not be asked now; `None` while it may be.
    pub(crate) fn unready(&self) -> Option<String> {
        self.shared.unready()
    }

    /// Returns `true` once this host has everything that the others had when it began.
    pub(crate) fn is_level(&self) -> bool {
        lock(&self.shared.member).state() != HostState::Blank
    }

    /// Waits until it has, or the time is over; returns `true` if it has.
    pub(crate) fn wait_until_level(self: &Arc<Self>, within: Duration) -> bool {
        let driver = Arc::downgrade(self);
        let waited = self.runtime.wait(async move {
            let level = async {
                while driver.upgrade().is_some_and(|driver| !driver.is_level()) {
                    sleep(LOOK_AGAIN).await;
                }
            };
            tokio::time::timeout(within, level).await.is_ok()
        });
        waited.unwrap_or(false)
    }

    /// Returns the number of a message by which all that led to this host's answers has been appended: mostly the last that the
    /// views include.
    pub(crate) fn level(&self) -> u64 {
        let (promised, applied) = (self.shared.promised.load(Ordering::Acquire), *self.shared.applied.borrow());
        // Once the engine has ended, nobody waits for it any more, and what is said to be applied is beyond everything.
        let applied = if applied == u64::MAX { lock(&self.shared.member).position().n } else { applied };
        promised.max(applied)
    }

    /// Waits until the views include this message, or the time is over; returns `true` if they do.
    pub(crate) async fn level_with(&self, n: u64, within: Duration) -> bool {
        let mut applied = self.shared.applied.subscribe();
        let level = applied.wait_for(|applied| *applied >= n);
        tokio::time::timeout(within, level).await.is_ok_and(|level| level.is_ok())
    }

    /// Waits until the views include whatever was in the stream when this was called, or the time is over; returns `true` if they
    /// do. It may be awaited on any executor.
    pub(crate) async fn level_with_stream(&self, within: Duration) -> bool {
        let (told, level) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        self.runtime.spawn(async move {
            let level = tokio::time::timeout(within, level_with_stream(&shared)).await;
            // Who no longer waits need not know.
            let _ = told.send(level.unwrap_or(false));
        });
        level.await.unwrap_or(false)
    }

    /// Waits until this host is the writer and its engine knows, or until it is no more.
    pub(crate) async fn until_writer(&self, is_writer: bool) {
        let mut turn = self.shared.turn.subscribe();
        // The sender lives as long as the driver: it can't be gone.
        drop(turn.wait_for(|turn| (turn.is_mine && turn.alarm.is_none()) == is_writer).await);
    }

    /// Returns the state.
    pub(crate) fn status(&self) -> Status {
        let unready = self.unready();
        let now = (self.shared.now)();
        let beside = self.nobody_pays().into_iter().chain(self.nobody_is_second());
        let member = lock(&self.shared.member);
        Status {
            host: self.shared.host,
            state: member.state(),
            position: member.position(),
            applied: member.position().n.min(*self.shared.applied.borrow()),
            stream: self.shared.stream.clone(),
            others: member.others(now),
            unready,
            findings: lock(&self.shared.findings).iter().cloned().chain(beside).collect(),
        }
    }

    /// Leaves, once the engine has ended: waits until what is under way is decided, and says that it writes no more. Gives up
    /// after a while, if the servers are away.
    pub(crate) fn leave(&self, within: Duration) {
        // The engine applies nothing any more, and whoever waits for it may as well go.
        self.shared.applied.send_replace(u64::MAX);
        let (shared, jobs) = (Arc::clone(&self.shared), self.jobs.clone());
        self.runtime.wait(async move {
            let left = async {
                while !jobs.is_empty() || shared.forwarded.load(Ordering::Acquire) > 0 {
                    sleep(LOOK_AGAIN).await;
                }
                // It fails only if the process ends.
                let _ = shared.events.send_async(Event::Leave).await;
                while !lock(&shared.member).has_left() {
                    sleep(LOOK_AGAIN).await;
                }
            };
            if tokio::time::timeout(within, left).await.is_err() {
                tracing::warn!("this host leaves without knowing whether its last append is in the journal");
            }
            // What it said last is on its way once everything before it is.
            let _ = tokio::time::timeout(Duration::from_millis(200), shared.connection.client.flush()).await;
        });
    }

    /// Ends whatever still waits for other hosts or the servers after this time, so that nobody waits for ever.
    pub(crate) fn end_within(&self, most: Duration) {
        let shared = Arc::clone(&self.shared);
        self.runtime.spawn(async move {
            sleep(most).await;
            shared.end();
        });
    }

    /// Ends everything.
    pub(crate) fn stop(&self) {
        self.shared.end();
        self.runtime.stop();
    }
}

impl Outlet for Driver {
    fn distribute(&self, keys: &[(UserId, Key)]) -> Result<(), JournalError> {
        self.shared.distribute(keys)
    }

    fn start(&self, body: Arc<[u8]>) -> u64 {
        let (ticket, is_open) = self.shared.tickets.open();
        if is_open && self.shared.events.send(Event::Append { ticket, body }).is_err() {
            self.shared.tickets.resolve(ticket, Resolution::Lost);
        }
        ticket
    }

    #[cfg(any(test, feature = "simulation"))]
    fn poll(&self, ticket: u64) -> Option<Resolution> {
        self.shared.tickets.poll(ticket)
    }

    fn wait(&self, ticket: u64) -> Resolution {
        let started = Instant::now();
        let resolution = self.shared.tickets.wait(ticket);
        if matches!(resolution, Resolution::Stored(_)) {
            metrics::histogram!("boxoffice_stream_append_seconds").record(started.elapsed());
        }
        resolution
    }

    fn bytes_max(&self) -> usize {
        self.shared.bytes_max.saturating_sub(BESIDE_BODY)
    }
}

/// Waits until the views include what the stream has; returns `false` if its leader does not say what that is.
async fn level_with_stream(shared: &Shared) -> bool {
    let mut applied = shared.applied.subscribe();
    if shared.turn.borrow().is_mine {
        // What it has decided is in its views before anybody hears of it.
        return true;
    }
    let asked = format!("STREAM.INFO.{}", shared.stream);
    let info = api::ask::<StreamInfo>(&shared.connection.client, &asked, &serde_json::Value::Null).await;
    let Some(last) = info.ok().filter(StreamInfo::is_led).map(|info| info.state.last_seq) else { return false };
    let position = lock(&shared.member).position();
    // Messages are numbered over all streams of the journal, and sequence numbers begin anew in each.
    let n = last + position.n.saturating_sub(position.seq);
    applied.wait_for(|applied| *applied >= n).await.is_ok()
}

/// Makes the copy durable every second, until the process ends; at once, if the host that writes waits for it.
pub(super) async fn keep_durable(shared: Arc<Shared>) {
    let (mut applied, mut told) = (shared.applied.subscribe(), 0);
    loop {
        let is_told = until_due(&shared, &mut applied).await;
        let journal = Arc::clone(&shared.journal);
        let sync = move || if is_told { journal.secure() } else { journal.sync().map(|_| None) };
        match tokio::task::spawn_blocking(sync).await {
            Ok(Ok(Some(Position { n, head, .. }))) if n > told => {
                told = n;
                // It fails only if the process ends.
                let _ = shared.events.send_async(Event::Secured(Secured { n, head })).await;
            }
            Ok(Ok(_)) => {}
            Ok(Err(JournalError::Closed)) | Err(_) => return,
            Ok(Err(error)) => {
                let why = format!("this host's copy can't be made durable: {error}");
                // It fails only if the process ends.
                let _ = shared.events.send_async(Event::Alarm(why)).await;
                return;
            }
        }
    }
}

/// Waits until the copy has to be made durable; returns `true` if others are to be told how far it is.
///
/// Whatever was applied meanwhile is made durable together. A host that is behind is not asked until it has applied all that it
/// has read, or a second has passed: it would never catch up.
async fn until_due(shared: &Shared, applied: &mut watch::Receiver<u64>) -> bool {
    let (is_asked, is_told) = {
        let member = lock(&shared.member);
        (member.is_asked_what_it_has(), member.says_what_it_has())
    };
    if !is_asked {
        sleep(SYNC_EVERY).await;
        return is_told;
    }
    // A copy that is not level by then is made durable as it is.
    let _ = tokio::time::timeout(SYNC_EVERY, until_level(shared, applied)).await;
    true
}

/// Waits until the engine has applied a message, and all others that were read.
async fn until_level(shared: &Shared, applied: &mut watch::Receiver<u64>) {
    // The sender lives as long as what is shared.
    while applied.changed().await.is_ok() && !lock(&shared.unapplied).is_empty() {}
}
