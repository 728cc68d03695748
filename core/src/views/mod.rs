//! Read models, computed from the journal, and their checkpoint file.
//!
//! After a batch is durable, the writer publishes the new state of every entity that the batch changed. Active entities
//! (users, tickets on sale or locked, orders that are not terminal) are kept in memory. Terminal ones move to
//! `views.redb` with the next checkpoint and are read from there. Entities are immutable and shared with the writer's
//! state.
//!
//! **Invariant:** views show only what is durable in the journal, and readers see whole batches. A caller that has
//! received its answer finds its own change.
//!
//! **Invariant:** an entity is found at every moment, in memory or in the file: it leaves memory only after the commit
//! that wrote it. Therefore readers look in memory first and in the file second, never the other way round.
//!
//! **Invariant:** `views.redb` is exact: it holds all entities as they were at the position that it covers. There is
//! one exception: a terminal entity that has become active again stays among the terminal ones, too, until it is
//! terminal again. Memory takes precedence over the file. The file may be deleted at any time.

mod active;
mod checkpoint;
mod cursor;
mod error;
mod index;
mod key;
mod ledger;
mod listing;
mod query;
mod search;
#[cfg(test)]
mod tests;
mod text_index;
mod text_search;
mod tokenizer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rustc_hash::{FxHashMap, FxHashSet};

pub use self::cursor::{Cursor, CursorParseError, Page, PageLimit, PageLimitParseError};
pub(crate) use self::error::ViewsError;
pub(crate) use self::query::checked;
pub use self::query::{LedgerQuery, OrderQuery, PriceBound, TicketQuery, TicketSort, TicketStatusFilter};
pub use self::search::{SearchText, SearchTextError};

use self::active::{Active, ActiveOrders, Dirty};
use self::checkpoint::{Source, Store};
use crate::domain::cluster::Host;
use crate::domain::ledger::LedgerEntry;
use crate::domain::ticket::SeatKey;
use crate::domain::webhook::Webhook;
use crate::domain::{Order, State, Ticket, User};
use crate::event::Actor;
use crate::failpoint::Failpoint;
use crate::journal::Head;
use crate::types::{ChargeId, OrderId, SessionId, TicketId, Timestamp, UserId};

/// The new state of an entity after a batch.
#[derive(Debug, Clone)]
pub(crate) enum Entity {
    /// A user.
    User(Arc<User>),
    /// A ticket.
    Ticket(Arc<Ticket>),
    /// An order, with its charge.
    Order(Arc<Order>),
    /// A session that was revoked, and the time at which it would have expired.
    Revoked(SessionId, Timestamp),
    /// An entry of the ledger.
    Posted(Arc<LedgerEntry>),
    /// A host of the cluster.
    Host(Arc<Host>),
    /// A webhook that the hosts share.
    Webhook(Arc<Webhook>),
}

/// Entities that a replay has set aside, because its state holds active entities only.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    /// Tickets that were sold or withdrawn.
    pub(crate) tickets: FxHashMap<TicketId, Arc<Ticket>>,
    /// Orders that are terminal.
    pub(crate) orders: FxHashMap<OrderId, Arc<Order>>,
    /// Sessions that were revoked, and the times at which they would have expired.
    pub(crate) revoked: Vec<(SessionId, Timestamp)>,
    /// Ledger entries, all of which are new.
    pub(crate) entries: Vec<Arc<LedgerEntry>>,
}

impl Replayed {
    /// Returns the number of tickets, orders and entries.
    pub(crate) fn terminal(&self) -> usize {
        self.tickets.len() + self.orders.len() + self.entries.len()
    }
}

/// Numbers of entities in the views.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ViewMetrics {
    /// Number of users, including erased ones.
    pub(crate) users: usize,
    /// Number of tickets that can be ordered.
    pub(crate) tickets_available: usize,
    /// Number of tickets that an open order holds.
    pub(crate) tickets_locked: usize,
    /// Number of orders that hold tickets.
    pub(crate) orders_open: usize,
    /// Number of charges whose outcome, or whose refund's outcome, is not yet known.
    pub(crate) charges_pending: usize,
    /// Number of tickets and orders in memory, including terminal ones that wait for the checkpoint.
    pub(crate) in_memory: usize,
    /// Number of entities that wait for the checkpoint.
    pub(crate) dirty: usize,
}

/// The read models. Clones are cheap and share their content.
#[derive(Debug, Clone)]
pub(crate) struct Views(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    active: RwLock<Active>,
    store: Store,
    /// Position that the last checkpoint covers; locked during a checkpoint.
    checkpointed: Mutex<Head>,
}

/// Number of changed entities that may wait for the next checkpoint while one is being written.
const BACKLOG_MAX: usize = if cfg!(test) { 10_000 } else { 750_000 };

/// Number of entries that are evicted, or examined for a listing, or of seats that are looked for, before the lock is
/// released.
const SLICE: usize = 1_000;

impl Views {
    /// Opens `views.redb` in `dir`, or views without a file.
    ///
    /// A file is replaced by an empty one if it is missing, damaged, of another layout, or covers a position that is
    /// not in the journal. The views must then be rebuilt from the whole journal.
    ///
    /// # Errors
    /// [`ViewsError::InUse`] if the file is already open; [`ViewsError::Storage`] if not even an empty file can be
    /// created.
    pub(crate) fn open(dir: Option<&Path>, is_in_journal: &dyn Fn(Head) -> bool) -> Result<Self, ViewsError> {
        let source = dir.map_or(Source::Memory, |dir| Source::File(dir.join("views.redb")));
        Self::open_source(source, is_in_journal)
    }

    /// Opens the views' file on a disk with fault injection.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn open_on(
        disk: Arc<dyn crate::disk::Disk>,
        is_in_journal: &dyn Fn(Head) -> bool,
    ) -> Result<Self, ViewsError> {
        Self::open_source(Source::Disk(disk), is_in_journal)
    }

    fn open_source(source: Source, is_in_journal: &dyn Fn(Head) -> bool) -> Result<Self, ViewsError> {
        let (store, active) = Store::open(source, is_in_journal)?;
        let checkpointed = Mutex::new(active.covers);
        Ok(Self(Arc::new(Inner { active: RwLock::new(active), store, checkpointed })))
    }

    /// Returns the position up to which everything is published. Right after opening, it is the checkpoint's position.
    pub(crate) fn covers(&self) -> Head {
        self.active().covers
    }

    /// Returns the writer's state at [`Views::covers`].
    pub(crate) fn state(&self) -> State {
        self.active().state()
    }

    /// Publishes the new state of the entities that the batch ending at `covers` has changed.
    ///
    /// Waits for a checkpoint in progress if too many entities wait for it. Otherwise a disk that is slower than the
    /// sales would fill the memory.
    pub(crate) fn publish(&self, entities: Vec<Entity>, covers: Head) {
        if self.dirty() >= BACKLOG_MAX {
            drop(self.0.checkpointed.lock().unwrap_or_else(PoisonError::into_inner));
        }
        self.active_mut().publish(entities, covers);
    }

    /// Adopts the result of a replay: its final state and the entities that it has set aside.
    pub(crate) fn adopt(&self, state: &State, aside: Replayed, covers: Head) {
        self.active_mut().adopt(state, aside, covers);
    }

    /// Adopts an intermediate result of a replay and writes it to the file at once, so that terminal entities need not
    /// be kept in memory. For opening only: concurrent readers may miss entities that were set aside.
    ///
    /// # Errors
    /// Changes that could not be written wait for the next checkpoint.
    pub(crate) fn adopt_and_checkpoint(&self, state: &State, aside: Replayed, covers: Head) -> Result<(), ViewsError> {
        let mut checkpointed = self.0.checkpointed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changes = {
            let mut active = self.active_mut();
            active.forget(&aside);
            active.watch(aside.orders.values());
            let rest = Replayed { revoked: aside.revoked, entries: aside.entries, ..Replayed::default() };
            active.adopt(state, rest, covers);
            std::mem::take(&mut active.dirty)
        };
        changes.tickets.extend(aside.tickets);
        changes.orders.extend(aside.orders);
        self.write(&mut checkpointed, changes, covers)
    }

    /// Returns the user with this id.
    pub(crate) fn user(&self, id: UserId) -> Option<Arc<User>> {
        self.active().users.get(&id).cloned()
    }

    /// Returns the hosts of the cluster in the order of their ids, those that have left included.
    #[cfg(any(test, feature = "cluster"))]
    pub(crate) fn hosts(&self) -> Vec<Arc<Host>> {
        self.active().hosts.iter().cloned().collect()
    }

    /// Returns the webhooks that the hosts share in the order of their ids, those that were removed included.
    #[cfg(any(test, feature = "cluster"))]
    pub(crate) fn webhooks(&self) -> Vec<Arc<Webhook>> {
        self.active().webhooks.iter().cloned().collect()
    }

    /// Returns the ticket with this id if it is in memory.
    pub(crate) fn ticket_in_memory(&self, id: TicketId) -> Option<Arc<Ticket>> {
        self.active().tickets.by_id.get(&id).cloned()
    }

    /// Returns the ticket with this id from memory or the file. The writer also uses it to restore a ticket that its
    /// state has dropped.
    pub(crate) fn ticket(&self, id: TicketId) -> Result<Option<Arc<Ticket>>, ViewsError> {
        let in_memory = self.ticket_in_memory(id);
        if in_memory.is_some() { Ok(in_memory) } else { self.0.store.ticket(id) }
    }

    /// Returns tickets for any of these seats: one that is active if there is one, which settles it; otherwise all that may hold the
    /// seat. Withdrawn ones, and those of shows that have started, are missing.
    pub(crate) fn seat_holders(&self, seats: &[SeatKey]) -> Result<Vec<TicketId>, ViewsError> {
        if seats.is_empty() {
            return Ok(Vec::new());
        }
        let mut holders: Vec<_> = {
            let active = self.active();
            let mut found = Vec::new();
            for seat in seats {
                let holders = || active.tickets.seats.holders(*seat);
                match holders().find(|id| active.tickets.by_id.get(id).is_some_and(|ticket| ticket.status.is_active()))
                {
                    Some(one) => found.push(one),
                    None => found.extend(holders()),
                }
            }
            found
        };
        holders.extend(self.0.store.seat_holders(seats)?);
        Ok(holders)
    }

    /// Returns a state with all that decides whether a user can list these seats: the user, the tickets for the seats, and the orders
    /// that have those. It reads seat by seat, and holds up nobody who publishes for long.
    pub(crate) fn state_of_seats(&self, user: UserId, seats: &[SeatKey]) -> Result<State, ViewsError> {
        let mut state = State::default();
        if let Some(user) = self.user(user) {
            state.restore_user(user);
        }
        for slice in seats.chunks(SLICE) {
            for id in self.seat_holders(slice)? {
                let Some(ticket) = self.ticket(id)? else { continue };
                if let Some(order) = ticket.holder.map(|order| self.order(order)).transpose()?.flatten() {
                    state.restore_order(order);
                }
                state.restore_ticket(ticket);
            }
        }
        Ok(state)
    }

    /// Returns the order with this id from memory or the file. The writer also uses it to restore an order that its
    /// state has dropped.
    pub(crate) fn order(&self, id: OrderId) -> Result<Option<Arc<Order>>, ViewsError> {
        let in_memory = self.active().orders.by_id.get(&id).cloned();
        if in_memory.is_some() { Ok(in_memory) } else { self.0.store.order(id) }
    }

    /// Returns the order of the charge.
    pub(crate) fn order_of_charge(&self, id: ChargeId) -> Result<Option<Arc<Order>>, ViewsError> {
        let in_memory = {
            let active = self.active();
            active.orders.by_charge.get(&id).and_then(|order| active.orders.by_id.get(order)).cloned()
        };
        if in_memory.is_some() {
            return Ok(in_memory);
        }
        self.0.store.order_of_charge(id)?.map_or(Ok(None), |order| self.order(order))
    }

    /// Returns `true` if the session was revoked. Sessions that have expired may be forgotten.
    pub(crate) fn is_revoked(&self, id: SessionId) -> bool {
        self.active().revoked.contains(id)
    }

    /// Returns the orders whose charge is in progress at the gateway, oldest first.
    pub(crate) fn pending_charges(&self) -> Vec<Arc<Order>> {
        self.active_orders(|orders| &orders.pending)
    }

    /// Returns the orders whose money waits for an operator, oldest first.
    pub(crate) fn escalated_charges(&self) -> Vec<Arc<Order>> {
        self.active_orders(|orders| &orders.escalated)
    }

    /// Returns at most `limit` orders that hold tickets, ordered by deadline. However many such orders exist, the lock
    /// is held only while these are read.
    pub(crate) fn next_open_orders(&self, limit: usize) -> Vec<Arc<Order>> {
        self.active().orders.next_open(limit)
    }

    /// Returns a selection of the orders in memory, oldest first.
    fn active_orders(&self, which: impl FnOnce(&ActiveOrders) -> &FxHashSet<OrderId>) -> Vec<Arc<Order>> {
        let active = self.active();
        let mut orders: Vec<_> =
            which(&active.orders).iter().filter_map(|id| active.orders.by_id.get(id)).cloned().collect();
        drop(active);
        orders.sort_unstable_by_key(|order| (order.created_at, order.id));
        orders
    }

    /// Returns `true` if the actor is the system or an operator.
    pub(crate) fn is_operator(&self, actor: Actor) -> bool {
        let operates = |id| self.user(id).is_some_and(|user| user.operator && !user.erased);
        actor.user().is_none_or(operates)
    }

    /// Returns the orders whose charge was given up although money may still arrive.
    ///
    /// # Errors
    /// An error if the terminal ones among them can't be read.
    pub(crate) fn watched_charges(&self) -> Result<Vec<Arc<Order>>, ViewsError> {
        let watched: Vec<_> = self.active().watched.iter().map(|(_, id)| *id).collect();
        let mut orders = Vec::with_capacity(watched.len());
        for id in watched {
            // The money may have arrived and been refunded meanwhile.
            let is_watched = |order: &Arc<Order>| order.charge.as_ref().is_some_and(|it| it.watched_until().is_some());
            orders.extend(self.order(id)?.filter(is_watched));
        }
        Ok(orders)
    }

    /// Returns the numbers of entities at one moment.
    pub(crate) fn metrics(&self) -> ViewMetrics {
        let active = self.active();
        ViewMetrics {
            users: active.users.len(),
            tickets_available: active.tickets.on_sale.len() - active.tickets.locked,
            tickets_locked: active.tickets.locked,
            orders_open: active.orders.open.len(),
            charges_pending: active.orders.pending.len(),
            in_memory: active.tickets.by_id.len() + active.orders.by_id.len(),
            dirty: active.dirty.len(),
        }
    }

    /// Returns the number of entities that wait for the next checkpoint.
    pub(crate) fn dirty(&self) -> usize {
        self.active().dirty.len()
    }

    /// Writes the changes since the last checkpoint to the file, then evicts terminal entities. Concurrent checkpoints
    /// wait for each other; other callers wait only while the list of changes is set aside.
    ///
    /// # Errors
    /// Changes that could not be written wait for the next checkpoint.
    pub(crate) fn checkpoint(&self) -> Result<Head, ViewsError> {
        self.checkpoint_after(&mut |_| Ok(()))
    }

    /// Writes a checkpoint like [`Views::checkpoint`], once `persist` has made the journal durable up to what it covers: one
    /// that is ahead of its journal is taken for damage.
    pub(crate) fn checkpoint_after(
        &self,
        persist: &mut dyn FnMut(Head) -> Result<(), ViewsError>,
    ) -> Result<Head, ViewsError> {
        let mut checkpointed = self.0.checkpointed.lock().unwrap_or_else(PoisonError::into_inner);
        let (changes, covers) = {
            let mut active = self.active_mut();
            let mut changes = std::mem::take(&mut active.dirty);
            if Failpoint::CheckpointAhead.is_active() {
                changes.orders.clear();
            }
            (changes, active.covers)
        };
        if changes.len() == 0 && covers == *checkpointed {
            return Ok(covers);
        }
        if let Err(error) = persist(covers) {
            self.active_mut().take_back(changes);
            return Err(error);
        }
        self.write(&mut checkpointed, changes, covers)?;
        Ok(covers)
    }

    fn write(&self, checkpointed: &mut Head, changes: Dirty, covers: Head) -> Result<(), ViewsError> {
        if let Err(error) = self.0.store.write(&changes, covers) {
            self.active_mut().take_back(changes);
            return Err(error);
        }
        *checkpointed = covers;
        let mut tickets: Vec<_> = changes.tickets.into_values().collect();
        tickets.retain(|ticket| !ticket.status.is_active());
        // Evicting neighbours together finds their index entries in the processor's cache.
        tickets.sort_unstable_by_key(|ticket| ticket.id);
        for slice in tickets.chunks(SLICE) {
            self.active_mut().tickets.evict(slice);
        }
        let mut orders: Vec<_> = changes.orders.into_values().collect();
        orders.retain(|order| order.is_terminal());
        orders.sort_unstable_by_key(|order| order.id);
        for slice in orders.chunks(SLICE) {
            self.active_mut().orders.evict(slice);
        }
        for slice in changes.entries.chunks(SLICE) {
            self.active_mut().ledger.evict(slice);
        }
        Ok(())
    }

    /// Reclaims unused space in the file; returns `true` if any was freed. Other users of the file wait meanwhile.
    ///
    /// # Errors
    /// [`ViewsError::Storage`], also while a reader is active; then nothing has changed.
    pub(crate) fn compact(&self) -> Result<bool, ViewsError> {
        let _no_checkpoint = self.0.checkpointed.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.store.compact()
    }

    /// Closes the file, so that it can be opened elsewhere. Entities in memory stay readable.
    pub(crate) fn close(&self) {
        self.0.store.close();
    }

    fn active(&self) -> RwLockReadGuard<'_, Active> {
        self.0.active.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn active_mut(&self) -> RwLockWriteGuard<'_, Active> {
        self.0.active.write().unwrap_or_else(PoisonError::into_inner)
    }
}
