//! Appends without an outcome: this host stops, or is in alarm, while the stream may have the batch or not.
//!
//! Its callers are told that the outcome is unknown, and the id by which to ask again. Nothing of the batch is given to another
//! host by this process: that is the caller's to do, under the same id, and then the result that is kept makes it right. Nor
//! does this process apply anything more, because its copy lacks the batch if the stream has it. A new process reads the stream.

use super::Role;
use crate::engine::batch::Batch;
use crate::engine::handle::Asked;
use crate::engine::writer::Writer;
use crate::error::{Code, Error};
use crate::journal::JournalError;
use crate::journal::jetstream::Position;
use crate::types::CommandId;

impl Writer {
    /// Takes note that nobody can tell whether the batch that was being appended is in the stream.
    pub(in crate::engine) fn unresolved(&mut self) {
        let is_known = self.cluster.as_ref().is_some_and(|cluster| cluster.role == Role::Alarm);
        if !is_known {
            self.alarmed(&JournalError::Unresolved.into());
        }
    }

    /// Answers the callers of a batch that may be in the stream or not, in a cluster. Returns what is left of the batch.
    pub(in crate::engine) fn answered_as_unknown(&self, mut batch: Batch) -> Batch {
        if self.cluster.is_some() {
            answer_as_unknown(&mut batch, "This host does not know the outcome of the command");
        }
        batch
    }

    /// Answers the callers of a batch that is in the stream, if a second host is needed and none has said in time that it has the
    /// batch: it is lost if both the stream's end and this host are. Returns what is left of the batch.
    pub(in crate::engine) fn unless_acknowledged(&self, mut batch: Batch, position: Option<Position>) -> Batch {
        let link = self.cluster.as_ref().map(|cluster| &cluster.parts.link);
        if link.zip(position).is_some_and(|(link, position)| !link.is_acknowledged(position.n)) {
            answer_as_unknown(&mut batch, "No other host has said in time that it has what was decided");
        }
        batch
    }
}

/// Answers the callers of a batch that may come to be in the stream or not.
pub(super) fn answer_as_unknown(batch: &mut Batch, why: &str) {
    let asked = std::mem::take(&mut batch.asked);
    let ids = asked.iter().map(|asked| match asked {
        Asked::Decision(request) => request.id,
        Asked::FirstAnswer(repetition) => repetition.id,
    });
    for (id, (reply, _)) in ids.zip(batch.answers.drain(..)) {
        // Whoever no longer waits asks again anyway.
        let _ = reply.send(Err(unknown(id, why)));
    }
}

/// Returns what the caller of a command is told whose outcome is not known. `why` begins the sentence.
pub(crate) fn unknown(id: CommandId, why: &str) -> Error {
    let message = format!("{why}; whether it was carried out is unknown: ask again with the same key (command {id})");
    Error::with_message(Code::JournalUnavailable, message)
}
