//! Changes of the state by events.

use std::sync::Arc;

use super::{State, Trading};
use crate::domain::apply::Applied;
use crate::domain::ledger::{Draft, Entry};
use crate::domain::order::{OrderedTicket, TicketVersion};
use crate::domain::{Fact, Inconsistency, Order, Ticket, User, ticket};
use crate::event::DomainEvent;
use crate::types::{OrderId, SessionId, TicketId, Timestamp, UserId};

/// Change of a ticket by an event of its order.
pub(in crate::domain) type TicketChange = fn(&mut Arc<Ticket>, OrderId, Fact) -> Applied;

impl State {
    /// Applies an event to the state. `version` in `fact` is the version of the event's entity after it.
    ///
    /// # Errors
    /// [`Inconsistency`] if the fact can't follow from the state. The state must not be used after that.
    pub(crate) fn apply(&mut self, event: &DomainEvent, fact: Fact) -> Applied {
        event.apply(self, fact)
    }

    /// Adds a new user.
    pub(in crate::domain) fn add_user(&mut self, user: User) -> Applied {
        absent(self.users.insert(user.id, Arc::new(user)).is_some())
    }

    /// Adds a new ticket, which is on sale.
    pub(in crate::domain) fn add_ticket(&mut self, ticket: Ticket) -> Applied {
        self.demand_active_user(ticket.seller_id)?;
        self.trading.entry(ticket.seller_id).or_default().active_tickets += 1;
        self.seats.insert(&ticket);
        absent(self.tickets.insert(ticket.id, Arc::new(ticket)).is_some())
    }

    /// Adds a new order, which locks its tickets.
    pub(in crate::domain) fn add_order(&mut self, order: Order, fact: Fact) -> Applied {
        self.demand_active_user(order.buyer_id)?;
        self.lock(order.id, &order.tickets, fact)?;
        self.deadlines.watch(&order);
        self.open_orders += 1;
        self.trading.entry(order.buyer_id).or_default().open_orders += 1;
        absent(self.orders.insert(order.id, Arc::new(order)).is_some())
    }

    /// Returns the user for changes.
    pub(in crate::domain) fn user_mut(&mut self, id: UserId) -> Result<&mut Arc<User>, Inconsistency> {
        present(self.users.get_mut(&id))
    }

    /// Returns the ticket for changes.
    pub(in crate::domain) fn ticket_mut(&mut self, id: TicketId) -> Result<&mut Arc<Ticket>, Inconsistency> {
        present(self.tickets.get_mut(&id))
    }

    /// Follows an edit or the withdrawal of the ticket, which was so before.
    pub(in crate::domain) fn reseat(&mut self, before: &Ticket) -> Applied {
        self.seats.replace(before, present(self.tickets.get(&before.id))?);
        Ok(())
    }

    /// Returns the order for changes.
    pub(in crate::domain) fn order_mut(&mut self, id: OrderId) -> Result<&mut Arc<Order>, Inconsistency> {
        present(self.orders.get_mut(&id))
    }

    /// Returns the order for changes, and stops watching its deadline.
    pub(in crate::domain) fn no_longer_due(&mut self, id: OrderId) -> Result<&mut Arc<Order>, Inconsistency> {
        let order = present(self.orders.get_mut(&id))?;
        self.deadlines.forget(order);
        Ok(order)
    }

    /// Revokes a session.
    pub(in crate::domain) fn revoke(&mut self, id: SessionId, expires_at: Timestamp) {
        self.revoked.insert(id, expires_at);
    }

    /// Applies `change` to the order's tickets, and stops counting the order as open.
    pub(in crate::domain) fn order_ended(
        &mut self,
        id: OrderId,
        tickets: &[TicketVersion],
        fact: Fact,
        change: TicketChange,
    ) -> Applied {
        let order = present(self.orders.get(&id))?;
        if order.tickets.len() != tickets.len() {
            return Err(Inconsistency("an order ended without ending the hold of all of its tickets"));
        }
        let buyer = order.buyer_id;
        self.count_down(buyer, |trading| &mut trading.open_orders)?;
        self.open_orders -= 1;
        self.change_tickets(id, tickets, fact, change)
    }

    /// Puts tickets of a refunded order back on sale.
    pub(in crate::domain) fn return_tickets(
        &mut self,
        order: OrderId,
        tickets: &[TicketVersion],
        fact: Fact,
    ) -> Applied {
        self.change_tickets(order, tickets, fact, ticket::return_to_sale)?;
        for returned in tickets {
            let seller = present(self.tickets.get(&returned.id))?.seller_id;
            self.demand_active_user(seller)?;
            self.trading.entry(seller).or_default().active_tickets += 1;
        }
        Ok(())
    }

    /// Stops counting a ticket as one that its seller has on sale.
    pub(in crate::domain) fn ticket_left(&mut self, id: TicketId) -> Applied {
        let seller = present(self.tickets.get(&id))?.seller_id;
        self.count_down(seller, |trading| &mut trading.active_tickets)
    }

    /// Posts the entry of an event about the money of the order's charge. The event is already applied.
    pub(in crate::domain) fn post(
        &mut self,
        id: OrderId,
        fact: Fact,
        draft: impl FnOnce(Entry<'_>) -> Result<Option<Draft>, Inconsistency>,
    ) -> Applied {
        let order = Arc::make_mut(present(self.orders.get_mut(&id))?);
        let mut split = std::mem::take(&mut present(order.charge.as_mut())?.split);
        let draft = draft(Entry::new(order, &mut split));
        present(order.charge.as_mut())?.split = split;
        draft?.map_or(Ok(()), |draft| self.ledger.enter(draft, fact))
    }

    /// Posts an entry that is about no order.
    pub(in crate::domain) fn enter(&mut self, draft: Draft, fact: Fact) -> Applied {
        self.ledger.enter(draft, fact)
    }

    fn demand_active_user(&self, id: UserId) -> Applied {
        if present(self.users.get(&id))?.erased { Err(Inconsistency("an erased user traded")) } else { Ok(()) }
    }

    fn lock(&mut self, order: OrderId, tickets: &[OrderedTicket], fact: Fact) -> Applied {
        tickets.iter().try_for_each(|locked| {
            let ticket = present(self.tickets.get_mut(&locked.id))?;
            ticket::lock(ticket, order, Fact { version: locked.version, ..fact })
        })
    }

    fn change_tickets(
        &mut self,
        order: OrderId,
        tickets: &[TicketVersion],
        fact: Fact,
        change: TicketChange,
    ) -> Applied {
        tickets.iter().try_for_each(|changed| {
            change(present(self.tickets.get_mut(&changed.id))?, order, Fact { version: changed.version, ..fact })
        })
    }

    fn count_down(&mut self, user: UserId, which: fn(&mut Trading) -> &mut u32) -> Applied {
        let trading = present(self.trading.get_mut(&user))?;
        let count = which(trading);
        *count = count.checked_sub(1).ok_or(Inconsistency("more ended than began"))?;
        if trading.open_orders == 0 && trading.active_tickets == 0 {
            self.trading.remove(&user);
        }
        Ok(())
    }
}

fn present<T>(entity: Option<T>) -> Result<T, Inconsistency> {
    entity.ok_or(Inconsistency("the fact is about something that does not exist"))
}

fn absent(existed: bool) -> Applied {
    if existed { Err(Inconsistency("something was created that exists already")) } else { Ok(()) }
}
