//! What a host's engine does: it appends while it leads, and is told what came of it.

use std::sync::Arc;

use super::World;
use super::host::{Open, body};
use crate::journal::jetstream::member::{Input, Resolution};
use crate::journal::jetstream::message::Message;
use crate::journal::jetstream::position::Position;

impl World {
    /// Brings a message to the copy. While an append waits for a second host, an engine applies nothing.
    pub(super) fn brings(&mut self, host: usize, position: Position, message: Arc<Message>) {
        let waits = self.net.second_host && !self.hosts[host].engine.open.is_empty();
        if waits {
            self.hosts[host].engine.waiting.push((position, message));
        } else {
            self.applies(host, position, message);
        }
    }

    fn applies(&mut self, host: usize, position: Position, message: Arc<Message>) {
        self.check_copy(host, position);
        self.hosts[host].copy.push(position, message);
    }

    pub(super) fn append(&mut self, host: usize) {
        let is_due = !self.is_quiet && self.net.rng.chance(400);
        if !is_due || !self.hosts[host].engine.may_append() {
            return;
        }
        let mut commands = Vec::new();
        for _ in 0..self.net.rng.between(0, 3) {
            let repeats = !self.again.is_empty() && self.net.rng.chance(700);
            let command =
                if repeats { self.again.swap_remove(self.net.rng.index(self.again.len())) } else { self.number() };
            if self.hosts[host].copy.has(command) {
                self.repeats(command);
            } else if !commands.contains(&command) {
                commands.push(command);
            }
        }
        let attempt = self.number();
        let bytes = match self.net.rng.between(0, 99) {
            0 => 4_000,
            1 | 2 => 2_400,
            _ => 0,
        };
        let at = &mut self.hosts[host];
        at.engine.ticket += 1;
        let ticket = at.engine.ticket;
        let body = if commands.is_empty() { Arc::from([]) } else { body(attempt, &commands, bytes) };
        self.auditor.begins(attempt, self.net.ports[host].process);
        at.engine.open.push(Open { ticket, attempt, commands });
        self.handle(host, Input::Append { ticket, body });
    }

    pub(super) fn resolved(&mut self, host: usize, ticket: u64, outcome: Resolution) {
        let Some(open) = self.hosts[host].engine.take(ticket) else {
            return self.auditor.violated(|| format!("append {ticket} of host {host} has two outcomes"));
        };
        match outcome {
            Resolution::Stored(position) => {
                let mut sent = self.hosts[host].sent.iter();
                let message = sent.find(|sent| sent.header.hash == position.head).cloned();
                let Some(message) = message else {
                    return self.auditor.violated(|| format!("host {host} never sent what was stored"));
                };
                let is_told = self.may_be_told(host, position);
                let told: &[u64] = if is_told { &open.commands } else { &[] };
                if !open.commands.is_empty() {
                    self.auditor.said_stored(open.attempt, told);
                }
                self.applies(host, position, message);
            }
            Resolution::Lost | Resolution::TooLarge | Resolution::Unknown => {
                self.auditor.said_lost(open.attempt);
                self.again.extend(open.commands);
            }
        }
        let engine = &mut self.hosts[host].engine;
        let waiting = if engine.open.is_empty() { std::mem::take(&mut engine.waiting) } else { Vec::new() };
        for (position, message) in waiting {
            self.applies(host, position, message);
        }
    }

    /// A command is given once more that is in the copy. Where answers wait for a second host, it would take an append to answer.
    fn repeats(&mut self, command: u64) {
        if !self.net.second_host {
            self.auditor.said_done(command);
        }
    }

    /// Returns `true` if callers hear of what was stored. Checks that another host has it, if one is needed.
    fn may_be_told(&mut self, host: usize, position: Position) -> bool {
        let member = self.net.ports[host].member.as_ref();
        let is_told = member.is_some_and(|member| member.is_acknowledged(position.n));
        if is_told && self.net.second_host && self.voters.len() > 1 {
            let mut others = (0..self.hosts.len()).filter(|other| *other != host);
            if !others.any(|other| self.hosts[other].copy.has_durably(&position)) {
                let n = position.n;
                self.auditor.violated(|| format!("host {host} tells of message {n}, which no other host has durably"));
            }
        }
        is_told
    }
}
