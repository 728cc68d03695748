//! How far a host has followed the stream, and which message may come next.

use super::message::{Kind, Message};
use crate::event::Hash;
use crate::types::HostId;

/// The end of what a host has followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// Identity of the journal.
    pub(crate) journal: Hash,
    /// Number of the stream among those that the journal had.
    pub(crate) generation: u64,
    /// Sequence number of the last message in its stream; 0 before its first.
    pub(crate) seq: u64,
    /// Number of the last message in the history of the journal.
    pub(crate) n: u64,
    /// Hash of the last message.
    pub(crate) head: Hash,
    /// Number of the last claim.
    pub(crate) epoch: u64,
    /// Host that made the last claim.
    pub(crate) writer: HostId,
}

/// Reason why a message is not the next one: the stream and this copy are not of one history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fork {
    /// The stream belongs to another journal.
    #[error("it belongs to another journal")]
    Journal,
    /// The message is not the one that was written after the last.
    #[error("it was not written after message {0} of this copy")]
    Chain(u64),
    /// The message has another number than the next one.
    #[error("it is message {found}, and message {expected} comes next")]
    Number {
        /// Its number.
        found: u64,
        /// Number of the next message.
        expected: u64,
    },
    /// A writer wrote it whose time was over.
    #[error("it was written in epoch {found} by {writer}, and this is epoch {expected}")]
    Epoch {
        /// Epoch of the message.
        found: u64,
        /// Its writer.
        writer: HostId,
        /// Epoch of the position.
        expected: u64,
    },
    /// The first message of a stream must be a base, and no other may be.
    #[error("a base is the first message of a stream and no other")]
    Base,
}

impl Position {
    /// Returns the position after the message; an error if it can't be the next one.
    pub(crate) fn after(&self, message: &Message) -> Result<Self, Fork> {
        let header = &message.header;
        if header.journal != self.journal {
            return Err(Fork::Journal);
        }
        if (header.kind == Kind::Base) != (self.seq == 0) {
            return Err(Fork::Base);
        }
        if header.n != self.n + 1 {
            return Err(Fork::Number { found: header.n, expected: self.n + 1 });
        }
        if header.prev != self.head {
            return Err(Fork::Chain(self.n));
        }
        let fits = match header.kind {
            Kind::Claim => header.epoch == self.epoch + 1,
            Kind::Base => header.epoch == self.epoch,
            Kind::Batch | Kind::Tick => header.epoch == self.epoch && header.writer == self.writer,
        };
        if !fits {
            return Err(Fork::Epoch { found: header.epoch, writer: header.writer, expected: self.epoch });
        }
        let (epoch, writer) = (header.epoch, header.writer);
        Ok(Self { seq: self.seq + 1, n: header.n, head: header.hash, epoch, writer, ..*self })
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::Header;
    use super::*;
    use crate::types::Timestamp;

    const ANN: HostId = HostId::from_bytes([1; 16]);
    const BOB: HostId = HostId::from_bytes([2; 16]);

    const START: Position = Position {
        journal: Hash::from_bytes([7; 32]),
        generation: 1,
        seq: 9,
        n: 20,
        head: Hash::from_bytes([8; 32]),
        epoch: 4,
        writer: ANN,
    };

    fn message(kind: Kind, epoch: u64, writer: HostId) -> Message {
        let Position { journal, n, head, .. } = START;
        let header = Header {
            journal,
            kind,
            epoch,
            writer,
            n: n + 1,
            prev: head,
            hash: Hash::ZERO,
            at: Timestamp::from_millis(1),
        };
        Message::new(header, b"body".as_slice().into())
    }

    fn changed(change: impl FnOnce(&mut Header)) -> Message {
        let Message { mut header, body, .. } = message(Kind::Batch, 4, ANN);
        change(&mut header);
        Message::new(header, body)
    }

    #[test]
    fn the_writer_goes_on() {
        for kind in [Kind::Batch, Kind::Tick] {
            let next = message(kind, 4, ANN);
            let after = START.after(&next).unwrap();
            assert_eq!(after, Position { seq: 10, n: 21, head: next.header.hash, ..START });
        }
    }

    #[test]
    fn a_claim_makes_another_the_writer() {
        let after = START.after(&message(Kind::Claim, 5, BOB)).unwrap();
        assert_eq!((after.epoch, after.writer), (5, BOB));
        let late = START.after(&message(Kind::Claim, 4, BOB));
        assert!(matches!(late, Err(Fork::Epoch { found: 4, writer: BOB, expected: 4 })));
        assert!(matches!(START.after(&message(Kind::Claim, 6, BOB)), Err(Fork::Epoch { .. })));
    }

    #[test]
    fn whoever_is_not_the_writer_writes_nothing() {
        assert!(matches!(START.after(&message(Kind::Batch, 4, BOB)), Err(Fork::Epoch { .. })));
        assert!(matches!(START.after(&message(Kind::Tick, 3, ANN)), Err(Fork::Epoch { .. })));
        assert!(matches!(START.after(&message(Kind::Batch, 5, ANN)), Err(Fork::Epoch { .. })));
    }

    #[test]
    fn what_was_written_on_another_history_is_a_fork() {
        assert_eq!(START.after(&changed(|header| header.journal = Hash::ZERO)), Err(Fork::Journal));
        assert_eq!(START.after(&changed(|header| header.n = 22)), Err(Fork::Number { found: 22, expected: 21 }));
        assert_eq!(START.after(&changed(|header| header.n = 20)), Err(Fork::Number { found: 20, expected: 21 }));
        assert_eq!(START.after(&changed(|header| header.prev = Hash::ZERO)), Err(Fork::Chain(20)));
    }

    #[test]
    fn a_stream_begins_with_its_base() {
        assert_eq!(START.after(&message(Kind::Base, 4, BOB)), Err(Fork::Base));
        let new = Position { generation: 2, seq: 0, ..START };
        assert_eq!(new.after(&message(Kind::Batch, 4, ANN)), Err(Fork::Base));
        let after = new.after(&message(Kind::Base, 4, BOB)).unwrap();
        assert_eq!((after.generation, after.seq, after.n, after.epoch), (2, 1, 21, 4));
        assert!(matches!(new.after(&message(Kind::Base, 5, BOB)), Err(Fork::Epoch { .. })));
    }
}
