//! Appends whose outcome takes too long to come, because the stream's servers are away.
//!
//! An append is never given up: it is sent until its place in the stream is taken. But nobody waits for that longer than hosts wait
//! for each other. Whoever waits is told that the outcome is unknown, and asks again under the same id.

use std::time::Duration;

use super::Role;
use super::unknown::answer_as_unknown;
use crate::engine::writer::Writer;
use crate::error::Code;

/// Time for which callers wait for an append. Those of other hosts wait there for as long.
const WAIT_MAX: Duration = Duration::from_secs(15);

impl Writer {
    /// Takes note that a batch is being appended from now on.
    pub(in crate::engine) fn begin_to_wait(&mut self) {
        if let Some(cluster) = &mut self.cluster {
            cluster.waits_since = self.parts.time.now();
        }
    }

    /// Returns the time until callers have waited long enough for the batch that is being appended; `None` if the clock tells.
    pub(super) fn until_late(&self) -> Option<Duration> {
        let since = self.cluster.as_ref()?.waits_since;
        let wait = self.parts.time.wait_for(since.plus(WAIT_MAX))?;
        Some(if wait.is_zero() { wait } else { wait + Duration::from_millis(1) })
    }

    /// Answers everybody who waits, if the batch that is being appended takes too long. The batch, and what was decided on it, is
    /// appended all the same.
    pub(super) fn answer_the_late(&mut self) {
        let Some(cluster) = self.cluster.as_mut().filter(|_| self.in_flight.is_some()) else { return };
        let now = self.parts.time.now();
        if now.since(cluster.waits_since) < WAIT_MAX {
            return;
        }
        cluster.waits_since = now;
        let leads = cluster.role == Role::Lead;
        tracing::warn!("the stream has not decided about an append for long");
        for batch in self.in_flight.iter_mut().chain([&mut self.open]) {
            batch.is_late |= !batch.answers.is_empty();
            answer_as_unknown(batch, "The stream has not decided about the command in time");
        }
        if !leads {
            // What waits is another host's to decide.
            return;
        }
        while let Ok(message) = self.queue.try_recv() {
            self.take(message);
        }
        // Nothing of these was decided.
        for submission in self.parked.drain(..).chain(self.incoming.drain(..)) {
            let _ = submission.reply.send(Err(Code::JournalUnavailable.into()));
        }
    }
}
