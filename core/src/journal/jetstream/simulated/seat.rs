//! What an engine asks of its host's driver, and is told: the ends that it has of a simulated cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::journal::jetstream::member::Resolution;
use crate::journal::jetstream::nats::{Executor, News, Reply, Response};
use crate::journal::jetstream::outlet::Outlet;
use crate::journal::jetstream::position::Position;
use crate::journal::{JournalError, Key, RedbJournal};
use crate::types::{HostId, UserId};

/// Takes news of the cluster, in order.
pub(crate) type NewsSink = Box<dyn Fn(News) + Send + Sync>;

/// Keys of personal data, with their users.
pub(super) type GivenKeys = Vec<(UserId, Key)>;

/// What an engine has asked.
#[derive(Debug)]
pub(super) enum Asked {
    /// To append this, once a majority has the keys.
    Append { ticket: u64, body: Arc<[u8]>, keys: GivenKeys },
    /// To know that it leads in this epoch.
    Leads(u64),
    /// To know who votes, by the journal.
    Voters(BTreeSet<HostId>),
    /// To know that its copy has failed.
    Alarm(String),
}

/// A command of a host that another one decides: the host, its process, and the command's ticket there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Caller {
    pub(super) host: usize,
    pub(super) process: u64,
    pub(super) ticket: u64,
}

/// A command that is to be given to the writer, and who waits for its answer.
pub(super) struct Given {
    pub(super) command: Vec<u8>,
    pub(super) reply: Reply,
}

/// What a process has of its cluster.
pub(crate) struct Seat {
    pub(super) journal: Arc<RedbJournal>,
    pub(super) runtime: tokio::runtime::Handle,
    news: NewsSink,
    bytes_max: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    executor: Option<Arc<dyn Executor>>,
    asked: Vec<Asked>,
    /// Keys that go with the next append.
    keys: GivenKeys,
    tickets: u64,
    /// Appends that are under way.
    open: BTreeSet<u64>,
    /// Outcomes that the engine has not fetched.
    outcomes: BTreeMap<u64, Resolution>,
    /// `true` once nothing is appended any more.
    has_ended: bool,
    given: Vec<Given>,
    /// What the engine says to commands that it was given.
    decided: Vec<(Caller, Response)>,
    /// Number of the last message that the views include.
    applied: u64,
    voters: BTreeSet<HostId>,
    /// Epoch in which the card processor may be asked now.
    charges_in: Option<u64>,
    /// `true` if callers hear only of what a second host has.
    needs_second_host: bool,
    /// Number of the last message of which callers may hear.
    acknowledged: u64,
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("journal", &self.journal).finish_non_exhaustive()
    }
}

impl Seat {
    /// Creates the ends of a process whose copy this is. Its tasks run on `runtime`.
    pub(crate) fn new(
        journal: Arc<RedbJournal>,
        bytes_max: usize,
        runtime: tokio::runtime::Handle,
        news: NewsSink,
    ) -> Arc<Self> {
        Arc::new(Self { journal, runtime, news, bytes_max, inner: Mutex::default() })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the engine that decides other hosts' commands while this host writes.
    pub(crate) fn serve(&self, executor: Arc<dyn Executor>) {
        self.inner().executor = Some(executor);
    }

    /// Gives a command to the writer, wherever it is.
    pub(crate) fn forward(&self, command: Vec<u8>, reply: Reply) {
        self.inner().given.push(Given { command, reply });
    }

    /// Takes note that the engine has begun to lead.
    pub(crate) fn leads(&self, epoch: u64) {
        self.inner().asked.push(Asked::Leads(epoch));
    }

    /// Takes note of how far the views are, and of the voters by the journal.
    pub(crate) fn applied(&self, position: Position, voters: &BTreeSet<HostId>) {
        let mut inner = self.inner();
        inner.applied = position.n;
        if inner.voters != *voters {
            inner.voters.clone_from(voters);
            inner.asked.push(Asked::Voters(voters.clone()));
        }
    }

    /// Takes note that this host's copy has failed.
    pub(crate) fn alarm(&self, why: &str) {
        self.inner().asked.push(Asked::Alarm(why.to_owned()));
    }

    /// Returns `true` if the card processor may be asked.
    pub(crate) fn may_charge(&self, epoch: u64) -> bool {
        self.inner().charges_in == Some(epoch)
    }

    pub(super) fn tell(&self, news: News) {
        (self.news)(news);
    }

    pub(super) fn set_charges_in(&self, epoch: Option<u64>) {
        self.inner().charges_in = epoch;
    }

    /// Returns `true` if callers hear only of what a second host has.
    pub(crate) fn needs_second_host(&self) -> bool {
        self.inner().needs_second_host
    }

    pub(super) fn set_needs_second_host(&self, needs: bool) {
        self.inner().needs_second_host = needs;
    }

    /// Returns `true` if callers may hear of an append.
    pub(crate) fn is_acknowledged(&self, n: u64) -> bool {
        n <= self.inner().acknowledged
    }

    pub(super) fn acknowledge(&self, n: u64) {
        self.inner().acknowledged = n;
    }

    /// Returns the number of the last message that the views include.
    pub(super) fn level(&self) -> u64 {
        self.inner().applied
    }

    /// Returns what the engine has asked since the last call.
    pub(super) fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.inner().asked)
    }

    pub(super) fn take_given(&self) -> Vec<Given> {
        std::mem::take(&mut self.inner().given)
    }

    pub(super) fn take_decided(&self) -> Vec<(Caller, Response)> {
        std::mem::take(&mut self.inner().decided)
    }

    /// Gives a command to the engine. Returns `false` if there is none.
    pub(super) fn execute(self: &Arc<Self>, caller: Caller, command: Vec<u8>) -> bool {
        let Some(executor) = self.inner().executor.clone() else { return false };
        let (seat, executed) = (Arc::clone(self), executor.execute(command));
        self.runtime.spawn(async move {
            let response = executed.await;
            seat.inner().decided.push((caller, response));
        });
        true
    }

    /// Tells the outcome of an append, unless it has one.
    pub(super) fn resolve(&self, ticket: u64, outcome: Resolution) {
        let mut inner = self.inner();
        if inner.open.remove(&ticket) {
            inner.outcomes.insert(ticket, outcome);
        }
    }

    /// Ends all appends. Those that are under way may be in the stream; those that begin later are not sent.
    pub(super) fn end_appends(&self) {
        let mut inner = self.inner();
        inner.has_ended = true;
        for ticket in std::mem::take(&mut inner.open) {
            inner.outcomes.insert(ticket, Resolution::Unknown);
        }
    }
}

impl Outlet for Seat {
    /// Keeps the keys for the append that follows, which waits until a majority has them.
    fn distribute(&self, keys: &[(UserId, Key)]) -> Result<(), JournalError> {
        self.inner().keys = keys.to_vec();
        Ok(())
    }

    fn start(&self, body: Arc<[u8]>) -> u64 {
        let mut inner = self.inner();
        inner.tickets += 1;
        let (ticket, keys) = (inner.tickets, std::mem::take(&mut inner.keys));
        if inner.has_ended {
            inner.outcomes.insert(ticket, Resolution::Lost);
        } else {
            inner.open.insert(ticket);
            inner.asked.push(Asked::Append { ticket, body, keys });
        }
        ticket
    }

    fn poll(&self, ticket: u64) -> Option<Resolution> {
        self.inner().outcomes.remove(&ticket)
    }

    fn wait(&self, ticket: u64) -> Resolution {
        self.poll(ticket).unwrap_or(Resolution::Unknown)
    }

    fn bytes_max(&self) -> usize {
        self.bytes_max
    }
}
