//! What is in memory: everything that is live, and what is not yet in the checkpoint file.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Entity;
use super::index::{PerUser, TicketIndex, order_key};
use crate::domain::auth::RevokedSessions;
use crate::domain::ticket::TicketStatus;
use crate::domain::{Order, State, Ticket, User};
use crate::event::Hash;
use crate::journal::Head;
use crate::types::{ChargeId, OrderId, SessionId, TicketId, Timestamp, UserId};

/// The end of an empty journal.
pub(super) const NOTHING: Head = Head { seq: 0, hash: Hash::ZERO, at: Timestamp::from_millis(0) };

/// The entities in memory with their indexes.
#[derive(Debug)]
pub(super) struct Live {
    /// Everything up to here is published.
    pub(super) covers: Head,
    pub(super) users: FxHashMap<UserId, Arc<User>>,
    pub(super) tickets: FxHashMap<TicketId, Arc<Ticket>>,
    pub(super) orders: FxHashMap<OrderId, Arc<Order>>,
    /// Available and locked tickets; locking one changes nothing here.
    pub(super) on_sale: TicketIndex,
    /// Sold and withdrawn tickets that wait for the checkpoint.
    pub(super) settled: TicketIndex,
    pub(super) orders_of: PerUser,
    pub(super) charges: FxHashMap<ChargeId, OrderId>,
    /// Orders whose charge is under way at the gateway.
    pub(super) pending: FxHashSet<OrderId>,
    pub(super) revoked: RevokedSessions,
    pub(super) locked: usize,
    pub(super) orders_open: usize,
    pub(super) dirty: Dirty,
}

/// What the checkpoint file does not have yet.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    pub(super) users: FxHashMap<UserId, Arc<User>>,
    pub(super) tickets: FxHashMap<TicketId, Arc<Ticket>>,
    pub(super) orders: FxHashMap<OrderId, Arc<Order>>,
    pub(super) revoked: Vec<(SessionId, Timestamp)>,
    /// Tickets that were settled and are live again, so that the file may have them among the settled.
    pub(super) returned_tickets: FxHashSet<TicketId>,
    /// The same of orders.
    pub(super) returned_orders: FxHashSet<OrderId>,
}

impl Dirty {
    pub(super) fn len(&self) -> usize {
        self.users.len() + self.tickets.len() + self.orders.len() + self.revoked.len()
    }

    /// Adds what has changed since.
    fn overtake(&mut self, newer: Self) {
        self.users.extend(newer.users);
        self.tickets.extend(newer.tickets);
        self.orders.extend(newer.orders);
        self.revoked.extend(newer.revoked);
        self.returned_tickets.extend(newer.returned_tickets);
        self.returned_orders.extend(newer.returned_orders);
    }
}

/// What a checkpoint file has of the live entities.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) covers: Head,
    pub(super) users: Vec<Arc<User>>,
    pub(super) tickets: Vec<Arc<Ticket>>,
    pub(super) orders: Vec<Arc<Order>>,
    pub(super) revoked: Vec<(SessionId, Timestamp)>,
}

impl From<Loaded> for Live {
    fn from(loaded: Loaded) -> Self {
        let mut live = Self {
            covers: loaded.covers,
            on_sale: TicketIndex::of(loaded.tickets.iter().map(|ticket| &**ticket)),
            settled: TicketIndex::default(),
            locked: loaded.tickets.iter().filter(|ticket| ticket.status == TicketStatus::Locked).count(),
            users: loaded.users.into_iter().map(|user| (user.id, user)).collect(),
            tickets: loaded.tickets.into_iter().map(|ticket| (ticket.id, ticket)).collect(),
            orders: FxHashMap::with_capacity_and_hasher(loaded.orders.len(), rustc_hash::FxBuildHasher),
            orders_of: PerUser::default(),
            charges: FxHashMap::default(),
            pending: FxHashSet::default(),
            revoked: RevokedSessions::default(),
            orders_open: 0,
            dirty: Dirty::default(),
        };
        for order in loaded.orders {
            live.replace_order(order);
        }
        live.dirty = Dirty::default();
        for (id, expires_at) in loaded.revoked {
            live.revoked.insert(id, expires_at);
        }
        live
    }
}

impl Live {
    /// Replaces entities by newer ones; from then on the views show the journal up to `covers`.
    pub(super) fn publish(&mut self, entities: Vec<Entity>, covers: Head) {
        for entity in entities {
            match entity {
                Entity::User(user) => {
                    self.dirty.users.insert(user.id, Arc::clone(&user));
                    self.users.insert(user.id, user);
                }
                Entity::Ticket(ticket) => self.replace_ticket(ticket),
                Entity::Order(order) => self.replace_order(order),
                Entity::Revoked(id, expires_at) => {
                    self.revoked.insert(id, expires_at);
                    self.dirty.revoked.push((id, expires_at));
                }
            }
        }
        self.revoked.forget_until(covers.at);
        self.covers = covers;
    }

    fn replace_ticket(&mut self, ticket: Arc<Ticket>) {
        self.dirty.tickets.insert(ticket.id, Arc::clone(&ticket));
        let is_live = ticket.status.is_live();
        self.locked += usize::from(ticket.status == TicketStatus::Locked);
        let old = self.tickets.insert(ticket.id, Arc::clone(&ticket));
        if let Some(old) = &old {
            self.locked -= usize::from(old.status == TicketStatus::Locked);
        }
        let was_live = old.as_ref().is_some_and(|old| old.status.is_live());
        let index = if is_live { &mut self.on_sale } else { &mut self.settled };
        match &old {
            Some(old) if was_live == is_live => index.replace(old, &ticket),
            _ => index.insert(&ticket),
        }
        if let Some(old) = &old
            && was_live != is_live
        {
            if was_live { &mut self.on_sale } else { &mut self.settled }.remove(old);
        }
        if is_live && !was_live && ticket.version > 1 {
            self.dirty.returned_tickets.insert(ticket.id);
        }
    }

    fn replace_order(&mut self, order: Arc<Order>) {
        self.dirty.orders.insert(order.id, Arc::clone(&order));
        let is_settled = order.is_settled();
        self.orders_open += usize::from(order.status.is_open());
        if is_pending(&order) {
            self.pending.insert(order.id);
        }
        let old = self.orders.insert(order.id, Arc::clone(&order));
        match &old {
            Some(old) => {
                self.orders_open -= usize::from(old.status.is_open());
                if is_pending(old) && !is_pending(&order) {
                    self.pending.remove(&order.id);
                }
            }
            None => self.orders_of.insert(order.buyer_id, order_key(&order)),
        }
        if let Some(charge) = &order.charge
            && old.as_ref().is_none_or(|old| old.charge.is_none())
        {
            self.charges.insert(charge.id, order.id);
        }
        if !is_settled && order.version > 1 && old.is_none_or(|old| old.is_settled()) {
            self.dirty.returned_orders.insert(order.id);
        }
    }

    /// Takes back what could not be written.
    pub(super) fn take_back(&mut self, mut unwritten: Dirty) {
        std::mem::swap(&mut self.dirty, &mut unwritten);
        self.dirty.overtake(unwritten);
    }

    /// Forgets settled tickets that the checkpoint file has, unless they have changed since.
    pub(super) fn evict_tickets(&mut self, written: &[Arc<Ticket>]) {
        for ticket in written {
            if self.tickets.get(&ticket.id).is_some_and(|current| Arc::ptr_eq(current, ticket)) {
                self.tickets.remove(&ticket.id);
                self.settled.remove(ticket);
            }
        }
    }

    /// The same for settled orders.
    pub(super) fn evict_orders(&mut self, written: &[Arc<Order>]) {
        for order in written {
            if self.orders.get(&order.id).is_some_and(|current| Arc::ptr_eq(current, order)) {
                self.orders.remove(&order.id);
                self.orders_of.remove(order.buyer_id, order_key(order));
                if let Some(charge) = &order.charge {
                    self.charges.remove(&charge.id);
                }
            }
        }
    }

    /// What the rules need to know of what is published.
    pub(super) fn state(&self) -> State {
        let mut state = State::default();
        for user in self.users.values() {
            state.restore_user(Arc::clone(user));
        }
        for ticket in self.tickets.values().filter(|ticket| ticket.status.is_live()) {
            state.restore_ticket(Arc::clone(ticket));
        }
        for order in self.orders.values().filter(|order| !order.is_settled()) {
            state.restore_order(Arc::clone(order));
        }
        for (id, expires_at) in self.revoked.iter() {
            state.restore_revoked(id, expires_at);
        }
        state
    }
}

fn is_pending(order: &Order) -> bool {
    order.charge.as_ref().is_some_and(|charge| !charge.status.is_settled())
}
