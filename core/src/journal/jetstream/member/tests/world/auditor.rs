//! The auditor: knows everything, and says what should not have happened.

use std::collections::{HashMap, HashSet};

use super::host::{attempt_of, commands_of};
use crate::journal::jetstream::message::{Kind, Message};
use crate::journal::jetstream::position::Position;
use crate::journal::jetstream::simulated::Entry;
use crate::types::HostId;

/// Harm that the world did to the stream or to a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Damage {
    /// The stream lost its tail.
    Tail,
    /// One replica lost a message in its midst.
    Hole,
    /// All replicas did.
    HoleEverywhere,
    /// A data directory was copied, and both are used.
    Copied,
}

/// What a world has seen.
#[derive(Debug)]
pub(super) struct Auditor {
    /// Position after all that is in the stream.
    position: Position,
    /// Where the stream ended before its last messages, newest last.
    before: Vec<Position>,
    /// Commands in the stream, with the sequence numbers of their messages.
    commands: HashMap<u64, u64>,
    /// Appends in the stream.
    attempts: HashSet<u64>,
    /// Appends of which was said that they will never be in the stream.
    lost: HashSet<u64>,
    /// Commands that were answered as stored.
    answered: HashSet<u64>,
    /// Process that wrote in each epoch.
    writers: HashMap<u64, u64>,
    /// Process of each append.
    processes: HashMap<u64, u64>,
    /// Number of voters.
    voters: usize,
    /// Claims must carry consents.
    checks_consents: bool,
    pub(super) damage: Vec<(Damage, u64)>,
    pub(super) violation: Option<String>,
    /// `true` once the stream has a message that does not follow the one before it.
    pub(super) is_forked: bool,
    /// How much happened, so that a test sees that something did.
    pub(super) claims: u64,
    pub(super) alarms: u64,
    /// How often hosts were looked at, and how often they were fresh.
    pub(super) looks: u64,
    pub(super) fresh: u64,
}

impl Auditor {
    pub(super) fn new(position: Position, voters: usize, checks_consents: bool) -> Self {
        Self {
            position,
            before: Vec::new(),
            commands: HashMap::new(),
            attempts: HashSet::new(),
            lost: HashSet::new(),
            answered: HashSet::new(),
            writers: HashMap::new(),
            processes: HashMap::new(),
            voters,
            checks_consents,
            damage: Vec::new(),
            violation: None,
            is_forked: false,
            claims: 0,
            alarms: 0,
            looks: 0,
            fresh: 0,
        }
    }

    pub(super) fn violated(&mut self, what: impl FnOnce() -> String) {
        if self.violation.is_none() {
            self.violation = Some(what());
        }
    }

    pub(super) fn is_damaged(&self, damage: Damage) -> bool {
        self.damage.iter().any(|(done, _)| *done == damage)
    }

    /// Returns the number of commands that were answered.
    pub(super) fn answered(&self) -> usize {
        self.answered.len()
    }

    /// Returns the position at the end of the stream.
    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// An engine begins an append.
    pub(super) fn begins(&mut self, attempt: u64, process: u64) {
        self.processes.insert(attempt, process);
    }

    /// A message was stored.
    pub(super) fn stored(&mut self, entry: &Entry) {
        let message = &entry.message;
        let seq = self.position.seq + 1;
        match self.position.after(message) {
            Ok(position) => {
                self.before.push(self.position);
                self.position = position;
            }
            // Where the stream has lost its tail, an old message may come late and fit.
            Err(_) if self.is_forked || self.is_damaged(Damage::Tail) => return self.is_forked = true,
            Err(fork) => return self.violated(|| format!("message {seq} of the stream forks the journal: {fork}")),
        }
        if message.header.kind == Kind::Claim {
            self.claims += 1;
            if self.checks_consents {
                self.check_claim(message);
            }
        }
        for command in commands_of(message) {
            if self.commands.insert(command, seq).is_some() {
                self.violated(|| format!("command {command} is in the stream twice"));
            }
        }
        let Some(attempt) = attempt_of(message) else { return };
        self.attempts.insert(attempt);
        if self.lost.contains(&attempt) && !self.is_damaged(Damage::Tail) {
            self.violated(|| format!("append {attempt} is in the stream at {seq}, and was said to be lost"));
        }
        let process = self.processes[&attempt];
        let first = *self.writers.entry(message.header.epoch).or_insert(process);
        let may_differ = self.is_damaged(Damage::Copied) || self.is_damaged(Damage::Tail);
        if first != process && !may_differ {
            self.violated(|| format!("processes {first} and {process} write in epoch {}", message.header.epoch));
        }
    }

    /// A claim must carry the consents of a majority, unless the operator wanted none.
    fn check_claim(&mut self, message: &Message) {
        let body: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
        let consents: HashSet<HostId> = serde_json::from_value(body["consents"].clone()).unwrap();
        let is_enough = consents.len() > self.voters / 2 || body["alone"] == true;
        if !is_enough || !consents.contains(&message.header.writer) {
            self.violated(|| format!("claim {} has consents of {consents:?} only", message.header.epoch));
        }
    }

    /// The stream has lost its last messages.
    pub(super) fn lost_tail(&mut self, lost: &[Entry], at: u64) {
        self.damage.push((Damage::Tail, at));
        for attempt in lost.iter().filter_map(|entry| attempt_of(&entry.message)) {
            self.attempts.remove(&attempt);
        }
        self.before.truncate(self.before.len() + 1 - lost.len());
        self.position = self.before.pop().unwrap();
        let end = self.position.seq;
        self.commands.retain(|_, seq| *seq <= end);
        self.answered.retain(|command| self.commands.contains_key(command));
    }

    /// An append was said to be stored.
    pub(super) fn said_stored(&mut self, attempt: u64, commands: &[u64]) {
        if !self.attempts.contains(&attempt) && !self.is_damaged(Damage::Tail) {
            self.violated(|| format!("append {attempt} was said to be stored, and is not"));
        }
        for command in commands {
            self.said_done(*command);
        }
    }

    /// A command was answered.
    pub(super) fn said_done(&mut self, command: u64) {
        if self.commands.contains_key(&command) {
            self.answered.insert(command);
        } else if !self.is_damaged(Damage::Tail) {
            self.violated(|| format!("command {command} was answered, and is not in the stream"));
        }
    }

    /// An append was said to be lost.
    pub(super) fn said_lost(&mut self, attempt: u64) {
        self.lost.insert(attempt);
        if self.attempts.contains(&attempt) {
            self.violated(|| format!("append {attempt} was said to be lost, and is in the stream"));
        }
    }

    /// A host sounded an alarm.
    pub(super) fn alarm(&mut self, host: usize, why: &str) {
        self.alarms += 1;
        if self.damage.is_empty() {
            self.violated(|| format!("host {host} sounds an alarm without damage: {why}"));
        }
    }

    /// Checks that everything that was answered is in the stream.
    pub(super) fn check_answers(&mut self) {
        let missing = self.answered.iter().copied().find(|command| !self.commands.contains_key(command));
        if let Some(command) = missing {
            self.violated(|| format!("command {command} was answered, and is not in the stream at the end"));
        }
    }
}
