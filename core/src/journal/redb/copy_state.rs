//! State of a host's copy of a shared journal that only the appending thread needs.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

use crate::journal::JournalError;
use crate::journal::jetstream::Position;
use crate::types::UserId;

/// Number of messages without rows after which the position is written to the file by itself, so that a host that was idle
/// for long doesn't read all of them once more.
const IDLE_MESSAGES_MAX: u64 = 1_000;

/// State of a host's copy of a shared journal. A journal of one host never changes it.
#[derive(Debug, Default)]
pub(super) struct CopyState {
    /// How far the stream was followed; `None` until the file was asked.
    pub(super) position: Option<Position>,
    /// Number of the last message of the position in the file.
    pub(super) noted: u64,
    /// How far a crash undoes nothing; `None` until this process has made the copy durable.
    pub(super) secured: Option<Position>,
    /// `true` if a transaction was committed that a crash may undo.
    pub(super) is_pending: bool,
    /// `true` if the batch that is begun has to be made durable when it is settled.
    pub(super) is_due: bool,
    /// Users whose rows can't be read; `None` until somebody asks.
    pub(super) missing: Option<BTreeSet<UserId>>,
    /// Users who get a new key with the batch that is begun; gone once it is settled.
    pub(super) begun: Weak<Vec<UserId>>,
}

impl CopyState {
    /// Returns the users who get a new key with the batch that is begun; `None` if there is no such batch.
    pub(super) fn begun(&self) -> Option<Arc<Vec<UserId>>> {
        self.begun.upgrade()
    }

    /// Refuses to begin a transaction while that of a batch is open: it would wait for ever.
    pub(super) fn check(&self) -> Result<(), JournalError> {
        if self.begun().is_some() {
            return Err(JournalError::Storage("a batch is begun and not settled".into()));
        }
        Ok(())
    }

    /// Forgets everything: the file was opened anew.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Takes note that the stream was followed this far. Earlier positions change nothing.
    pub(super) fn follow(&mut self, position: Position) {
        if self.position.is_none_or(|before| before.n < position.n) {
            self.position = Some(position);
            // What brings no rows leaves nothing to be made durable.
            self.secured = self.secured.map(|secured| if self.is_pending { secured } else { position });
        }
    }

    /// Takes note of a committed transaction that has written the position.
    pub(super) fn committed(&mut self, position: Position, is_durable: bool) {
        self.noted = position.n;
        self.is_pending = !is_durable;
        self.is_due &= !is_durable;
        self.follow(position);
        // A message without rows may have come while the batch was begun.
        let earlier = self.secured.filter(|secured| secured.n < position.n);
        self.secured = if is_durable { self.position } else { earlier };
    }

    /// Returns `true` if the file should be made durable.
    pub(super) fn is_unsynced(&self) -> bool {
        self.is_pending || self.position.is_some_and(|position| position.n >= self.noted + IDLE_MESSAGES_MAX)
    }

    /// Returns `true` if a crash may undo something.
    pub(super) fn is_unsecured(&self) -> bool {
        self.is_pending || self.secured.is_none()
    }

    /// Returns `true` if the file lacks anything.
    pub(super) fn is_behind(&self) -> bool {
        self.is_pending || self.position.is_some_and(|position| position.n > self.noted)
    }

    /// Takes note of whose rows can be read now, and whose can't.
    pub(super) fn read(&mut self, users: impl IntoIterator<Item = (UserId, bool)>) {
        let Some(missing) = &mut self.missing else { return };
        for (user, is_readable) in users {
            if is_readable {
                missing.remove(&user);
            } else {
                missing.insert(user);
            }
        }
    }
}
