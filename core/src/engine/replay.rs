//! Computes the state from the journal: at opening, and after a failed append.
//!
//! A replay changes only the writer's state. The views adopt the result at the end, in one step, which is several times
//! faster than following every record. Terminal entities are set aside, and are moved to the checkpoint file when there
//! are many.

use crate::domain::{Fact, Inconsistency, State, Then};
use crate::error::Error;
use crate::event::{DomainEvent, Record, StreamKey};
use crate::journal::{Head, Journal, JournalError};
use crate::views::{Entity, Replayed, Views};

/// Maximum number of terminal entities kept in memory before a checkpoint moves them to the file.
const TERMINAL_MAX: usize = 1_000_000;

/// Brings the views up to the end of the journal, and returns the state on which the writer decides.
pub(crate) fn catch_up(journal: &dyn Journal, views: &Views) -> Result<State, Error> {
    catch_up_with(journal, views, TERMINAL_MAX)
}

fn catch_up_with(journal: &dyn Journal, views: &Views, terminal_max: usize) -> Result<State, Error> {
    let after = views.covers();
    let mut replay = Replay { views, state: views.state(), aside: Replayed::default(), last: after, terminal_max };
    journal.replay(after, &mut |record| replay.apply(&record))?;
    if replay.last != after {
        views.adopt(&replay.state, replay.aside, replay.last);
    }
    Ok(replay.state)
}

struct Replay<'v> {
    views: &'v Views,
    state: State,
    aside: Replayed,
    last: Head,
    terminal_max: usize,
}

impl Replay<'_> {
    fn apply(&mut self, record: &Record) -> Result<(), JournalError> {
        if record.event.may_revive() {
            self.revive(&record.event).map_err(storage)?;
        }
        let fact = Fact { at: record.at, version: record.version };
        self.state.apply(&record.event, fact).map_err(|error| damaged(record, error))?;
        self.aside.entries.append(&mut self.state.take_entries());
        if let Some(Then::Revoked(id, expires_at)) = record.event.then() {
            self.aside.revoked.push((id, expires_at));
        }
        self.last = Head { seq: record.seq, hash: record.hash, at: record.at };
        if record.event.may_settle() {
            self.set_aside(&record.event);
            if self.aside.terminal() >= self.terminal_max {
                let aside = std::mem::take(&mut self.aside);
                self.views.adopt_and_checkpoint(&self.state, aside, self.last).map_err(storage)?;
            }
        }
        Ok(())
    }

    /// Restores terminal entities that change once more into the state.
    fn revive(&mut self, event: &DomainEvent) -> Result<(), crate::views::ViewsError> {
        for key in event.changes() {
            match key {
                StreamKey::Ticket(id) => {
                    if let Some(ticket) = self.aside.tickets.remove(&id) {
                        self.state.restore_ticket(ticket);
                        continue;
                    }
                }
                StreamKey::Order(id) => {
                    if let Some(order) = self.aside.orders.remove(&id) {
                        self.state.restore_order(order);
                        continue;
                    }
                }
                StreamKey::User(_) | StreamKey::Email(_) | StreamKey::Host(_) | StreamKey::Webhook(_) => {}
            }
            load(&mut self.state, self.views, key)?;
        }
        Ok(())
    }

    fn set_aside(&mut self, event: &DomainEvent) {
        for key in event.changes() {
            match key {
                StreamKey::Ticket(id) => {
                    self.aside.tickets.extend(self.state.take_terminal_ticket(id).map(|ticket| (id, ticket)));
                }
                StreamKey::Order(id) => {
                    self.aside.orders.extend(self.state.take_terminal_order(id).map(|order| (id, order)));
                }
                StreamKey::User(_) | StreamKey::Email(_) | StreamKey::Host(_) | StreamKey::Webhook(_) => {}
            }
        }
    }
}

/// Returns the current entity of the key.
pub(super) fn entity(state: &State, key: StreamKey) -> Option<Entity> {
    match key {
        StreamKey::User(id) => state.user(id).cloned().map(Entity::User),
        StreamKey::Ticket(id) => state.ticket(id).cloned().map(Entity::Ticket),
        StreamKey::Order(id) => state.order(id).cloned().map(Entity::Order),
        StreamKey::Host(id) => state.host(id).cloned().map(Entity::Host),
        StreamKey::Webhook(id) => state.webhook(id).cloned().map(Entity::Webhook),
        StreamKey::Email(_) => None,
    }
}

/// Loads an entity into memory if it exists; returns `true` if it was loaded now.
pub(super) fn load(state: &mut State, views: &Views, key: StreamKey) -> Result<bool, crate::views::ViewsError> {
    if state.contains(key) {
        return Ok(false);
    }
    match key {
        StreamKey::Ticket(id) => {
            let ticket = views.ticket(id)?;
            Ok(ticket.map(|ticket| state.restore_ticket(ticket)).is_some())
        }
        StreamKey::Order(id) => {
            let order = views.order(id)?;
            Ok(order.map(|order| state.restore_order(order)).is_some())
        }
        StreamKey::User(_) | StreamKey::Email(_) | StreamKey::Host(_) | StreamKey::Webhook(_) => Ok(false),
    }
}

fn damaged(record: &Record, error: Inconsistency) -> JournalError {
    JournalError::Damaged { seq: record.seq, what: error.to_string() }
}

fn storage(error: crate::views::ViewsError) -> JournalError {
    JournalError::Storage(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::RedbJournal;
    use crate::testing::History;
    use crate::types::UserId;
    use crate::views::OrderQuery;

    /// Returns all orders of the buyers, reduced to id, version and status.
    fn orders(views: &Views, buyers: &[UserId]) -> Vec<(crate::types::OrderId, u64, &'static str)> {
        let mut all = Vec::new();
        for buyer in buyers {
            let mut query = OrderQuery::new().limit(100);
            loop {
                let page = views.orders(*buyer, &query).unwrap();
                all.extend(page.items.iter().map(|order| (order.id, order.version, order.status.as_str())));
                query.cursor = page.next;
                if query.cursor.is_none() {
                    break;
                }
            }
        }
        all
    }

    #[test]
    fn however_often_a_replay_is_written_out_it_comes_to_the_same() {
        let dir = tempfile::tempdir().unwrap();
        // Long enough to include refunds of orders that were already moved to the file.
        let history = History { orders: 8_000, active_tickets: 600, holds: 50, buyers: 4, sellers: 2 };
        history.write(dir.path(), &mut |_, _| {}).unwrap();
        let journal = RedbJournal::open(dir.path()).unwrap();
        let at_once = Views::open(None, &|_| true).unwrap();
        let state = catch_up(&journal, &at_once).unwrap();
        let expected = orders(&at_once, &history.buyer_ids());
        assert_eq!(expected.len(), 8_000);

        let in_steps = Views::open(Some(dir.path()), &|_| true).unwrap();
        catch_up_with(&journal, &in_steps, 500).unwrap();
        assert_eq!(orders(&in_steps, &history.buyer_ids()), expected);
        let metrics = |views: &Views| {
            let metrics = views.metrics();
            (
                metrics.users,
                metrics.tickets_available,
                metrics.tickets_locked,
                metrics.orders_open,
                metrics.charges_pending,
            )
        };
        assert_eq!(metrics(&in_steps), metrics(&at_once));
        in_steps.checkpoint().unwrap();
        drop(in_steps);

        let reopened = Views::open(Some(dir.path()), &|_| true).unwrap();
        assert_eq!(reopened.covers(), journal.head().unwrap());
        assert_eq!(orders(&reopened, &history.buyer_ids()), expected);
        assert_eq!(reopened.state().open_orders(), state.open_orders());
    }
}
