//! A world of hosts with the protocol alone, beside simulated servers, all from one seed and in simulated time.
//!
//! - [`host`]: a host's copy and its engine.
//! - [`run`]: a host's process: what it does, and when.
//! - [`appends`]: what its engine does.
//! - [`faults`]: what goes wrong besides the faults of every world, and when it ends.
//! - [`auditor`]: what must not happen.
//! - [`checks`]: what is checked of each host.
//! - [`silence`]: how long nobody leads after a writer's end.

mod appends;
mod auditor;
mod checks;
mod faults;
mod host;
mod run;
mod silence;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::auditor::Auditor;
pub(super) use self::auditor::Damage;
use self::faults::Harm;
pub(super) use self::faults::Plan;
use self::host::{Copy, Host};
pub(super) use self::silence::End;
use super::super::super::message::{Header, Kind, Message};
use super::super::super::position::Position;
use super::super::super::simulated::{DAWN, Entry, Happened, Network, Port, Rng, SERVERS, Weather};
use crate::event::Hash;
use crate::types::{HostId, Timestamp};

/// Most bytes of a body that the servers take, and of a message as the hosts believe: that is more.
const BYTES_MAX: [usize; 2] = [2_000, 3_600];

/// A world.
#[derive(Debug)]
pub(super) struct World {
    net: Network<Harm>,
    hosts: Vec<Host>,
    voters: BTreeSet<HostId>,
    /// Engines append nothing new.
    is_quiet: bool,
    /// Commands that have to be sent again.
    again: Vec<u64>,
    auditor: Auditor,
    audited: usize,
    /// What the stream lost.
    lost: Vec<Entry>,
    /// Since when nothing has changed in who can hear whom.
    talks_since: u64,
    /// The operator wanted a host to lead without the others' consent.
    is_taken_over: bool,
    /// Processes that began before are not young.
    started_at: u64,
    /// Events are told to people.
    trace: bool,
}

/// What came of a world.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The first thing that should not have happened.
    pub(super) violation: Option<String>,
    /// Commands that were answered.
    pub(super) answered: u64,
    pub(super) claims: u64,
    pub(super) alarms: u64,
    /// In how much of the time hosts knew what was new.
    pub(super) fresh_percent: u64,
    /// Time from the end of the faults until all was well, in milliseconds.
    pub(super) healed_after: u64,
}

impl World {
    fn new(seed: u64, plan: &Plan) -> Self {
        let mut rng = Rng::new(seed);
        let ids: Vec<HostId> =
            (1..=plan.hosts).map(|host| HostId::from_bytes([u8::try_from(host).unwrap(); 16])).collect();
        let base = Position {
            journal: Hash::from_bytes([7; 32]),
            generation: 1,
            seq: 0,
            n: 40,
            head: Hash::from_bytes([8; 32]),
            epoch: 3,
            writer: ids[0],
        };
        let Position { journal, n, head, epoch, writer, .. } = base;
        let at = Timestamp::from_millis(DAWN);
        let header = Header { journal, kind: Kind::Base, epoch, writer, n: n + 1, prev: head, hash: Hash::ZERO, at };
        let first = Arc::new(Message::new(header, [].into()));
        let position = base.after(&first).unwrap();
        let port = |(at, id): (usize, &HostId)| Port::new(*id, at % SERVERS, plan.clock(at, &mut rng));
        let ports: Vec<Port> = ids.iter().enumerate().map(port).collect();
        let host = |port: &Port| Host::new(port.ahead, Copy::new(position, Arc::clone(&first)));
        let hosts = ports.iter().map(host).collect();
        let weather = if plan.is_fair { Weather::default() } else { Weather::new(&mut rng) };
        let trace = std::env::var_os(super::seeds::SEED).is_some();
        let mut net = Network::new(rng, ports, weather, first, BYTES_MAX);
        net.second_host = plan.second_host;
        if trace {
            net.keep_notes();
        }
        Self {
            net,
            hosts,
            voters: ids.iter().copied().collect(),
            is_quiet: false,
            again: Vec::new(),
            auditor: Auditor::new(position, ids.len(), plan.checks_consents),
            audited: 1,
            lost: Vec::new(),
            talks_since: 0,
            is_taken_over: false,
            started_at: u64::MAX,
            trace,
        }
    }

    /// Lets time pass until `end`, or until something is wrong.
    fn run(&mut self, end: u64) {
        while self.auditor.violation.is_none() {
            let Some(happened) = self.net.next(end) else { break };
            self.happens(happened);
            self.audit_stream();
            for note in self.net.take_notes() {
                eprintln!("{note}");
            }
        }
    }

    fn happens(&mut self, happened: Happened<Harm>) {
        match happened {
            Happened::Step(host) => self.step(host),
            Happened::Starts(host) => self.starts(host),
            Happened::Fault(fault, lasts) => self.fault(fault, lasts),
            Happened::Wants(host, wanted) => self.perform_all(host, wanted),
            Happened::Own(harm) => self.harm(harm),
            Happened::Nothing => {}
        }
    }

    fn audit_stream(&mut self) {
        while let Some(entry) = self.net.servers.log.get(self.audited) {
            self.audited += 1;
            if self.trace {
                let Header { kind, epoch, n, .. } = entry.message.header;
                eprintln!("{:>7} stream {} {kind:?} n {n} epoch {epoch}", self.net.now, self.audited);
            }
            self.auditor.stored(entry);
        }
    }
}
