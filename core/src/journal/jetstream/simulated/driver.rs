//! What each host's driver does for its member: it reads the stream, publishes, and asks where the stream ends.

use std::sync::Arc;

use super::network::{Event, Happened, Network};
use super::port::Consumer;
use super::servers::{Proposal, Published, Publisher, SERVERS};
use super::weather::Weather;
use crate::event::Hash;
use crate::journal::jetstream::answer::Answer;
use crate::journal::jetstream::member::{Input, Output};
use crate::journal::jetstream::message::Message;

/// Time without a sign of life after which a consumer is replaced.
const SILENCE_MAX: u64 = 1_100;

/// Time after which a question has no answer.
const ASKS_FOR: u64 = 1_000;

/// Number of messages that a consumer delivers at a time.
const DELIVERED_MAX: u32 = 64;

/// Error codes that tell nothing.
const ODD: [u64; 7] = [10_008, 10_009, 10_063, 10_158, 10_164, 10_167, 503];

impl<O> Network<O> {
    /// Connects to another server if its own is gone.
    pub(super) fn connect(&mut self, host: usize) {
        let Some(home) = self.ports.get(host).map(|port| port.home) else { return };
        let is_up = self.servers.is_up(home);
        let wants = if is_up { self.servers.is_cut(home) && !self.stays } else { true };
        let chance = if is_up { 5 } else { 60 };
        if !wants || !self.rng.chance(chance) {
            return;
        }
        let others: Vec<usize> = (0..SERVERS).filter(|server| self.servers.is_up(*server)).collect();
        let better: Vec<usize> = others.iter().copied().filter(|server| !self.servers.is_cut(*server)).collect();
        let from = if better.is_empty() { others } else { better };
        if from.is_empty() {
            return;
        }
        let home = self.rng.pick(&from);
        if let Some(port) = self.ports.get_mut(host) {
            port.home = home;
        }
    }

    /// Replaces a consumer that is silent.
    pub(super) fn watch_consumer(&mut self, host: usize) {
        let Some(port) = self.ports.get_mut(host) else { return };
        let (Some(consumer), Some(member)) = (&mut port.consumer, &port.member) else { return };
        if self.servers.connects(port.home, consumer.server) {
            consumer.silent_since = None;
            return;
        }
        let since = *consumer.silent_since.get_or_insert(self.now);
        if self.now - since > SILENCE_MAX {
            let next = member.position().seq + 1;
            self.reads_from(host, next);
        }
    }

    pub(super) fn reads_from(&mut self, host: usize, next: u64) {
        let id = self.number();
        let Some(port) = self.ports.get_mut(host) else { return };
        let (home, servers) = (port.home, &self.servers);
        let last = port.consumer.map_or(home, |consumer| consumer.server);
        let mut others = (1..=SERVERS).map(|step| (last + step) % SERVERS);
        // A server that is cut off makes no consumer: then it is tried again after the silence.
        let found = others.find(|server| servers.connects(home, *server) && !servers.is_cut(home));
        let silent_since = found.is_none().then_some(self.now);
        let server = found.unwrap_or(last);
        port.consumer = Some(Consumer { id, server, next, silent_since, stuck_to: 0, slow: (0, 0), ready_at: 0 });
        if found.is_some() {
            let ready = self.rng.between(2, 40);
            self.after(ready, Event::Delivers { host, consumer: id });
        }
    }

    pub(super) fn delivers(&mut self, host: usize, consumer: u64) -> Happened<O> {
        let is_put_off = self.is_put_off(host, || Event::Delivers { host, consumer });
        let mut wanted = Vec::new();
        for _ in 0..DELIVERED_MAX {
            if is_put_off {
                return Happened::Wants(host, wanted);
            }
            match self.deliver(host, consumer) {
                Some(more) => wanted.extend(more),
                None => return Happened::Wants(host, wanted),
            }
        }
        self.after(1, Event::Delivers { host, consumer });
        Happened::Wants(host, wanted)
    }

    /// Delivers a message; returns what the member wants done, or `None` if the consumer has nothing to deliver now.
    fn deliver(&mut self, host: usize, consumer: u64) -> Option<Vec<Output>> {
        let port = self.ports.get_mut(host)?;
        let current = port.consumer.as_mut().filter(|current| current.id == consumer)?;
        if port.member.is_none() || !self.servers.connects(port.home, current.server) {
            return None;
        }
        if self.now < current.stuck_to {
            let rest = current.stuck_to - self.now;
            self.after(rest, Event::Delivers { host, consumer });
            return None;
        }
        if self.now < current.ready_at {
            return None;
        }
        let (seq, message) = self.servers.read(current.server, current.next)?;
        current.next = seq + 1;
        let (pause, slow_to) = current.slow;
        if self.now < slow_to {
            current.ready_at = self.now + pause;
            self.after(pause, Event::Delivers { host, consumer });
        }
        if self.rng.chance(self.weather.read_lost) {
            return Some(Vec::new());
        }
        Some(self.handle(host, Input::Read { seq, message }))
    }

    pub(super) fn replicates(&mut self, server: usize) {
        self.servers.replicate(server);
        for host in 0..self.ports.len() {
            let consumer = self.ports.get(host).and_then(|port| port.consumer);
            if let Some(Consumer { id, .. }) = consumer.filter(|consumer| consumer.server == server) {
                let delay = Weather::delay(&mut self.rng);
                self.after(delay, Event::Delivers { host, consumer: id });
            }
        }
    }

    pub(super) fn replicate_soon(&mut self) {
        for server in 0..SERVERS {
            let delay =
                if self.rng.chance(self.weather.slow) { self.rng.between(50, 1_000) } else { self.rng.between(1, 5) };
            self.after(delay, Event::Replicates { server });
        }
    }

    pub(super) fn sends(&mut self, host: usize, expected: u64, message: &Arc<Message>) {
        let Some((process, server)) = self.ports.get(host).map(|port| (port.process, port.home)) else { return };
        let publisher = Publisher { host, process };
        for delay in self.weather.publishes(&mut self.rng) {
            let proposal = Box::new(Proposal { expected, message: Arc::clone(message), publisher });
            self.after(delay, Event::Published { server, proposal });
        }
    }

    pub(super) fn published(&mut self, server: usize, proposal: Proposal) {
        let (publisher, expected, hash) = (proposal.publisher, proposal.expected, proposal.message.header.hash);
        let outcome = self.servers.publish(self.now, server, proposal);
        let odd = Answer::Refused { code: self.rng.pick(&ODD), last: None };
        let answer = match outcome {
            Published::Proposed => {
                let delay = self.weather.stores(&mut self.rng);
                self.after(delay, Event::Stores { term: self.servers.term });
                self.rng.chance(self.weather.answer_odd).then_some(odd)
            }
            Published::Refused(answer) => Some(answer),
            Published::Nothing => Some(if self.rng.chance(500) { odd } else { Answer::Silence }),
        };
        if let Some(answer) = answer {
            self.answers(publisher, expected, hash, answer);
        }
    }

    fn answers(&mut self, publisher: Publisher, expected: u64, hash: Hash, answer: Answer) {
        if self.rng.chance(self.weather.answer_lost) {
            return;
        }
        let delay = if self.rng.chance(self.weather.slow) {
            self.rng.between(50, 4_000)
        } else {
            Weather::delay(&mut self.rng)
        };
        let input = Box::new(Input::Answered { expected, hash, answer });
        self.after(delay, Event::Arrives { host: publisher.host, process: publisher.process, input });
    }

    pub(super) fn stores(&mut self, term: u64) {
        let Some(stored) = self.servers.store(self.now, term) else { return };
        let answer = Answer::Ack { seq: stored.seq, duplicate: false };
        self.answers(stored.publisher, stored.seq - 1, stored.hash, answer);
        self.replicate_soon();
    }

    pub(super) fn ask_last(&mut self, host: usize) {
        let Some(port) = self.ports.get(host) else { return };
        let (process, now) = (port.process, self.now);
        if port.asking.is_some_and(|(_, since)| now - since < ASKS_FOR) {
            return;
        }
        let question = self.number();
        if let Some(port) = self.ports.get_mut(host) {
            port.asking = Some((question, now));
        }
        let delay = Weather::delay(&mut self.rng);
        self.after(delay, Event::AsksLast { host, process, question });
    }

    pub(super) fn asks_last(&mut self, host: usize, process: u64, question: u64) {
        if !self.runs(host, process) || self.rng.chance(self.weather.answer_lost) {
            return;
        }
        let home = self.ports.get(host).map_or(0, |port| port.home);
        if let Some(seq) = self.servers.last(self.now, home) {
            let delay = Weather::delay(&mut self.rng);
            self.after(delay, Event::Last { host, process, question, seq });
        }
    }

    pub(super) fn last(&mut self, host: usize, process: u64, question: u64, seq: u64) -> Happened<O> {
        let asking = self.ports.get(host).and_then(|port| port.asking);
        let is_awaited = asking.is_some_and(|(asked, _)| asked == question);
        if !self.runs(host, process) || !is_awaited {
            return Happened::Nothing;
        }
        if self.is_put_off(host, || Event::Last { host, process, question, seq }) {
            return Happened::Nothing;
        }
        if let Some(port) = self.ports.get_mut(host) {
            port.asking = None;
        }
        Happened::Wants(host, self.handle(host, Input::Last { seq }))
    }
}
