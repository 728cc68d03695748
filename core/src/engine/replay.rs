//! From the journal to the state: at opening, and after a failed append.

use rustc_hash::FxHashSet;

use crate::domain::{Fact, Inconsistency, State};
use crate::error::Error;
use crate::event::{DomainEvent, Record, StreamKey};
use crate::journal::{Head, Journal, JournalError};
use crate::views::{Entity, Views};

/// How many records are applied before the views hear of them.
const CHUNK_LEN: usize = 8192;

/// How many changed entities are kept in memory before a checkpoint moves them to the file.
const DIRTY_MAX: usize = 1_000_000;

/// Brings the views up to the end of the journal, and returns the state that the writer decides on.
pub(crate) fn catch_up(journal: &dyn Journal, views: &Views) -> Result<State, Error> {
    let after = views.covers();
    let mut replay = Replay { views, state: views.state(), changed: FxHashSet::default(), len: 0, last: after };
    journal.replay(after, &mut |record| replay.apply(&record))?;
    replay.publish()?;
    Ok(replay.state)
}

struct Replay<'v> {
    views: &'v Views,
    state: State,
    changed: FxHashSet<StreamKey>,
    len: usize,
    last: Head,
}

impl Replay<'_> {
    fn apply(&mut self, record: &Record) -> Result<(), JournalError> {
        for key in record.event.changes() {
            if !creates(&record.event, key) {
                load(&mut self.state, self.views, key).map_err(storage)?;
            }
            self.changed.insert(key);
        }
        let fact = Fact { at: record.at, version: record.version };
        self.state.apply(&record.event, fact).map_err(|error| damaged(record, error))?;
        if let DomainEvent::SessionRevoked(event) = &record.event {
            let revoked = Entity::Revoked(event.session_id, event.expires_at);
            self.views.publish(vec![revoked], self.views.covers());
        }
        self.last = Head { seq: record.seq, hash: record.hash, at: record.at };
        self.len += 1;
        if self.len >= CHUNK_LEN {
            self.publish()?;
        }
        Ok(())
    }

    fn publish(&mut self) -> Result<(), JournalError> {
        let entities = self.changed.iter().filter_map(|key| entity(&self.state, *key)).collect();
        self.views.publish(entities, self.last);
        for key in self.changed.drain() {
            self.state.drop_settled(key);
        }
        self.len = 0;
        if self.views.dirty() >= DIRTY_MAX {
            self.views.checkpoint().map_err(storage)?;
        }
        Ok(())
    }
}

/// The entity behind the key, as it is now.
pub(super) fn entity(state: &State, key: StreamKey) -> Option<Entity> {
    match key {
        StreamKey::User(id) => state.user(id).cloned().map(Entity::User),
        StreamKey::Ticket(id) => state.ticket(id).cloned().map(Entity::Ticket),
        StreamKey::Order(id) => state.order(id).cloned().map(Entity::Order),
        StreamKey::Email(_) => None,
    }
}

/// Sees to it that an entity that exists is in memory. Returns whether it was put there.
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
        StreamKey::User(_) | StreamKey::Email(_) => Ok(false),
    }
}

/// Whether the event brings the entity into being, so that there is nothing to load.
fn creates(event: &DomainEvent, key: StreamKey) -> bool {
    let is_creation =
        matches!(event, DomainEvent::UserCreated(_) | DomainEvent::TicketCreated(_) | DomainEvent::OrderCreated(_));
    is_creation && event.stream() == key
}

fn damaged(record: &Record, error: Inconsistency) -> JournalError {
    JournalError::Damaged { seq: record.seq, what: error.to_string() }
}

fn storage(error: crate::views::ViewsError) -> JournalError {
    JournalError::Storage(Box::new(error))
}
