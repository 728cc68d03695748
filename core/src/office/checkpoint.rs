//! Opening the checkpoint of the views beside its journal.

use std::path::Path;

use crate::error::Error;
use crate::journal::{Head, Journal, JournalError};
use crate::views::Views;

/// Opens the views, unless the checkpoint speaks of another journal: then they start from nothing.
///
/// A checkpoint covers only what is durable. So one that is ahead of the journal shows that the journal has lost its end, by damage
/// or because an older copy was put in its place, and that nobody would notice without it.
pub(super) fn open_views(journal: &dyn Journal, dir: &Path) -> Result<Views, Error> {
    let end = journal.head()?.seq;
    // One that is ahead is kept, because it is the proof.
    let views = Views::open(Some(dir), &|head| head.seq > end || is_in_journal(journal, head))?;
    let covered = views.covers().seq;
    if covered > end {
        let what = format!(
            "is missing: the checkpoint covers {covered} records; if an older copy of the journal was put here on purpose, \
             delete views.redb"
        );
        return Err(JournalError::Damaged { seq: end + 1, what }.into());
    }
    Ok(views)
}

/// Whether the checkpoint that covers the journal up to here is one of this journal.
pub(crate) fn is_in_journal(journal: &dyn Journal, head: Head) -> bool {
    let found = journal.read(head.seq, 1).ok().and_then(|records| records.into_iter().next());
    head.seq == 0 || found.is_some_and(|record| record.seq == head.seq && record.hash == head.hash)
}
