//! Several box offices on one journal: the simulated servers, the network, and the hosts' drivers.

use std::sync::Arc;
use std::time::Duration;

use super::stepped::{SIZES, Storage};
use crate::BoxOffice;
use crate::domain::cluster::JoinHost;
use crate::error::Error;
use crate::event::Actor;
use crate::journal::jetstream::Position;
use crate::journal::jetstream::simulated::{Fault, Happened, Hosts, Seat, found};
use crate::journal::{Journal as _, RedbJournal};
use crate::office::Named;
use crate::types::{HostId, HostName, Timestamp};

/// Something that has happened to a cluster, as far as its hosts' processes have to do with it. Hosts have numbers from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClusterEvent {
    /// The process of a host does what is due.
    Step(usize),
    /// The process of a host is to be started, unless it runs.
    Starts(usize),
    /// The process of a host ends at once, with or without its machine.
    Crashes {
        /// Number of the host.
        host: usize,
        /// `true` if the machine loses its power.
        is_power_cut: bool,
        /// Milliseconds after which it starts again.
        back_after: u64,
    },
    /// The process of a host is told to end.
    Terminates(usize),
    /// The operator wants a host to lead without the others' consent.
    TakesOver(usize),
    /// Something else goes wrong, or is well again.
    Fault(&'static str),
    /// Something that concerns no process.
    Nothing,
}

impl ClusterEvent {
    fn of(fault: Fault, lasts: u64) -> Self {
        match fault {
            Fault::Crash { host, is_power_cut } => Self::Crashes { host, is_power_cut, back_after: lasts },
            Fault::Terminate { host } => Self::Terminates(host),
            Fault::TakeOver { host } => Self::TakesOver(host),
            Fault::Down { is_down: true, .. } => Self::Fault("a server is down"),
            Fault::Cut { is_cut: true, .. } => Self::Fault("a server is cut off"),
            Fault::Deaf { is_deaf: true, .. } => Self::Fault("a host does not hear another"),
            Fault::Full { is_full: true } => Self::Fault("the disks of the servers are full"),
            Fault::StepDown => Self::Fault("the stream's leader steps down"),
            Fault::Pause { .. } => Self::Fault("a process is paused"),
            Fault::Stuck { .. } => Self::Fault("a consumer is stuck"),
            Fault::Slow { .. } => Self::Fault("a consumer is slow"),
            Fault::Clock { .. } => Self::Fault("a host's clock is set"),
            Fault::Down { .. } | Fault::Cut { .. } | Fault::Deaf { .. } | Fault::Full { .. } => Self::Nothing,
        }
    }
}

/// Simulated servers with the stream of a cluster, the network, and the drivers of its hosts, which are
/// [`SteppedOffice`](super::SteppedOffice)s.
///
/// Whoever owns it lets one event happen after the other, and steps the hosts when they are due: the engine between
/// [`before_step`](SimulatedCluster::before_step) and [`after_step`](SimulatedCluster::after_step).
#[derive(Debug)]
pub struct SimulatedCluster(Hosts);

impl SimulatedCluster {
    /// Makes the box office on this storage, which is closed, the first copy of a cluster of the hosts with these ids. Its
    /// storage is to be copied to the other hosts' before they start.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails.
    pub fn found(seed: u64, storage: Storage, ids: &[HostId]) -> Result<Self, Error> {
        let files = [storage.journal, storage.archive, storage.keys];
        let journal = RedbJournal::open_on(files, key_seed(0), SIZES)?;
        let (_, first) = found(&journal, ids.first().copied().unwrap_or(HostId::from_bytes([0; 16])))?;
        journal.close();
        Ok(Self(Hosts::new(seed, ids, first)))
    }

    /// Makes all hosts that start from now on answer only what another host that votes has durably, too.
    pub fn acknowledge_by_second_host(&mut self) {
        self.0.network().second_host = true;
    }

    /// Lets the next event happen; returns `None` if none is due by `end`, in milliseconds since the world began.
    pub fn next(&mut self, end: u64) -> Option<ClusterEvent> {
        Some(match self.0.next(end)? {
            Happened::Step(host) => ClusterEvent::Step(host),
            Happened::Starts(host) => ClusterEvent::Starts(host),
            Happened::Fault(fault, lasts) => ClusterEvent::of(fault, lasts),
            Happened::Wants(..) | Happened::Own(_) | Happened::Nothing => ClusterEvent::Nothing,
        })
    }

    /// Returns the milliseconds since the world began, by the protocol's clock.
    pub fn now(&self) -> u64 {
        self.0.now()
    }

    /// Returns the time of day of a host.
    pub fn clock(&self, host: usize) -> Timestamp {
        self.0.wall(host)
    }

    /// Lets time pass on all clocks while the protocol rests. Nobody must wait for an answer meanwhile, see
    /// [`SimulatedCluster::is_idle`].
    pub fn skip(&mut self, time: Duration) {
        self.0.network().skipped += u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    }

    /// Returns `true` if no command and no answer waits or is on its way from host to host.
    pub fn is_idle(&self) -> bool {
        self.0.is_idle()
    }

    /// Plans at most so many faults, before this time.
    pub fn plan_faults(&mut self, faults_max: u64, ends_at: u64) {
        self.0.network().plan_faults(faults_max, ends_at);
    }

    /// Ends all faults. Processes that don't run start.
    pub fn heal(&mut self) {
        self.0.network().heal();
    }

    /// Cuts the power of all servers, which lose nothing of what they have said to have. They come back by themselves.
    pub fn cut_power_of_servers(&mut self) {
        self.0.network().cut_power_of_servers();
    }

    /// Makes the stream lose its last messages: a replica leads that never had them.
    pub fn forget_tail(&mut self) {
        self.0.forget_tail();
    }

    /// Starts a host's process after so many milliseconds.
    pub fn start_after(&mut self, host: usize, delay: u64) {
        self.0.network().start_after(delay, host);
    }

    /// Prepares for the step of a host's engine.
    pub fn before_step(&self, host: usize) {
        self.0.before(host);
    }

    /// Does what a host's engine wants after its step, and what is due; `is_over` tells that the engine has ended. Returns
    /// `true` once the process may end, because it was told to.
    pub fn after_step(&mut self, host: usize, is_over: bool) -> bool {
        self.0.after(host, is_over)
    }

    pub(super) fn started(&mut self, host: usize, position: Position, seat: Arc<Seat>) {
        self.0.started(host, position, seat);
    }

    /// Takes note that a host's process has ended.
    pub fn ended(&mut self, host: usize) {
        self.0.ended(host);
    }

    /// Takes note that a host's process is told to end. Its queue is closed.
    pub fn closes(&mut self, host: usize) {
        self.0.closes(host);
    }

    /// Returns `true` if a host's process is told to end.
    pub fn is_closing(&self, host: usize) -> bool {
        self.0.is_closing(host)
    }

    /// Makes a host lead without the others' consent, if it can lead at all.
    pub fn take_over(&mut self, host: usize) {
        self.0.take_over(host);
    }

    /// Returns why a host has sounded the alarm.
    pub fn alarm(&self, host: usize) -> Option<&str> {
        self.0.alarm(host)
    }

    /// Returns the first thing that should not have happened between the hosts.
    pub fn violation(&self) -> Option<&str> {
        self.0.violation()
    }

    /// Returns why a cluster without faults is not well; `None` if one host leads, and all are level and know what is new.
    pub fn problem(&self) -> Option<String> {
        self.0.problem()
    }

    /// Returns the number of messages in the stream.
    pub fn end(&self) -> u64 {
        self.0.end()
    }

    /// Returns the number of the last message that a host has followed.
    pub fn followed(&self, host: usize) -> u64 {
        self.0.followed(host)
    }

    /// Cuts off the server of the host that writes, for some seconds. The host stays there, and hears nobody.
    pub fn cut_off_writer(&mut self) {
        self.0.cut_off_writer();
    }

    /// Returns the epoch in which a host's engine decides, as far as the host knows; `None` if it follows.
    pub fn leads(&self, host: usize) -> Option<u64> {
        self.0.leads(host)
    }

    /// Returns for how many milliseconds a host has not been the writer any more, by the claims in the stream; `None` while it
    /// is.
    pub fn deposed_for(&self, host: usize) -> Option<u64> {
        self.0.deposed_for(host)
    }

    /// Overwrites a host's keys of personal data that never came to the journal, as it does day after day.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails.
    pub fn sweep_keys(&self, host: usize) -> Result<(), Error> {
        Ok(self.0.sweep(host)?)
    }

    /// Keeps notes of all that happens from now on.
    pub fn keep_notes(&mut self) {
        self.0.network().keep_notes();
    }

    /// Returns the notes since the last call.
    pub fn take_notes(&mut self) -> Vec<String> {
        self.0.network().take_notes()
    }
}

/// Returns the seed of a host's keys of personal data: each host makes other ones.
pub(super) fn key_seed(host: usize) -> [u8; 32] {
    [0xa0_u8.wrapping_add(u8::try_from(host).unwrap_or_default()); 32]
}

/// Makes a host a member of the cluster that votes.
///
/// # Errors
/// The errors of [`Cluster::join`](crate::Cluster::join).
pub async fn join_host(office: &BoxOffice, host_id: HostId, name: HostName) -> Result<(), Error> {
    let command = JoinHost { host_id, name, voter: true };
    office.inner().submit(command, Actor::System, Named::Fresh).await.map(drop)
}
