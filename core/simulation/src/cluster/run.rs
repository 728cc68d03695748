//! One run: three machines, the servers between them, a gateway, people, and the auditor.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use boxoffice::simulation::{ClusterEvent, SimulatedCluster};
use boxoffice::{Hash, HostId, Timestamp};

use super::founding::found;
use super::host::Host;
use super::loss::Promised;
use crate::Rng;
use crate::actors::Actor;
use crate::auditor::{Auditor, Verdict};
use crate::gateway::{SeededGateway, WorldTime};
use crate::process::Process;
use crate::report::{Failure, Report};
use crate::simulation::Simulation;
use crate::till::Till;
use crate::world::World;

/// Number of hosts.
const HOSTS: u8 = 3;

/// Time at which every cluster is founded, a minute before its world begins.
const FOUNDED_AT: Timestamp = Timestamp::from_millis(1_800_000_000_000 - 60_000);

/// Length of a step, in milliseconds: a host's process takes one about as often.
const STEP: u64 = 15;

/// Shortest run, in milliseconds.
const SHORTEST: u64 = 1_500;

/// Number of steps in which one fault is planned.
const STEPS_OF_FAULT: u64 = 160;

/// Number of last events that a failure shows, and if it tells all.
const REMEMBERED: usize = 40;
const REMEMBERED_OF_ALL: usize = 600;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// People act, and things go wrong.
    Busy,
    /// All faults have ended, and people do nothing new.
    Quiet,
    /// The stream has lost its last messages.
    Damaged,
    /// No process starts any more.
    Over,
}

/// A run that was created from a seed.
#[derive(Debug)]
pub(super) struct Run {
    seed: u64,
    steps: u64,
    /// When the faults end, in milliseconds.
    ends_at: u64,
    pub(super) rng: Rng,
    pub(super) cluster: SimulatedCluster,
    pub(super) hosts: Vec<Host>,
    pub(super) world: World,
    pub(super) auditor: Auditor,
    pub(super) till: Till,
    pub(super) cards: Arc<[String]>,
    pub(super) cast: Vec<(u64, Box<dyn Actor>)>,
    pub(super) time: WorldTime,
    /// Milliseconds of the cluster that have passed for the rest of the world.
    passed: u64,
    /// Time that passed while the protocol rested.
    pub(super) skipped: Duration,
    /// Time that is to pass as soon as no command is on its way.
    pub(super) jump: Option<Duration>,
    /// When the power of everything fails.
    blackout_at: Option<u64>,
    pub(super) phase: Phase,
    /// When nobody wants anything new for a while, in milliseconds.
    pub(super) silent_from: Option<u64>,
    /// `true` once the host that writes was cut off in that time.
    pub(super) has_cut_off: bool,
    /// `true` if in the end the stream loses its last messages.
    pub(super) loses_tail: bool,
    /// When the host that writes is lost with the end of the stream after an answer, in milliseconds.
    pub(super) loses_writer_from: Option<u64>,
    pub(super) promised: Promised,
    /// Last epoch in which a host was seen to decide.
    pub(super) epoch: u64,
    tells_all: bool,
    last: VecDeque<String>,
    pub(super) events: BTreeMap<&'static str, u64>,
    pub(super) answers: BTreeMap<&'static str, u64>,
    mishaps: BTreeMap<&'static str, u64>,
}

impl Run {
    pub(super) fn new(steps: u64, tells_all: bool, seed: u64) -> Verdict<Self> {
        let defaults = Simulation::new();
        let (mut rng, time) = (Rng::new(seed), WorldTime::default());
        let till = Till::seeded(Arc::new(SeededGateway::new(rng.fork("gateway"), time.clone())));
        let mut auditor = Auditor::new(defaults.limits);
        let host = |_| Host::new(&mut rng, &till.gateway, defaults.limits, FOUNDED_AT);
        let hosts: Vec<Host> = (0..HOSTS).map(host).collect();
        let ids: Vec<HostId> = (1..=HOSTS).map(|number| HostId::from_bytes([number; 16])).collect();
        let mut cluster = found(rng.next_u64(), &hosts, &ids, &mut auditor)?;
        if tells_all {
            cluster.keep_notes();
        }
        let (waits_for_second, loses_writer) = (seed % 5 >= 3, seed % 5 == 3);
        if waits_for_second {
            cluster.acknowledge_by_second_host();
        }
        let ends_at = (steps * STEP).max(SHORTEST);
        cluster.plan_faults(steps / STEPS_OF_FAULT, ends_at);
        let blackout_at = rng.below(ends_at);
        Ok(Self {
            seed,
            steps,
            ends_at,
            cluster,
            hosts,
            world: World::default(),
            auditor,
            till,
            cards: defaults.cards.clone(),
            cast: defaults.cast.iter().map(|(weight, make)| (*weight, make())).collect(),
            time,
            passed: 0,
            skipped: Duration::ZERO,
            jump: None,
            blackout_at: rng.per_mille(170).then_some(blackout_at),
            phase: Phase::Busy,
            silent_from: seed.is_multiple_of(4).then_some(ends_at / 2),
            has_cut_off: false,
            loses_tail: rng.per_mille(125),
            loses_writer_from: loses_writer.then_some(ends_at / 3 * 2),
            promised: Promised::default(),
            epoch: 0,
            tells_all,
            last: VecDeque::new(),
            events: BTreeMap::new(),
            answers: BTreeMap::new(),
            mishaps: BTreeMap::new(),
            rng,
        })
    }

    /// Lets the world go on until its faults end, then lets it come to rest.
    pub(super) fn complete(&mut self) -> Verdict {
        self.go_on(self.ends_at)?;
        // What is left after a loss has been looked at.
        if self.phase == Phase::Over { Ok(()) } else { self.finish() }
    }

    /// Lets the world go on until this time, in milliseconds.
    pub(super) fn go_on(&mut self, end: u64) -> Verdict {
        loop {
            let event = self.cluster.next(end);
            let now = self.cluster.now();
            self.time.pass(Duration::from_millis(now - self.passed));
            self.passed = now;
            self.note_network();
            let Some(event) = event else { return Ok(()) };
            self.happens(event)?;
            if self.blackout_at.take_if(|at| *at <= now).is_some() {
                self.black_out();
            }
            if let Some(what) = self.cluster.violation() {
                return Err(what.to_owned());
            }
        }
    }

    fn happens(&mut self, event: ClusterEvent) -> Verdict {
        match event {
            ClusterEvent::Step(host) => return self.step(host),
            ClusterEvent::Starts(host) => return self.start(host),
            ClusterEvent::Crashes { host, is_power_cut, back_after } => {
                self.mishap(if is_power_cut { "power cut" } else { "killed" });
                self.crash(host, is_power_cut);
                self.cluster.start_after(host, back_after);
            }
            ClusterEvent::Terminates(host) => self.terminate(host),
            ClusterEvent::TakesOver(host) => {
                self.mishap("a host takes over");
                self.cluster.take_over(host);
            }
            ClusterEvent::Fault(what) => self.mishap(what),
            _ => {}
        }
        Ok(())
    }

    /// Lets time pass for everything but the protocol.
    pub(super) fn skip(&mut self, time: Duration) {
        self.cluster.skip(time);
        self.time.pass(time);
        self.skipped += time;
        self.tell(&format!("{time:?} pass"));
    }

    /// Returns the running process of a host.
    pub(super) fn process(&self, host: usize) -> Verdict<&Process> {
        let process = self.hosts.get(host).and_then(|at| at.process.as_ref());
        process.ok_or_else(|| format!("host {host} does not run"))
    }

    pub(super) fn tell(&mut self, what: &str) {
        self.remember(format!("{:>7} {what}", self.cluster.now()));
    }

    pub(super) fn mishap(&mut self, what: &'static str) {
        *self.mishaps.entry(what).or_default() += 1;
        self.tell(what);
    }

    fn note_network(&mut self) {
        if self.tells_all {
            self.cluster.take_notes().into_iter().for_each(|note| self.remember(note));
        }
    }

    fn remember(&mut self, what: String) {
        let max = if self.tells_all { REMEMBERED_OF_ALL } else { REMEMBERED };
        if self.last.len() == max {
            self.last.pop_front();
        }
        self.last.push_back(what);
    }

    pub(super) fn report(&self) -> Report {
        let (records, head) = self.auditor.head();
        let mut files = blake3::Hasher::new();
        for host in &self.hosts {
            files.update(host.disks.hash().as_bytes());
        }
        Report {
            seed: self.seed,
            steps: self.steps,
            records,
            head,
            files: Hash::from_bytes(*files.finalize().as_bytes()),
            events: self.events.clone(),
            answers: self.answers.clone(),
            mishaps: self.mishaps.clone(),
        }
    }

    pub(super) fn failure(&self, what: String) -> Failure {
        let (step, before) = (self.cluster.now() / STEP, self.last.iter().cloned().collect());
        Failure { seed: self.seed, step, what, before, replay: None }
    }
}
