//! What a member is told, and what it wants done.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::answer::Answer;
use super::super::message::Message;
use super::super::peer::{Said, Secured};
use super::super::position::Position;
use crate::event::Hash;
use crate::types::{HostId, Timestamp};

/// A point on a monotonic clock, in milliseconds.
pub(crate) type Moment = u64;

/// Times of the protocol, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// A message without a verdict is sent again after this.
    pub(crate) send_again: u64,
    /// Interval of the writer's heartbeats.
    pub(crate) heartbeat: u64,
    /// Interval in which other hosts say how they stand.
    pub(crate) status: u64,
    /// A heartbeat is sent only while the last append is younger than this.
    pub(crate) alive: u64,
    /// The writer appends a tick when it has appended nothing for this long.
    pub(crate) tick: u64,
    /// Least time without a heartbeat after which a host campaigns.
    pub(crate) quiet: u64,
    /// Upper bound of a random addition to it.
    pub(crate) quiet_more: u64,
    /// Addition for each voter that comes before this one.
    pub(crate) rank: u64,
    /// A question is asked again after this.
    pub(crate) ask_again: u64,
    /// A contradiction between the stream and this copy is an alarm after this.
    pub(crate) contradiction: u64,
    /// A host is fresh while the news that it knows of is younger than this.
    pub(crate) fresh: u64,
    /// Without a message for this long, the stream is read anew if there should be one.
    pub(crate) read_again: u64,
    /// Hosts that all have just started become level without those that are not heard only after this.
    pub(crate) cold_start: u64,
    /// Another process with this host's id is an alarm if it is heard for this long. An earlier one may be heard shortly.
    pub(crate) double: u64,
    /// The clocks of a fresh host and of the writer differ by no more than this.
    pub(crate) skew: u64,
    /// A host whose clock differs from the others' by more claims nothing.
    pub(crate) skew_max: u64,
    /// The outcome of an append that no second host has is told after this: nobody waits for longer.
    pub(crate) alone: u64,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            send_again: 250,
            heartbeat: 75,
            status: 400,
            alive: 5_000,
            tick: 1_000,
            quiet: 250,
            quiet_more: 150,
            rank: 50,
            ask_again: 100,
            contradiction: 5_000,
            fresh: 2_000,
            read_again: 1_100,
            cold_start: 10_000,
            double: 3_000,
            skew: 1_000,
            skew_max: 5_000,
            alone: 15_000,
        }
    }
}

/// What a member is, for the life of its process.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// Id of the host.
    pub(crate) host: HostId,
    /// Random number of the process.
    pub(crate) instance: u64,
    /// Seed of the random additions.
    pub(crate) seed: u64,
    /// `true` if the host would rather write than others would.
    pub(crate) preferred: bool,
    /// `true` if the outcome of an append is told only once another voter has it.
    pub(crate) second_host: bool,
    /// Maximum bytes of a message, as published.
    pub(crate) bytes_max: usize,
}

/// The time of an event, on two clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    /// Time on the monotonic clock, which counts while the machine sleeps.
    pub(crate) moment: Moment,
    /// Time of day.
    pub(crate) wall: Timestamp,
}

/// What happens to a member.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// A message of the stream was read.
    Read {
        /// Its sequence number.
        seq: u64,
        /// The message.
        message: Arc<Message>,
    },
    /// Something is at this place of the stream that is no message of ours.
    Unreadable {
        /// Its sequence number.
        seq: u64,
        /// Why it is none.
        why: String,
    },
    /// An answer to a publish came.
    Answered {
        /// Sequence number that the message was written to follow.
        expected: u64,
        /// Hash of the message.
        hash: Hash,
        /// The answer.
        answer: Answer,
    },
    /// The stream's leader answers the last [`Output::AskLast`]. Only a leader that has lately heard from a majority of the
    /// replicas is to be believed: one that is cut off goes on answering for some ten seconds.
    Last {
        /// Sequence number of its last message.
        seq: u64,
    },
    /// A host said something.
    Heard(Said),
    /// Whether all personal data can be decrypted.
    Keys {
        /// `true` if no key is missing.
        complete: bool,
    },
    /// The engine appends.
    Append {
        /// Number by which the outcome is told.
        ticket: u64,
        /// Content: rows, or nothing for a tick.
        body: Arc<[u8]>,
    },
    /// The hosts that vote, by the journal.
    Voters(BTreeSet<HostId>),
    /// This host's own copy is durable up to here.
    Secured(Secured),
    /// The operator wants this host to lead without the others' consent.
    TakeOver,
    /// The process is about to end.
    Leave,
    /// This host's copy can't be written, or the configuration of the servers is unsound.
    Alarm(String),
    /// Time has passed.
    Tick,
}

/// What a member wants done, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Output {
    /// Publish the message, to follow this sequence number.
    Publish {
        /// Sequence number that it expects to be the last.
        expected: u64,
        /// The message.
        message: Arc<Message>,
    },
    /// Apply the message to the copy: another host wrote it, or an earlier process of this one. The member's own claims and
    /// ticks, which change nothing, are not to be applied.
    Apply {
        /// Position after it.
        position: Position,
        /// The message.
        message: Arc<Message>,
    },
    /// What the engine appended is decided.
    Resolved {
        /// Number of the append.
        ticket: u64,
        /// Its outcome.
        outcome: Resolution,
    },
    /// This host is the writer now. All messages before its claim were given to [`Output::Apply`].
    Lead {
        /// Its epoch.
        epoch: u64,
    },
    /// This host is no longer the writer.
    Depose,
    /// Read the stream anew from this sequence number, with another consumer: the process has just begun, or something is
    /// missing or in doubt. What the consumer before it still delivers is to be dropped.
    ReadFrom {
        /// Sequence number.
        seq: u64,
    },
    /// Ask the stream's leader where it ends.
    AskLast,
    /// Find out whether all personal data can be decrypted.
    CheckKeys,
    /// Say this to the other hosts.
    Say(Said),
    /// The stream or this copy is not what it must be: an operator has to help. An append that is under way stays without
    /// an outcome, since it may be stored or not.
    Alarm(String),
}

/// Outcome of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// It is in the stream; this is the position after it. Whether callers may hear of it, [`Member::is_acknowledged`] says.
    ///
    /// [`Member::is_acknowledged`]: super::Member::is_acknowledged
    Stored(Position),
    /// It is not in the stream and never will be.
    Lost,
    /// It is not in the stream, because it is too large for it.
    TooLarge,
    /// This process will never know whether it is in the stream, because it stops or is in alarm. The protocol itself says it of
    /// no append.
    Unknown,
}
