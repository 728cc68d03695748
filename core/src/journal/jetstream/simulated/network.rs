//! The servers, the network, and what each host's driver does for its member, in simulated time.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::Arc;

use super::faults::Fault;
use super::port::Port;
use super::rng::Rng;
use super::servers::{Entry, Proposal, SERVERS, Servers};
use super::weather::Weather;
use crate::journal::jetstream::member::{Identity, Input, Member, Now, Output, Times};
use crate::journal::jetstream::message::Message;
use crate::journal::jetstream::peer::{Said, What};
use crate::journal::jetstream::position::Position;
use crate::types::Timestamp;

/// Time of day when a world begins.
pub(crate) const DAWN: u64 = 1_800_000_000_000;

/// Whichever process of the host runs.
pub(super) const ANY: u64 = 0;

/// What happens at a point in time. `O` is what else happens in a world.
#[derive(Debug)]
pub(super) enum Event<O> {
    /// A host's driver does what is due.
    Step { host: usize, process: u64 },
    /// Something reaches a host.
    Arrives { host: usize, process: u64, input: Box<Input> },
    /// An answer to the question for the end of the stream.
    Last { host: usize, process: u64, question: u64, seq: u64 },
    /// A question for the end of the stream reaches the servers.
    AsksLast { host: usize, process: u64, question: u64 },
    /// A publish reaches a server.
    Published { server: usize, proposal: Box<Proposal> },
    /// A quorum has what was proposed first.
    Stores { term: u64 },
    /// A replica gets what a quorum has.
    Replicates { server: usize },
    /// A consumer delivers.
    Delivers { host: usize, consumer: u64 },
    /// The servers elect a leader.
    Elects,
    /// A process starts.
    Starts { host: usize },
    /// A fault begins or ends.
    Fault(Fault),
    /// Something else.
    Own(O),
}

/// What has happened, as far as the network leaves something to do to its owner.
#[derive(Debug)]
pub(crate) enum Happened<O> {
    /// The host's process does what is due.
    Step(usize),
    /// The host's process is to be started, unless it runs.
    Starts(usize),
    /// A fault has begun or ended, which may last so long.
    Fault(Fault, u64),
    /// The member of a host wants this done; what it wanted to be sent has been sent.
    Wants(usize, Vec<Output>),
    /// Something else.
    Own(O),
    /// Nothing that is left to do.
    Nothing,
}

#[derive(Debug)]
struct Scheduled<O> {
    at: u64,
    number: u64,
    event: Event<O>,
}

impl<O> PartialEq for Scheduled<O> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<O> Eq for Scheduled<O> {}

impl<O> PartialOrd for Scheduled<O> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<O> Ord for Scheduled<O> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

/// The servers, the network, and the hosts' ports.
#[derive(Debug)]
pub(crate) struct Network<O> {
    /// Milliseconds since the world began.
    pub(crate) now: u64,
    /// Milliseconds that have passed on all clocks besides, while the protocol rested.
    pub(crate) skipped: u64,
    pub(crate) rng: Rng,
    events: BinaryHeap<Reverse<Scheduled<O>>>,
    scheduled: u64,
    pub(crate) servers: Servers,
    pub(crate) ports: Vec<Port>,
    pub(super) weather: Weather,
    /// Pairs of hosts of which the first is not heard by the second.
    pub(crate) deaf: BTreeSet<(usize, usize)>,
    /// What hosts say crosses servers that are cut off from each other.
    pub(crate) talk_crosses: bool,
    /// A host stays with a server that is cut off.
    pub(super) stays: bool,
    /// Hosts tell of their appends only once another voter has them.
    pub(crate) second_host: bool,
    numbers: u64,
    pub(crate) times: Times,
    /// Most bytes of a message, as the hosts believe.
    bytes_max: usize,
    /// What happens, for people; `None` if nobody wants to know.
    notes: Option<Vec<String>>,
}

impl<O> Network<O> {
    /// Creates a network whose stream has its first message. The processes of all hosts start soon. `bytes_max` has the most
    /// bytes of a body that the servers take, and of a message as the hosts believe.
    pub(crate) fn new(
        mut rng: Rng,
        ports: Vec<Port>,
        weather: Weather,
        first: Arc<Message>,
        bytes_max: [usize; 2],
    ) -> Self {
        let [of_servers, of_hosts] = bytes_max;
        let mut servers = Servers::new(of_servers);
        servers.log.push(Entry { message: first, stored_at: 0 });
        let (talk_crosses, stays) = (rng.chance(300), rng.chance(500));
        let mut network = Self {
            now: 0,
            skipped: 0,
            rng,
            events: BinaryHeap::new(),
            scheduled: 0,
            servers,
            ports,
            weather,
            deaf: BTreeSet::new(),
            talk_crosses,
            stays,
            second_host: false,
            numbers: 0,
            times: Times::default(),
            bytes_max: of_hosts,
            notes: None,
        };
        for server in 0..SERVERS {
            network.after(1, Event::Replicates { server });
        }
        for host in 0..network.ports.len() {
            let begins = network.rng.between(1, 500);
            network.start_after(begins, host);
        }
        network
    }

    /// Keeps notes of what happens from now on.
    pub(crate) fn keep_notes(&mut self) {
        self.notes.get_or_insert_default();
    }

    /// Returns the notes since the last call.
    pub(crate) fn take_notes(&mut self) -> Vec<String> {
        self.notes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(notes) = &mut self.notes {
            notes.push(format!("{:>7} {}", self.now, what()));
        }
    }

    /// Returns a number that was not returned before.
    pub(crate) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(super) fn after(&mut self, delay: u64, event: Event<O>) {
        self.scheduled += 1;
        self.events.push(Reverse(Scheduled { at: self.now + delay, number: self.scheduled, event }));
    }

    /// Starts a host's process later.
    pub(crate) fn start_after(&mut self, delay: u64, host: usize) {
        self.after(delay, Event::Starts { host });
    }

    /// Lets a fault begin or end later.
    pub(crate) fn fault_after(&mut self, delay: u64, fault: Fault) {
        self.after(delay, Event::Fault(fault));
    }

    /// Lets the servers elect a leader later.
    pub(crate) fn elect_after(&mut self, delay: u64) {
        self.after(delay, Event::Elects);
    }

    /// Lets something else happen later.
    pub(crate) fn own_after(&mut self, delay: u64, own: O) {
        self.after(delay, Event::Own(own));
    }

    /// Lets the next event happen; returns `None` if none is due by `end`.
    pub(crate) fn next(&mut self, end: u64) -> Option<Happened<O>> {
        if self.events.peek().is_none_or(|Reverse(next)| next.at > end) {
            self.now = self.now.max(end);
            return None;
        }
        let Reverse(Scheduled { at, event, .. }) = self.events.pop()?;
        self.now = at;
        Some(self.happens(event))
    }

    fn happens(&mut self, event: Event<O>) -> Happened<O> {
        match event {
            Event::Step { host, process } => return self.step(host, process),
            Event::Arrives { host, process, input } => return self.arrives(host, process, input),
            Event::Last { host, process, question, seq } => return self.last(host, process, question, seq),
            Event::Delivers { host, consumer } => return self.delivers(host, consumer),
            Event::Starts { host } => return Happened::Starts(host),
            Event::Fault(fault) => return self.fault(fault),
            Event::Own(own) => return Happened::Own(own),
            Event::AsksLast { host, process, question } => self.asks_last(host, process, question),
            Event::Published { server, proposal } => self.published(server, *proposal),
            Event::Stores { term } => self.stores(term),
            Event::Replicates { server } => self.replicates(server),
            Event::Elects => self.elects(),
        }
        Happened::Nothing
    }

    /// Returns what a host's clocks show.
    pub(crate) fn clock(&self, host: usize) -> Now {
        let ahead = self.ports.get(host).map_or(0, |port| port.ahead);
        let wall = (DAWN + self.now + self.skipped).saturating_add_signed(ahead);
        Now { moment: 1_000_000 + self.now, wall: Timestamp::from_millis(wall) }
    }

    /// Starts a host's process, whose copy stands at this position, and tells its member the first that it is told. Returns
    /// what that wants done; `None` if the process runs already.
    pub(crate) fn start(&mut self, host: usize, position: Position, first: Input) -> Option<Vec<Output>> {
        if self.ports.get(host)?.member.is_some() {
            return None;
        }
        let (process, seed, now) = (self.number(), self.rng.next(), self.clock(host));
        let (times, bytes_max) = (self.times, self.bytes_max);
        let port = self.ports.get_mut(host)?;
        let preferred = host == 1 && seed.is_multiple_of(4);
        let (instance, second_host) = (process, self.second_host);
        let identity = Identity { host: port.id, instance, seed, preferred, second_host, bytes_max };
        port.member = Some(Member::new(identity, times, position, now));
        (port.process, port.asking) = (process, None);
        let wanted = self.handle(host, first);
        self.after(1, Event::Step { host, process });
        Some(wanted)
    }

    /// Ends a host's process; returns `false` if none runs.
    pub(crate) fn end(&mut self, host: usize) -> bool {
        let Some(port) = self.ports.get_mut(host) else { return false };
        port.consumer = None;
        port.member.take().is_some()
    }

    pub(super) fn runs(&self, host: usize, process: u64) -> bool {
        let is_it = |port: &Port| port.member.is_some() && (process == ANY || port.process == process);
        self.ports.get(host).is_some_and(is_it)
    }

    /// Puts an event off while the process is paused.
    pub(super) fn is_put_off(&mut self, host: usize, event: impl FnOnce() -> Event<O>) -> bool {
        let paused_to = self.ports.get(host).map_or(0, |port| port.paused_to);
        let is_paused = self.now < paused_to;
        if is_paused {
            self.after(paused_to - self.now, event());
        }
        is_paused
    }

    fn step(&mut self, host: usize, process: u64) -> Happened<O> {
        if !self.runs(host, process) || self.is_put_off(host, || Event::Step { host, process }) {
            return Happened::Nothing;
        }
        let next = self.rng.between(8, 25);
        self.after(next, Event::Step { host, process });
        self.connect(host);
        self.watch_consumer(host);
        Happened::Step(host)
    }

    fn arrives(&mut self, host: usize, process: u64, input: Box<Input>) -> Happened<O> {
        if !self.runs(host, process) {
            return Happened::Nothing;
        }
        let paused_to = self.ports.get(host).map_or(0, |port| port.paused_to);
        if self.now < paused_to {
            self.after(paused_to - self.now, Event::Arrives { host, process, input });
            return Happened::Nothing;
        }
        Happened::Wants(host, self.handle(host, *input))
    }

    /// Tells a member what has happened. Sends what it wants to be sent; returns that, too, and what else it wants done.
    pub(crate) fn handle(&mut self, host: usize, input: Input) -> Vec<Output> {
        let now = self.clock(host);
        let member = self.ports.get_mut(host).and_then(|port| port.member.as_mut());
        let outputs = member.map(|member| member.handle(now, input)).unwrap_or_default();
        outputs.into_iter().filter_map(|output| self.perform(host, output)).collect()
    }

    /// Does what a member wants; returns what concerns the host's owner.
    fn perform(&mut self, host: usize, output: Output) -> Option<Output> {
        let is_chatter = |said: &Said| matches!(said.what, What::Heartbeat | What::Status);
        if !matches!(&output, Output::Say(said) if is_chatter(said)) {
            self.note(|| format!("host {host} {output:?}"));
        }
        match output {
            Output::Publish { expected, ref message } => self.sends(host, expected, message),
            Output::ReadFrom { seq } => self.reads_from(host, seq),
            Output::AskLast => self.ask_last(host),
            Output::CheckKeys => self.check_keys(host),
            Output::Say(said) => self.says(host, said),
            Output::Apply { .. }
            | Output::Resolved { .. }
            | Output::Lead { .. }
            | Output::Depose
            | Output::Alarm(_) => {}
        }
        Some(output).filter(|output| {
            !matches!(output, Output::ReadFrom { .. } | Output::AskLast | Output::CheckKeys | Output::Say(_))
        })
    }

    fn check_keys(&mut self, host: usize) {
        let Some(port) = self.ports.get(host) else { return };
        let (process, has_keys) = (port.process, port.has_keys);
        let complete = !self.rng.chance(self.weather.key_missing) && has_keys;
        self.after(2, Event::Arrives { host, process, input: Box::new(Input::Keys { complete }) });
    }

    fn says(&mut self, from: usize, said: Said) {
        for to in 0..self.ports.len() {
            if let Some(delay) = self.talk(from, to) {
                self.after(delay, Event::Arrives { host: to, process: ANY, input: Box::new(Input::Heard(said)) });
            }
        }
    }

    /// Returns when what one host says is heard by another, if it is.
    pub(crate) fn talk(&mut self, from: usize, to: usize) -> Option<u64> {
        let (home, other) = (self.ports.get(from)?.home, self.ports.get(to)?.home);
        let crosses = self.talk_crosses && self.servers.is_up(home) && self.servers.is_up(other);
        if self.deaf.contains(&(from, to)) || !crosses && !self.servers.connects(home, other) {
            return None;
        }
        self.weather.talk(&mut self.rng)
    }
}
