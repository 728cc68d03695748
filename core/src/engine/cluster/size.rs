//! The bytes that a decision takes in a message of the stream.
//!
//! They are counted before the decision is accepted, because what was accepted can't be taken back. A decision that
//! doesn't fit into the open batch waits for the next; one that fits into none is refused. The count is an estimate, on the
//! safe side of what is stored; the stream itself has the last word.

use std::io;

use super::Role;
use super::wire::result_at;
use crate::domain::{Decision, VaultChange};
use crate::engine::batch::Batch;
use crate::engine::decide::Decided;
use crate::engine::handle::Request;
use crate::engine::writer::Writer;
use crate::error::{Code, Error};
use crate::event::DomainEvent;
use crate::types::Timestamp;

/// Bytes of a record besides its event: its other fields, its hash and its length.
const RECORD_BYTES: usize = 192;

/// Bytes of a vault row, its key and the owner of its email, besides the email and the password's hash.
const VAULT_BYTES: usize = 320;

/// Bytes of a stored result besides its answer.
const RESULT_BYTES: usize = 128;

/// Part of the most bytes from which on a batch counts as full: the rest is for a decision that is larger than most.
const FULL_AT: (usize, usize) = (15, 16);

/// Maximum number of orders that expire in a batch that has to be small.
pub(super) const EXPIRIES_FEW: usize = 64;

impl Writer {
    /// Makes room for a decision in the message that the open batch is to be; returns `false` if there is not enough.
    pub(in crate::engine) fn takes(&mut self, request: &Request, decision: &Decision) -> bool {
        let Some(cluster) = &self.cluster else { return true };
        let decided = decision_bytes(decision);
        // The answer tells again what the events tell, for whoever asks again.
        let with_result = if request.fingerprint.is_some() { 2 * decided + RESULT_BYTES } else { decided };
        let has_room = self.open.bytes.saturating_add(with_result) <= cluster.bytes_max;
        if has_room {
            self.open.bytes += decided;
        }
        has_room
    }

    /// Makes room for an expiry as [`Writer::takes`] does. There is always room for one: it can't be refused.
    pub(in crate::engine) fn takes_expiry(&mut self, request: &Request, decision: &Decision) -> bool {
        if self.takes(request, decision) {
            return true;
        }
        let is_first = self.open.bytes == 0;
        if is_first {
            self.open.bytes = decision_bytes(decision);
        }
        is_first
    }

    /// Leaves out a command whose decision has no room: it waits for a batch with more, or is refused if there is none.
    pub(in crate::engine) fn leave_out(&mut self, request: &Request) -> Decided {
        if self.open.bytes > 0 {
            return Decided::Later;
        }
        let answer = Err(Error::from(Code::CommandTooLarge));
        self.open.refuse(request, &answer);
        Decided::Answer(answer)
    }

    /// Returns the number of commands that may be decided now: at most `max`, and none into a batch that is full.
    pub(in crate::engine) fn room_in_message(&self, max: usize) -> usize {
        let Some(cluster) = &self.cluster else { return max };
        if cluster.one_by_one > 0 {
            return usize::from(self.open.expired == 0 && self.open.answers.is_empty());
        }
        let (part, whole) = FULL_AT;
        let is_full = self.open.bytes > 0 && self.open.bytes >= cluster.bytes_max / whole * part;
        if is_full && cluster.role == Role::Lead { 0 } else { max }
    }

    /// Returns the number of orders that may expire in one batch: at most `max`.
    pub(in crate::engine) fn expiries_max(&self, max: usize) -> usize {
        match &self.cluster {
            Some(cluster) if cluster.one_by_one > 0 => max.min(EXPIRIES_FEW),
            Some(_) | None => max,
        }
    }
}

impl Batch {
    /// Counts the bytes of a result, and returns the time under which it is stored.
    pub(in crate::engine) fn result_at(&mut self, request: &Request, answer: &[u8]) -> Timestamp {
        self.bytes += RESULT_BYTES + answer.len();
        result_at(request, self.now)
    }
}

/// Returns the bytes that the events and the vault change of a decision take.
fn decision_bytes(decision: &Decision) -> usize {
    let events: usize = decision.events.iter().map(|event| encoded_len(event) + RECORD_BYTES).sum();
    let vault = decision.vault.as_ref().map_or(0, |change| match change {
        VaultChange::Put { email, password_hash, .. } => {
            let email = email.as_ref().map_or(0, |(_, email)| email.as_str().len());
            VAULT_BYTES + email + password_hash.as_ref().map_or(0, String::len)
        }
        VaultChange::Erase { .. } => VAULT_BYTES,
    });
    events + vault
}

fn encoded_len(event: &DomainEvent) -> usize {
    let mut counted = Counter(0);
    // Counting doesn't fail.
    let _ = rmp_serde::encode::write_named(&mut counted, event);
    counted.0
}

/// Counts what is written to it.
struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Actor, Hash, Record, UserErased};
    use crate::types::{CommandId, UserId};

    /// Bytes of the length and the hash before a stored record.
    const FRAME_BYTES: usize = 4 + 32;

    #[test]
    fn no_record_takes_more_than_is_counted() {
        let user_id = UserId::from_bytes([0xff; 16]);
        let event = DomainEvent::UserErased(UserErased { user_id });
        let counted = encoded_len(&event) + RECORD_BYTES;
        let record = Record {
            seq: u64::MAX,
            at: Timestamp::from_millis(u64::MAX),
            actor: Actor::User(user_id),
            command_id: CommandId::from_bytes([0xff; 16]),
            version: u64::MAX,
            event,
            hash: Hash::ZERO,
        };
        let stored = rmp_serde::to_vec_named(&record).unwrap().len() + FRAME_BYTES;
        assert!(stored <= counted && counted < stored + 64, "{stored} of {counted}");
    }
}
