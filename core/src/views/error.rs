//! Errors of reading and writing views.

use std::borrow::Cow;

use crate::error::{Code, Error};

/// Errors of the views. They never affect the journal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ViewsError {
    /// The checkpoint file is already open, in this process or another.
    #[error("the checkpoint file is open already")]
    InUse,
    /// The stored data is not what was written. The file is deleted, and the next opening rebuilds it from the journal.
    #[error("the checkpoint file is damaged: {0}")]
    Damaged(Cow<'static, str>),
    /// The storage failed; a later attempt may succeed.
    #[error("the checkpoint file's storage failed")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The cursor of the query belongs to another listing.
    #[error("the cursor belongs to another listing")]
    ForeignCursor,
}

impl From<ViewsError> for Error {
    fn from(error: ViewsError) -> Self {
        let code = match error {
            ViewsError::InUse => Code::JournalInUse,
            ViewsError::Damaged(_) => Code::Internal,
            ViewsError::Storage(_) => Code::JournalUnavailable,
            ViewsError::ForeignCursor => return Self::invalid("cursor", "belongs to another listing"),
        };
        Self::from(code).with_source(error)
    }
}

impl From<redb::Error> for ViewsError {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::DatabaseAlreadyOpen => Self::InUse,
            redb::Error::Corrupted(_)
            | redb::Error::TableDoesNotExist(_)
            | redb::Error::TableTypeMismatch { .. }
            | redb::Error::TypeDefinitionChanged { .. }
            | redb::Error::TableIsMultimap(_) => Self::Damaged(error.to_string().into()),
            error => Self::Storage(Box::new(error)),
        }
    }
}

macro_rules! from_redb {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for ViewsError {
            fn from(error: redb::$error) -> Self {
                Self::from(redb::Error::from(error))
            }
        })*
    };
}

from_redb!(DatabaseError, TransactionError, TableError, StorageError, CommitError, SetDurabilityError);

impl From<std::io::Error> for ViewsError {
    fn from(error: std::io::Error) -> Self {
        Self::Storage(Box::new(error))
    }
}

impl ViewsError {
    /// Creates the error for a damaged file.
    pub(super) const fn damaged(what: &'static str) -> Self {
        Self::Damaged(Cow::Borrowed(what))
    }
}
