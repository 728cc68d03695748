//! Tickets in memory.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::domain::Ticket;
use crate::domain::ticket::{Seats, TicketStatus};
use crate::types::TicketId;
use crate::views::index::TicketIndex;

/// The tickets in memory with their indexes.
#[derive(Debug, Default)]
pub(in crate::views) struct ActiveTickets {
    pub(in crate::views) by_id: FxHashMap<TicketId, Arc<Ticket>>,
    /// Available and locked tickets; locking a ticket does not change its entry.
    pub(in crate::views) on_sale: TicketIndex,
    /// Sold and withdrawn tickets, which wait for the checkpoint.
    pub(in crate::views) terminal: TicketIndex,
    pub(in crate::views) locked: usize,
    /// All of them by their seats.
    pub(in crate::views) seats: Seats,
}

impl ActiveTickets {
    /// Indexes the tickets of a checkpoint file, all of which are active.
    pub(in crate::views) fn of(tickets: Vec<Arc<Ticket>>) -> Self {
        Self {
            on_sale: TicketIndex::of(&tickets),
            terminal: TicketIndex::default(),
            locked: tickets.iter().filter(|ticket| ticket.status == TicketStatus::Locked).count(),
            seats: seats_of(&tickets),
            by_id: tickets.into_iter().map(|ticket| (ticket.id, ticket)).collect(),
        }
    }

    /// Returns `true` if the ticket is here in exactly this state.
    pub(super) fn has(&self, ticket: &Arc<Ticket>) -> bool {
        self.by_id.get(&ticket.id).is_some_and(|known| Arc::ptr_eq(known, ticket))
    }

    /// Replaces the tickets by these states. It rebuilds the indexes if there are many, which is faster.
    pub(super) fn replace_all(&mut self, tickets: &[Arc<Ticket>]) {
        if tickets.len() < self.by_id.len() / 4 {
            for ticket in tickets {
                self.replace(ticket);
            }
            return;
        }
        self.by_id.extend(tickets.iter().map(|ticket| (ticket.id, Arc::clone(ticket))));
        let (active, terminal): (Vec<_>, Vec<_>) =
            self.by_id.values().cloned().partition(|ticket| ticket.status.is_active());
        self.on_sale = TicketIndex::of(&active);
        self.terminal = TicketIndex::of(&terminal);
        self.locked = active.iter().filter(|ticket| ticket.status == TicketStatus::Locked).count();
        self.seats = seats_of(self.by_id.values());
    }

    /// Replaces the ticket by this state.
    pub(super) fn replace(&mut self, ticket: &Arc<Ticket>) {
        let is_active = ticket.status.is_active();
        let old = self.by_id.insert(ticket.id, Arc::clone(ticket));
        let was_active = old.as_ref().is_some_and(|old| old.status.is_active());
        self.locked += usize::from(ticket.status == TicketStatus::Locked);
        match &old {
            Some(old) => self.seats.replace(old, ticket),
            None => self.seats.insert(ticket),
        }
        match &old {
            Some(old) if was_active == is_active => self.index(is_active).replace(old, ticket),
            Some(old) => {
                self.index(was_active).remove(old);
                self.index(is_active).insert(ticket);
            }
            None => self.index(is_active).insert(ticket),
        }
        self.locked -= usize::from(old.is_some_and(|old| old.status == TicketStatus::Locked));
    }

    /// Evicts tickets that the checkpoint file has, unless they have changed since.
    pub(in crate::views) fn evict(&mut self, written: &[Arc<Ticket>]) {
        for ticket in written {
            if self.has(ticket) {
                self.by_id.remove(&ticket.id);
                self.seats.remove(ticket);
                self.index(ticket.status.is_active()).remove(ticket);
                self.locked -= usize::from(ticket.status == TicketStatus::Locked);
            }
        }
    }

    const fn index(&mut self, active: bool) -> &mut TicketIndex {
        if active { &mut self.on_sale } else { &mut self.terminal }
    }
}

fn seats_of<'t>(tickets: impl IntoIterator<Item = &'t Arc<Ticket>>) -> Seats {
    let mut seats = Seats::default();
    tickets.into_iter().for_each(|ticket| seats.insert(ticket));
    seats
}
