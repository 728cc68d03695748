//! In-memory state that the rules need: the active entities, and values derived from them.

mod change;

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::auth::RevokedSessions;
use super::cluster::{Host, Hosts};
use super::expiration::Deadlines;
use super::ledger::{Accounts, Ledger, LedgerEntry};
use super::ticket::{SeatKey, Seats};
use super::webhook::{Webhook, Webhooks};
use super::{Order, Ticket, User, order};
use crate::event::{Actor, StreamKey};
use crate::failpoint::Failpoint;
use crate::types::{HostId, OrderId, SessionId, TicketId, Timestamp, UserId, WebhookId};

/// State on which commands are decided.
///
/// Holds every user, every ticket that is on sale or locked, and every order that is not terminal. Other entities are
/// loaded when a command needs them ([`State::restore_ticket`], [`State::restore_order`]) and dropped again
/// ([`State::drop_terminal`]). The state shares its entities with the views, which never change them.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    users: FxHashMap<UserId, Arc<User>>,
    tickets: FxHashMap<TicketId, Arc<Ticket>>,
    orders: FxHashMap<OrderId, Arc<Order>>,
    /// The tickets in memory by their seats.
    seats: Seats,
    revoked: RevokedSessions,
    deadlines: Deadlines,
    /// Open orders and active tickets of each user; users without any are left out.
    trading: FxHashMap<UserId, Trading>,
    /// Number of open orders.
    open_orders: usize,
    /// Accounts of the money.
    ledger: Ledger,
    /// Hosts of the cluster.
    hosts: Hosts,
    /// Webhooks that the hosts share.
    webhooks: Webhooks,
    /// Record of the streams that were read.
    #[cfg(test)]
    trace: super::trace::Trace,
}

/// Open orders and active tickets of a user.
#[derive(Debug, Clone, Copy, Default)]
struct Trading {
    /// Number of orders in state `created` or `awaiting_payment`.
    open_orders: u32,
    /// Number of tickets on sale or locked.
    active_tickets: u32,
}

impl State {
    /// Returns the streams that were read since the previous call.
    #[cfg(test)]
    pub(super) fn looked_at(&self) -> std::collections::BTreeSet<StreamKey> {
        self.trace.take()
    }

    #[cfg(test)]
    fn note(&self, key: StreamKey) {
        self.trace.note(key);
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "in tests it notes what is looked at")]
    const fn note(&self, _key: StreamKey) {}

    /// Returns the user of this id.
    pub(crate) fn user(&self, id: UserId) -> Option<&Arc<User>> {
        self.note(StreamKey::User(id));
        self.users.get(&id)
    }

    /// Returns the user of this id, unless it is erased.
    pub(crate) fn active_user(&self, id: UserId) -> Option<&Arc<User>> {
        self.user(id).filter(|user| !user.erased)
    }

    /// Returns `true` if the actor has operator rights: an operator or the system.
    pub(in crate::domain) fn is_operator(&self, actor: Actor) -> bool {
        match actor {
            Actor::System => true,
            Actor::User(id) => self.user(id).is_some_and(|user| user.operator && !user.erased),
        }
    }

    /// Returns the ticket of this id, if it is in memory.
    pub(crate) fn ticket(&self, id: TicketId) -> Option<&Arc<Ticket>> {
        self.note(StreamKey::Ticket(id));
        self.tickets.get(&id)
    }

    /// Returns the order of this id, if it is in memory.
    pub(crate) fn order(&self, id: OrderId) -> Option<&Arc<Order>> {
        self.note(StreamKey::Order(id));
        self.orders.get(&id)
    }

    /// The tickets in memory for this seat.
    pub(crate) fn seat_holders(&self, seat: SeatKey) -> impl Iterator<Item = TicketId> {
        self.seats.holders(seat)
    }

    /// Returns `true` if the session was ended before it expired.
    pub(crate) fn is_revoked(&self, id: SessionId) -> bool {
        self.revoked.contains(id)
    }

    /// Returns the watched deadlines.
    pub(crate) fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    /// Returns the number of the user's open orders.
    pub(crate) fn open_orders_of(&self, id: UserId) -> u32 {
        self.note(StreamKey::User(id));
        self.trading.get(&id).map_or(0, |trading| trading.open_orders)
    }

    /// Returns `true` if the user has tickets on sale or locked, or open orders.
    pub(crate) fn is_trading(&self, id: UserId) -> bool {
        self.note(StreamKey::User(id));
        self.trading.contains_key(&id)
    }

    /// Returns the number of orders that hold tickets now.
    pub(crate) fn open_orders(&self) -> usize {
        self.open_orders
    }

    /// Returns the ledger.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Returns the host of the cluster with this id, also if it has left.
    pub(crate) fn host(&self, id: HostId) -> Option<&Arc<Host>> {
        self.note(StreamKey::Host(id));
        self.hosts.get(id)
    }

    /// Returns the hosts of the cluster.
    pub(crate) fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Returns the webhook with this id, also if it was removed.
    pub(crate) fn webhook(&self, id: WebhookId) -> Option<&Arc<Webhook>> {
        self.note(StreamKey::Webhook(id));
        self.webhooks.get(id)
    }

    /// Returns the webhooks that the hosts share.
    pub(crate) fn webhooks(&self) -> &Webhooks {
        &self.webhooks
    }

    /// Returns the entries of the ledger since the previous call.
    pub(crate) fn take_entries(&mut self) -> Vec<Arc<LedgerEntry>> {
        self.ledger.take_fresh()
    }

    /// Replaces the ledger by one with these accounts.
    pub(crate) fn restore_accounts(&mut self, accounts: Accounts) {
        self.ledger = Ledger::of(accounts);
    }

    /// Returns the version of a stream's entity; 0 if it does not exist or is not in memory.
    pub(crate) fn version(&self, key: StreamKey) -> u64 {
        match key {
            StreamKey::User(id) => self.users.get(&id).map_or(0, |user| user.version),
            StreamKey::Ticket(id) => self.tickets.get(&id).map_or(0, |ticket| ticket.version),
            StreamKey::Order(id) => self.orders.get(&id).map_or(0, |order| order.version),
            StreamKey::Host(id) => self.hosts.get(id).map_or(0, |host| host.version),
            StreamKey::Webhook(id) => self.webhooks.get(id).map_or(0, |webhook| webhook.version),
            StreamKey::Email(_) => 0,
        }
    }

    /// Loads a user.
    pub(crate) fn restore_user(&mut self, user: Arc<User>) {
        self.users.insert(user.id, user);
    }

    /// Loads a host of the cluster.
    pub(crate) fn restore_host(&mut self, host: Arc<Host>) {
        self.hosts.insert(host);
    }

    /// Loads a webhook.
    pub(crate) fn restore_webhook(&mut self, webhook: Arc<Webhook>) {
        self.webhooks.insert(webhook);
    }

    /// Loads a ticket, and counts it if it is on sale or locked.
    pub(crate) fn restore_ticket(&mut self, ticket: Arc<Ticket>) {
        let (seller, active) = (ticket.seller_id, ticket.status.is_active());
        self.seats.insert(&ticket);
        if self.tickets.insert(ticket.id, ticket).is_none() && active {
            self.trading.entry(seller).or_default().active_tickets += 1;
        }
    }

    /// Loads an order, and counts and watches it if it is open.
    pub(crate) fn restore_order(&mut self, order: Arc<Order>) {
        let (buyer, open) = (order.buyer_id, order.status.is_open());
        if order.status == order::OrderStatus::Created && !Failpoint::RestartForgetsDeadlines.is_active() {
            self.deadlines.watch(&order);
        }
        if self.orders.insert(order.id, order).is_none() && open {
            self.open_orders += 1;
            self.trading.entry(buyer).or_default().open_orders += 1;
        }
    }

    /// Loads a revoked session.
    pub(crate) fn restore_revoked(&mut self, id: SessionId, expires_at: Timestamp) {
        self.revoked.insert(id, expires_at);
    }

    /// Drops revoked sessions that have expired.
    pub(crate) fn forget_sessions_until(&mut self, now: Timestamp) {
        self.revoked.forget_until(now);
    }

    /// Iterates over all users.
    pub(crate) fn users(&self) -> impl Iterator<Item = &Arc<User>> {
        self.users.values()
    }

    /// Iterates over the tickets in memory.
    pub(crate) fn tickets(&self) -> impl Iterator<Item = &Arc<Ticket>> {
        self.tickets.values()
    }

    /// Iterates over the orders in memory.
    pub(crate) fn orders(&self) -> impl Iterator<Item = &Arc<Order>> {
        self.orders.values()
    }

    /// Removes the ticket from memory and returns it if it is neither on sale nor locked.
    pub(crate) fn take_terminal_ticket(&mut self, id: TicketId) -> Option<Arc<Ticket>> {
        match self.tickets.entry(id) {
            Entry::Occupied(ticket) if !ticket.get().status.is_active() => {
                self.seats.remove(ticket.get());
                Some(ticket.remove())
            }
            Entry::Occupied(_) | Entry::Vacant(_) => None,
        }
    }

    /// Removes the order from memory and returns it if it is terminal.
    pub(crate) fn take_terminal_order(&mut self, id: OrderId) -> Option<Arc<Order>> {
        match self.orders.entry(id) {
            Entry::Occupied(order) if order.get().is_terminal() => Some(order.remove()),
            Entry::Occupied(_) | Entry::Vacant(_) => None,
        }
    }

    /// Drops the entity from memory if it is terminal.
    pub(crate) fn drop_terminal(&mut self, key: StreamKey) {
        match key {
            StreamKey::Ticket(id) => drop(self.take_terminal_ticket(id)),
            StreamKey::Order(id) => drop(self.take_terminal_order(id)),
            StreamKey::User(_) | StreamKey::Email(_) | StreamKey::Host(_) | StreamKey::Webhook(_) => {}
        }
    }

    /// Returns `true` if the entity is in memory.
    pub(crate) fn contains(&self, key: StreamKey) -> bool {
        match key {
            StreamKey::Ticket(id) => self.tickets.contains_key(&id),
            StreamKey::Order(id) => self.orders.contains_key(&id),
            StreamKey::User(id) => self.users.contains_key(&id),
            StreamKey::Email(_) => true,
            StreamKey::Host(id) => self.hosts.get(id).is_some(),
            StreamKey::Webhook(id) => self.webhooks.get(id).is_some(),
        }
    }
}
