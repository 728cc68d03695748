//! Recovers records from a directory that no longer opens.

use std::ops::ControlFlow;
use std::path::Path;

use super::BoxOffice;
use crate::error::Error;
use crate::event::Record;
use crate::journal::recover;
use crate::verify::Problem;

/// Result of recovering records from a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// Number of recovered records. They have the numbers 1 to this one.
    pub records: u64,
    /// Number of recovered records, the last ones, that the database no longer lists. They were found by searching the
    /// file for records that continue the chain of hashes. They may include records of a last transaction that was
    /// never finished, and so never acknowledged.
    pub searched: u64,
    /// First missing record, and the reason; `None` if the journal is complete.
    pub damage: Option<Problem>,
}

impl BoxOffice {
    /// Passes every record before the first damage in a directory's journal to `visit`, each checked by the chain of
    /// hashes. Works on journals that [`BoxOffice::open`] refuses, including files that are cut off or have a broken
    /// index.
    ///
    /// Changes and creates nothing in the directory. No other process may write to it meanwhile. Stops when `visit`
    /// breaks.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use boxoffice::{BoxOffice, SignUp};
    ///
    /// # let dir = tempfile::tempdir()?;
    /// # let dir = dir.path();
    /// let office = BoxOffice::open(dir)?.blocking();
    /// office.auth().sign_up(SignUp::new("ann@example.com", "correct horse"))?;
    /// office.close()?;
    ///
    /// let mut names = Vec::new();
    /// let recover = BoxOffice::recover(dir, &mut |record| {
    ///     names.push(record.event.name());
    ///     ControlFlow::Continue(())
    /// })?;
    /// assert_eq!((names, recover.damage), (vec!["UserCreated"], None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable` if the file can't be read at all. Damage is not an error; it is part of the result.
    pub fn recover(
        path: impl AsRef<Path>,
        visit: &mut dyn FnMut(Record) -> ControlFlow<()>,
    ) -> Result<Recovery, Error> {
        let recovered = recover(path.as_ref(), visit)?;
        let damage = recovered.damage.map(|(seq, what)| Problem { seq, what });
        Ok(Recovery { records: recovered.head.seq, searched: recovered.searched, damage })
    }
}
