//! The file `webhooks.redb`: subscriptions, their progress, and the log of deliveries.
//!
//! **Invariant:** an outcome and the cursor that it moves are one transaction, so that a crash at most repeats a
//! delivery.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::aside;
use super::error::{WebhookError, guarded};
use super::subscription::{Delivery, Noted, Progress, Subscription};

/// Name of the file in the data directory.
pub(super) const FILE: &str = "webhooks.redb";

/// Number of deliveries that the log keeps for each subscription.
pub(super) const LOG_MAX: u64 = 1000;

/// Size of redb's cache; the file is small.
const CACHE_BYTES: usize = 4 << 20;

pub(super) const SUBSCRIPTIONS: TableDefinition<'_, u128, &[u8]> = TableDefinition::new("subscriptions");
pub(super) const PROGRESS: TableDefinition<'_, u128, &[u8]> = TableDefinition::new("progress");
pub(super) const DELIVERIES: TableDefinition<'_, (u128, u64), &[u8]> = TableDefinition::new("deliveries");

pub(super) const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");

/// Name of the followed history in `meta`.
const HISTORY: &str = "history";

type Result<T> = std::result::Result<T, WebhookError>;

/// The open file.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) database: Database,
    /// Number of times that a subscription was read.
    #[cfg(test)]
    pub(super) reads: std::sync::atomic::AtomicU64,
}

impl Store {
    /// Opens the file. A new file is readable by its owner only, because it contains secrets.
    pub(super) fn open(dir: &Path) -> Result<Self> {
        let file = private(&dir.join(FILE))?;
        guarded(|| Self::at(file))
    }

    /// Opens the file, or sets it aside if it is damaged and begins a new one.
    pub(super) fn open_or_set_aside(dir: &Path) -> Result<Self> {
        let damage = match Self::open(dir) {
            Ok(store) => match store.problems().into_iter().next() {
                None => return Ok(store),
                Some(problem) => {
                    // If redb panics while it closes the file, that file is set aside all the same.
                    let _ = guarded(|| {
                        drop(store);
                        Ok(())
                    });
                    problem
                }
            },
            Err(error @ WebhookError::Damaged(_)) => error.to_string(),
            Err(error) => return Err(error),
        };
        let name = aside::name(dir).map_err(WebhookError::unavailable)?;
        tracing::error!(damage, file = %name.display(), "the webhooks are damaged and set aside; they have to be made again");
        fs::rename(dir.join(FILE), &name).map_err(WebhookError::unavailable)?;
        Self::open(dir)
    }

    /// Reads all that the file holds, and describes what is wrong with it.
    pub(super) fn problems(&self) -> Vec<String> {
        guarded(|| self.read_all()).err().map(|error| error.to_string()).into_iter().collect()
    }

    fn read_all(&self) -> Result<()> {
        for (subscription, _) in self.list()? {
            self.deliveries(subscription.id, u64::MAX, usize::MAX)?;
        }
        self.history().map(drop)
    }

    /// Returns the id of the history that the subscriptions have followed; `None` in a file that never noted one.
    pub(super) fn history(&self) -> Result<Option<String>> {
        let txn = self.database.begin_read()?;
        let history = txn.open_table(META)?.get(HISTORY)?.map(|value| decode(value.value())).transpose()?;
        Ok(history)
    }

    /// Notes the history that the subscriptions follow from now on.
    pub(super) fn note_history(&self, id: &str) -> Result<()> {
        let txn = self.database.begin_write()?;
        txn.open_table(META)?.insert(HISTORY, encode(&id)?.as_slice())?;
        Ok(txn.commit()?)
    }

    fn at(file: File) -> Result<Self> {
        let database = Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(FileBackend::new(file)?)?;
        let txn = database.begin_write()?;
        txn.open_table(SUBSCRIPTIONS)?;
        txn.open_table(PROGRESS)?;
        txn.open_table(DELIVERIES)?;
        txn.open_table(META)?;
        txn.commit()?;
        Ok(Self {
            database,
            #[cfg(test)]
            reads: std::sync::atomic::AtomicU64::new(0),
        })
    }

    pub(super) fn list(&self) -> Result<Vec<(Subscription, Progress)>> {
        let txn = self.database.begin_read()?;
        let (table, progress) = (txn.open_table(SUBSCRIPTIONS)?, txn.open_table(PROGRESS)?);
        let mut all = Vec::new();
        for row in table.iter()? {
            let (key, value) = row?;
            all.push((decode(value.value())?, found(&progress, key.value())?.unwrap_or_default()));
        }
        Ok(all)
    }

    pub(super) fn get(&self, id: Uuid) -> Result<(Subscription, Progress)> {
        #[cfg(test)]
        self.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let txn = self.database.begin_read()?;
        let subscription = found(&txn.open_table(SUBSCRIPTIONS)?, id.as_u128())?.ok_or(WebhookError::NotFound)?;
        Ok((subscription, found(&txn.open_table(PROGRESS)?, id.as_u128())?.unwrap_or_default()))
    }

    /// Adds a subscription; returns `true` if it was added. An existing subscription with the id stays as it is. Fails
    /// if there are already `max` subscriptions.
    pub(super) fn add(&self, subscription: &Subscription, progress: &Progress, max: usize) -> Result<bool> {
        let txn = self.database.begin_write()?;
        if txn.open_table(SUBSCRIPTIONS)?.get(subscription.id.as_u128())?.is_some() {
            return Ok(false);
        }
        let count = txn.open_table(SUBSCRIPTIONS)?.iter()?.count();
        if count >= max {
            return Err(WebhookError::LimitReached);
        }
        put(&txn, SUBSCRIPTIONS, subscription.id, subscription)?;
        put(&txn, PROGRESS, subscription.id, progress)?;
        txn.commit()?;
        Ok(true)
    }

    /// Changes a subscription and its progress in one transaction.
    pub(super) fn change(
        &self,
        id: Uuid,
        change: impl FnOnce(&mut Subscription, &mut Progress) -> Result<()>,
    ) -> Result<(Subscription, Progress)> {
        let txn = self.database.begin_write()?;
        let changed = changed(&txn, id, change)?;
        txn.commit()?;
        Ok(changed)
    }

    pub(super) fn remove(&self, id: Uuid) -> Result<()> {
        let txn = self.database.begin_write()?;
        if !erase(&txn, id)? {
            return Err(WebhookError::NotFound);
        }
        Ok(txn.commit()?)
    }

    /// Returns what was taken in of a webhook that the hosts of a cluster share; `None` if it is of this directory alone.
    pub(super) fn noted(&self, id: Uuid) -> Result<Option<Noted>> {
        let txn = self.database.begin_read()?;
        let noted = txn.open_table(META)?.get(noted_key(id).as_str())?;
        noted.map(|value| decode(value.value())).transpose()
    }

    /// Logs an attempt and applies its consequences in one transaction. Returns the attempt with its number.
    pub(super) fn settle(
        &self,
        id: Uuid,
        mut delivery: Delivery,
        follow: impl FnOnce(&mut Subscription, &mut Progress),
    ) -> Result<Delivery> {
        let txn = self.database.begin_write()?;
        changed(&txn, id, |subscription, progress| {
            progress.last_delivery += 1;
            delivery.id = progress.last_delivery;
            follow(subscription, progress);
            Ok(())
        })?;
        {
            let mut log = txn.open_table(DELIVERIES)?;
            log.insert((id.as_u128(), delivery.id), encode(&delivery)?.as_slice())?;
            log.remove((id.as_u128(), delivery.id.saturating_sub(LOG_MAX)))?;
        }
        txn.commit()?;
        Ok(delivery)
    }

    /// Returns the attempts before number `before`, latest first.
    pub(super) fn deliveries(&self, id: Uuid, before: u64, limit: usize) -> Result<Vec<Delivery>> {
        self.get(id)?;
        let log = self.database.begin_read()?.open_table(DELIVERIES)?;
        let rows = log.range((id.as_u128(), 0)..(id.as_u128(), before))?.rev().take(limit);
        rows.map(|row| decode(row?.1.value())).collect()
    }

    pub(super) fn delivery(&self, id: Uuid, number: u64) -> Result<Delivery> {
        self.get(id)?;
        let log = self.database.begin_read()?.open_table(DELIVERIES)?;
        let row = log.get((id.as_u128(), number))?.ok_or(WebhookError::DeliveryNotFound)?;
        decode(row.value())
    }
}

fn changed(
    txn: &WriteTransaction,
    id: Uuid,
    change: impl FnOnce(&mut Subscription, &mut Progress) -> Result<()>,
) -> Result<(Subscription, Progress)> {
    let mut subscription = found(&txn.open_table(SUBSCRIPTIONS)?, id.as_u128())?.ok_or(WebhookError::NotFound)?;
    let mut progress = found(&txn.open_table(PROGRESS)?, id.as_u128())?.unwrap_or_default();
    change(&mut subscription, &mut progress)?;
    put(txn, SUBSCRIPTIONS, id, &subscription)?;
    put(txn, PROGRESS, id, &progress)?;
    Ok((subscription, progress))
}

/// Removes a subscription with its log; returns `true` if there was one.
pub(super) fn erase(txn: &WriteTransaction, id: Uuid) -> Result<bool> {
    let key = id.as_u128();
    let was_there = txn.open_table(SUBSCRIPTIONS)?.remove(key)?.is_some();
    txn.open_table(PROGRESS)?.remove(key)?;
    txn.open_table(DELIVERIES)?.retain_in((key, 0)..=(key, u64::MAX), |_, _| false)?;
    Ok(was_there)
}

/// Returns the name in `meta` of what was taken in of a webhook.
pub(super) fn noted_key(id: Uuid) -> String {
    format!("noted/{id}")
}

pub(super) fn found<T: DeserializeOwned>(
    table: &impl ReadableTable<u128, &'static [u8]>,
    key: u128,
) -> Result<Option<T>> {
    table.get(key)?.map(|value| decode(value.value())).transpose()
}

pub(super) fn put(
    txn: &WriteTransaction,
    table: TableDefinition<'_, u128, &[u8]>,
    id: Uuid,
    value: &impl Serialize,
) -> Result<()> {
    txn.open_table(table)?.insert(id.as_u128(), encode(value)?.as_slice())?;
    Ok(())
}

pub(super) fn encode(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(WebhookError::unavailable)
}

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| WebhookError::Damaged(error.to_string()))
}

/// Opens a file that only its owner may read; restricts the permissions of an existing one.
fn private(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = file.map_err(WebhookError::unavailable)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(path, mode).map_err(WebhookError::unavailable)?;
    Ok(file)
}
