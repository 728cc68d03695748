//! One host: a process that may end at any time, a copy that may lose its tail then, and an engine that appends.

use std::collections::HashSet;
use std::sync::Arc;

use crate::failpoint::Failpoint;
use crate::journal::jetstream::message::{Kind, Message};
use crate::journal::jetstream::position::Position;

/// The copy: what an ordinary data directory holds.
#[derive(Debug, Clone)]
pub(super) struct Copy {
    /// Messages that were applied or settled. The host's own claims and ticks are not among them.
    entries: Vec<(Position, Arc<Message>)>,
    /// How many of them survive a power cut.
    synced: usize,
    /// Commands in them.
    commands: HashSet<u64>,
}

impl Copy {
    pub(super) fn new(position: Position, base: Arc<Message>) -> Self {
        Self { entries: vec![(position, base)], synced: 1, commands: HashSet::new() }
    }

    pub(super) fn position(&self) -> Position {
        self.entries.last().unwrap().0
    }

    pub(super) fn entries(&self) -> &[(Position, Arc<Message>)] {
        &self.entries
    }

    pub(super) fn push(&mut self, position: Position, message: Arc<Message>) {
        self.commands.extend(commands_of(&message));
        self.entries.push((position, message));
    }

    pub(super) fn has(&self, command: u64) -> bool {
        self.commands.contains(&command)
    }

    pub(super) fn sync(&mut self) {
        self.synced = self.entries.len();
    }

    /// Returns `true` if a crash leaves this message.
    pub(super) fn has_durably(&self, position: &Position) -> bool {
        self.entries[..self.synced].iter().rev().any(|(at, _)| at == position)
    }

    /// Returns the range of lengths to which a crash may cut the copy.
    pub(super) fn lengths(&self) -> (usize, usize) {
        (self.synced, self.entries.len())
    }

    /// Loses what is beyond a length.
    pub(super) fn fall_back(&mut self, len: usize) {
        self.entries.truncate(len);
        self.synced = self.synced.min(len);
        self.commands = self.entries.iter().flat_map(|(_, message)| commands_of(message)).collect();
    }
}

/// Returns the body of an append: its number, and the commands that it records.
pub(super) fn body(attempt: u64, commands: &[u64], bytes: usize) -> Arc<[u8]> {
    let mut body: Vec<u8> = Vec::with_capacity(bytes);
    body.extend(attempt.to_le_bytes());
    body.extend((commands.len() as u64).to_le_bytes());
    body.extend(commands.iter().flat_map(|command| command.to_le_bytes()));
    body.resize(body.len().max(bytes), 0);
    body.into()
}

fn numbers(message: &Message) -> impl Iterator<Item = u64> {
    let body: &[u8] = if message.header.kind == Kind::Batch { &message.body } else { &[] };
    body.chunks_exact(8).map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap()))
}

/// Returns the number of the append.
pub(super) fn attempt_of(message: &Message) -> Option<u64> {
    numbers(message).next()
}

/// Returns the commands that a message records.
pub(super) fn commands_of(message: &Message) -> Vec<u64> {
    let mut numbers = numbers(message).skip(1);
    let count = numbers.next().unwrap_or_default();
    numbers.take(usize::try_from(count).unwrap()).collect()
}

/// An append that is under way.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) ticket: u64,
    pub(super) attempt: u64,
    pub(super) commands: Vec<u64>,
}

/// The engine: appends while it leads.
#[derive(Debug, Default)]
pub(super) struct Engine {
    pub(super) leads: Option<u64>,
    pub(super) open: Vec<Open>,
    /// What others wrote, and is applied once nothing is open.
    pub(super) waiting: Vec<(Position, Arc<Message>)>,
    pub(super) ticket: u64,
}

impl Engine {
    /// Returns `true` if it may append now: it does nothing while an append is under way.
    pub(super) fn may_append(&self) -> bool {
        let open_max = if Failpoint::TwoBatchesInFlight.is_active() { 2 } else { 1 };
        self.leads.is_some() && self.open.len() < open_max
    }

    pub(super) fn take(&mut self, ticket: u64) -> Option<Open> {
        let at = self.open.iter().position(|open| open.ticket == ticket)?;
        Some(self.open.remove(at))
    }
}

/// A host, besides what the network has of it.
#[derive(Debug)]
pub(super) struct Host {
    /// When its process began.
    pub(super) began_at: u64,
    pub(super) copy: Copy,
    pub(super) engine: Engine,
    /// The least and the greatest difference that its clock ever had.
    pub(super) aheads: (i64, i64),
    pub(super) synced_at: u64,
    /// When it was told to end.
    pub(super) leaves_at: Option<u64>,
    /// Its own messages that were sent, by which it knows what was stored.
    pub(super) sent: Vec<Arc<Message>>,
}

impl Host {
    pub(super) fn new(ahead: i64, copy: Copy) -> Self {
        Self {
            began_at: 0,
            copy,
            engine: Engine::default(),
            aheads: (ahead, ahead),
            synced_at: 0,
            leaves_at: None,
            sent: Vec::new(),
        }
    }

    /// Takes note of the difference of its clock.
    pub(super) fn clock_is(&mut self, ahead: i64) {
        self.aheads = (self.aheads.0.min(ahead), self.aheads.1.max(ahead));
    }
}
