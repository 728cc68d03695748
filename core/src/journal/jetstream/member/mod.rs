//! One host's part in the protocol, without anything that waits, sends or stores.
//!
//! A [`Member`] is told what happens: a message was read, an answer came, a host said something, time passed. It says what
//! is to be done: publish this, apply that, lead, stop leading. So the same lines run beside real servers and in a
//! simulated world.
//!
//! ```text
//!          level with the stream and a majority          no heartbeat for a while
//!   BLANK ────────────────────────────────────▶ FOLLOW ──────────────────────────▶ CAMPAIGN
//!                                                ▲  ▲     heartbeat, veto, claim     │  │
//!                                                │  └────────────────────────────────┘  │ own claim is read
//!                                                └───────────────────────── WRITE ◀─────┘
//!                                                    another's claim is read
//! ```
//!
//! From every state a host may go to LEAVE, when its process ends, and to ALARM, when the stream or its copy is not what it
//! must be.
//!
//! - [`interface`]: what a member is told, and what it wants done.
//! - [`follow`]: reading the stream.
//! - [`level`]: whether the stream and this copy are of one history and one length.
//! - [`freshness`]: whether a host knows what is new.
//! - [`write`]: writing to the stream.
//! - [`second_host`]: telling of it only once a second host has it.
//! - [`campaign`]: becoming the writer.
//! - [`peers`]: what the other hosts say.
//!
//! **Invariant:** at most one message of this host is unresolved. It is sent again, byte for byte, until its place in the
//! stream has been read.
//!
//! **Invariant:** what is applied to the copy is the stream, message by message; nothing is skipped.

mod campaign;
mod follow;
mod freshness;
mod interface;
mod level;
mod peers;
mod second_host;
#[cfg(test)]
mod tests;
mod write;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use self::campaign::Campaign;
use self::freshness::Freshness;
pub(crate) use self::interface::{Identity, Input, Moment, Now, Output, Resolution, Times};
use self::level::Level;
pub(crate) use self::peers::PeerState;
use self::peers::Peers;
use self::second_host::SecondHost;
use self::write::Unresolved;
use super::message::{Header, Kind, Message};
use super::position::Position;
use crate::event::Hash;
use crate::types::{HostId, HostState, Timestamp};

/// State of a member.
#[derive(Debug)]
enum Role {
    /// It catches up: no vote, no service.
    Blank,
    /// It follows the writer.
    Follow,
    /// It wants to become the writer.
    Campaign(Campaign),
    /// It is the writer.
    Write,
    /// It ends: it takes nothing new.
    Leave {
        /// `true` while it is the writer, and has to say that it writes no more.
        says_bye: bool,
        /// `true` if it was still catching up.
        is_blank: bool,
    },
    /// It does nothing until an operator has helped.
    Alarm {
        why: String,
        /// `true` if its copy is longer than the stream: it goes on saying so, for the others must not write at that end.
        is_longer: bool,
    },
}

/// One host's part in the protocol.
#[derive(Debug)]
pub(crate) struct Member {
    identity: Identity,
    times: Times,
    role: Role,
    position: Position,
    /// Hashes of the last messages, with their numbers.
    history: VecDeque<(u64, Hash)>,
    voters: BTreeSet<HostId>,
    peers: Peers,
    level: Level,
    freshness: Freshness,
    second: SecondHost,
    /// The message of this host that has no verdict.
    unresolved: Option<Unresolved>,
    /// Another one, which only a planted mistake sends.
    unresolved_too: Option<Unresolved>,
    /// What the engine appends next.
    queued: Option<(u64, Arc<[u8]>)>,
    /// When this host's last stored message was first sent: it was the writer then, or later.
    appended_at: Moment,
    /// When the last heartbeat or status was said.
    said_at: Moment,
    /// Number of what was said last.
    said: u64,
    /// Since when there has been no reason to wait for a writer.
    quiet_from: Moment,
    /// How long it waits for a heartbeat before it campaigns.
    patience: u64,
    /// When the operator wanted this host to lead without the others' consent. It holds for a minute, or until a writer is
    /// heard.
    take_over_at: Option<Moment>,
    /// Why nothing can be written at present.
    unready: Option<&'static str>,
    /// State of the random numbers.
    random: u64,
    outputs: Vec<Output>,
}

/// Number of hashes that a member remembers, to compare with hosts that are behind.
const HISTORY_MAX: usize = 4_096;

impl Member {
    /// Creates the member of a host whose copy stands at this position.
    pub(crate) fn new(identity: Identity, times: Times, position: Position, now: Now) -> Self {
        let random = identity.seed;
        let mut member = Self {
            identity,
            times,
            role: Role::Blank,
            position,
            history: VecDeque::from([(position.n, position.head)]),
            voters: BTreeSet::new(),
            peers: Peers::default(),
            level: Level::new(now.moment, position.seq == 0),
            freshness: Freshness::default(),
            second: SecondHost::default(),
            unresolved: None,
            unresolved_too: None,
            queued: None,
            appended_at: now.moment,
            said_at: 0,
            said: 0,
            quiet_from: now.moment,
            patience: 0,
            take_over_at: None,
            unready: None,
            random,
            outputs: Vec::new(),
        };
        member.be_patient();
        member.read_own_end(now);
        member
    }

    /// Tells the member what has happened; returns what is to be done, in order.
    pub(crate) fn handle(&mut self, now: Now, input: Input) -> Vec<Output> {
        self.take(now, input);
        self.turn(now);
        std::mem::take(&mut self.outputs)
    }

    fn take(&mut self, now: Now, input: Input) {
        if matches!(self.role, Role::Alarm { .. }) {
            match input {
                Input::Append { ticket, body } => self.append(ticket, body),
                Input::Heard(said) => self.heard_in_alarm(now, &said),
                _ => {}
            }
            return;
        }
        match input {
            Input::Read { seq, message } => self.read(now, seq, &message),
            Input::Unreadable { seq, why } => self.unreadable(seq, &why),
            Input::Answered { expected, hash, answer } => self.answered(now, expected, hash, answer),
            Input::Last { seq } => self.last_is(now, seq),
            Input::Heard(said) => self.heard(now, &said),
            Input::Keys { complete } => self.keys_are(now, complete),
            Input::Append { ticket, body } => self.append(ticket, body),
            Input::Voters(voters) => self.voters_are(voters),
            Input::Secured(secured) => self.secured(now, secured),
            Input::TakeOver => self.take_over_at = Some(now.moment),
            Input::Leave => self.leave(),
            Input::Alarm(why) => self.sound_alarm(why),
            Input::Tick => {}
        }
    }

    /// Does what is due.
    fn turn(&mut self, now: Now) {
        self.look_at_other_copies(now);
        if matches!(self.role, Role::Blank) {
            self.try_to_be_level(now);
        }
        if matches!(self.role, Role::Follow) {
            self.campaign_if_quiet(now);
        }
        if matches!(self.role, Role::Campaign(_)) {
            self.campaign(now);
        }
        if self.writes() {
            self.write(now);
            self.say_bye(now);
        }
        self.clear_doubts(now);
        self.send_again(now);
        self.say_how_it_stands(now);
    }

    /// Returns the position.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// Returns the hosts that vote, by the journal.
    pub(crate) fn voters(&self) -> &BTreeSet<HostId> {
        &self.voters
    }

    /// Returns the reason for which this host does nothing any more.
    pub(crate) fn alarm(&self) -> Option<&str> {
        match &self.role {
            Role::Alarm { why, .. } => Some(why),
            _ => None,
        }
    }

    /// Returns the state, for people.
    pub(crate) fn state(&self) -> HostState {
        match self.role {
            Role::Blank => HostState::Blank,
            Role::Follow => HostState::Follower,
            Role::Campaign(_) => HostState::Candidate,
            Role::Write => HostState::Writer,
            Role::Leave { .. } => HostState::Leaving,
            Role::Alarm { .. } => HostState::Alarm,
        }
    }

    /// Returns `true` if this host is the writer, and goes on being it.
    pub(crate) fn is_writer(&self) -> bool {
        matches!(self.role, Role::Write)
    }

    /// Returns `true` if this host may append.
    fn writes(&self) -> bool {
        matches!(self.role, Role::Write | Role::Leave { says_bye: true, .. })
    }

    /// Returns `true` if the card processor may be asked now: this host is the writer, and has lately been seen to be.
    pub(crate) fn may_charge(&self, now: Now, epoch: u64, within: u64) -> bool {
        matches!(self.role, Role::Write)
            && self.position.epoch == epoch
            && now.moment.saturating_sub(self.appended_at) <= within
            && self.is_all_acknowledged()
    }

    fn sound_alarm(&mut self, why: impl Into<String>) {
        self.alarm_as(why.into(), false);
    }

    fn alarm_as(&mut self, why: String, is_longer: bool) {
        if matches!(self.role, Role::Alarm { .. }) {
            return;
        }
        let led = self.writes();
        self.lose_queued();
        self.forget_held();
        if led {
            self.outputs.push(Output::Depose);
        }
        self.outputs.push(Output::Alarm(why.clone()));
        self.role = Role::Alarm { why, is_longer };
    }

    /// Returns how many of the voters are more than half of them.
    fn majority(&self) -> usize {
        self.voters.len() / 2 + 1
    }

    /// Returns a random number below `bound`.
    fn random_below(&mut self, bound: u64) -> u64 {
        // SplitMix64.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).checked_rem(bound).unwrap_or_default()
    }

    /// Chooses how long it waits for a heartbeat before it campaigns.
    fn be_patient(&mut self) {
        self.patience = self.times.quiet + self.random_below(self.times.quiet_more + 1);
    }

    fn message(&self, kind: Kind, epoch: u64, body: Arc<[u8]>, at: Timestamp) -> Message {
        let Position { journal, n, head, .. } = self.position;
        let writer = self.identity.host;
        Message::new(Header { journal, kind, epoch, writer, n: n + 1, prev: head, hash: Hash::ZERO, at }, body)
    }
}
