//! Entities in memory: all active ones, and those that are not yet in the checkpoint file.

mod ledger;
mod orders;
mod tickets;

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

pub(super) use self::ledger::ActiveLedger;
pub(super) use self::orders::ActiveOrders;
pub(super) use self::tickets::ActiveTickets;

use super::{Entity, Replayed};
use crate::domain::auth::RevokedSessions;
use crate::domain::cluster::{Host, Hosts};
use crate::domain::ledger::{Account, LedgerEntry, Totals};
use crate::domain::payment::Charge;
use crate::domain::webhook::{Webhook, Webhooks};
use crate::domain::{Order, State, Ticket, User};
use crate::event::Hash;
use crate::journal::Head;
use crate::types::{Currency, HostId, OrderId, SessionId, TicketId, Timestamp, UserId, WebhookId};

/// End of an empty journal.
pub(super) const NOTHING: Head = Head { seq: 0, hash: Hash::ZERO, at: Timestamp::from_millis(0) };

/// The entities in memory.
#[derive(Debug)]
pub(super) struct Active {
    /// Position up to which everything is published.
    pub(super) covers: Head,
    pub(super) users: FxHashMap<UserId, Arc<User>>,
    pub(super) tickets: ActiveTickets,
    pub(super) orders: ActiveOrders,
    pub(super) revoked: RevokedSessions,
    /// Orders whose charge was given up although money may still arrive, by the time until which they are remembered.
    pub(super) watched: BTreeSet<(Timestamp, OrderId)>,
    pub(super) ledger: ActiveLedger,
    pub(super) hosts: Hosts,
    pub(super) webhooks: Webhooks,
    pub(super) dirty: Dirty,
}

/// Changes that the checkpoint file does not have yet.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    pub(super) users: FxHashMap<UserId, Arc<User>>,
    pub(super) tickets: FxHashMap<TicketId, Arc<Ticket>>,
    pub(super) orders: FxHashMap<OrderId, Arc<Order>>,
    pub(super) revoked: Vec<(SessionId, Timestamp)>,
    pub(super) watched: Vec<(Timestamp, OrderId)>,
    /// Ledger entries in the order of their numbers.
    pub(super) entries: Vec<Arc<LedgerEntry>>,
    /// Totals of each account after the last of these entries that concerns it.
    pub(super) accounts: FxHashMap<(Account, Currency), Totals>,
    pub(super) hosts: FxHashMap<HostId, Arc<Host>>,
    pub(super) webhooks: FxHashMap<WebhookId, Arc<Webhook>>,
}

impl Dirty {
    pub(super) fn len(&self) -> usize {
        let people = self.users.len() + self.revoked.len() + self.hosts.len() + self.webhooks.len();
        people + self.tickets.len() + self.orders.len() + self.entries.len()
    }

    /// Adds newer changes.
    fn overtake(&mut self, newer: Self) {
        self.users.extend(newer.users);
        self.tickets.extend(newer.tickets);
        self.orders.extend(newer.orders);
        self.revoked.extend(newer.revoked);
        self.watched.extend(newer.watched);
        self.entries.extend(newer.entries);
        self.accounts.extend(newer.accounts);
        self.hosts.extend(newer.hosts);
        self.webhooks.extend(newer.webhooks);
    }
}

impl Active {
    /// Replaces entities by newer ones. The views then show the journal up to `covers`.
    pub(super) fn publish(&mut self, entities: Vec<Entity>, covers: Head) {
        for entity in entities {
            match entity {
                Entity::User(user) => {
                    self.dirty.users.insert(user.id, Arc::clone(&user));
                    self.users.insert(user.id, user);
                }
                Entity::Ticket(ticket) => {
                    self.tickets.replace(&ticket);
                    self.dirty.tickets.insert(ticket.id, ticket);
                }
                Entity::Order(order) => {
                    self.orders.replace(&order);
                    self.watch([&order].into_iter());
                    self.dirty.orders.insert(order.id, order);
                }
                Entity::Revoked(id, expires_at) => {
                    self.revoked.insert(id, expires_at);
                    self.dirty.revoked.push((id, expires_at));
                }
                Entity::Posted(entry) => self.post(entry),
                Entity::Host(host) => self.put_host(host),
                Entity::Webhook(webhook) => self.put_webhook(webhook),
            }
        }
        self.pass(covers);
    }

    /// Adds an entry of the ledger.
    fn post(&mut self, entry: Arc<LedgerEntry>) {
        self.ledger.post(&entry);
        for posting in &entry.postings {
            let key = (posting.account, entry.currency);
            self.dirty.accounts.insert(key, self.ledger.accounts.of(key.0, key.1));
        }
        self.dirty.entries.push(entry);
    }

    fn put_host(&mut self, host: Arc<Host>) {
        self.dirty.hosts.insert(host.id, Arc::clone(&host));
        self.hosts.insert(host);
    }

    fn put_webhook(&mut self, webhook: Arc<Webhook>) {
        self.dirty.webhooks.insert(webhook.id, Arc::clone(&webhook));
        self.webhooks.insert(webhook);
    }

    /// Remembers the orders whose charge was given up although money may still arrive.
    pub(super) fn watch<'o>(&mut self, orders: impl Iterator<Item = &'o Arc<Order>>) {
        for order in orders {
            if let Some(until) = order.charge.as_ref().and_then(Charge::watched_until) {
                self.watched.insert((until, order.id));
                self.dirty.watched.push((until, order.id));
            }
        }
    }

    /// Advances the published position and drops what has expired.
    fn pass(&mut self, covers: Head) {
        self.revoked.forget_until(covers.at);
        while self.watched.first().is_some_and(|(until, _)| *until <= covers.at) {
            self.watched.pop_first();
        }
        self.covers = covers;
    }

    /// Adopts the result of a replay. The views then show the journal up to `covers`.
    ///
    /// The state holds active entities and shares unchanged ones with these views, so changes are detected by pointer.
    pub(super) fn adopt(&mut self, state: &State, aside: Replayed, covers: Head) {
        let is_new = |known: Option<&Arc<User>>, user| known.is_none_or(|known| !Arc::ptr_eq(known, user));
        for user in state.users().filter(|user| is_new(self.users.get(&user.id), user)) {
            self.dirty.users.insert(user.id, Arc::clone(user));
        }
        self.users.extend(self.dirty.users.iter().map(|(id, user)| (*id, Arc::clone(user))));
        let mut tickets: Vec<_> = aside.tickets.into_values().collect();
        tickets.extend(state.tickets().filter(|ticket| !self.tickets.has(ticket)).cloned());
        self.tickets.replace_all(&tickets);
        self.dirty.tickets.extend(tickets.into_iter().map(|ticket| (ticket.id, ticket)));
        let mut orders: Vec<_> = aside.orders.into_values().collect();
        orders.extend(state.orders().filter(|order| !self.orders.has(order)).cloned());
        self.orders.replace_all(&orders);
        self.watch(orders.iter());
        self.dirty.orders.extend(orders.into_iter().map(|order| (order.id, order)));
        for (id, expires_at) in aside.revoked {
            self.revoked.insert(id, expires_at);
            self.dirty.revoked.push((id, expires_at));
        }
        aside.entries.into_iter().for_each(|entry| self.post(entry));
        for host in state.hosts().iter() {
            if self.hosts.get(host.id) != Some(host) {
                self.put_host(Arc::clone(host));
            }
        }
        for webhook in state.webhooks().iter() {
            if self.webhooks.get(webhook.id) != Some(webhook) {
                self.put_webhook(Arc::clone(webhook));
            }
        }
        self.pass(covers);
    }

    /// Drops entities that have become terminal since they were added, without recording the change.
    pub(super) fn forget(&mut self, aside: &Replayed) {
        let tickets: Vec<_> = aside.tickets.keys().filter_map(|id| self.tickets.by_id.get(id)).cloned().collect();
        self.tickets.evict(&tickets);
        let orders: Vec<_> = aside.orders.keys().filter_map(|id| self.orders.by_id.get(id)).cloned().collect();
        self.orders.evict(&orders);
    }

    /// Restores changes that could not be written.
    pub(super) fn take_back(&mut self, mut unwritten: Dirty) {
        // Entities that were set aside during a replay exist nowhere else.
        for ticket in unwritten.tickets.values() {
            if !self.tickets.by_id.contains_key(&ticket.id) {
                self.tickets.replace(ticket);
            }
        }
        for order in unwritten.orders.values() {
            if !self.orders.by_id.contains_key(&order.id) {
                self.orders.replace(order);
            }
        }
        std::mem::swap(&mut self.dirty, &mut unwritten);
        self.dirty.overtake(unwritten);
    }

    /// Returns the state that the rules need, as published.
    pub(super) fn state(&self) -> State {
        let mut state = State::default();
        for user in self.users.values() {
            state.restore_user(Arc::clone(user));
        }
        for ticket in self.tickets.by_id.values().filter(|ticket| ticket.status.is_active()) {
            state.restore_ticket(Arc::clone(ticket));
        }
        for order in self.orders.by_id.values().filter(|order| !order.is_terminal()) {
            state.restore_order(Arc::clone(order));
        }
        state.restore_accounts(self.ledger.accounts.clone());
        for (id, expires_at) in self.revoked.iter() {
            state.restore_revoked(id, expires_at);
        }
        for host in self.hosts.iter() {
            state.restore_host(Arc::clone(host));
        }
        for webhook in self.webhooks.iter() {
            state.restore_webhook(Arc::clone(webhook));
        }
        state
    }
}
