//! The only place where commands become facts: one thread takes commands from a bounded queue, decides them, appends
//! their events and answers.
//!
//! There are many callers and one writer. Deciding in one thread on typed structs in memory needs no locks, has no
//! conflicts, and costs less than a microsecond per command. The expensive part is the fsync, so the writer takes all
//! waiting commands and appends them as one batch:
//!
//! 1. Take the waiting commands; never wait to fill a batch. Read the clock once per round, and decide due
//!    expiries first.
//! 2. Decide each command on the writer's own state, which includes every earlier decision, durable or not.
//! 3. Append the batch, with its vault rows and idempotency results, in one transaction with one fsync. A separate
//!    thread does this: meanwhile the next batch is decided, and it is appended after this one.
//! 4. Publish to the views and the followers, start the gateway's work, then answer every caller. Refusals wait, too,
//!    because a refusal may depend on an earlier command.
//! 5. If the append fails, answer every command of this batch and the next with `journal.unavailable`, because the next
//!    batch depends on this one. Discard the state, reopen, replay.
//!
//! Hosts that share a journal have one such writer among them. The others follow it: they apply its batches and give it
//! their commands, see `cluster`.
//!
//! **Invariant:** no answer is sent, and no fact is visible, before it is durable.

mod answer;
mod appender;
mod batch;
mod checkpointer;
#[cfg(feature = "cluster")]
pub(crate) mod cluster;
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
#[cfg(feature = "cluster")]
pub(crate) use handle::Repetition;
#[cfg(any(test, feature = "simulation"))]
pub(crate) use handle::Tap;
pub(crate) use handle::{Handle, Request};
pub(crate) use recent::Recent;
pub(crate) use replay::catch_up;
pub use subscription::Subscription;
pub(crate) use subscription::knows;
pub(crate) use waiters::{Waiters, Waiting};
pub(crate) use writer::{Writer, WriterParts};
