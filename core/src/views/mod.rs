//! Read models, computed from the journal, and their checkpoint file.
//!
//! The writer publishes the new state of every entity that a batch changed, after the batch is durable. What is live (users,
//! tickets on sale or locked, orders that are not settled) is kept in memory; what is settled moves to `views.redb` with the next
//! checkpoint and is read from there. Entities are immutable and shared with the writer's state.
//!
//! **Invariant:** nothing is shown that is not durable in the journal, and a reader sees whole batches of the past: whoever was
//! answered finds his own change.
//!
//! **Invariant:** an entity is found at every moment, in memory or in the file: it leaves memory after the commit that wrote it.
//! Therefore a reader looks into memory first and into the file after that, never the other way round.
//!
//! **Invariant:** `views.redb` is exact, all entities as they were at the position that it covers, but for one thing: what was
//! settled and is live again stays among the settled, too, until it is settled anew. Memory has the say about what it has.
//! The file may be deleted at any time.

mod by_words;
mod checkpoint;
mod cursor;
mod error;
mod index;
mod key;
mod ledger;
mod listing;
mod live;
mod query;
mod search;
#[cfg(test)]
mod tests;
mod words;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rustc_hash::{FxHashMap, FxHashSet};

pub use self::cursor::{Cursor, CursorParseError, Page, PageLimit, PageLimitParseError};
pub(crate) use self::error::ViewsError;
pub(crate) use self::query::checked;
pub use self::query::{LedgerQuery, OrderQuery, PriceBound, TicketQuery, TicketSort, TicketStatusFilter};
pub use self::search::{SearchText, SearchTextError};

use self::checkpoint::{Source, Store};
use self::live::{Dirty, Live, LiveOrders};
use crate::domain::ledger::LedgerEntry;
use crate::domain::{Order, State, Ticket, User};
use crate::event::Actor;
use crate::journal::Head;
use crate::mistake::{Mistake, planted};
use crate::types::{ChargeId, OrderId, SessionId, TicketId, Timestamp, UserId};

/// The new state of something after a batch.
#[derive(Debug, Clone)]
pub(crate) enum Entity {
    /// A user.
    User(Arc<User>),
    /// A ticket.
    Ticket(Arc<Ticket>),
    /// An order, with its charge.
    Order(Arc<Order>),
    /// A session that ended before its time, and that time.
    Revoked(SessionId, Timestamp),
    /// An entry of the ledger.
    Posted(Arc<LedgerEntry>),
}

/// What a replay has set aside, because its state holds no more than what is live.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    /// Tickets that were sold or withdrawn.
    pub(crate) tickets: FxHashMap<TicketId, Arc<Ticket>>,
    /// Orders in which nothing is under way any more.
    pub(crate) orders: FxHashMap<OrderId, Arc<Order>>,
    /// Sessions that ended before their time, and that time.
    pub(crate) revoked: Vec<(SessionId, Timestamp)>,
    /// The entries of the ledger, which are all new.
    pub(crate) entries: Vec<Arc<LedgerEntry>>,
}

impl Replayed {
    /// How many tickets, orders and entries it has.
    pub(crate) fn settled(&self) -> usize {
        self.tickets.len() + self.orders.len() + self.entries.len()
    }
}

/// How much there is of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Users, erased ones included.
    pub(crate) users: usize,
    /// Tickets that can be ordered.
    pub(crate) tickets_available: usize,
    /// Tickets that an open order holds.
    pub(crate) tickets_locked: usize,
    /// Orders that hold tickets.
    pub(crate) orders_open: usize,
    /// Charges whose outcome, or whose refund's outcome, is not known yet.
    pub(crate) charges_pending: usize,
    /// Tickets and orders in memory, settled ones that wait for the checkpoint included.
    pub(crate) in_memory: usize,
    /// Entities that wait for the checkpoint.
    pub(crate) dirty: usize,
}

/// The read models. Cheap to clone; clones are one.
#[derive(Debug, Clone)]
pub(crate) struct Views(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    live: RwLock<Live>,
    store: Store,
    /// What the last checkpoint covers; locked while one is made.
    checkpointed: Mutex<Head>,
}

/// How many changed entities may wait for the next checkpoint while one is being written.
const BACKLOG_MAX: usize = if cfg!(test) { 10_000 } else { 750_000 };

/// How many entries are evicted, or examined for a listing, before the lock is let go.
const SLICE: usize = 1_000;

impl Views {
    /// Opens `views.redb` in `dir`, or views without a file.
    ///
    /// A file that is missing, damaged, of another layout or covers a position that is not in the journal is replaced by an empty
    /// one: the views are then to be made from the whole journal.
    ///
    /// # Errors
    /// [`ViewsError::InUse`] if the file is open already; [`ViewsError::Storage`] if not even an empty file can be made.
    pub(crate) fn open(dir: Option<&Path>, is_in_journal: &dyn Fn(Head) -> bool) -> Result<Self, ViewsError> {
        let source = dir.map_or(Source::Memory, |dir| Source::File(dir.join("views.redb")));
        Self::open_source(source, is_in_journal)
    }

    /// Opens the views' file on a disk that fails when it is told to.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn open_on(
        disk: &crate::testing::FaultyDisk,
        is_in_journal: &dyn Fn(Head) -> bool,
    ) -> Result<Self, ViewsError> {
        Self::open_source(Source::Disk(disk.clone()), is_in_journal)
    }

    fn open_source(source: Source, is_in_journal: &dyn Fn(Head) -> bool) -> Result<Self, ViewsError> {
        let (store, live) = Store::open(source, is_in_journal)?;
        let checkpointed = Mutex::new(live.covers);
        Ok(Self(Arc::new(Inner { live: RwLock::new(live), store, checkpointed })))
    }

    /// Everything up to here is published; right after opening, what the checkpoint covers.
    pub(crate) fn covers(&self) -> Head {
        self.live().covers
    }

    /// The writer's state at [`Views::covers`].
    pub(crate) fn state(&self) -> State {
        self.live().state()
    }

    /// Shows the new state of what the batch that ends at `covers` has changed.
    ///
    /// When very much waits for the checkpoint that is being written, it waits for it, too: otherwise a disk that is slower than
    /// the sales would fill the memory.
    pub(crate) fn publish(&self, entities: Vec<Entity>, covers: Head) {
        if self.dirty() >= BACKLOG_MAX {
            drop(self.0.checkpointed.lock().unwrap_or_else(PoisonError::into_inner));
        }
        self.live_mut().publish(entities, covers);
    }

    /// Takes over what a replay has come to: the state that it has left, and what it has set aside.
    pub(crate) fn adopt(&self, state: &State, aside: Replayed, covers: Head) {
        self.live_mut().adopt(state, aside, covers);
    }

    /// The same in the middle of a replay, and writes it to the file at once, so that what has settled need not be kept. For
    /// openings: who reads meanwhile may miss what is set aside.
    ///
    /// # Errors
    /// What could not be written waits for the next checkpoint.
    pub(crate) fn adopt_and_checkpoint(&self, state: &State, aside: Replayed, covers: Head) -> Result<(), ViewsError> {
        let mut checkpointed = self.0.checkpointed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changes = {
            let mut live = self.live_mut();
            live.forget(&aside);
            live.watch(aside.orders.values());
            let rest = Replayed { revoked: aside.revoked, entries: aside.entries, ..Replayed::default() };
            live.adopt(state, rest, covers);
            std::mem::take(&mut live.dirty)
        };
        changes.tickets.extend(aside.tickets);
        changes.orders.extend(aside.orders);
        self.write(&mut checkpointed, changes, covers)
    }

    /// The user of this id.
    pub(crate) fn user(&self, id: UserId) -> Option<Arc<User>> {
        self.live().users.get(&id).cloned()
    }

    /// The ticket of this id, if it is in memory.
    pub(crate) fn ticket_in_memory(&self, id: TicketId) -> Option<Arc<Ticket>> {
        self.live().tickets.by_id.get(&id).cloned()
    }

    /// The ticket of this id, from memory or the file; also to put one back into the writer's state that it has dropped.
    pub(crate) fn ticket(&self, id: TicketId) -> Result<Option<Arc<Ticket>>, ViewsError> {
        let in_memory = self.ticket_in_memory(id);
        if in_memory.is_some() { Ok(in_memory) } else { self.0.store.ticket(id) }
    }

    /// The order of this id, from memory or the file; also to put one back into the writer's state that it has dropped.
    pub(crate) fn order(&self, id: OrderId) -> Result<Option<Arc<Order>>, ViewsError> {
        let in_memory = self.live().orders.by_id.get(&id).cloned();
        if in_memory.is_some() { Ok(in_memory) } else { self.0.store.order(id) }
    }

    /// The order that the charge is of.
    pub(crate) fn order_of_charge(&self, id: ChargeId) -> Result<Option<Arc<Order>>, ViewsError> {
        let in_memory = {
            let live = self.live();
            live.orders.by_charge.get(&id).and_then(|order| live.orders.by_id.get(order)).cloned()
        };
        if in_memory.is_some() {
            return Ok(in_memory);
        }
        self.0.store.order_of_charge(id)?.map_or(Ok(None), |order| self.order(order))
    }

    /// Whether the session ended before its time. Sessions that have ended by themselves may be forgotten.
    pub(crate) fn is_revoked(&self, id: SessionId) -> bool {
        self.live().revoked.contains(id)
    }

    /// The orders whose charge is under way at the gateway, first made first.
    pub(crate) fn pending_charges(&self) -> Vec<Arc<Order>> {
        self.live_orders(|orders| &orders.pending)
    }

    /// The orders whose money waits for an operator, the oldest first.
    pub(crate) fn escalated_charges(&self) -> Vec<Arc<Order>> {
        self.live_orders(|orders| &orders.escalated)
    }

    /// The orders that hold tickets, the one whose deadline is next first: `limit` at most. However many there are, what is
    /// published waits for no more than these.
    pub(crate) fn next_open_orders(&self, limit: usize) -> Vec<Arc<Order>> {
        self.live().orders.next_open(limit)
    }

    /// Some of the orders in memory, first made first.
    fn live_orders(&self, which: impl FnOnce(&LiveOrders) -> &FxHashSet<OrderId>) -> Vec<Arc<Order>> {
        let live = self.live();
        let mut orders: Vec<_> =
            which(&live.orders).iter().filter_map(|id| live.orders.by_id.get(id)).cloned().collect();
        drop(live);
        orders.sort_unstable_by_key(|order| (order.created_at, order.id));
        orders
    }

    /// Whether this is the system or an operator.
    pub(crate) fn is_operator(&self, actor: Actor) -> bool {
        let operates = |id| self.user(id).is_some_and(|user| user.operator && !user.erased);
        actor.user().is_none_or(operates)
    }

    /// The orders whose charge was given up though money may still come.
    ///
    /// # Errors
    /// If those that are settled can't be read.
    pub(crate) fn watched_charges(&self) -> Result<Vec<Arc<Order>>, ViewsError> {
        let watched: Vec<_> = self.live().watched.iter().map(|(_, id)| *id).collect();
        let mut orders = Vec::with_capacity(watched.len());
        for id in watched {
            // Money may have come, and gone back.
            let is_watched = |order: &Arc<Order>| order.charge.as_ref().is_some_and(|it| it.watched_until().is_some());
            orders.extend(self.order(id)?.filter(is_watched));
        }
        Ok(orders)
    }

    /// How much there is of what, at one moment.
    pub(crate) fn counts(&self) -> Counts {
        let live = self.live();
        Counts {
            users: live.users.len(),
            tickets_available: live.tickets.on_sale.len() - live.tickets.locked,
            tickets_locked: live.tickets.locked,
            orders_open: live.orders.open.len(),
            charges_pending: live.orders.pending.len(),
            in_memory: live.tickets.by_id.len() + live.orders.by_id.len(),
            dirty: live.dirty.len(),
        }
    }

    /// How many entities wait for the next checkpoint.
    pub(crate) fn dirty(&self) -> usize {
        self.live().dirty.len()
    }

    /// Writes what has changed since the last checkpoint to the file, then forgets what is settled. Two at once wait for each
    /// other; nobody else waits for longer than it takes to set the list of changes aside.
    ///
    /// # Errors
    /// What could not be written waits for the next checkpoint.
    pub(crate) fn checkpoint(&self) -> Result<Head, ViewsError> {
        let mut checkpointed = self.0.checkpointed.lock().unwrap_or_else(PoisonError::into_inner);
        let (changes, covers) = {
            let mut live = self.live_mut();
            let mut changes = std::mem::take(&mut live.dirty);
            if planted(Mistake::CheckpointAhead) {
                changes.orders.clear();
            }
            (changes, live.covers)
        };
        if changes.len() == 0 && covers == *checkpointed {
            return Ok(covers);
        }
        self.write(&mut checkpointed, changes, covers)?;
        Ok(covers)
    }

    fn write(&self, checkpointed: &mut Head, changes: Dirty, covers: Head) -> Result<(), ViewsError> {
        if let Err(error) = self.0.store.write(&changes, covers) {
            self.live_mut().take_back(changes);
            return Err(error);
        }
        *checkpointed = covers;
        let mut tickets: Vec<_> = changes.tickets.into_values().collect();
        tickets.retain(|ticket| !ticket.status.is_live());
        // Neighbours leave the indexes together, which finds their places in the processor's cache.
        tickets.sort_unstable_by_key(|ticket| ticket.id);
        for slice in tickets.chunks(SLICE) {
            self.live_mut().tickets.evict(slice);
        }
        let mut orders: Vec<_> = changes.orders.into_values().collect();
        orders.retain(|order| order.is_settled());
        orders.sort_unstable_by_key(|order| order.id);
        for slice in orders.chunks(SLICE) {
            self.live_mut().orders.evict(slice);
        }
        for slice in changes.entries.chunks(SLICE) {
            self.live_mut().ledger.evict(slice);
        }
        Ok(())
    }

    /// Gives back the room in the file that nothing uses any more; whoever needs the file waits meanwhile. Tells whether there
    /// was any.
    ///
    /// # Errors
    /// [`ViewsError::Storage`], also while somebody reads; then nothing has changed.
    pub(crate) fn compact(&self) -> Result<bool, ViewsError> {
        let _no_checkpoint = self.0.checkpointed.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.store.compact()
    }

    /// Lets go of the file, so that it can be opened elsewhere. What is in memory stays readable.
    pub(crate) fn close(&self) {
        self.0.store.close();
    }

    fn live(&self) -> RwLockReadGuard<'_, Live> {
        self.0.live.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn live_mut(&self) -> RwLockWriteGuard<'_, Live> {
        self.0.live.write().unwrap_or_else(PoisonError::into_inner)
    }
}
