//! The journal that several hosts share: a stream of NATS `JetStream`, and a full copy of it on every host.
//!
//! One append is one message of the stream, which carries the very rows of the redb journal. One host writes, and the
//! stream itself fences it: a message says which one it follows, and the servers store it only there. Every host reads the
//! stream and applies it to its own copy, an ordinary data directory.
//!
//! - [`message`]: the form of a message, with the hash that chains it to the one before. [`release`]: who wrote it.
//! - [`position`]: which message may come next.
//! - [`answer`]: what the servers' answers mean.
//! - [`peer`]: what hosts say to each other beside the stream.
//! - [`member`]: one host's part in the protocol, without anything that waits, sends or stores.
//! - [`payload`]: what one append changes, as the body of its message.
//! - [`outlet`]: the way from the copy to the stream.
//! - [`journal`]: the journal of a host, made of both.
//! - [`sealing`]: what only the hosts of a cluster can read. [`envelope`]: of that, what lies in the journal.
//! - [`nats`]: the servers: everything that waits, sends and receives.
//! - [`simulated`]: servers and a network in simulated time, for tests.

mod answer;
mod envelope;
pub(crate) mod journal;
mod member;
mod message;
pub(crate) mod nats;
pub(crate) mod outlet;
pub(crate) mod payload;
mod peer;
mod position;
mod release;
mod sealing;
#[cfg(any(test, feature = "simulation"))]
pub(crate) mod simulated;

pub(crate) use self::envelope::Envelopes;
pub(crate) use self::member::Now;
#[cfg(test)]
pub(crate) use self::message::Header;
pub(crate) use self::message::{Kind, Message};
pub(crate) use self::peer::{Said, What};
pub(crate) use self::position::Position;
pub(crate) use self::release::Release;
pub(crate) use self::sealing::{SealingError, Unsealed};
