//! What one append writes, whatever it is written to.

use std::sync::Arc;

use smallvec::SmallVec;

use super::codec::RowWriter;
use super::{Head, JournalError, Outcome, Proposal, StoredResult};
use crate::domain::VaultChange;
use crate::event::{Hash, Record};
use crate::types::{CommandId, Timestamp};

/// All that one append writes beside the rows, and what it answers once they are durable.
#[derive(Debug)]
pub(super) struct Batch {
    /// One for each proposal.
    pub(super) outcomes: Vec<Outcome>,
    /// The end of the journal after it.
    pub(super) head: Head,
    /// The latest time of a proposal; results expire by it.
    pub(super) now: Timestamp,
    /// What changes in the vault, in order.
    pub(super) vault: Vec<VaultChange>,
    /// The results to store, in order.
    pub(super) results: Vec<(CommandId, StoredResult)>,
}

impl Batch {
    /// Makes records of the proposals, numbered and chained from `head` on, and `rows` of the records.
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
}
