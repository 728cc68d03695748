//! Bringing the facts out of a directory that no longer opens.

use std::ops::ControlFlow;
use std::path::Path;

use super::BoxOffice;
use crate::error::Error;
use crate::event::Record;
use crate::journal::recover;
use crate::verify::Problem;

/// What was brought out of a journal, and what was not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// How many records were brought out: those with the numbers 1 to this one.
    pub records: u64,
    /// How many of them, the last ones, the database no longer lists: they were found by searching the file for what follows by
    /// its hash. Records of a last transaction that was never finished, and so never acknowledged, may be among them.
    pub searched: u64,
    /// The first record that is missing, and what is wrong; `None` if the journal is whole.
    pub damage: Option<Problem>,
}

impl BoxOffice {
    /// Gives `visit` every record of the journal in a directory that comes before the first damage, each checked by the chain of
    /// hashes. Works where [`BoxOffice::open`] refuses, also on a file that was cut off or whose index is broken.
    ///
    /// Nothing in the directory is changed or created, and nobody may write to it meanwhile. Stops when `visit` breaks.
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
    /// `journal.unavailable` if the file can't be read at all. Damage is no error but part of the result.
    pub fn recover(
        path: impl AsRef<Path>,
        visit: &mut dyn FnMut(Record) -> ControlFlow<()>,
    ) -> Result<Recovery, Error> {
        let recovered = recover(path.as_ref(), visit)?;
        let damage = recovered.damage.map(|(seq, what)| Problem { seq, what });
        Ok(Recovery { records: recovered.head.seq, searched: recovered.searched, damage })
    }
}
