//! What hosts say to each other beside the stream: signs of life, and questions before a campaign.
//!
//! Nothing of it is a fact. A host that hears nothing, or what is late or false, waits longer; it never writes more.

use serde::{Deserialize, Serialize};

use crate::event::Hash;
use crate::types::{HostId, Timestamp};

/// What a host says to all others, or to one that asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Said {
    /// Host that says it.
    pub(crate) from: HostId,
    /// Random number of its process, so that a host hears of another that takes itself for the same.
    pub(crate) instance: u64,
    /// Number of what its process says: what comes later with a lower number was overtaken.
    pub(crate) number: u64,
    /// Time of its clock.
    pub(crate) at: Timestamp,
    /// How far it has followed.
    pub(crate) standing: Standing,
    /// `true` if it tells the outcome of its appends only once another voter has them: while it writes, the others say at once what
    /// they have.
    #[serde(default)]
    pub(crate) second_host: bool,
    /// What it says.
    pub(crate) what: What,
}

/// How far a host has followed the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Standing {
    /// Identity of the journal.
    pub(crate) journal: Hash,
    /// Number of the stream among those that the journal had.
    pub(crate) generation: u64,
    /// Epoch of its position.
    pub(crate) epoch: u64,
    /// Number of the last message that it has followed.
    pub(crate) n: u64,
    /// Hash of that message.
    pub(crate) head: Hash,
    /// `true` while it has no vote: it catches up, or its copy is longer than the stream.
    pub(crate) blank: bool,
    /// How far its copy survives a crash, as far as anybody wants to know.
    #[serde(default)]
    pub(crate) secured: Option<Secured>,
}

/// How far a copy survives a crash of its host, without the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Secured {
    /// Number of the last message.
    pub(crate) n: u64,
    /// Hash of that message: another history may have another of this number.
    pub(crate) head: Hash,
}

/// Kinds of what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum What {
    /// The writer lives, and has written lately.
    Heartbeat,
    /// The writer of this epoch writes no more.
    Bye,
    /// How a host stands that is no writer.
    Status,
    /// A host asks all others whether it may claim.
    Ask {
        /// Number of the question.
        question: u64,
    },
    /// The answer to a question.
    Vote {
        /// Host that asked.
        to: HostId,
        /// Number of the question.
        question: u64,
        /// `true` if it is the writer of the epoch, or hears it.
        hears_writer: bool,
        /// Hash of the message at which the asking host stands, if this one has it and remembers it.
        yours: Option<Hash>,
    },
}
