//! Copies of the file, for backups of the data directory.

use std::path::Path;

use redb::{ReadTransaction, ReadableDatabase, ReadableTable};

use super::Webhooks;
use super::error::WebhookError;
use super::store::{DELIVERIES, META, PROGRESS, SUBSCRIPTIONS, Store};

type Result<T> = std::result::Result<T, WebhookError>;

/// Returns `true` if the data directory contains webhooks.
#[cfg(feature = "cli")]
pub(crate) fn are_in(dir: &Path) -> bool {
    dir.join(super::store::FILE).exists()
}

/// Describes what is wrong with the webhooks of a data directory that nobody serves; `None` if there are none, or nothing is.
#[cfg(feature = "cli")]
pub(crate) fn damage_in(dir: &Path) -> Option<String> {
    if !are_in(dir) {
        return None;
    }
    match Store::open(dir) {
        Ok(store) => store.problems().into_iter().next(),
        Err(error) => Some(error.to_string()),
    }
}

impl Webhooks {
    /// Reads all that the file holds, and describes what is wrong with it.
    #[cfg(feature = "cli")]
    pub(crate) fn problems(&self) -> Vec<String> {
        self.0.shared.store.problems()
    }

    /// Returns the name of a damaged file that was set aside, now or earlier, and is still in the directory.
    #[cfg(feature = "cli")]
    pub(crate) fn set_aside(&self) -> Option<String> {
        super::aside::find(&self.0.dir)
    }

    /// Returns a snapshot of the file, to be copied later.
    pub(crate) fn snapshot(&self) -> Result<Backup> {
        Ok(Backup(self.0.shared.store.database.begin_read()?))
    }
}

/// A snapshot of the webhooks.
pub(crate) struct Backup(ReadTransaction);

impl Backup {
    /// Writes the snapshot to a new file in `dir`.
    pub(crate) fn write(&self, dir: &Path) -> Result<()> {
        let store = Store::open(dir)?;
        let txn = store.database.begin_write()?;
        for table in [SUBSCRIPTIONS, PROGRESS] {
            let mut to = txn.open_table(table)?;
            for row in self.0.open_table(table)?.iter()? {
                let (key, value) = row?;
                to.insert(key.value(), value.value())?;
            }
        }
        {
            let mut to = txn.open_table(DELIVERIES)?;
            for row in self.0.open_table(DELIVERIES)?.iter()? {
                let (key, value) = row?;
                to.insert(key.value(), value.value())?;
            }
        }
        {
            let mut to = txn.open_table(META)?;
            for row in self.0.open_table(META)?.iter()? {
                let (key, value) = row?;
                to.insert(key.value(), value.value())?;
            }
        }
        Ok(txn.commit()?)
    }
}
