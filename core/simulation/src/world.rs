//! Entities that the actors know of. They survive the box office's crashes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use boxoffice::{OrderId, TicketId, UserId};

use crate::Rng;
use crate::actors::Operation;

/// Maximum number of known entities of each kind.
const TALK_MAX: usize = 120;

/// Users, tickets and orders that the actors know of. Cheap to clone; clones are one world.
#[derive(Debug, Clone, Default)]
pub struct World(Arc<Mutex<Talk>>);

#[derive(Debug, Default)]
struct Talk {
    people: VecDeque<UserId>,
    tickets: VecDeque<TicketId>,
    orders: VecDeque<(UserId, OrderId)>,
    operations: VecDeque<Operation>,
    emails: u64,
}

impl World {
    /// Returns a user, if any has signed up; recent ones more often.
    pub fn person(&self, rng: &mut Rng) -> Option<UserId> {
        one_of(&self.talk().people, rng)
    }

    /// Returns a ticket that was listed; recent ones more often.
    pub fn ticket(&self, rng: &mut Rng) -> Option<TicketId> {
        one_of(&self.talk().tickets, rng)
    }

    /// Returns an order with its buyer; recent ones more often.
    pub fn order(&self, rng: &mut Rng) -> Option<(UserId, OrderId)> {
        one_of(&self.talk().orders, rng)
    }

    /// Adds a user who signed up.
    pub fn note_person(&self, id: UserId) {
        note(&mut self.talk().people, id);
    }

    /// Adds a ticket that was listed.
    pub fn note_ticket(&self, id: TicketId) {
        note(&mut self.talk().tickets, id);
    }

    /// Adds an order that was created.
    pub fn note_order(&self, buyer: UserId, id: OrderId) {
        note(&mut self.talk().orders, (buyer, id));
    }

    pub(crate) fn note_operation(&self, operation: Operation) {
        note(&mut self.talk().operations, operation);
    }

    pub(crate) fn operation(&self, rng: &mut Rng) -> Option<Operation> {
        one_of(&self.talk().operations, rng)
    }

    /// Returns an unused number.
    pub(crate) fn fresh(&self) -> u64 {
        let mut talk = self.talk();
        talk.emails += 1;
        talk.emails
    }

    /// Returns the number of known users.
    pub fn population(&self) -> usize {
        self.talk().people.len()
    }

    fn talk(&self) -> MutexGuard<'_, Talk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn note<T>(talk: &mut VecDeque<T>, news: T) {
    if talk.len() == TALK_MAX {
        talk.pop_front();
    }
    talk.push_back(news);
}

/// Returns a random item, usually one of the newest.
fn one_of<T: Clone>(talk: &VecDeque<T>, rng: &mut Rng) -> Option<T> {
    let span = if rng.per_mille(700) { talk.len().min(8) } else { talk.len() };
    if span == 0 {
        return None;
    }
    talk.get(talk.len() - 1 - rng.place(span)).cloned()
}
