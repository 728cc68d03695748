//! The journal's own file: its name, and how redb opens it.

use std::path::{Path, PathBuf};

use redb::Database;

use crate::private_file;

/// The name of the journal's file in the data directory.
pub(super) const DATABASE_FILE: &str = "journal.redb";

/// How much of the file redb keeps in memory. The hot end of the journal is small, and the views serve most reads, so its
/// default of 1 GiB would be wasted.
pub(super) const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// Opens the database, now and after every failure.
pub(crate) type Opener = Box<dyn Fn() -> Result<Database, redb::DatabaseError> + Send + Sync>;

/// Returns the journal's file of a data directory.
pub(super) fn database_file(dir: &Path) -> PathBuf {
    dir.join(DATABASE_FILE)
}

/// Returns the opener of a journal's file.
pub(super) fn opener_of(file: PathBuf) -> Opener {
    Box::new(move || {
        private_file::ensure(&file)?;
        builder(CACHE_BYTES).create(&file)
    })
}

/// Returns a builder of databases that keep so much in memory.
pub(super) fn builder(cache_bytes: usize) -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    builder
}
