//! What the rules need to know, in memory: the live entities, and what follows from them.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::auth::{self, RevokedSessions};
use super::expiration::{self, Deadlines};
use super::ledger::{self, Accounts, Ledger, LedgerEntry};
use super::order::{self, OrderedTicket, TicketVersion};
use super::{Fact, Inconsistency, Order, Ticket, User, payment, ticket};
use crate::event::{Actor, ChargeCreated, ChargeRefunded, DomainEvent, OrderCreated, StreamKey, TicketCreated};
use crate::mistake::{Mistake, planted};
use crate::types::{OrderId, SessionId, TicketId, Timestamp, UserId};

/// The state that commands are decided on.
///
/// It holds every user, every ticket that is on sale or locked and every order that is not settled. Others are put in when a
/// command needs them ([`State::restore_ticket`], [`State::restore_order`]) and dropped again ([`State::drop_settled`]).
/// Entities are shared with the views, which never change them.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    users: FxHashMap<UserId, Arc<User>>,
    tickets: FxHashMap<TicketId, Arc<Ticket>>,
    orders: FxHashMap<OrderId, Arc<Order>>,
    revoked: RevokedSessions,
    deadlines: Deadlines,
    /// What users have under way; users without anything are left out.
    trading: FxHashMap<UserId, Trading>,
    /// How many orders are open.
    open_orders: usize,
    /// Whose the money is.
    ledger: Ledger,
    /// What is looked at.
    #[cfg(test)]
    trace: super::trace::Trace,
}

/// What a user has under way.
#[derive(Debug, Clone, Copy, Default)]
struct Trading {
    /// Orders in state `created` or `awaiting_payment`.
    open_orders: u32,
    /// Tickets on sale or locked.
    live_tickets: u32,
}

impl State {
    /// What was looked at since this was asked last.
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

    /// The user of this id.
    pub(crate) fn user(&self, id: UserId) -> Option<&Arc<User>> {
        self.note(StreamKey::User(id));
        self.users.get(&id)
    }

    /// Whether the actor may do what operators may.
    pub(in crate::domain) fn is_operator(&self, actor: Actor) -> bool {
        match actor {
            Actor::System => true,
            Actor::User(id) => self.user(id).is_some_and(|user| user.operator && !user.erased),
        }
    }

    /// The ticket of this id, if it is in memory.
    pub(crate) fn ticket(&self, id: TicketId) -> Option<&Arc<Ticket>> {
        self.note(StreamKey::Ticket(id));
        self.tickets.get(&id)
    }

    /// The order of this id, if it is in memory.
    pub(crate) fn order(&self, id: OrderId) -> Option<&Arc<Order>> {
        self.note(StreamKey::Order(id));
        self.orders.get(&id)
    }

    /// Whether the session ended before its time.
    pub(crate) fn is_revoked(&self, id: SessionId) -> bool {
        self.revoked.contains(id)
    }

    /// The deadlines that are watched.
    pub(crate) fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    /// How many open orders the user has.
    pub(crate) fn open_orders_of(&self, id: UserId) -> u32 {
        self.note(StreamKey::User(id));
        self.trading.get(&id).map_or(0, |trading| trading.open_orders)
    }

    /// Whether the user has tickets on sale or open orders.
    pub(crate) fn is_trading(&self, id: UserId) -> bool {
        self.note(StreamKey::User(id));
        self.trading.contains_key(&id)
    }

    /// How many orders hold tickets right now.
    pub(crate) fn open_orders(&self) -> usize {
        self.open_orders
    }

    /// Whose the money is.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The entries of the ledger since this was asked the last time.
    pub(crate) fn take_entries(&mut self) -> Vec<Arc<LedgerEntry>> {
        self.ledger.take_fresh()
    }

    /// Puts the accounts in.
    pub(crate) fn restore_accounts(&mut self, accounts: Accounts) {
        self.ledger = Ledger::of(accounts);
    }

    /// The version of a stream's entity: 0 for one that does not exist or is not in memory.
    pub(crate) fn version(&self, key: StreamKey) -> u64 {
        match key {
            StreamKey::User(id) => self.users.get(&id).map_or(0, |user| user.version),
            StreamKey::Ticket(id) => self.tickets.get(&id).map_or(0, |ticket| ticket.version),
            StreamKey::Order(id) => self.orders.get(&id).map_or(0, |order| order.version),
            StreamKey::Email(_) => 0,
        }
    }

    /// Puts a user in.
    pub(crate) fn restore_user(&mut self, user: Arc<User>) {
        self.users.insert(user.id, user);
    }

    /// Puts a ticket in, and counts it if it is on sale or locked.
    pub(crate) fn restore_ticket(&mut self, ticket: Arc<Ticket>) {
        let (seller, live) = (ticket.seller_id, ticket.status.is_live());
        if self.tickets.insert(ticket.id, ticket).is_none() && live {
            self.trading.entry(seller).or_default().live_tickets += 1;
        }
    }

    /// Puts an order in, and counts and watches it if it is open.
    pub(crate) fn restore_order(&mut self, order: Arc<Order>) {
        let (buyer, open) = (order.buyer_id, order.status.is_open());
        if order.status == order::OrderStatus::Created && !planted(Mistake::RestartForgetsDeadlines) {
            self.deadlines.watch(&order);
        }
        if self.orders.insert(order.id, order).is_none() && open {
            self.open_orders += 1;
            self.trading.entry(buyer).or_default().open_orders += 1;
        }
    }

    /// Puts a revoked session in.
    pub(crate) fn restore_revoked(&mut self, id: SessionId, expires_at: Timestamp) {
        self.revoked.insert(id, expires_at);
    }

    /// Forgets revoked sessions that have ended by themselves.
    pub(crate) fn forget_sessions_until(&mut self, now: Timestamp) {
        self.revoked.forget_until(now);
    }

    /// Every user.
    pub(crate) fn users(&self) -> impl Iterator<Item = &Arc<User>> {
        self.users.values()
    }

    /// The tickets in memory.
    pub(crate) fn tickets(&self) -> impl Iterator<Item = &Arc<Ticket>> {
        self.tickets.values()
    }

    /// The orders in memory.
    pub(crate) fn orders(&self) -> impl Iterator<Item = &Arc<Order>> {
        self.orders.values()
    }

    /// Takes the ticket out of memory if it is neither on sale nor locked.
    pub(crate) fn take_settled_ticket(&mut self, id: TicketId) -> Option<Arc<Ticket>> {
        match self.tickets.entry(id) {
            Entry::Occupied(ticket) if !ticket.get().status.is_live() => Some(ticket.remove()),
            _ => None,
        }
    }

    /// Takes the order out of memory if nothing is under way with it.
    pub(crate) fn take_settled_order(&mut self, id: OrderId) -> Option<Arc<Order>> {
        match self.orders.entry(id) {
            Entry::Occupied(order) if order.get().is_settled() => Some(order.remove()),
            _ => None,
        }
    }

    /// Drops the entity from memory if nothing is under way with it.
    pub(crate) fn drop_settled(&mut self, key: StreamKey) {
        match key {
            StreamKey::Ticket(id) => drop(self.take_settled_ticket(id)),
            StreamKey::Order(id) => drop(self.take_settled_order(id)),
            StreamKey::User(_) | StreamKey::Email(_) => {}
        }
    }

    /// Whether the entity is in memory.
    pub(crate) fn contains(&self, key: StreamKey) -> bool {
        match key {
            StreamKey::Ticket(id) => self.tickets.contains_key(&id),
            StreamKey::Order(id) => self.orders.contains_key(&id),
            StreamKey::User(id) => self.users.contains_key(&id),
            StreamKey::Email(_) => true,
        }
    }

    /// Changes the state by a fact; `version` is the version of the event's entity after it.
    ///
    /// # Errors
    /// [`Inconsistency`] if the fact can't follow from the state; the state is then not to be used any more.
    pub(crate) fn apply(&mut self, event: &DomainEvent, fact: Fact) -> Result<(), Inconsistency> {
        self.change(event, fact)?;
        self.enter(event, fact)
    }

    fn change(&mut self, event: &DomainEvent, fact: Fact) -> Result<(), Inconsistency> {
        match event {
            DomainEvent::UserCreated(event) => {
                fact.follows(0)?;
                let user = auth::apply_created(event, fact);
                absent(self.users.insert(user.id, Arc::new(user)).is_some())
            }
            DomainEvent::UserUpdated(event) => {
                auth::apply_updated(present(self.users.get_mut(&event.user_id))?, event, fact)
            }
            DomainEvent::UserErased(event) => {
                if self.is_trading(event.user_id) {
                    return Err(Inconsistency("a user was erased who still traded"));
                }
                auth::apply_erased(present(self.users.get_mut(&event.user_id))?, event, fact)
            }
            DomainEvent::SessionRevoked(event) => {
                auth::apply_revoked(present(self.users.get_mut(&event.user_id))?, fact)?;
                self.revoked.insert(event.session_id, event.expires_at);
                Ok(())
            }
            DomainEvent::TicketCreated(event) => self.ticket_created(event, fact),
            DomainEvent::TicketUpdated(event) => {
                ticket::apply_updated(present(self.tickets.get_mut(&event.ticket_id))?, event, fact)
            }
            DomainEvent::TicketWithdrawn(event) => {
                let ticket = present(self.tickets.get_mut(&event.ticket_id))?;
                ticket::apply_withdrawn(ticket, event, fact)?;
                let seller = ticket.seller_id;
                self.ticket_left(seller)
            }
            DomainEvent::OrderCreated(event) => self.order_created(event, fact),
            DomainEvent::OrderCancelled(event) => {
                order::apply_cancelled(self.no_longer_due(event.order_id)?, event, fact)?;
                self.order_ended(event.order_id, &event.tickets, fact, ticket::free)
            }
            DomainEvent::OrderExpired(event) => {
                expiration::apply_expired(self.no_longer_due(event.order_id)?, fact)?;
                self.order_ended(event.order_id, &event.tickets, fact, ticket::free)
            }
            DomainEvent::PaymentStarted(event) if planted(Mistake::ExpireWithoutHolder) => {
                payment::apply_started(present(self.orders.get_mut(&event.order_id))?, event, fact)
            }
            DomainEvent::PaymentStarted(event) => {
                payment::apply_started(self.no_longer_due(event.order_id)?, event, fact)
            }
            DomainEvent::ChargeCreated(event) => self.charge_created(event, fact),
            DomainEvent::ChargeRefunded(event) => self.charge_refunded(event, fact),
            DomainEvent::PayoutRecorded(event) => {
                auth::apply_paid_out(present(self.users.get_mut(&event.seller_id))?, fact)?;
                self.ledger.enter(ledger::payout(event), fact)
            }
            event => self.charge_changed(event, fact),
        }
    }

    /// What changes nothing but an order's charge.
    fn charge_changed(&mut self, event: &DomainEvent, fact: Fact) -> Result<(), Inconsistency> {
        let StreamKey::Order(id) = event.stream() else {
            return Err(Inconsistency("the fact is about nothing that is known"));
        };
        let order = present(self.orders.get_mut(&id))?;
        match event {
            DomainEvent::ChargeFailed(event) => payment::apply_failed(order, event, fact),
            DomainEvent::RefundStarted(event) => payment::apply_refund_started(order, event, fact),
            DomainEvent::ChargeAuthorized(event) => payment::apply_authorized(order, event, fact),
            DomainEvent::RefundFailed(event) => payment::apply_refund_failed(order, event, fact),
            DomainEvent::LateMoneyReceived(event) => payment::apply_late_money(order, event, fact),
            DomainEvent::ChargeTransferred(event) => payment::apply_transferred(order, event, fact),
            DomainEvent::ChargeEscalated(event) => payment::apply_escalated(order, event, fact),
            DomainEvent::EscalationResolved(event) => payment::apply_resolved(order, event, fact),
            DomainEvent::VoidStarted(event) => payment::apply_void_started(order, event, fact),
            DomainEvent::ChargeVoided(event) => payment::apply_voided(order, event, fact),
            DomainEvent::ChargeDisputed(event) => payment::apply_disputed(order, event, fact),
            DomainEvent::DisputeClosed(event) => payment::apply_dispute_closed(order, event, fact),
            _ => Err(Inconsistency("the fact is about nothing that is known")),
        }
    }

    fn ticket_created(&mut self, event: &TicketCreated, fact: Fact) -> Result<(), Inconsistency> {
        fact.follows(0)?;
        self.active_user(event.seller_id)?;
        let ticket = ticket::apply_created(event, fact);
        self.trading.entry(ticket.seller_id).or_default().live_tickets += 1;
        absent(self.tickets.insert(ticket.id, Arc::new(ticket)).is_some())
    }

    fn order_created(&mut self, event: &OrderCreated, fact: Fact) -> Result<(), Inconsistency> {
        fact.follows(0)?;
        self.active_user(event.buyer_id)?;
        let order = order::apply_created(event, fact);
        self.lock(order.id, &order.tickets, fact)?;
        self.deadlines.watch(&order);
        self.open_orders += 1;
        self.trading.entry(order.buyer_id).or_default().open_orders += 1;
        absent(self.orders.insert(order.id, Arc::new(order)).is_some())
    }

    fn charge_created(&mut self, event: &ChargeCreated, fact: Fact) -> Result<(), Inconsistency> {
        if planted(Mistake::DuplicateWebhookCounted) || planted(Mistake::LatePaymentCompletes) {
            let order = present(self.orders.get_mut(&event.order_id))?;
            if !order.status.is_open() {
                return order::version_step(order, fact).map(drop);
            }
        }
        payment::apply_created(present(self.orders.get_mut(&event.order_id))?, event, fact)?;
        self.order_ended(event.order_id, &event.tickets, fact, ticket::sell)?;
        event.tickets.iter().try_for_each(|sold| {
            let seller = present(self.tickets.get(&sold.id))?.seller_id;
            self.ticket_left(seller)
        })
    }

    fn charge_refunded(&mut self, event: &ChargeRefunded, fact: Fact) -> Result<(), Inconsistency> {
        payment::apply_refunded(present(self.orders.get_mut(&event.order_id))?, event, fact)?;
        self.change_tickets(event.order_id, &event.tickets, fact, ticket::return_to_sale)?;
        for returned in &event.tickets {
            let seller = present(self.tickets.get(&returned.id))?.seller_id;
            self.active_user(seller)?;
            self.trading.entry(seller).or_default().live_tickets += 1;
        }
        Ok(())
    }

    /// Enters what the event, which is applied, means for whose the money is.
    fn enter(&mut self, event: &DomainEvent, fact: Fact) -> Result<(), Inconsistency> {
        let StreamKey::Order(id) = event.stream() else { return Ok(()) };
        if !ledger::moves_money(event) {
            return Ok(());
        }
        let order = Arc::make_mut(present(self.orders.get_mut(&id))?);
        let mut split = std::mem::take(&mut present(order.charge.as_mut())?.split);
        let draft = ledger::draft(order, &mut split, event);
        present(order.charge.as_mut())?.split = split;
        draft?.map_or(Ok(()), |draft| self.ledger.enter(draft, fact))
    }

    fn active_user(&self, id: UserId) -> Result<(), Inconsistency> {
        if present(self.users.get(&id))?.erased { Err(Inconsistency("an erased user traded")) } else { Ok(()) }
    }

    /// The order, whose deadline is no longer watched.
    fn no_longer_due(&mut self, id: OrderId) -> Result<&mut Arc<Order>, Inconsistency> {
        let order = present(self.orders.get_mut(&id))?;
        self.deadlines.forget(order);
        Ok(order)
    }

    fn lock(&mut self, order: OrderId, tickets: &[OrderedTicket], fact: Fact) -> Result<(), Inconsistency> {
        tickets.iter().try_for_each(|locked| {
            let ticket = present(self.tickets.get_mut(&locked.id))?;
            ticket::lock(ticket, order, Fact { version: locked.version, ..fact })
        })
    }

    /// Does to the order's tickets what its end does to them, and forgets that it was open.
    fn order_ended(
        &mut self,
        id: OrderId,
        tickets: &[TicketVersion],
        fact: Fact,
        change: TicketChange,
    ) -> Result<(), Inconsistency> {
        let order = present(self.orders.get(&id))?;
        if order.tickets.len() != tickets.len() {
            return Err(Inconsistency("an order ended without ending the hold of all of its tickets"));
        }
        let buyer = order.buyer_id;
        self.count_down(buyer, |trading| &mut trading.open_orders)?;
        self.open_orders -= 1;
        self.change_tickets(id, tickets, fact, change)
    }

    fn change_tickets(
        &mut self,
        order: OrderId,
        tickets: &[TicketVersion],
        fact: Fact,
        change: TicketChange,
    ) -> Result<(), Inconsistency> {
        tickets.iter().try_for_each(|changed| {
            change(present(self.tickets.get_mut(&changed.id))?, order, Fact { version: changed.version, ..fact })
        })
    }

    fn ticket_left(&mut self, seller: UserId) -> Result<(), Inconsistency> {
        self.count_down(seller, |trading| &mut trading.live_tickets)
    }

    fn count_down(&mut self, user: UserId, which: fn(&mut Trading) -> &mut u32) -> Result<(), Inconsistency> {
        let trading = present(self.trading.get_mut(&user))?;
        let count = which(trading);
        *count = count.checked_sub(1).ok_or(Inconsistency("more ended than began"))?;
        if trading.open_orders == 0 && trading.live_tickets == 0 {
            self.trading.remove(&user);
        }
        Ok(())
    }
}

type TicketChange = fn(&mut Arc<Ticket>, OrderId, Fact) -> Result<(), Inconsistency>;

fn present<T>(entity: Option<T>) -> Result<T, Inconsistency> {
    entity.ok_or(Inconsistency("the fact is about something that does not exist"))
}

fn absent(existed: bool) -> Result<(), Inconsistency> {
    if existed { Err(Inconsistency("something was created that exists already")) } else { Ok(()) }
}
