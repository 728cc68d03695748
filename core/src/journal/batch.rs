//! Contents of one append, independent of the backend.

use std::sync::Arc;

use smallvec::SmallVec;

use super::codec::RowWriter;
use super::{Head, JournalError, Outcome, Proposal, StoredResult};
use crate::domain::VaultChange;
use crate::event::{Hash, Record};
use crate::types::{CommandId, Timestamp};

/// All that one append writes besides the rows, and the outcomes to return once it is durable.
#[derive(Debug)]
pub(super) struct Batch {
    /// Outcomes, one for each proposal.
    pub(super) outcomes: Vec<Outcome>,
    /// End of the journal after the append.
    pub(super) head: Head,
    /// Latest time of a proposal; results expire by it.
    pub(super) now: Timestamp,
    /// Changes to the vault, in order.
    pub(super) vault: Vec<VaultChange>,
    /// Results to store, in order.
    pub(super) results: Vec<(CommandId, StoredResult)>,
}

impl Batch {
    /// Converts the proposals to records, numbered and chained from `head` on, and encodes them into `rows`.
    pub(super) fn new(rows: &mut RowWriter, head: Head, proposals: Vec<Proposal>) -> Result<Self, JournalError> {
        rows.clear();
        let outcomes = Vec::with_capacity(proposals.len());
        let mut batch = Self { outcomes, head, now: head.at, vault: Vec::new(), results: Vec::new() };
        for proposal in proposals {
            let Proposal { command_id, actor, at, events, vault, result, reads: _ } = proposal;
            batch.now = batch.now.max(at);
            let mut records = SmallVec::with_capacity(events.len());
            for (event, version) in events {
                let seq = batch.head.seq + 1;
                let mut record = Record { seq, at, actor, command_id, version, event, hash: Hash::ZERO };
                rows.push(batch.head.hash, &mut record)?;
                batch.head = Head { seq, hash: record.hash, at };
                records.push(Arc::new(record));
            }
            batch.vault.extend(vault);
            batch.results.extend(result.map(|result| (command_id, result)));
            batch.outcomes.push(Outcome::Committed(records));
        }
        Ok(batch)
    }

    /// Returns `true` if there is nothing to write; `before` is the end of the journal before the append.
    pub(super) fn changes_nothing(&self, before: Head) -> bool {
        self.head.seq == before.seq && self.vault.is_empty() && self.results.is_empty()
    }
}
