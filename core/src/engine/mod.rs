//! The only place where commands become facts: one thread that takes commands from a bounded queue, decides them, appends
//! their events and answers.
//!
//! Many callers, one writer: deciding in one thread on typed structs in memory needs no locks and no conflicts, and costs less
//! than a microsecond a command. What costs is the fsync, so the writer takes whatever waits and appends it as one batch:
//!
//! 1. Take what waits; never wait to fill a batch. Read the clock once a round, and put what has fallen due first.
//! 2. Decide each command on the writer's own state, which includes every earlier decision, durable or not.
//! 3. Append the batch, with its vault rows and idempotency results, in one transaction with one fsync. This happens on a
//!    thread of its own: the next batch is decided meanwhile, and goes to the journal when this one is there.
//! 4. Publish to the views and the followers, start the gateway's work, then answer every caller, refusals included: a refusal
//!    may rest on an earlier command.
//! 5. If the append fails, answer everybody whose command was decided with `journal.unavailable`, also those of the next batch,
//!    which rests on this one; throw the state away, reopen, replay.
//!
//! **Invariant:** nobody is answered, and nobody can read a fact, before it is durable.

mod answer;
mod appender;
mod batch;
mod checkpointer;
mod command_metrics;
mod decide;
mod engine_metrics;
mod error;
mod handle;
mod recent;
mod replay;
mod subscription;
#[cfg(test)]
mod tests;
mod waiters;
mod writer;

#[cfg(test)]
pub(crate) use crate::domain::Reply;
pub(crate) use answer::typed;
pub(crate) use checkpointer::Checkpointer;
pub(crate) use engine_metrics::EngineMetrics;
#[cfg(any(test, feature = "simulation"))]
pub(crate) use handle::Tap;
pub(crate) use handle::{Handle, Request};
pub(crate) use recent::Recent;
pub(crate) use replay::catch_up;
pub use subscription::Subscription;
pub(crate) use subscription::knows;
pub(crate) use waiters::{Waiters, Waiting};
pub(crate) use writer::{Writer, WriterParts};
