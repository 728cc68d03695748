//! What a host's process does: it starts and ends, and does for its member what the network leaves to it.

use std::sync::Arc;

use super::World;
use super::host::Engine;
use crate::journal::jetstream::member::{Input, Member, Output};
use crate::journal::jetstream::message::Message;
use crate::journal::jetstream::peer::Secured;
use crate::journal::jetstream::position::Position;

/// How long a host that ends waits for its last messages.
const DRAINS_FOR: u64 = 5_000;

/// Number of own messages that a host remembers: as many as it sends while it waits for a second host.
const SENT_MAX: usize = 40;

impl World {
    pub(super) fn number(&mut self) -> u64 {
        self.net.number()
    }

    pub(super) fn starts(&mut self, host: usize) {
        let position = self.hosts[host].copy.position();
        if self.net.ports[host].member.is_none() {
            let at = &mut self.hosts[host];
            (at.began_at, at.engine, at.leaves_at) = (self.net.now, Engine::default(), None);
        }
        let first = Input::Voters(self.voters.clone());
        if let Some(wanted) = self.net.start(host, position, first) {
            self.perform_all(host, wanted);
        }
    }

    /// Ends a process. A power cut takes what was not synced.
    pub(super) fn ends(&mut self, host: usize, is_power_cut: bool) {
        if !self.net.end(host) {
            return;
        }
        let at = &mut self.hosts[host];
        let engine = std::mem::take(&mut at.engine);
        self.again.extend(engine.open.into_iter().flat_map(|open| open.commands));
        at.sent.clear();
        if is_power_cut {
            let (low, high) = at.copy.lengths();
            let len = self.net.rng.between(low as u64, high as u64);
            at.copy.fall_back(usize::try_from(len).unwrap());
        }
    }

    pub(super) fn step(&mut self, host: usize) {
        self.append(host);
        self.sync(host);
        self.handle(host, Input::Tick);
        self.check_host(host);
        let has_left = self.net.ports[host].member.as_ref().is_some_and(Member::has_left);
        if self.hosts[host].leaves_at.is_some_and(|since| has_left || self.net.now > since + DRAINS_FOR) {
            self.ends(host, false);
            let back = self.net.rng.between(50, 4_000);
            self.net.start_after(back, host);
        }
    }

    /// Makes the copy durable, every second; at once, if the writer waits for it.
    fn sync(&mut self, host: usize) {
        let (now, member) = (self.net.now, self.net.ports[host].member.as_ref());
        let is_asked = member.is_some_and(Member::is_asked_what_it_has);
        let is_told = member.is_some_and(Member::says_what_it_has);
        let at = &mut self.hosts[host];
        if !is_asked && now < at.synced_at + 1_000 {
            return;
        }
        at.synced_at = now;
        at.copy.sync();
        if is_told {
            let Position { n, head, .. } = at.copy.position();
            self.handle(host, Input::Secured(Secured { n, head }));
        }
    }

    pub(super) fn handle(&mut self, host: usize, input: Input) {
        let wanted = self.net.handle(host, input);
        self.perform_all(host, wanted);
    }

    pub(super) fn perform_all(&mut self, host: usize, wanted: Vec<Output>) {
        for output in wanted {
            self.perform(host, output);
        }
    }

    fn perform(&mut self, host: usize, output: Output) {
        match output {
            Output::Publish { message, .. } => self.sent(host, message),
            Output::Apply { position, message } => self.brings(host, position, message),
            Output::Resolved { ticket, outcome } => self.resolved(host, ticket, outcome),
            Output::Lead { epoch } => self.hosts[host].engine.leads = Some(epoch),
            Output::Depose => self.hosts[host].engine.leads = None,
            Output::Alarm(why) => {
                self.auditor.alarm(host, &why);
                let engine = std::mem::take(&mut self.hosts[host].engine);
                self.again.extend(engine.open.into_iter().flat_map(|open| open.commands));
            }
            Output::ReadFrom { .. } | Output::AskLast | Output::CheckKeys | Output::Say(_) => {
                unreachable!("the network does it")
            }
        }
    }

    fn sent(&mut self, host: usize, message: Arc<Message>) {
        self.check_publish(host, &message);
        let at = &mut self.hosts[host];
        if at.sent.last().is_none_or(|last| last.header.hash != message.header.hash) {
            at.sent.push(message);
            if at.sent.len() > SENT_MAX {
                at.sent.remove(0);
            }
        }
    }
}
