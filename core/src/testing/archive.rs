//! Archives old records of a journal for tests, without years of sales.

use std::path::Path;

use crate::error::Error;
use crate::journal::{Journal, RedbJournal, Sizes};

/// Moves all but the last `kept` records of a closed data directory to `archive.redb`, as a box office does for all but
/// its last million records. The moved records leave `journal.redb` gradually, with the next commands.
///
/// ```
/// use boxoffice::{BoxOffice, SignUp};
///
/// # let dir = tempfile::tempdir()?;
/// # let dir = dir.path();
/// let office = BoxOffice::open(dir)?.blocking();
/// for name in ["ann", "bob", "cat"] {
///     office.auth().sign_up(SignUp::new(format!("{name}@example.com"), "correct horse"))?;
/// }
/// office.close()?;
///
/// boxoffice::testing::archive(dir, 1)?;
/// assert!(dir.join("archive.redb").exists());
/// assert_eq!(BoxOffice::open(dir)?.journal().read(1, 10)?.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `journal.unavailable` if the directory is open, damaged or can't be written.
pub fn archive(dir: &Path, kept: u64) -> Result<(), Error> {
    let journal = RedbJournal::open_sized(dir, Sizes { kept, portion: 1, ..Sizes::default() })?;
    while journal.archive()? {}
    journal.close();
    Ok(())
}
