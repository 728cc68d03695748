//! A box office without threads.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

#[cfg(feature = "cluster")]
use super::cluster::{SimulatedCluster, key_seed};
use super::observer::{Ear, Observer};
use super::readings::Readings;
use crate::disk::Disk;
use crate::engine::{Writer, catch_up};
#[cfg(feature = "cluster")]
use crate::error::Code;
use crate::error::Error;
use crate::event::{Actor, Hash, Record};
use crate::gateway::{GatewayReport, PaymentGateway};
use crate::journal::{Head, Journal, JournalError, RedbJournal, Sizes};
use crate::office::{Named, command_of, is_in_journal};
use crate::types::{OrderId, Timestamp, UserId};
use crate::views::Views;
use crate::{BoxOffice, Builder};

/// Key of the email hashes in every simulated journal. It influences no decision.
const EMAIL_HASH_KEY: [u8; 32] = [0x5a; 32];

/// Sizes so small that records are archived often, and that some lives use the quick-repair mode.
pub(super) const SIZES: Sizes = Sizes { kept: 100, portion: 20, portion_bytes: 16 * 1024, quick_repair_from: 200 };

/// Files of a box office.
#[derive(Debug, Clone)]
pub struct Storage {
    /// Journal's own file.
    pub journal: Arc<dyn Disk>,
    /// Archive of old records.
    pub archive: Arc<dyn Disk>,
    /// Checkpoint of the views.
    pub views: Arc<dyn Disk>,
    /// The keys of the vault.
    pub keys: Arc<dyn Disk>,
}

/// Task that makes progress when it is polled.
pub type Pending = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A box office without threads. It decides, appends, archives and writes checkpoints only when it is stepped, and its
/// tasks run only when their runtime does.
///
/// Dropping it simulates the death of its process: no caller gets an answer any more, and nothing more is written.
pub struct SteppedOffice {
    office: BoxOffice,
    journal: Arc<dyn Journal>,
    views: Views,
    /// `None` once it is abandoned.
    writer: Option<Writer>,
}

impl SteppedOffice {
    /// Opens the box office on this storage, with the builder's clock, ids, limits and key ring.
    ///
    /// # Errors
    /// The errors of [`Builder::open`].
    pub fn open(
        builder: Builder,
        storage: Storage,
        gateway: Arc<dyn PaymentGateway>,
        runtime: &tokio::runtime::Handle,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, Error> {
        let files = [storage.journal, storage.archive, storage.keys];
        let journal: Arc<dyn Journal> = Arc::new(RedbJournal::open_on(files, EMAIL_HASH_KEY, SIZES)?);
        let views = Views::open_on(storage.views, &|head| is_in_journal(journal.as_ref(), head))?;
        let opened = builder.open_stepped(Arc::clone(&journal), views.clone(), gateway, runtime);
        let (office, writer) = opened.inspect_err(|_| {
            views.close();
            journal.close();
        })?;
        office.inner().tap(Arc::new(Ear(observer)));
        Ok(Self { office, journal, views, writer: Some(writer) })
    }

    /// Opens the box office as a host of a simulated cluster, on a storage that holds a copy of the cluster's journal.
    ///
    /// # Errors
    /// The errors of [`Builder::open`].
    #[cfg(feature = "cluster")]
    pub fn open_in_cluster(
        builder: Builder,
        storage: Storage,
        gateway: Arc<dyn PaymentGateway>,
        runtime: &tokio::runtime::Handle,
        observer: Arc<dyn Observer>,
        (cluster, host): (&mut SimulatedCluster, usize),
    ) -> Result<Self, Error> {
        let files = [storage.journal, storage.archive, storage.keys];
        let copy = Arc::new(RedbJournal::open_on(files, key_seed(host), SIZES)?);
        let position = copy.position()?.ok_or_else(|| Error::from(Code::JournalDamaged))?;
        let opened = builder.open_stepped_host(copy, storage.views, gateway, runtime)?;
        opened.office.inner().tap(Arc::new(Ear(observer)));
        cluster.started(host, position, opened.seat);
        let (office, journal, views) = (opened.office, opened.journal, opened.views);
        Ok(Self { office, journal, views, writer: Some(opened.writer) })
    }

    /// Returns the façade.
    pub fn office(&self) -> &BoxOffice {
        &self.office
    }

    /// Decides the requests in the queue, and starts appending them unless the previous batch is still being appended.
    pub fn decide(&mut self) {
        self.writer.iter_mut().for_each(Writer::turn);
    }

    /// Completes the started append, in success or failure.
    pub fn append(&mut self) {
        self.writer.iter_mut().for_each(Writer::complete_in_flight);
    }

    /// Returns `true` if the writer has stopped.
    pub fn is_over(&self) -> bool {
        self.writer.as_ref().is_none_or(Writer::is_done)
    }

    /// Stops accepting commands. Requests in the queue are still decided.
    pub fn close_queue(&self) {
        self.office.inner().close_queue();
    }

    /// Drops the writer and all requests that wait for it.
    pub fn abandon(&mut self) {
        self.writer = None;
    }

    /// Writes a checkpoint.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails; the previous checkpoint stays.
    pub fn checkpoint(&self) -> Result<(), Error> {
        if self.journal.persist(self.views.covers().seq)? {
            self.views.checkpoint()?;
        }
        Ok(())
    }

    /// Moves some of the oldest records to the archive; returns `true` if there may be more.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails; nothing is lost.
    pub fn archive(&self) -> Result<bool, Error> {
        Ok(self.journal.archive()?)
    }

    /// Returns the number and hash of the last durable record.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails.
    pub fn head(&self) -> Result<(u64, Hash), Error> {
        let head = self.journal.head()?;
        Ok((head.seq, head.hash))
    }

    /// Returns at most `limit` durable records, starting with number `from`.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails, `journal.damaged` if the content differs from what was written.
    pub fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, Error> {
        Ok(self.journal.read(from, limit)?)
    }

    /// Passes every durable record to `visit`, in order, with the hashes checked.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails, `journal.damaged` if the content differs from what was written.
    pub fn replay(&self, visit: &mut dyn FnMut(&Record)) -> Result<(), Error> {
        let start = Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() };
        self.journal.replay(start, &mut |record| -> Result<(), JournalError> {
            visit(&record);
            Ok(())
        })?;
        Ok(())
    }

    /// Returns `true` if personal data of the user is stored.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails, `journal.damaged` if the content differs from what was written.
    pub fn has_personal_data(&self, user: UserId) -> Result<bool, Error> {
        Ok(self.journal.vault_row(user)?.is_some())
    }

    /// Returns `true` if the personal data of the user could still be decrypted, wherever its bytes are.
    pub fn keeps_key(&self, user: UserId) -> bool {
        self.journal.keeps_key(user)
    }

    /// Returns read access to the views.
    pub fn shown(&self) -> Readings {
        Readings(self.views.clone())
    }

    /// Returns read access to the result of a replay of the journal from zero.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails, `journal.damaged` if the content differs from what was written.
    pub fn replayed(&self) -> Result<Readings, Error> {
        let rebuilt = Views::open(None, &|_| true)?;
        catch_up(self.journal.as_ref(), &rebuilt)?;
        Ok(Readings(rebuilt))
    }

    /// Records a report of the card processor, as [`Payments::receive_webhook`](crate::Payments::receive_webhook) does
    /// with a message that it has read. Returns `None` if there is nothing to record.
    pub fn receive(&self, report: GatewayReport) -> Option<Pending> {
        // If the storage can't be read, the card processor sends the report again later.
        let order = self.views.order_of_charge(report.charge_id()).ok()??;
        let office = self.office.clone();
        let new_order_id = OrderId::from(office.inner().fresh_id());
        let command = command_of(report, order.id, new_order_id)?;
        Some(Box::pin(async move {
            // The card processor ignores the outcome.
            let _ = office.inner().submit_any(command, Actor::System, Named::Fresh).await;
        }))
    }
}

impl Drop for SteppedOffice {
    fn drop(&mut self) {
        self.writer = None;
        self.views.close();
        self.journal.close();
    }
}

impl fmt::Debug for SteppedOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteppedOffice").field("is_over", &self.is_over()).finish_non_exhaustive()
    }
}
