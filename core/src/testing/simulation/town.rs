//! What people have heard of: it survives the box office's crashes, as memories do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::actors::Errand;
use crate::testing::Dice;
use crate::types::{OrderId, TicketId, UserId};

/// How much of what is talked about.
const TALK_MAX: usize = 120;

/// What people have heard of. Cheap to clone; clones are one town.
#[derive(Debug, Clone, Default)]
pub struct Town(Arc<Mutex<Talk>>);

#[derive(Debug, Default)]
struct Talk {
    people: VecDeque<UserId>,
    tickets: VecDeque<TicketId>,
    orders: VecDeque<(UserId, OrderId)>,
    errands: VecDeque<Errand>,
    emails: u64,
}

impl Town {
    /// Somebody, if anybody has signed up.
    pub fn person(&self, dice: &mut Dice) -> Option<UserId> {
        one_of(&self.talk().people, dice)
    }

    /// A ticket that was listed; recent ones more often.
    pub fn ticket(&self, dice: &mut Dice) -> Option<TicketId> {
        one_of(&self.talk().tickets, dice)
    }

    /// An order with its buyer; recent ones more often.
    pub fn order(&self, dice: &mut Dice) -> Option<(UserId, OrderId)> {
        one_of(&self.talk().orders, dice)
    }

    /// Somebody signed up.
    pub fn note_person(&self, id: UserId) {
        note(&mut self.talk().people, id);
    }

    /// A ticket was listed.
    pub fn note_ticket(&self, id: TicketId) {
        note(&mut self.talk().tickets, id);
    }

    /// An order was made.
    pub fn note_order(&self, buyer: UserId, id: OrderId) {
        note(&mut self.talk().orders, (buyer, id));
    }

    pub(super) fn note_errand(&self, errand: Errand) {
        note(&mut self.talk().errands, errand);
    }

    pub(super) fn errand(&self, dice: &mut Dice) -> Option<Errand> {
        one_of(&self.talk().errands, dice)
    }

    /// A number that nobody has used.
    pub(super) fn fresh(&self) -> u64 {
        let mut talk = self.talk();
        talk.emails += 1;
        talk.emails
    }

    /// How many people there are.
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

/// Mostly one of the newest.
fn one_of<T: Clone>(talk: &VecDeque<T>, dice: &mut Dice) -> Option<T> {
    let span = if dice.per_mille(700) { talk.len().min(8) } else { talk.len() };
    if span == 0 {
        return None;
    }
    talk.get(talk.len() - 1 - dice.place(span)).cloned()
}
