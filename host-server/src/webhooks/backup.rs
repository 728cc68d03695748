//! Copies of the file, for backups of the data directory.

use std::path::Path;

use redb::{ReadTransaction, ReadableDatabase, ReadableTable};

use super::Webhooks;
use super::error::WebhookError;
use super::store::{DELIVERIES, PROGRESS, SUBSCRIPTIONS, Store};

type Result<T> = std::result::Result<T, WebhookError>;

/// Whether there are webhooks in a data directory.
#[cfg(feature = "cli")]
pub(crate) fn are_in(dir: &Path) -> bool {
    dir.join(super::store::FILE).exists()
}

impl Webhooks {
    /// Returns what the file holds at this moment, to be copied later.
    pub(crate) fn snapshot(&self) -> Result<Backup> {
        Ok(Backup(self.0.shared.store.database.begin_read()?))
    }
}

/// The webhooks as they were at one moment.
pub(crate) struct Backup(ReadTransaction);

impl Backup {
    /// Writes them to a new file in `dir`.
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
        Ok(txn.commit()?)
    }
}
