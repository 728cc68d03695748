//! The checkpoint file, `views.redb`.
//!
//! It holds all entities as they were at one position of the journal. Active entities, which are read at opening, are
//! stored apart from terminal ones, which stay in the file and are found through indexes. The file is computed from the
//! journal and never repaired: a file that can't be trusted is deleted and rebuilt.
//!
//! redb may panic on a file that another program has changed. Such a panic is caught here and reported as a damaged
//! file.

mod read;
mod row;
mod tables;
mod write;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use redb::backends::InMemoryBackend;
use redb::{Database, DatabaseError, ReadTransaction, ReadableDatabase};

use super::active::{Active, Dirty, NOTHING};
use super::error::ViewsError;
use super::index::{TicketKey, order_key};
use super::key::{Key, Walk};
use super::text_index::TextId;
use crate::domain::ledger::{Account, LedgerEntry};
use crate::domain::order::OrderStatus;
use crate::domain::ticket::{SeatKey, TicketStatus};
use crate::domain::{Order, Ticket};
use crate::journal::Head;
use crate::private_file;
use crate::types::{ChargeId, OrderId, TicketId, UserId};

/// Size of redb's cache.
const CACHE_BYTES: usize = 32 << 20;

/// Decision to continue a listing, or the error of reading an entry.
pub(super) type GoOn = Result<ControlFlow<()>, ViewsError>;

/// Restriction of a listing of tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// Tickets of a seller.
    Seller(UserId),
    /// Tickets with a text.
    Text(TextId),
}

/// Location of the tables.
#[derive(Debug)]
pub(super) enum Source {
    /// In memory, lost when the database is dropped.
    Memory,
    /// In this file.
    File(PathBuf),
    /// In this file, with fault injection.
    #[cfg(test)]
    Faulty(PathBuf, super::tests::Fault),
    /// On a disk with fault injection.
    #[cfg(any(test, feature = "simulation"))]
    Disk(Arc<dyn crate::disk::Disk>),
}

impl Source {
    fn open(&self) -> Result<Database, DatabaseError> {
        let mut builder = Database::builder();
        builder.set_cache_size(CACHE_BYTES);
        match self {
            Self::Memory => builder.create_with_backend(InMemoryBackend::new()),
            Self::File(path) => {
                private_file::ensure(path)?;
                builder.create(path)
            }
            #[cfg(test)]
            Self::Faulty(path, fault) => builder.create_with_backend(fault.backend(path)?),
            #[cfg(any(test, feature = "simulation"))]
            Self::Disk(disk) => disk.open(&builder),
        }
    }

    fn path(&self) -> Option<&PathBuf> {
        match self {
            Self::Memory => None,
            Self::File(path) => Some(path),
            #[cfg(test)]
            Self::Faulty(path, _) => Some(path),
            #[cfg(any(test, feature = "simulation"))]
            Self::Disk(_) => None,
        }
    }

    /// Returns `true` if the data is lost when the database is closed.
    fn is_fleeting(&self) -> bool {
        matches!(self, Self::Memory)
    }

    /// Returns `true` if there is no data yet.
    fn is_new(&self) -> bool {
        #[cfg(any(test, feature = "simulation"))]
        if let Self::Disk(disk) = self {
            return disk.is_empty();
        }
        self.path().is_none_or(|path| std::fs::metadata(path).map_or(true, |file| file.len() == 0))
    }

    fn delete(&self) -> std::io::Result<()> {
        #[cfg(any(test, feature = "simulation"))]
        if let Self::Disk(disk) = self {
            disk.delete();
            return Ok(());
        }
        match self.path().map(std::fs::remove_file) {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// The checkpoint file.
#[derive(Debug)]
pub(super) struct Store {
    source: Source,
    database: RwLock<Slot>,
}

#[derive(Debug)]
enum Slot {
    Open(Database),
    /// The storage has failed, after which redb refuses every access, and the file could not be reopened yet.
    Failed,
    /// The file is closed for good.
    Closed,
}

impl Store {
    /// Opens the file and reads the active entities. Replaces the file by an empty one if it can't be read.
    pub(super) fn open(source: Source, is_in_journal: &dyn Fn(Head) -> bool) -> Result<(Self, Active), ViewsError> {
        let (database, active) = match attempt(&source, is_in_journal) {
            Err(error @ (ViewsError::Damaged(_) | ViewsError::Storage(_))) => {
                tracing::warn!(%error, "the checkpoint file can't be used; it is made anew from the journal");
                source.delete()?;
                attempt(&source, is_in_journal)?
            }
            result => result?,
        };
        Ok((Self { source, database: RwLock::new(Slot::Open(database)) }, active))
    }

    /// Returns the ticket with this id.
    pub(super) fn ticket(&self, id: TicketId) -> Result<Option<Arc<Ticket>>, ViewsError> {
        self.read(|transaction| Ok(read::ticket(transaction, id.as_bytes())?.map(Arc::new)))
    }

    /// Returns the order with this id.
    pub(super) fn order(&self, id: OrderId) -> Result<Option<Arc<Order>>, ViewsError> {
        self.read(|transaction| Ok(read::order(transaction, id.as_bytes())?.map(Arc::new)))
    }

    /// Returns the sold tickets for any of these seats.
    pub(super) fn seat_holders(&self, seats: &[SeatKey]) -> Result<Vec<TicketId>, ViewsError> {
        self.read(|transaction| read::seat_holders(transaction, seats))
    }

    /// Returns the id of the charge's order.
    pub(super) fn order_of_charge(&self, id: ChargeId) -> Result<Option<OrderId>, ViewsError> {
        self.read(|transaction| {
            let table = transaction.open_table(tables::CHARGES)?;
            Ok(table.get(id.as_bytes())?.map(|order| OrderId::from_bytes(*order.value())))
        })
    }

    /// Returns at most `most` of the account's entries with numbers below `before`, newest first.
    pub(super) fn entries(
        &self,
        account: Account,
        before: u64,
        most: usize,
    ) -> Result<Vec<Arc<LedgerEntry>>, ViewsError> {
        self.read(|transaction| read::entries(transaction, account, before, most))
    }

    /// Returns the texts of terminal tickets that have a word with this prefix; `None` if there are more than `most`.
    pub(super) fn terminal_texts(&self, word: &str, most: usize) -> Result<Option<Vec<TextId>>, ViewsError> {
        self.read(|transaction| read::texts(transaction, word, most))
    }

    /// Passes the terminal tickets to `visit` in the order of the walk until it breaks. With an `owner`, passes the
    /// owner's tickets only, and `key` must be [`TicketKey::CreatedAt`].
    pub(super) fn terminal_tickets(
        &self,
        key: TicketKey,
        owner: Option<Owner>,
        walk: &Walk,
        visit: &mut dyn FnMut(Key, Terminal<'_, Ticket>) -> GoOn,
    ) -> Result<(), ViewsError> {
        let (index, owner) = match owner {
            None => (tables::tickets_by(key), None),
            Some(Owner::Seller(seller)) => (tables::TICKETS_BY_SELLER, Some(*seller.as_bytes())),
            Some(Owner::Text(text)) => (tables::TICKETS_BY_TEXT, Some(text)),
        };
        self.read(|transaction| {
            let rows = transaction.open_table(tables::TERMINAL_TICKETS)?;
            read::scan(transaction, index, owner.as_ref(), walk, &mut |place, mark| {
                let load = &|| found(place, read::terminal_ticket(&rows, &place.id())?, |ticket| key.of(ticket));
                visit(place, Terminal { mark, load })
            })
        })
    }

    /// Passes the buyer's terminal orders to `visit` in the order of the walk until it breaks.
    pub(super) fn terminal_orders(
        &self,
        buyer: UserId,
        walk: &Walk,
        visit: &mut dyn FnMut(Key, Terminal<'_, Order>) -> GoOn,
    ) -> Result<(), ViewsError> {
        self.read(|transaction| {
            read::scan(transaction, tables::TERMINAL_ORDERS, Some(buyer.as_bytes()), walk, &mut |place, row| {
                let of_buyer = |order: Order| (order.buyer_id == buyer).then_some(order);
                let load = &|| found(place, of_buyer(row::decode_marked(row)?), order_key);
                visit(place, Terminal { mark: row.get(..1).unwrap_or_default(), load })
            })
        })
    }

    /// Writes the changes in one transaction. The file then covers the position.
    pub(super) fn write(&self, changes: &Dirty, covers: Head) -> Result<(), ViewsError> {
        self.with(|database| write::write(database, changes, covers))
    }

    /// Reclaims unused space; returns `true` if any was freed.
    pub(super) fn compact(&self) -> Result<bool, ViewsError> {
        let mut slot = self.database.write().unwrap_or_else(PoisonError::into_inner);
        let Slot::Open(database) = &mut *slot else { return Err(redb::Error::DatabaseClosed.into()) };
        let result = guarded(|| database.compact().map_err(|error| ViewsError::Storage(Box::new(error))));
        drop(slot);
        if let Err(ViewsError::Damaged(_)) = &result {
            self.reopen()?;
        }
        result
    }

    /// Closes the file for good.
    pub(super) fn close(&self) {
        let mut slot = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // Any error is found and repaired when the file is opened again.
        let _ = replace(&mut slot, Slot::Closed);
    }

    fn read<T>(&self, read: impl FnOnce(&ReadTransaction) -> Result<T, ViewsError>) -> Result<T, ViewsError> {
        self.with(|database| read(&database.begin_read()?))
    }

    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, ViewsError>) -> Result<T, ViewsError> {
        if matches!(*self.database.read().unwrap_or_else(PoisonError::into_inner), Slot::Failed) {
            self.reopen()?;
        }
        let slot = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let Slot::Open(database) = &*slot else { return Err(redb::Error::DatabaseClosed.into()) };
        let result = guarded(|| work(database));
        drop(slot);
        match &result {
            Err(ViewsError::Storage(_)) => {
                if let Err(error) = self.reopen() {
                    tracing::warn!(%error, "the checkpoint file can't be opened again yet");
                }
            }
            Err(ViewsError::Damaged(what)) => {
                // Deletes the directory entry, so that the next start creates a new file. The open file remains usable
                // as it is.
                tracing::error!(%what, "the checkpoint file is damaged; the next start makes it anew from the journal");
                if let Err(error) = self.source.delete() {
                    tracing::error!(%error, "the damaged checkpoint file must be deleted by hand before the next start");
                }
            }
            _ => {}
        }
        result
    }

    /// Reopens the file after its storage has failed.
    fn reopen(&self) -> Result<(), ViewsError> {
        if self.source.is_fleeting() {
            return Ok(());
        }
        let mut slot = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*slot, Slot::Closed) {
            return Err(redb::Error::DatabaseClosed.into());
        }
        replace(&mut slot, Slot::Failed)?;
        *slot = Slot::Open(guarded(|| {
            let database = self.source.open()?;
            tables::read_meta(&database.begin_read()?)?;
            Ok(database)
        })?);
        Ok(())
    }
}

/// An index entry of a terminal entity in the file.
pub(super) struct Terminal<'a, T> {
    mark: &'a [u8],
    load: &'a dyn Fn() -> Result<T, ViewsError>,
}

impl<T> Terminal<'_, T> {
    /// Loads the whole entity.
    pub(super) fn load(&self) -> Result<T, ViewsError> {
        (self.load)()
    }
}

impl Terminal<'_, Ticket> {
    /// Returns `true` if the ticket has this status, without loading it.
    pub(super) fn is(&self, status: TicketStatus) -> bool {
        self.mark.first() == tables::ticket_mark(status, UserId::from_bytes([0; 16])).first()
    }

    /// Returns `true` if this is the ticket's seller, without loading the ticket.
    pub(super) fn is_of(&self, seller: UserId) -> bool {
        self.mark.get(1..) == Some(seller.as_bytes())
    }
}

impl Terminal<'_, Order> {
    /// Returns `true` if the order has this status, without loading it.
    pub(super) fn is(&self, status: OrderStatus) -> bool {
        *self.mark == [tables::order_mark(status)]
    }
}

/// Returns the entity of an index entry, if the entry is in the right place.
fn found<T>(place: Key, entity: Option<T>, key: impl Fn(&T) -> Key) -> Result<T, ViewsError> {
    let entity = entity.ok_or(ViewsError::damaged("an index entry is about nothing"))?;
    if key(&entity) == place { Ok(entity) } else { Err(ViewsError::damaged("an index entry is in the wrong place")) }
}

fn attempt(source: &Source, is_in_journal: &dyn Fn(Head) -> bool) -> Result<(Database, Active), ViewsError> {
    let is_new = source.is_new();
    let (database, (covers, lengths)) = guarded(|| {
        let database = source.open()?;
        if is_new {
            write::write(&database, &Dirty::default(), NOTHING)?;
        }
        let meta = tables::read_meta(&database.begin_read()?)?;
        Ok((database, meta))
    })?;
    if covers != NOTHING && !is_in_journal(covers) {
        return Err(ViewsError::damaged("it covers a position that is not in the journal"));
    }
    let active = guarded(|| read::load(&database.begin_read()?, covers, lengths))?;
    Ok((database, active))
}

/// Replaces the content of the slot, which closes the database.
fn replace(slot: &mut Slot, new: Slot) -> Result<(), ViewsError> {
    let old = std::mem::replace(slot, new);
    guarded(|| {
        drop(old);
        Ok(())
    })
}

/// Runs work that may panic if the file is damaged.
fn guarded<T>(work: impl FnOnce() -> Result<T, ViewsError>) -> Result<T, ViewsError> {
    // After a panic, nothing that the work has changed is used except the database, which redb keeps usable.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(ViewsError::damaged("reading views.redb made redb panic")))
}
