//! The errors of redb as a journal's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use redb::StorageError;

use super::schema::ARCHIVE_FILE;
use crate::journal::JournalError;
use crate::journal::codec::damaged;

/// Runs what reads or writes the database. redb may panic where a damaged file breaks what it relies on; to the caller that
/// is damage like any other.
///
/// `file` names the file that is worked on, because the panic does not.
pub(super) fn guarded<T>(
    file: &'static str,
    work: impl FnOnce() -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        Err(damaged(0, format!("{file} is damaged: redb panicked: {}", text.unwrap_or("no details"))))
    })
}

/// Runs a step of reading the archive's rows inside of what is [`guarded`] for the journal's own file.
pub(super) fn guarded_row<T>(step: impl FnOnce() -> Result<T, StorageError>) -> Result<T, StorageError> {
    let panicked = |_| Err(StorageError::Corrupted(format!("{ARCHIVE_FILE}: redb panicked")));
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(panicked)
}

/// Names the record at which damage was met that the database itself found.
pub(super) fn at(err: JournalError, seq: u64) -> JournalError {
    match err {
        JournalError::Damaged { seq: 0, what } => JournalError::Damaged { seq, what },
        err => err,
    }
}

/// Whether a reader failed only because the database was closed under it.
pub(super) fn is_closed(err: &JournalError) -> bool {
    let JournalError::Storage(err) = err else { return false };
    matches!(err.downcast_ref::<redb::Error>(), Some(redb::Error::DatabaseClosed))
}

fn from_redb(err: redb::Error) -> JournalError {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    match err {
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => JournalError::InUse,
        redb::Error::Corrupted(what) => damaged(0, what),
        redb::Error::Io(err) if matches!(err.kind(), InvalidData | UnexpectedEof) => damaged(0, err.to_string()),
        err @ (redb::Error::TableDoesNotExist(_)
        | redb::Error::TableTypeMismatch { .. }
        | redb::Error::TableIsMultimap(_)
        | redb::Error::TypeDefinitionChanged { .. }) => damaged(0, err.to_string()),
        err => JournalError::Storage(Box::new(err)),
    }
}

macro_rules! from {
    ($($error:ty),*) => {
        $(impl From<$error> for JournalError {
            fn from(err: $error) -> Self {
                from_redb(err.into())
            }
        })*
    };
}

from!(redb::DatabaseError, redb::StorageError, redb::TableError, redb::TransactionError, redb::CommitError);
